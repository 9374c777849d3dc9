"""Many enquiries and messages put in by bulk, sealed as everything is; and what pages cost then."""

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ventanilla.accounts.models import StaffSession, User
from ventanilla.channels.models import Channel
from ventanilla.enquiries.models import Enquiry, Message, Person
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models import DataKey
from ventanilla.privacy.sealing import cipher, keys

from .ground import HUB

AT_ONCE = 500
REPEATED = 9
WORDS = (
    "Llegué hace tres días con mi familia y necesito saber qué papeles me piden para quedarme, si cuesta "
    "algo y adónde tengo que ir. No tengo dinero para viajar dos veces. Gracias por su ayuda."
)
DESK_USER = "luis@ventanilla.example"


def fill(*, enquiries: int, messages: int) -> None:
    """Bring the sample hub to so many open enquiries and so many messages that were bulk-made here."""
    _add_enquiries(enquiries - Enquiry.objects.open().count())
    missing = messages - Message.objects.count()
    if missing > 0:
        _add_messages(missing)
    for connection in connections.all():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


def _add_enquiries(count: int) -> None:
    hub, now = Hub.objects.get(ref=HUB), timezone.now()
    channel = Channel.objects.filter(kind="whatsapp", hub=hub).order_by("created_at", "pk").first()
    for start in range(0, max(count, 0), AT_ONCE):
        made = _keys(min(AT_ONCE, count - start))
        people = [Person(sealed_under=key, language="es", created_at=now) for key in made]
        cases = [
            Enquiry(
                sealed_under=key, code=f"BEN-{uuid4().hex[:7].upper()}", hub=hub, country="cr", person=person,
                channel=channel, channel_kind="whatsapp", language="es", opened_at=now,
                waiting_since=now - timedelta(minutes=start + number),
            )
            for number, (key, person) in enumerate(zip(made, people, strict=True))
        ]  # fmt: skip
        Person.objects.bulk_create(people)
        Enquiry.objects.bulk_create(cases)


def _keys(count: int) -> list[UUID]:
    """Many keys in one commit, as `new_key` makes one."""
    holder = keys.current_scope_key(f"hub:{HUB}")
    scope, made, now = keys.open_scope(holder), [uuid4() for _ in range(count)], timezone.now()
    rows = [
        DataKey(
            id=key,
            scope_key=holder,
            wrapped=cipher.seal(scope, cipher.fresh_key(), at=keys.data_place(key)),
            created_at=now,
        )
        for key in made
    ]
    DataKey.objects.bulk_create(rows)
    return made


def _add_messages(count: int) -> None:
    """Spread over the open enquiries, in turns from both sides."""
    cases, now = list(Enquiry.objects.open().order_by("pk")), timezone.now() - timedelta(days=20)
    keys.open_keys(cases)
    rows: list[Message] = []
    for number, case in zip(range(count), _around(cases), strict=False):
        direction = Message.Direction.IN if number // len(cases) % 2 == 0 else Message.Direction.OUT
        row = Message(
            enquiry=case, sealed_under=case.sealed_under, direction=direction, language="es",
            at=now + timedelta(seconds=number),
        )  # fmt: skip
        row.body = WORDS
        rows.append(row)
        if len(rows) == AT_ONCE:
            Message.objects.bulk_create(rows)
            rows = []
    Message.objects.bulk_create(rows)


def _around(cases: list[Enquiry]) -> Iterator[Enquiry]:
    while True:
        yield from cases


def times() -> dict[str, float]:
    """Of the list of open cases and of one conversation, by an adviser of the hub: in this process, warm.

    `frame_queries` are those of any page of the console: who is signed in, with which rights, and the menu.
    """
    client = signed_in()
    longest = Enquiry.objects.open().order_by("pk")[100]
    return {
        **_timed("list", client, reverse("console:cases")),
        "frame_queries": _queries(client, reverse("console:rights"))[0],
        **_timed("conversation", client, reverse("console:case", args=[longest.pk])),
        "messages_in_conversation": longest.messages.count(),
    }


def _timed(name: str, client: Client, address: str) -> dict[str, float]:
    spent = []
    _ask(client, address)
    for _ in range(REPEATED):
        keys.ring.clear()
        start = time.perf_counter()
        _ask(client, address)
        spent.append((time.perf_counter() - start) * 1000)
    data, key = _queries(client, address)
    return {
        f"{name}_ms": round(statistics.median(spent), 1),
        f"{name}_slowest_ms": round(max(spent), 1),
        f"{name}_queries": data,
        f"{name}_key_queries": key,
    }


def _queries(client: Client, address: str) -> tuple[int, int]:
    """How many the database answers for a page, and how many the key store; the second time it is asked."""
    _ask(client, address)
    with (
        CaptureQueriesContext(connections["default"]) as data,
        CaptureQueriesContext(connections["keys"]) as key,
    ):
        _ask(client, address)
    return len(data), len(key)


def _ask(client: Client, address: str) -> None:
    answer = client.get(address, HTTP_HOST="127.0.0.1")
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}: {answer.headers.get('Location', '')}")


def signed_in() -> Client:
    """A browser of the hub's adviser who gave their second factor."""
    client = Client()
    client.force_login(
        User.objects.get(email=DESK_USER), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    StaffSession.objects.filter(second_factor_at=None).update(second_factor_at=timezone.now())
    return client


def cookies(count: int) -> list[str]:
    """Cookies of so many signed-in sessions."""
    clients = [signed_in() for _ in range(count)]
    return ["; ".join(f"{name}={morsel.value}" for name, morsel in each.cookies.items()) for each in clients]


def some_enquiries(count: int) -> list[Any]:
    return list(Enquiry.objects.open().order_by("pk")[:count])
