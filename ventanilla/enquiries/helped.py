"""One question after an enquiry was closed: did this help you? Yes, partly, no; by button, number or word.

A hub switches it on. Nobody is asked twice, in danger, at night, where the channel would refuse it, or who
wants no messages. The answer opens nothing; anything else the person writes opens the enquiry as usual.
"""

import logging
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ventanilla.channels import loops
from ventanilla.channels.contract import Arrived, Choice, Content
from ventanilla.channels.models import Channel, Correspondence, Inbound
from ventanilla.hubs.models import Country, Hub

from . import actions, threads
from .appointment_notices import EARLIEST, LATEST
from .composing import language_of
from .models import DeskSetting, Enquiry, HelpQuestion, Identity, Message

logger = logging.getLogger(__name__)

# Time to open a case again that was closed by mistake; and after which nobody remembers what is meant.
GRACE, TOO_LATE = timedelta(minutes=10), timedelta(days=2)
# For so many days a number or word is taken as the answer.
DAYS_TO_ANSWER = 7
# Outside of the hub a number of people below this is not shown.
SMALLEST = 5
Answer = HelpQuestion.Answer
NUMBERS = {Answer.YES: 1, Answer.PARTLY: 2, Answer.NO: 3}
WORDS = {
    Answer.YES: {
        "1", "si", "yes", "oui", "wi", "sim", "si gracias", "yes thanks", "yes thank you", "oui merci",
        "wi mesi",
    },
    Answer.PARTLY: {
        "2", "en parte", "mas o menos", "un poco", "partly", "a bit", "somewhat", "en partie", "un peu",
        "an pati", "yon ti kras", "em parte",
    },
    Answer.NO: {"3", "no", "non", "nao", "no gracias", "not really", "pas vraiment"},
}  # fmt: skip


# Asking


def ask_all(*, at: datetime, limit: int = 50) -> int:
    """Ask everybody whose enquiry was closed a little while ago and who may be asked; returns how many."""
    if not DeskSetting.objects.filter(asks_if_helped=True).exists():
        return 0
    rows = Enquiry.objects.filter(
        state=Enquiry.State.CLOSED, closed_at__gt=at - TOO_LATE, closed_at__lte=at - GRACE,
        hub__desk__asks_if_helped=True, danger=Enquiry.Danger.NONE, help_question=None, words_erased_at=None,
        person__erased_at=None, person__restricted_at=None, person__unsafe_since=None,
        channel__state=Channel.State.OPEN, country__in=_where_it_is_day(at),
    ).select_related("hub__country", "person", "channel__hub")  # fmt: skip
    return sum(_try(row, at=at) for row in rows.order_by("closed_at", "pk")[:limit])


def _where_it_is_day(at: datetime) -> list[str]:
    """Countries in which nobody is woken now."""
    zones = Country.objects.values_list("code", "timezone")
    return [code for code, zone in zones if EARLIEST <= at.astimezone(ZoneInfo(zone)).hour < LATEST]


def _try(row: Enquiry, *, at: datetime) -> bool:
    # One who cannot be asked must not keep the others from being asked, now or at the next look.
    try:
        return ask(row, at=at)
    except Exception:
        logger.exception("Not asked whether it helped", extra={"record": str(row.pk)})
        _decide(row, None, at=at)
        return False


@transaction.atomic
def ask(enquiry: Enquiry, *, at: datetime) -> bool:
    """Put the question to one person, or decide for good that they are not asked; says whether it was."""
    closed = Enquiry.objects.select_for_update().filter(pk=enquiry.pk, state=Enquiry.State.CLOSED)
    if closed.filter(danger=Enquiry.Danger.NONE).first() is None:
        return False
    if HelpQuestion.objects.filter(enquiry=enquiry).exists():
        return False
    message = None
    if _may_write(enquiry, at=at):
        message = actions.say_automatically(enquiry=enquiry, content=question(enquiry), at=at)
    _decide(enquiry, message, at=at)
    return message is not None


def _decide(enquiry: Enquiry, message: Message | None, *, at: datetime) -> None:
    day = enquiry.hub.country.today(at)
    HelpQuestion.objects.get_or_create(
        enquiry=enquiry,
        defaults={"hub": enquiry.hub, "message": message, "asked_on": day, "is_asked": message is not None},
    )


def _may_write(enquiry: Enquiry, *, at: datetime) -> bool:
    """Whether the channel carries it now, and the person has not said that they want no messages."""
    channel = enquiry.channel
    if channel is None or channel.speaks.is_staffed:
        return False
    identity = Identity.objects.filter(person=enquiry.person, channel=channel).order_by("pk").last()
    if identity is None:
        return False
    person = Correspondence.objects.filter(channel=channel, lane=identity.lane).first()
    if person is not None and person.stopped_at:
        return False
    window = channel.speaks.window(channel, is_automatic=True)
    heard_at = person.last_inbound_at if person else None
    return window is None or (heard_at is not None and heard_at + window > at)


def question(enquiry: Enquiry) -> Content:
    """The words, in the person's language, with the three choices."""
    language = language_of(enquiry)
    with override(language):
        text = _("Did this help you? Send the number. You do not have to answer.")
    choices = tuple(Choice(str(number), label) for number, label in choices_in(language))
    return Content(text=text, language=language, choices=choices, is_automatic=True)


def choices_in(language: str) -> list[tuple[int, str]]:
    """The three answers by number, in a language."""
    with override(language):
        return [(number, str(answer.label)) for answer, number in NUMBERS.items()]


@loops.works.add("asking whether it helped")
def ask_waiting() -> int:
    """Beside the other loops of the house."""
    return ask_all(at=timezone.now())


# Being answered


def meant(text: str) -> str:
    """Which of the three answers these words are; empty when they are something else."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    words = " ".join(re.sub(r"[^\w\s]", " ", letters).split())
    return next((answer for answer, known in WORDS.items() if words in known), "")


def take_answer(inbound: Inbound, message: Arrived, *, at: datetime) -> Enquiry | None:
    """Keep an answer to the question; None when this is no answer to it, and is filed as usual."""
    answer = meant(message.choice) or meant(message.text)
    row = _asked(inbound, at=at) if answer and not message.media else None
    if row is None or row.enquiry is None:
        return None
    below = threads.answered_by(row.enquiry, message, inbound.channel)
    if message.choice and below is not None and below.pk != row.message_id:
        return None  # a button of another offer
    row.answer = answer
    row.save(update_fields=["answer"])
    actions.keep_message(enquiry=row.enquiry, arrived=message, at=inbound.sent_at, inbound=inbound)
    return row.enquiry


def _asked(inbound: Inbound, *, at: datetime) -> HelpQuestion | None:
    """The question that waits for this person's answer in what they would go on with here."""
    since = at.date() - timedelta(days=DAYS_TO_ANSWER)
    who = (
        Identity.objects.select_related("person")
        .filter(channel=inbound.channel_id, lane=inbound.lane)
        .first()
    )
    current = actions.current_enquiry(who.person, inbound.channel) if who else None
    if current is None or current.is_open:
        return None
    rows = HelpQuestion.objects.select_for_update(of=("self",)).select_related("enquiry__hub")
    return rows.filter(enquiry=current, is_asked=True, answer="", asked_on__gte=since).first()


# Figures


@dataclass(slots=True)
class Month:
    """What people of one hub answered in one month; None is a number too small to be shown."""

    hub: Hub
    month: date
    asked: int | None
    answered: int | None
    counts: dict[str, int | None]
    rows: list[HelpQuestion] = field(default_factory=list)

    @property
    def answers(self) -> list[tuple[str, int | None]]:
        """The three answers in words, with how many gave each."""
        return [(str(Answer(code).label), count) for code, count in self.counts.items()]


def months(hubs: Any, *, since: date) -> list[Month]:
    """Figures of hubs by month, the last month first."""
    rows = HelpQuestion.objects.filter(hub__in=hubs, is_asked=True, asked_on__gte=since)
    counted = rows.annotate(month=TruncMonth("asked_on")).values("hub", "month")
    each = {code: Count("pk", filter=Q(answer=code)) for code in Answer.values}
    found = counted.annotate(asked=Count("pk"), **each).order_by("-month", "hub__ref")
    names = Hub.objects.select_related("country").in_bulk({row["hub"] for row in found})
    return [_month(names[row["hub"]], dict(row)) for row in found]


def _month(hub: Hub, row: dict[str, Any]) -> Month:
    counts = {code: row[code] for code in Answer.values}
    return Month(hub, row["month"], row["asked"], sum(counts.values()), counts)


def for_others(month: Month) -> Month:
    """As it is shown outside of the hub: where one answer is of few people, only the sum, or nothing."""
    asked, answered = _shown(month.asked), _shown(month.answered)
    is_small = any(count and count < SMALLEST for count in month.counts.values())
    counts = dict.fromkeys(month.counts) if is_small or answered is None else month.counts
    return Month(month.hub, month.month, asked, answered, counts)


def _shown(count: int | None) -> int | None:
    return None if count is not None and 0 < count < SMALLEST else count


def with_rows(figures: list[Month], user: Any, *, since: date) -> list[Month]:
    """With the questions behind each figure, as long as they hang on a case that this person may see."""
    by_month = {(one.hub.pk, one.month): one for one in figures}
    rows = HelpQuestion.objects.managed_by(user).filter(
        asked_on__gte=since, enquiry__in=Enquiry.objects.visible_to(user)
    )
    for row in rows.select_related("enquiry").order_by("-asked_on", "pk"):
        if one := by_month.get((row.hub_id, row.asked_on.replace(day=1))):
            one.rows.append(row)
    return figures
