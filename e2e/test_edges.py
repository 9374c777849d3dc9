"""What the served site does with requests that no browser sends."""

import contextlib
import socket
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def raw(live_site):
    """Send bytes as they are; returns the first line of the answer, empty when the connection is closed."""

    def ask(request: bytes) -> str:
        place = urlsplit(live_site.url)
        with socket.create_connection((place.hostname, place.port), timeout=15) as line:
            line.sendall(request)
            line.settimeout(15)
            try:
                return line.recv(65536).split(b"\r\n", 1)[0].decode("latin-1")
            except (ConnectionResetError, TimeoutError):
                return ""

    return ask


def status(answer: str) -> int:
    return int(answer.split()[1]) if answer else 0


def test_two_lengths_are_not_believed(raw):
    smuggled = (
        b"POST /es/cr/ask/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nq=ab"
    )
    assert status(raw(smuggled)) in (0, 400)


def test_length_and_chunks_together_do_not_smuggle(raw):
    smuggled = (
        b"POST /es/cr/ask/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 44\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /console/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    assert raw(smuggled).count("HTTP/1.1") <= 1


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "FOO"])
def test_other_methods_do_nothing(raw, method):
    answer = raw(f"{method} /es/cr/ HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert status(answer) in (0, 400, 403, 404, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../config/settings.py", "/static/%2e%2e/%2e%2e/keys/master.key",
        "/a/..%2f..%2fkeys/master.key",
        "/../keys/master.key", "/es/../../keys/keys.sqlite3", "/static/console/..%5c..%5csettings.py",
        "/.git/config", "/media/../keys/master.key", "//etc/passwd", "/es/cr/%00",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(raw, path):
    answer = raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert status(answer) in (0, 301, 302, 400, 404)


def test_headers_without_end_are_cut_off(raw):
    long = b"GET /es/ HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n"
    assert status(raw(long)) in (0, 400, 413, 431)


def test_a_body_without_end_is_refused(raw):
    head = b"POST /es/cr/ask/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    assert status(raw(head + b"q=" + b"x" * 4_999_998)) in (0, 200, 400, 413)


def test_a_method_in_the_form_or_a_header_changes_nothing(raw):
    answer = raw(
        b"GET /console/logout/?_method=POST HTTP/1.1\r\nHost: localhost\r\n"
        b"X-HTTP-Method-Override: POST\r\n\r\n"
    )
    assert status(answer) in (301, 302, 404, 405)


# More than Django works on at once (`config/asgi.py`).
SLOW = 40
HEAD = b"POST /es/cr/ask/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.parametrize(
    "sent", [b"GET /es/ HTTP/1.1\r\nHost: loc", HEAD + b"Content-Length: 900\r\n\r\nq=a"]
)
def test_those_who_send_byte_by_byte_keep_nobody_else_waiting(live_site, raw, sent):
    place = urlsplit(live_site.url)
    with contextlib.ExitStack() as open_lines:
        lines = [
            open_lines.enter_context(socket.create_connection((place.hostname, place.port), timeout=15))
            for _number in range(SLOW)
        ]
        for number in range(len(sent) + 3):
            for line in lines:
                line.sendall(sent[number : number + 1] or b"a")
        login = b"GET /console/login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        asked = HEAD + b"Content-Length: 6\r\nConnection: close\r\n\r\nq=hola"
        assert status(raw(login)) == 200
        assert status(raw(asked)) == 200


def test_a_body_that_comes_slowly_is_answered_all_the_same(live_site):
    place = urlsplit(live_site.url)
    with socket.create_connection((place.hostname, place.port), timeout=15) as line:
        for byte in HEAD + b"Content-Length: 6\r\nConnection: close\r\n\r\nq=hola":
            line.sendall(bytes([byte]))
        assert status(line.recv(65536).split(b"\r\n", 1)[0].decode()) == 200
