"""How long we may write freely, and what can be sent after: a text that the provider has approved.

Whoever is written to unasked has agreed to it: on the channel, or by a consent that was noted at the desk and
then stands in the ledger of the channel too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.channels.contract import Content, Stopped
from ventanilla.channels.intake import note_stop
from ventanilla.channels.models import Correspondence, Template
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.models import Consent
from ventanilla.privacy.models.consent import About

from . import actions
from .composing import language_of
from .models import Enquiry, Identity, Message

LONGEST = 300


class WindowClosed(DomainError):
    message = _("The time to write freely here is over: only an approved text can be sent.")


class NotAgreed(DomainError):
    message = _("The person has not agreed to be written to on this channel.")


class NotApproved(DomainError):
    message = _("This text is not approved on this channel.")


class LeftBlank(DomainError):
    message = _("Fill in everything that is blank.")


@dataclass(frozen=True, slots=True)
class Window:
    """Until when we may write freely to somebody; `closes_at` is None where they never wrote."""

    closes_at: datetime | None
    is_open: bool
    is_stopped: bool
    has_agreed: bool


def window_of(enquiry: Enquiry, *, at: datetime) -> Window | None:
    """The window of a case; None where its channel knows none."""
    channel = enquiry.channel
    if channel is None or channel.speaks.window(channel) is None:
        return None
    identity = _identity(enquiry)
    person = _person(identity)
    closes_at = person.window_closes_at() if person else None
    consent = _consent(enquiry, at=at)
    stopped_at = person.stopped_at if person else None
    is_stopped = stopped_at is not None and (consent is None or consent.given_at <= stopped_at)
    agreed = consent is not None or bool(person and person.opted_in_at)
    return Window(closes_at, closes_at is not None and closes_at > at, is_stopped, agreed and not is_stopped)


def _identity(enquiry: Enquiry) -> Identity | None:
    mine = Identity.objects.filter(person=enquiry.person_id, channel=enquiry.channel_id)
    return mine.select_related("channel").order_by("pk").last()


def _person(identity: Identity | None) -> Correspondence | None:
    if identity is None:
        return None
    rows = Correspondence.objects.select_related("channel")
    return rows.filter(channel=identity.channel_id, lane=identity.lane).first()


def _consent(enquiry: Enquiry, *, at: datetime) -> Consent | None:
    """The newest consent to be written to that is in force."""
    rows = Consent.objects.in_force(at=at).filter(person=enquiry.person_id, about=About.CONTACT)
    return rows.select_related("text").order_by("-given_at", "pk").first()


def approved(enquiry: Enquiry) -> list[Template]:
    """Texts that can be sent here after the window, those in the person's language first."""
    channel = enquiry.channel
    if channel is None or not channel.speaks.has_templates:
        return []
    rows = Template.objects.filter(channel=channel, is_approved=True).order_by("name", "language")
    return sorted(rows, key=lambda row: row.language.partition("_")[0] != language_of(enquiry))


def filled(template: Template, values: Sequence[str]) -> tuple[str, ...]:
    """What is filled in, as a provider takes it: on one line. Raises LeftBlank."""
    whole = tuple(" ".join(value.split())[:LONGEST] for value in values[: template.blanks()])
    if len(whole) < template.blanks() or not all(whole):
        raise LeftBlank
    return whole


@transaction.atomic
def send_template(
    *, enquiry: Enquiry, template: Template, values: Sequence[str], by: User, at: datetime
) -> Message:
    """Send an approved text. Raises NotApproved, NotAgreed, LeftBlank, EnquiryClosed and WordsErased."""
    if template.pk not in {row.pk for row in approved(enquiry)}:
        raise NotApproved
    note_agreement(enquiry, at=at)
    person = _person(_identity(enquiry))
    if person is None or person.stopped_at or not person.opted_in_at:
        raise NotAgreed
    whole = filled(template, values)
    content = Content(
        text=template.fill(list(whole)), language=template.language, template=template.name, variables=whole
    )
    return actions.reply_with(enquiry=enquiry, author=by, content=content, at=at)


def note_agreement(enquiry: Enquiry, *, at: datetime) -> None:
    """Write a consent that was noted at the desk into the ledger of the channel, where it counts."""
    identity, consent = _identity(enquiry), _consent(enquiry, at=at)
    if identity is not None and consent is not None:
        given = Stopped(sender=identity.address, at=consent.given_at, is_stopped=False)
        note_stop(channel=identity.channel, stop=given, how="consent", wording=consent.text.version)
