"""The first answer, by the house itself: verified passages or an honest "a person will answer", never more.

It says that it is automatic, when a person is there and how to reach one; it quotes, it does not invent (P2).
A person takes over at any moment and the house is silent from then on.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override

from ventanilla.answers.asking import MAX_QUESTION, Passage, ask
from ventanilla.answers.gaps import note_gap
from ventanilla.channels.contract import Choice, Content
from ventanilla.channels.turns import turn
from ventanilla.hubs.models import Hub
from ventanilla.lib.text import clean
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Fact

from . import actions
from .models import DeskSetting, Enquiry, Message, MessageQuerySet

logger = logging.getLogger(__name__)

# Short words with which people ask for somebody, in the four languages of the house and Portuguese.
FOR_A_PERSON = frozenset(
    {
        "0", "persona", "una persona", "humano", "asesor", "asesora", "alguien", "person", "human", "agent",
        "advisor", "personne", "une personne", "quelqu un", "conseiller", "moun", "yon moun", "pessoa",
    }
)  # fmt: skip
# Longer words that say the same, or that a machine has not helped.
_IMPATIENT = re.compile(
    r"\b(quiero|necesito|puedo) hablar con (una |alg)|\bno me (sirve|ayuda|entiende)|\bno entiendo\b"
    r"|\b(talk|speak) (to|with) (a |some)|\bnot help(ing|ful)\b|\bparler (à|a|avec) (une? |quelqu)"
    r"|\bpale ak (yon )?moun|\bfalar com (uma pessoa|alguém)",
    re.IGNORECASE,
)
CHOICES = 3
# What a provider leaves of a label is at least this long.
SHORTEST_LABEL = 12
# Letters of one message where no channel says less.
MOST = 4_000
# With these a conversation begins on some channels before anything was asked.
BEGINNINGS = frozenset({"start", "hola", "hello", "hi", "bonjour", "bonjou", "alo"})


@dataclass(frozen=True, slots=True)
class Said:
    """What the house is going to say: the content, what it quotes, and what it offers by number."""

    content: Content
    cites: list[dict[str, object]]


def wants_a_person(text: str) -> bool:
    """Whether these words ask for somebody instead of something."""
    words = " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())
    return words in FOR_A_PERSON or bool(_IMPATIENT.search(text))


def answer_due(*, now: Callable[[], datetime], limit: int = 10) -> int:
    """Answer messages that wait for a first answer; returns how many were looked at."""
    for number in range(limit):
        message = _claim()
        if message is None:
            return number
        _try(message, at=now())
    return limit


def _try(message: Message, *, at: datetime) -> None:
    # A person waits in the queue whatever happens here: a first answer that fails is not repeated.
    try:
        answer(message, at=at)
    except Exception:
        logger.exception("No automatic answer", extra={"record": str(message.pk)})


def _claim() -> Message | None:
    """The oldest message to answer, marked as taken: who dies now leaves it to people."""
    if not Message.objects.filter(to_answer=True).exists():
        return None  # looking takes no lock, on SQLite the only one there is
    with turn(), transaction.atomic():
        rows = Message.objects.filter(to_answer=True).order_by("at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        found = rows.values_list("pk", flat=True).first()
        if found is None or not Message.objects.filter(pk=found, to_answer=True).update(to_answer=False):
            return None
    whole = ("enquiry__hub__country", "enquiry__channel__hub", "enquiry__person", "replies_to")
    return Message.objects.select_related(*whole).get(pk=found)


def answer(message: Message, *, at: datetime) -> Message | None:
    """Say what the house has to say to one message; None when it is silent."""
    enquiry = message.enquiry
    if not speaks_in(enquiry, at=at):
        return None
    question, language = clean(message.body, limit=MAX_QUESTION), _language(enquiry)
    if wants_a_person(question):
        said = _somebody_will(enquiry, language, at=at)
        enquiry.answers_automatically = False
        enquiry.save(update_fields=["answers_automatically"])
    else:
        said = _from_content(message, question, language, at=at)
    with turn(), transaction.atomic():
        return actions.say_automatically(enquiry=enquiry, content=said.content, cites=said.cites, at=at)


def speaks_in(enquiry: Enquiry, *, at: datetime) -> bool:
    """Off by channel, hub, hour and enquiry, and as soon as somebody of the staff has answered."""
    channel = enquiry.channel
    is_on = channel is not None and channel.answers_automatically and enquiry.answers_automatically
    is_on = is_on and _hub_lets(enquiry.hub, at=at)
    is_on = is_on and enquiry.unsafe_since is None
    return is_on and enquiry.first_answer_at is None and enquiry.assigned_to_id is None and enquiry.is_open


def _hub_lets(hub: Hub, *, at: datetime) -> bool:
    desk = DeskSetting.objects.filter(hub=hub).first()
    if desk is None or desk.automatic == DeskSetting.Automatic.ALWAYS:
        return True
    return desk.automatic == DeskSetting.Automatic.CLOSED and not hub.is_attending(at)


def _language(enquiry: Enquiry) -> str:
    known = enquiry.language or enquiry.hub.country.languages[0]
    return known if known in settings.PUBLIC_LANGUAGES else "es"


def _from_content(message: Message, question: str, language: str, *, at: datetime) -> Said:
    enquiry = message.enquiry
    if question.strip(" /.!¡").casefold() in BEGINNINGS:
        return _welcoming(enquiry, language, at=at)
    chosen = _chosen(message, question, language, at=at)
    if chosen is not None:
        return _quoting(enquiry, [chosen], language, at=at)
    found = ask(question, country=enquiry.country, at=at)
    if not enquiry.language and found.language in settings.PUBLIC_LANGUAGES:
        enquiry.language = language = found.language
        enquiry.save(update_fields=["language"])
    if found.verdict == "direct":
        return _quoting(enquiry, [found.passages[0]], language, at=at)
    if found.verdict == "choices":
        return _offering(enquiry, found.passages[:CHOICES], language, at=at)
    note_gap(question, language=found.language, country=found.country, at=at)
    return _somebody_will(enquiry, language, at=at)


def _chosen(message: Message, text: str, language: str, *, at: datetime) -> Passage | None:
    """The page that a pressed button stands for in its own offer; else what was typed, in the last offer."""
    offer, typed = message.replies_to, message.choice
    if offer is None or not typed:
        offer, typed = _automatic(message.enquiry).order_by("-at", "-pk").first(), text
    refs = [cite["ref"] for cite in offer.cites if _means(typed, cite)] if offer else []
    facts = Fact.objects.filter(country__is_open=True, ref__in=refs).quotable(at=at.date())
    for item in items(facts, at=at.date()):
        spoken = item.language(language)
        return Passage(item=item, language=spoken, text=item.text(spoken).summary, score=1.0)
    return None


def _means(text: str, cite: dict[str, Any]) -> bool:
    number = text.strip().rstrip(".")
    if number.isdecimal() and number.isascii():
        return cite.get("number") == int(number[:3])
    # Providers cut labels, and give them back as they were shown.
    label = text.strip().rstrip("…").casefold()
    return "number" in cite and len(label) >= SHORTEST_LABEL and cite["title"].casefold().startswith(label)


def _automatic(enquiry: Enquiry) -> MessageQuerySet:
    rows = Message.objects.filter(enquiry=enquiry, direction=Message.Direction.AUTO)
    # The question whether it helped is none of the answers in a row.
    return rows.filter(help_question=None)


def _quoting(enquiry: Enquiry, passages: Sequence[Passage], language: str, *, at: datetime) -> Said:
    with override(language):
        head, tail = _head(enquiry), _tail(enquiry, at=at)
        around = sum(len(part) + 2 for part in [*head, *tail])
        room = (most_letters(enquiry) - around) // len(passages)
        middle = [passage_in_words(passage, most=room) for passage in passages]
        text = "\n\n".join([*head, *middle, *tail])
    return Said(Content(text=text, language=language), [cite(passage) for passage in passages])


def _welcoming(enquiry: Enquiry, language: str, *, at: datetime) -> Said:
    with override(language):
        ask_for = _("Write what you need. You do not have to say who you are. It costs nothing.")
        text = "\n\n".join([*_head(enquiry), ask_for, *_tail(enquiry, at=at)])
    return Said(Content(text=text, language=language), [])


def _offering(enquiry: Enquiry, passages: Sequence[Passage], language: str, *, at: datetime) -> Said:
    with override(language):
        which = _("Which of these do you mean? Send the number.")
        text = "\n\n".join([*_head(enquiry), which, *_tail(enquiry, at=at)])
    choices = tuple(
        Choice(str(number), passage.item.text(passage.language).title)
        for number, passage in enumerate(passages, start=1)
    )
    cites = [cite(passage, number=number) for number, passage in enumerate(passages, start=1)]
    return Said(Content(text=text, language=language, choices=choices), cites)


def _head(enquiry: Enquiry) -> list[str]:
    """The greeting, once."""
    return [] if _automatic(enquiry).exists() else [_greeting(enquiry)]


def _tail(enquiry: Enquiry, *, at: datetime) -> list[str]:
    """A person is offered with every automatic answer."""
    return [" ".join([_("Send 0 to talk with a person."), *_when(enquiry, at=at)])]


def _greeting(enquiry: Enquiry) -> str:
    return _(
        "You are writing to: {hub}. This first answer is automatic and free of charge. You do not "
        "have to say who you are. What you write is read by the hub's staff only and is deleted later."
    ).format(hub=enquiry.hub.name(_language(enquiry)))


def most_letters(enquiry: Enquiry) -> int:
    """How many letters one message of this channel holds."""
    return enquiry.channel.speaks.limits.text if enquiry.channel else MOST


def passage_in_words(passage: Passage, *, most: int = MOST) -> str:
    """The words of a checked page, who says so, since when, and where all of it stands.

    Where that is longer than `most` letters, the words are cut at the end of a sentence; the rest never is.
    """
    title, words, *rest = _parts(passage)
    room = most - sum(len(part) + 1 for part in [title, *rest])
    return "\n".join([title, _cut(words, room), *rest])


def _cut(words: str, most: int) -> str:
    if len(words) <= most:
        return words
    begun = words[: max(most - 1, 0)]
    end = max(begun.rfind(mark) for mark in (". ", "! ", "? ", "\n"))
    return f"{begun[: end + 1]}…" if end > 0 else f"{begun.rsplit(' ', 1)[0]}…"


def _parts(passage: Passage) -> list[str]:
    text = passage.item.text(passage.language)
    return [text.title, passage.text, *sourced(passage.item), f"{settings.PUBLIC_URL}{passage.path}"]


def sourced(item: Item) -> list[str]:
    """Who says so and since when, in the language that is spoken now; nothing where no source is dated."""
    if not item.sources:
        return []
    source = item.sources[0]
    if item.checked_on:
        day = formats.date_format(item.checked_on, "DATE_FORMAT")
        checked = _("Source: {publisher}. Checked on {day}.")
        return [checked.format(publisher=source.publisher, day=day)]
    if source.seen_on:
        day = formats.date_format(source.seen_on, "DATE_FORMAT")
        seen = _("Taken from {publisher}, seen on {day}; not yet confirmed by an authority.")
        return [seen.format(publisher=source.publisher, day=day)]
    return []


def cite(passage: Passage, *, number: int | None = None) -> dict[str, object]:
    """What was quoted, so that people who were told an old version can be found when it is corrected."""
    title = passage.item.text(passage.language).title
    said: dict[str, object] = {
        "ref": passage.item.ref,
        "language": passage.language,
        "version": str(passage.item.changed_at),
        "title": title,
    }
    return said if number is None else {**said, "number": number}


def _somebody_will(enquiry: Enquiry, language: str, *, at: datetime) -> Said:
    with override(language):
        promise = _("A person of the hub will answer you here.")
        text = "\n\n".join([*_head(enquiry), " ".join([promise, *_when(enquiry, at=at)])])
    return Said(Content(text=text, language=language), [])


def _when(enquiry: Enquiry, *, at: datetime) -> list[str]:
    """When somebody is there, as far as the hub's hours tell."""
    hub = enquiry.hub
    if DeskSetting.objects.filter(hub=hub, surge_since__isnull=False).exists():
        return [_("Very many people write to us today: it may take longer than usual.")]
    if hub.is_attending(at):
        return [_("Somebody is here now.")]
    opens = hub.next_change(at)
    if opens is None:
        return []
    local = opens.astimezone(ZoneInfo(hub.country.timezone))
    day, hour = formats.date_format(local, "l j F"), formats.time_format(local, "H:i")
    return [_("The hub opens on {day} at {hour}.").format(day=day, hour=hour)]
