"""What a person takes away from a conversation: answers with their sources, next steps, the hub, help lines.

Drawn when it is asked for, in the person's language, and kept nowhere. It names nobody of the staff, and the
person only where the adviser says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from ventanilla.answers.asking import Passage
from ventanilla.hubs.models import Country, Hub
from ventanilla.privacy.sealing import open_keys
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Fact, Kind

from .appointment_notices import place_of
from .automatic import most_letters, sourced
from .checklists import SHORT, SHORT_BELOW
from .composing import hours_of, language_of
from .models import Appointment, Callback, Enquiry, Message, Referral
from .queries import readable


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that was given here, as it stands checked today."""

    ref: str
    title: str
    text: str
    sources: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was agreed; `name` tells which, so that it can be left out."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    language: str
    title: str
    hub: str
    day: str
    code: str
    name: str
    asked: Part
    told_title: str
    told: tuple[Told, ...]
    steps: Part
    contact: Part
    danger: Part


# What there is to choose from


def told_in(enquiry: Enquiry, *, at: datetime) -> list[Told]:
    """What was quoted in this conversation and may still be quoted, in the order in which it was."""
    rows = Message.objects.filter(enquiry=enquiry).exclude(cites=[]).exclude(direction=Message.Direction.IN)
    cited = rows.order_by("at", "pk").values_list("cites", flat=True)
    # What was only offered by number was not told.
    refs = dict.fromkeys(cite["ref"] for cites in cited for cite in cites if "number" not in cite)
    facts = Fact.objects.filter(ref__in=refs, country__is_open=True).quotable(at=at.date())
    found = {item.ref: item for item in items(facts, at=at.date())}
    return [_told(found[ref], language_of(enquiry)) for ref in refs if ref in found]


def _told(item: Item, language: str) -> Told:
    spoken = item.language(language)
    text = item.text(spoken)
    path = Passage(item=item, language=spoken, text="", score=1.0).path
    with override(language):
        sources = tuple(sourced(item))
    return Told(item.ref, text.title, text.summary, sources, f"{settings.PUBLIC_URL}{path}")


def steps_of(enquiry: Enquiry, *, at: datetime) -> list[Step]:
    """What was agreed and is still to come: no number, no topic, no name of a service."""
    zone = ZoneInfo(enquiry.hub.country.timezone)
    with override(language_of(enquiry)):
        return [*_calls(enquiry, zone, at=at), *_appointments(enquiry, at=at), *_referrals(enquiry)]


def _calls(enquiry: Enquiry, zone: ZoneInfo, *, at: datetime) -> Iterable[Step]:
    waiting = Callback.objects.waiting().filter(enquiry=enquiry, due_until__gt=at)
    for row in waiting.order_by("due_from", "pk"):
        start, end = row.due_from.astimezone(zone), row.due_until.astimezone(zone)
        text = _("We call you on {day} between {start} and {end}.").format(
            day=date_format(start, "DATE_FORMAT"), start=_hour(start), end=_hour(end)
        )
        yield Step(f"callback-{row.pk}", text)


def _appointments(enquiry: Enquiry, *, at: datetime) -> Iterable[Step]:
    booked = Appointment.objects.booked().filter(enquiry=enquiry, starts_at__gt=at)
    for row in booked.select_related("hub__country").order_by("starts_at", "pk"):
        start = row.local_start()
        text = _("Appointment on {day} at {hour}, {place}. Your code: {code}").format(
            day=date_format(start, "DATE_FORMAT"), hour=_hour(start), code=row.code,
            place=place_of(row.hub, language=language_of(enquiry)),
        )  # fmt: skip
        yield Step(f"appointment-{row.pk}", text)


def _referrals(enquiry: Enquiry) -> Iterable[Step]:
    for row in Referral.objects.filter(enquiry=enquiry, state__in=Referral.OPEN).order_by("pk"):
        yield Step(f"referral-{row.pk}", _("Another service looks at what you need. We tell you its answer."))


def _hour(moment: datetime) -> str:
    return time_format(moment, "TIME_FORMAT")


def name_of(enquiry: Enquiry) -> str:
    """What the person wants to be called; empty where nobody knows."""
    person = enquiry.person
    if person is None or person.erased_at:
        return ""
    open_keys([person])
    return readable(person, "name") or ""


# Drawn


def draw(
    enquiry: Enquiry,
    *,
    told: Sequence[Told],
    steps: Sequence[str],
    asked: str = "",
    name: str = "",
    at: datetime,
) -> Summary:
    """One page of what was chosen; empty parts are left out where it is shown."""
    hub, language = enquiry.hub, language_of(enquiry)
    with override(language):
        return Summary(
            language=language,
            title=_("What we talked about"),
            hub=hub.name(language),
            day=date_format(at.astimezone(ZoneInfo(hub.country.timezone)), "DATE_FORMAT"),
            code=_("Code of your enquiry: {code}").format(code=enquiry.code),
            name=name,
            asked=Part(_("You asked"), tuple(line for line in asked.splitlines() if line.strip())),
            told_title=_("What we told you"),
            told=tuple(told),
            steps=Part(_("What happens next"), tuple(steps)),
            contact=Part(_("How to reach us"), tuple(_contact(hub, language))),
            danger=Part(_("If you are in danger"), tuple(_help_lines(hub.country, language, at=at))),
        )


def _contact(hub: Hub, language: str) -> Iterable[str]:
    yield place_of(hub, language=language)
    if numbers := [str(phone.get("number", "")) for phone in hub.phones if phone.get("number")]:
        yield _("Telephone: {numbers}").format(numbers=", ".join(numbers))
    yield _("Open: {hours}").format(hours=hours_of(hub, language))
    yield f"{settings.PUBLIC_URL}/{language}/{hub.country_id}/"


def _help_lines(country: Country, language: str, *, at: datetime) -> Iterable[str]:
    facts = Fact.objects.filter(country=country, ref__in=country.emergency, kind=Kind.HOTLINE)
    found = items(facts.public(at=at.date()), at=at.date())
    for item in sorted(found, key=lambda one: country.emergency.index(one.ref)):
        numbers = ", ".join(phone.number for phone in item.contact.phones)
        if numbers:
            yield f"{item.text(language).title}: {numbers}"


# As plain text


def in_words(summary: Summary) -> str:
    """All of it as plain text."""
    head = "\n".join(line for line in (summary.title, f"{summary.hub}, {summary.day}", summary.name) if line)
    told = [_paragraph(one) for one in summary.told]
    told[:1] = [f"{summary.told_title}\n{one}" for one in told[:1]]
    parts = [_words(summary.asked), *told, _words(summary.steps), _words(summary.contact)]
    return "\n\n".join(part for part in (head, *parts, _words(summary.danger), summary.code) if part)


def _words(part: Part) -> str:
    return "\n".join([part.title, *(f"– {line}" for line in part.lines)]) if part.lines else ""


def _paragraph(one: Told) -> str:
    return "\n".join(line for line in (one.title, one.text, *one.sources, one.address) if line)


def for_channel(summary: Summary, enquiry: Enquiry) -> str:
    """As a message: what is long is told by its page alone where the channel holds no more."""
    room = most_letters(enquiry)
    room = SHORT if room < SHORT_BELOW else room
    tries = (in_words(one) for one in _ever_shorter(summary))
    shortest = ""
    for shortest in tries:
        if len(shortest) <= room:
            return shortest
    return shortest


def _ever_shorter(summary: Summary) -> Iterable[Summary]:
    yield summary
    no_text = tuple(replace(one, text="") for one in summary.told)
    yield replace(summary, told=no_text)
    brief = replace(
        summary,
        title="",
        told=tuple(replace(one, sources=()) for one in no_text),
        contact=replace(summary.contact, lines=summary.contact.lines[:2]),
        danger=replace(summary.danger, lines=summary.danger.lines[:2]),
    )
    yield brief
    yield replace(brief, asked=replace(brief.asked, lines=()))
