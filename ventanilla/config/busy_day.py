"""A busy day of a whole network, invented: staff of every hub and enquiries on every channel.

For trying the desk with many cases, for benchmarks and for tests. Nobody in it exists; everything goes
through the same actions as in real life, so keys, access log and clocks are what they would be.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import yaml
from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.channels import intake
from ventanilla.channels.contract import Arrived, Parsed
from ventanilla.channels.models import Channel
from ventanilla.enquiries import actions
from ventanilla.enquiries.codes import new_return_code
from ventanilla.enquiries.models import Enquiry, return_digest
from ventanilla.hubs.models import Country, Hub, Membership, Role
from ventanilla.privacy.sealing import new_key

DOMAIN = "busy.example"
AT_ONCE = 25
SPAN = timedelta(days=30)

_SAID = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())
KINDS = ("whatsapp", "web", "counter", "phone", "whatsapp", "web", "counter")


@dataclass(slots=True)
class Words:
    """What people say; a test marks every word of a person to search for it afterwards."""

    mark: str = ""

    def said(self, text: str) -> str:
        return f"{text} {self.mark}word" if self.mark else text

    def name(self, text: str) -> str:
        return f"{text} {self.mark}name" if self.mark else text

    def number(self, index: int) -> str:
        return f"{self.mark}5068{index:07}"


@dataclass(slots=True)
class Place:
    """A hub at work: its lines and who sits there."""

    hub: Hub
    advisers: list[User]
    protection: User
    lines: dict[str, Channel] = field(default_factory=dict)


def fill(
    *, count: int, at: datetime, step: Callable[[], None], words: Words | None = None, seed: int = 7
) -> int:
    """Make staff where there is none and `count` enquiries before `at`; returns how many were made."""
    words, chance = words or Words(), random.Random(seed)  # noqa: S311 (an invented day, the same each time)
    places = [_place(hub, at=at) for hub in Hub.objects.select_related("country").order_by("ref")]
    made = 0
    while places and made < count:
        with transaction.atomic():
            for _number in range(min(AT_ONCE, count - made)):
                _one(chance.choice(places), chance, words, number=made, at=at)
                made += 1
                step()
    return made


def _place(hub: Hub, *, at: datetime) -> Place:
    advisers = [_staff(f"adviser{n}.{hub.ref}", Role.ADVISER, hub=hub) for n in (1, 2)]
    _staff(f"coordinator.{hub.ref}", Role.COORDINATOR, hub=hub)
    protection = _staff(f"protection.{hub.country_id}", Role.PROTECTION, country=hub.country)
    _staff(f"data-protection.{hub.country_id}", Role.DATA_PROTECTION, country=hub.country)
    place = Place(hub, advisers, protection)
    for kind in ("web", "whatsapp"):
        place.lines[kind] = _line(hub, kind, at=at)
    return place


def _staff(name: str, role: Role, *, hub: Hub | None = None, country: Country | None = None) -> User:
    user, _is_new = User.objects.get_or_create(
        email=f"{name}@{DOMAIN}", defaults={"first_name": name.partition(".")[0].title(), "is_staff": True}
    )
    Membership.objects.get_or_create(user=user, role=role, hub=hub, country=country)
    return user


def _line(hub: Hub, kind: str, *, at: datetime) -> Channel:
    """A line that receives; it is paused, because behind it there is nobody to send to."""
    found = Channel.objects.filter(hub=hub, kind=kind).order_by("created_at", "pk").first()
    if found is not None:
        return found
    line = Channel(
        kind=kind, country=hub.country_id, hub=hub, name=f"{kind} {hub.ref}", created_at=at,
        sealed_under=new_key(scope=f"hub:{hub.ref}"), answers_automatically=False,
        state=Channel.State.OPEN if kind == "web" else Channel.State.PAUSED,
    )  # fmt: skip
    line.secrets = {}
    line.save(force_insert=True)
    return line


def _one(place: Place, chance: random.Random, words: Words, *, number: int, at: datetime) -> None:
    talk = chance.choice(_SAID["talks"])
    adviser, moment = chance.choice(place.advisers), at - SPAN * chance.random()
    enquiry = _begin(place, chance.choice(KINDS), words, talk, number=number, at=moment, by=adviser)
    if chance.random() < 0.2:
        enquiry.person.name = words.name(chance.choice(_SAID["names"]))
        enquiry.person.save(update_fields=["name"])
    for happens in _story(place, enquiry, chance, words, adviser, talk):
        moment += timedelta(minutes=chance.randint(2, 240))
        if moment >= at:
            return
        happens(moment)


def _begin(
    place: Place, kind: str, words: Words, talk: Mapping[str, str], *, number: int, at: datetime, by: User
) -> Enquiry:
    language, asks = talk["language"], words.said(talk["asks"])
    if kind not in place.lines:
        enquiry = actions.open_enquiry(hub=place.hub, channel_kind=kind, language=language, at=at, by=by)
        actions.receive_message(enquiry=enquiry, body=asks, at=at, by=by)
        return enquiry
    line = place.lines[kind]
    sender = return_digest(new_return_code()) if kind == "web" else words.number(number)
    arrived = Arrived(external_id=uuid4().hex, sender=sender, at=at, text=asks, language=language)
    intake.receive(channel=line, parsed=Parsed(messages=(arrived,)), at=at)
    row = line.inbound.get(external_id=arrived.external_id)
    intake.file_one(row, at=at)
    return row.message.enquiry


Happening = Callable[[datetime], object]


def _story(
    place: Place,
    enquiry: Enquiry,
    chance: random.Random,
    words: Words,
    adviser: User,
    talk: Mapping[str, str],
) -> Iterator[Happening]:
    """What may follow, in order; each is done at the moment that is handed to it."""
    if chance.random() < 0.8:
        yield lambda at: actions.assign(enquiry=enquiry, to=adviser, by=adviser, at=at)
    if chance.random() < 0.75:
        yield lambda at: actions.reply(
            enquiry=enquiry, author=adviser, body=words.said(talk["answers"]), at=at
        )
        yield lambda at: actions.receive_message(enquiry=enquiry, body=words.said(talk["adds"]), at=at)
    if chance.random() < 0.3:
        note = words.said(chance.choice(_SAID["notes"]))
        yield lambda at: actions.add_note(enquiry=enquiry, author=adviser, body=note, at=at)
    if chance.random() < 0.05:
        secret = words.said(_SAID["protected_note"])
        yield lambda at: actions.add_note(
            enquiry=enquiry, author=place.protection, body=secret, is_protected=True, at=at
        )
    if chance.random() < 0.5:
        yield lambda at: actions.close(enquiry=enquiry, by=adviser, at=at)
