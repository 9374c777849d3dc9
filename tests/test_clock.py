"""The clock passes, nobody does anything, and what was baked with an old fact is never read again (P1)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client

from ventanilla.accounts.models import User
from ventanilla.verification.actions import confirm_fact
from ventanilla.verification.models import Fact
from ventanilla.web import baking
from ventanilla.web.baked import BakedFirst
from ventanilla.web.baked.responses import Message

# A procedure of the library, a service of the directory, and a question that each answers.
FACTS = {
    "cr-asylum": ("procedures", "q nesesito pa pedir refujio"),
    "cr-catem-sur": ("services", "dónde queda el CATEM Sur"),
}
CHECKED = datetime(2026, 1, 10, 18, tzinfo=UTC)
VALID, GRACE = timedelta(days=180), timedelta(days=30)
HOME, LIST, TAKE = "/es/cr/", "/es/cr/offline/list.json", "/es/cr/take/cr-es.html"
# What is never baked and lists facts; only services are in the last.
FRESH = (
    "/sitemap-cr.xml",
    "/feeds/es/cr/changes.atom",
    "/feeds/en/cr/changes.rss",
    "/api/items?country=cr",
    "/api/hsds/services?country=cr&full=true&per_page=200",
)


@pytest.fixture(autouse=True)
def own_store(site, settings, tmp_path, monkeypatch):
    """A folder of this test for what is baked; a look at the calendar bakes no more than what is there."""
    settings.BAKED_ROOT = tmp_path / "baked"
    monkeypatch.setattr(baking, "all_paths", list)


@pytest.fixture(params=FACTS)
def ref(request) -> str:
    """A fact that was confirmed once."""
    fact = Fact.objects.get(ref=request.param)
    by = User.objects.create_user("checker@hub.example", first_name="Rosalinda")
    confirm_fact(fact=fact, by=by, at=CHECKED, source="https://example.org/seen")
    return fact.ref


@pytest.fixture
def baked(ref) -> Iterator[None]:
    """What the fact shows on was baked on the day of its check."""
    with time_machine.travel(CHECKED, tick=False):
        baking.bake_paths([page(ref), topic(ref), TAKE, HOME, LIST])
        yield


@pytest.mark.usefixtures("baked")
def test_a_fact_that_is_due_says_so_and_is_not_quoted(client: Client, ref: str):
    assert "Verificado el 10 de enero de 2026" in served(page(ref))
    with time_machine.travel(CHECKED + VALID - timedelta(days=1), tick=False):
        baking.look()
        assert "Verificado el 10 de enero de 2026" in served(page(ref))
        assert is_quoted(client, ref)
        assert state(client, ref) == "verified"
    with time_machine.travel(CHECKED + VALID, tick=False):
        baking.look()
        assert "Esto se está revisando de nuevo." in served(page(ref))
        assert "Verificado el" not in served(page(ref))
        assert names(served(topic(ref)), ref)
        assert not is_quoted(client, ref)
        assert state(client, ref) == "due"


@pytest.mark.usefixtures("baked")
def test_a_fact_past_its_grace_is_nowhere(client: Client, ref: str):
    lists = [path for path in (topic(ref), TAKE, LIST, *FRESH) if names(served(path), ref)]
    assert lists == [topic(ref), TAKE, LIST, *FRESH[: len(FRESH) if is_service(ref) else -1]]
    with time_machine.travel(CHECKED + VALID + GRACE, tick=False):
        baking.look()
        assert baking.store().get(page(ref)) is None
        assert status(page(ref)) == 404
        assert client.get(f"/api/items/{ref}").status_code == 404
        assert not is_quoted(client, ref)
        assert [path for path in (*lists, HOME) if names(served(path), ref)] == []


@pytest.mark.usefixtures("baked")
def test_the_dead_are_not_served_although_no_baker_came(ref: str):
    """The baker is stopped: what it baked still lies there, and is rendered afresh instead."""
    with time_machine.travel(CHECKED + VALID + GRACE, tick=False):
        assert all(baking.store().get(path) for path in (page(ref), topic(ref), TAKE))
        assert status(page(ref)) == 404
        assert [path for path in (topic(ref), TAKE, LIST, HOME) if names(served(path), ref)] == []


def page(ref: str) -> str:
    return f"/es/cr/{ref}/"


def topic(ref: str) -> str:
    return f"/es/cr/{FACTS[ref][0]}/"


def is_service(ref: str) -> bool:
    return FACTS[ref][0] == "services"


def names(text: str, ref: str) -> bool:
    """Whether a text names this fact, and not one whose reference only begins like it."""
    return re.search(rf"{ref}(?![\w-])", text) is not None


def served(path: str) -> str:
    return get(path)[1]


def status(path: str) -> int:
    return get(path)[0]


def get(path: str) -> tuple[int, str]:
    """What a reader gets: baked where that may be shown, else from Django."""
    messages: list[Message] = []

    async def django(scope, receive, send):
        response = await sync_to_async(Client().get)(f"{path}?{query}" if query else path)
        await send({"type": "http.response.start", "status": response.status_code})
        await send({"type": "http.response.body", "body": response.content})

    async def send(message):
        messages.append(message)

    path, _, query = path.partition("?")
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
    async_to_sync(BakedFirst(django, baking.store()))(scope, None, send)
    return messages[0]["status"], messages[1]["body"].decode()


def is_quoted(client: Client, ref: str) -> bool:
    question = {"text": FACTS[ref][1], "country": "cr", "lang": "es"}
    answer = client.post("/api/ask", question, content_type="application/json").json()
    return ref in [passage["id"] for passage in answer["passages"]]


def state(client: Client, ref: str) -> str:
    return client.get(f"/api/items/{ref}").json()["state"]
