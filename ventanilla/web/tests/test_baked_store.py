"""Baked pages: what is stored comes back, what changed is seen, and readers get exactly what they may see."""

import gzip
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import brotli
import pytest

from ventanilla.web.baked import BakedFirst, BakedPage, BakedStore, bake
from ventanilla.web.baked.responses import Message, Receive, Scope, Send

PATH = "/es/cr/cr-asylum/"
HTML = "<!doctype html><title>Pedir refugio</title>" + "<p>Lo que pide la ley, paso a paso.</p>" * 60
POLICY = ("content-security-policy", "default-src 'self'")
NOON = 1_800_000_000.0


class Clock:
    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def a_page(text: str = HTML, **changes: Any) -> BakedPage:
    options: dict[str, Any] = {"headers": [POLICY], "body": text.encode(), "fast": True}
    return bake(**options | changes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> BakedStore:
    return BakedStore(tmp_path / "baked", clock=clock)


@pytest.fixture
def other_process(tmp_path: Path) -> BakedStore:
    return BakedStore(tmp_path / "baked")


class TestBaking:
    def test_compressed_bytes_are_the_same_page(self) -> None:
        page = a_page(fast=False)
        assert gzip.decompress(page.gzip) == brotli.decompress(page.brotli) == page.body == HTML.encode()

    def test_bytes_that_do_not_shrink_are_not_compressed(self) -> None:
        page = bake(headers=[], content_type="image/webp", body=os.urandom(500))
        assert (page.gzip, page.brotli) == (b"", b"")

    def test_tag_changes_with_body_and_headers_and_only_then(self) -> None:
        assert a_page().etag == a_page(refresh_at=NOON, fast=False).etag
        assert (
            len({a_page().etag, a_page("other").etag, a_page(headers=[]).etag, a_page(status=404).etag}) == 4
        )

    def test_headers_of_the_front_are_left_to_the_front(self) -> None:
        page = a_page(
            headers=[("Content-Length", "3"), ("Content-Encoding", "gzip"), ("ETag", '"x"'), POLICY]
        )
        assert page.headers == (POLICY,)

    @pytest.mark.parametrize(
        "header",
        [
            ("Set-Cookie", "sessionid=1"),
            ("x-a", "b\r\nset-cookie: c=d"),
            ("x\n", "y"),
            ("x-title", "Ayiti 🇭🇹"),
        ],
    )
    def test_header_that_would_harm_readers_is_refused(self, header: tuple[str, str]) -> None:
        with pytest.raises(ValueError, match="cookie|line break|codec"):
            a_page(headers=[header])


class TestStore:
    def test_page_comes_back_whole(self, store: BakedStore, other_process: BakedStore) -> None:
        page = a_page(refresh_at=NOON, dead_at=NOON + 60)
        store.put(PATH, page)
        assert store.get(PATH) == page
        assert other_process.get(PATH) == page

    def test_unknown_path_has_no_page(self, store: BakedStore) -> None:
        assert store.get(PATH) is None
        assert list(store.paths()) == list(store.due(NOON)) == []

    @pytest.mark.parametrize("path", ["es/cr/", "", "/es/?q=1", "/es/#top", "/es/\0"])
    def test_path_no_request_can_have_is_refused(self, store: BakedStore, path: str) -> None:
        with pytest.raises(ValueError, match="path"):
            store.put(path, a_page())

    @pytest.mark.parametrize(
        "path", ["/../../escaped", "/es/../../../x", "/" + "a" * 5000, "/ht/kòman/", "/\udcff/"]
    )
    def test_any_path_stays_inside_the_folder(self, store: BakedStore, tmp_path: Path, path: str) -> None:
        store.put(path, a_page())
        assert store.get(path) == a_page()
        assert [entry.name for entry in tmp_path.iterdir()] == ["baked"]
        assert len([file for file in (tmp_path / "baked").rglob("*") if file.is_file()]) == 1

    def test_replacement_by_another_process_is_seen_after_a_moment(
        self, store: BakedStore, other_process: BakedStore, clock: Clock
    ) -> None:
        store.put(PATH, a_page("old"))
        assert store.get(PATH) == a_page("old")
        other_process.put(PATH, a_page("new"))
        clock.now += 0.25
        assert store.get(PATH) == a_page("new")

    def test_removal_by_another_process_is_seen_after_a_moment(
        self, store: BakedStore, other_process: BakedStore, clock: Clock
    ) -> None:
        store.put(PATH, a_page())
        assert store.get(PATH)
        other_process.remove(PATH)
        clock.now += 0.25
        assert store.get(PATH) is None

    def test_own_changes_are_seen_at_once(self, store: BakedStore) -> None:
        store.put(PATH, a_page("old"))
        store.get(PATH)
        store.put(PATH, a_page("new"))
        assert store.get(PATH) == a_page("new")
        store.remove(PATH)
        assert store.get(PATH) is None

    def test_clear_leaves_nothing(self, store: BakedStore) -> None:
        for path in ("/es/", "/en/"):
            store.put(path, a_page())
            store.get(path)
        store.clear()
        assert list(store.paths()) == []
        assert store.get("/es/") is None

    def test_removing_what_is_not_there_is_no_error(self, store: BakedStore) -> None:
        store.remove(PATH)
        assert store.get(PATH) is None

    def test_failed_put_leaves_the_old_page_and_no_litter(
        self, store: BakedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.put(PATH, a_page("old"))

        def disk_full(*_: object) -> None:
            raise OSError("No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", disk_full)
            with pytest.raises(OSError, match="No space"):
                store.put(PATH, a_page("new"))
        assert store.get(PATH) == a_page("old")
        assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 1

    @pytest.mark.parametrize(
        "damage",
        [
            lambda data: b"",
            lambda data: data[:-1],
            lambda data: data[:20],
            lambda data: b"{}\n",
            lambda data: b"[]\n",
            lambda data: b"\xff\xfe\n",
            lambda data: data.replace(b'"lengths": [', b'"lengths": [1, '),
        ],
    )
    def test_damaged_file_reads_as_absent(
        self, store: BakedStore, tmp_path: Path, damage: Callable[[bytes], bytes]
    ) -> None:
        store.put(PATH, a_page())
        (file,) = (tmp_path / "baked").rglob("*.baked")
        file.write_bytes(damage(file.read_bytes()))
        assert store.get(PATH) is None
        assert set(store.due(NOON)) == set()

    def test_memory_stays_bounded_and_every_page_readable(self, tmp_path: Path) -> None:
        store = BakedStore(tmp_path, memory=40_000)
        pages = {f"/es/{number}/": a_page(str(number) * 3000) for number in range(20)}
        for path, page in pages.items():
            store.put(path, page)
        assert {path: store.get(path) for path in pages} == pages
        assert 0 < len(store._kept) < 10
        assert store._weight == sum(kept.weight for kept in store._kept.values()) <= 40_000

    def test_page_larger_than_memory_is_served_but_not_kept(self, tmp_path: Path) -> None:
        store = BakedStore(tmp_path, memory=1000)
        store.put(PATH, a_page())
        assert store.get(PATH) == a_page()
        assert store._weight == len(store._kept) == 0

    def test_due_names_pages_whose_moment_has_come(self, store: BakedStore) -> None:
        store.put("/always/", a_page())
        store.put("/opens/", a_page(refresh_at=NOON))
        store.put("/expires/", a_page(dead_at=NOON + 60))
        assert set(store.due(NOON - 1)) == set()
        assert set(store.due(NOON)) == {"/opens/"}
        assert set(store.due(NOON + 60)) == {"/opens/", "/expires/"}
        assert set(store.paths()) == {"/always/", "/opens/", "/expires/"}

    def test_due_follows_what_another_process_bakes(
        self, store: BakedStore, other_process: BakedStore
    ) -> None:
        store.put(PATH, a_page(refresh_at=NOON))
        assert set(store.due(NOON)) == {PATH}
        other_process.put(PATH, a_page(refresh_at=NOON + 3600))
        assert set(store.due(NOON)) == set()


class App:
    """The application behind the front: counts calls and answers with `status`."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"from ", "more_body": True})
        await send({"type": "http.response.body", "body": b"the app"})


class Reader:
    """Asks the front and reads status, headers and body of the answer."""

    def __init__(self, store: BakedStore, app: App | None = None, clock: Clock | None = None) -> None:
        self.app = app or App()
        self._front = BakedFirst(self.app, store, clock=clock or Clock(NOON))

    def ask(
        self, path: str = PATH, *, method: str = "GET", query: str = "", kind: str = "http", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": kind,
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": pairs,
        }
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("The front reads nothing from a reader.")

        _finish(self._front(scope, receive, send))
        start, *bodies = sent
        assert not any(message["type"] == "http.response.start" for message in bodies)
        fields = {name.decode(): value.decode() for name, value in start["headers"]}
        assert len(fields) == len(start["headers"])
        return start["status"], fields, b"".join(message["body"] for message in bodies)


def _finish(coroutine: Coroutine[Any, Any, None]) -> None:
    """Nothing here may really wait, so one step must end it."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


class TestFront:
    @pytest.fixture
    def reader(self, store: BakedStore) -> Reader:
        store.put(PATH, a_page())
        return Reader(store)

    @pytest.mark.parametrize(
        ("accepts", "encoding"),
        [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, deflate", "gzip"),
            ("GZIP;q=0.1", "gzip"),
            ("br;q=0, gzip;q=1.0", "gzip"),
            ("br;q=0.000,gzip; q=0", None),
            ("identity", None),
            ("*", None),
            ("", None),
            ("zebra, br" + " " * 300, None),
        ],
    )
    def test_reader_gets_the_smallest_bytes_they_can_read(
        self, reader: Reader, accepts: str, encoding: str | None
    ) -> None:
        status, headers, body = reader.ask(accept_encoding=accepts)
        expected = {"br": a_page().brotli, "gzip": a_page().gzip, None: a_page().body}[encoding]
        assert (status, body) == (200, expected)
        assert headers.get("content-encoding") == encoding
        assert headers["content-length"] == str(len(body))
        assert reader.app.calls == 0

    def test_answer_carries_baked_headers_and_varies_by_encoding(self, reader: Reader) -> None:
        _, headers, _ = reader.ask()
        assert headers == {
            "content-type": "text/html; charset=utf-8",
            "content-length": str(len(HTML)),
            "content-security-policy": "default-src 'self'",
            "vary": "Accept-Encoding",
            "etag": a_page().etag,
        }

    def test_vary_of_the_page_is_kept_once(self, store: BakedStore) -> None:
        store.put("/a/", a_page(headers=[("Vary", "Accept-Language"), ("Vary", "Save-Data")]))
        store.put("/b/", a_page(headers=[("Vary", "accept-encoding")]))
        reader = Reader(store)
        assert reader.ask("/a/")[1]["vary"] == "Accept-Language, Save-Data, Accept-Encoding"
        assert reader.ask("/b/")[1]["vary"] == "accept-encoding"

    @pytest.mark.parametrize("known", ["{}", 'W/"old", {}', "*", '"{bare}"', "{},W/"])
    def test_current_copy_is_not_sent_again(self, reader: Reader, known: str) -> None:
        etag = a_page().etag
        status, headers, body = reader.ask(if_none_match=known.format(etag, bare=etag[3:-1]))
        assert (status, body) == (304, b"")
        assert headers["etag"] == etag
        assert headers["content-security-policy"] == "default-src 'self'"
        assert "content-length" not in headers

    @pytest.mark.parametrize("known", ['W/"old"', '"', "W/", ","])
    def test_old_copy_is_replaced(self, reader: Reader, known: str) -> None:
        assert reader.ask(if_none_match=known)[::2] == (200, HTML.encode())

    def test_head_has_the_headers_and_no_body(self, reader: Reader) -> None:
        status, headers, body = reader.ask(method="HEAD", accept_encoding="br")
        assert (status, headers, body) == (200, reader.ask(accept_encoding="br")[1], b"")

    def test_baked_not_found_page_keeps_its_status(self, store: BakedStore) -> None:
        store.put("/gone/", a_page(status=410))
        assert Reader(store).ask("/gone/", if_none_match=a_page(status=410).etag)[0] == 410

    @pytest.mark.parametrize(
        "other",
        [
            {"method": "POST"},
            {"query": "q=refugio"},
            {"path": "/es/cr/"},
            {"path": PATH[:-1]},
            {"kind": "websocket"},
        ],
    )
    def test_everything_else_goes_to_the_application(self, reader: Reader, other: dict[str, str]) -> None:
        assert reader.ask(**other)[2] == b"from the app"
        assert reader.app.calls == 1


class TestDeadPage:
    @pytest.fixture
    def kept(self, store: BakedStore) -> BakedStore:
        store.put(PATH, a_page("Cuesta 100 colones", dead_at=NOON))
        store.put("/es/unavailable/", a_page("Vuelva pronto"))
        return store

    def test_is_served_until_its_moment(self, kept: BakedStore) -> None:
        assert Reader(kept, clock=Clock(NOON - 1)).ask()[2] == b"Cuesta 100 colones"

    @pytest.mark.parametrize("status", [200, 302, 404])
    def test_gives_way_to_the_application(self, kept: BakedStore, status: int) -> None:
        answer, _, body = Reader(kept, App(status)).ask()
        assert (answer, body) == (status, b"from the app")

    def test_reader_is_told_when_the_application_fails_too(self, kept: BakedStore) -> None:
        status, headers, body = Reader(kept, App(500)).ask(if_none_match=a_page("Vuelva pronto").etag)
        assert (status, body) == (503, b"Vuelva pronto")
        assert headers["content-security-policy"] == "default-src 'self'"

    def test_head_is_told_without_a_body(self, kept: BakedStore) -> None:
        assert Reader(kept, App(500)).ask(method="HEAD")[::2] == (503, b"")

    def test_apology_in_another_language_is_not_borrowed(self, kept: BakedStore) -> None:
        kept.put("/en/cr/", a_page(dead_at=NOON))
        assert Reader(kept, App(500)).ask("/en/cr/")[::2] == (500, b"from the app")

    def test_dead_apology_is_not_shown(self, kept: BakedStore) -> None:
        kept.put("/es/unavailable/", a_page("Vuelva pronto", dead_at=NOON))
        assert Reader(kept, App(502)).ask()[::2] == (502, b"from the app")

    def test_apology_asked_for_by_its_own_address_has_its_own_status(self, kept: BakedStore) -> None:
        assert Reader(kept).ask("/es/unavailable/")[0] == 200
