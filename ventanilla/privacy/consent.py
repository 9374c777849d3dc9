"""Consent: to which words, how, for what, to whom; withdrawn in one action that everybody hears of."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry
from ventanilla.lib.text import best_language

from .access_log import record
from .holders import Subject, holders_of
from .models import Consent, ConsentText
from .models.consent import About, Part
from .retention import farewells
from .sealing import destroy_key, new_key

FILE = Path(__file__).with_name("consent_texts.yaml")
# The purpose of the register that each consent serves.
PURPOSES: Mapping[str, str] = {About.CONTACT: "contact", About.REFER: "refer", About.SHARE: "refer"}

# Told in the transaction of a withdrawal: they stop what rested on the consent and pass it on to others.
withdrawals: Registry[Callable[[Consent, datetime], None]] = Registry()


class NothingToShare(DomainError):
    message = _("Mark what may be shared, and say with whom.")


class CaregiverNeeded(DomainError):
    message = _("Write who cares for the minor and how they are related.")


class InterestNeeded(DomainError):
    message = _("Write why this is in the best interest of the minor, in a sentence.")


class AnotherPersonNeeded(DomainError):
    """The second person of a best-interest decision is the one who took it."""

    message = _("Somebody else has to confirm this.")


class NothingToConfirm(DomainError):
    message = _("This needs no confirmation, or has it already.")


class WithdrawnAlready(DomainError):
    message = _("This consent was withdrawn already.")


class VersionTaken(DomainError):
    message = _(
        "A text of this version exists. What people agreed to is never changed: give it a new version."
    )


# Texts


@cache
def shipped() -> Mapping[str, Any]:
    """The texts that ship: their version, and by subject the words in each language."""
    rows: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return rows


def text_for(*, about: str, country: str, language: str, at: datetime) -> ConsentText:
    """The text in use: the country's, else the network's, else the shipped one, in the best language."""
    written_here = ConsentText.objects.in_force(at=at).exclude(written_by=None)
    rows = list(written_here.filter(about=about, country__in=["", country]))
    # The newest first, and a country's own before the network's.
    rows.reverse()
    by_language = {row.language: row for row in sorted(rows, key=lambda row: bool(row.country))}
    available = {**shipped()[about], **by_language}
    best = best_language(available, language)
    if best is None:
        raise ImproperlyConfigured(f"There is no text of consent about {about!r}.")
    return by_language.get(best) or _shipped_text(about, best, at=at)


def _shipped_text(about: str, language: str, *, at: datetime) -> ConsentText:
    body, version = shipped()[about][language], shipped()["version"]
    row, _is_new = ConsentText.objects.get_or_create(
        about=about, country="", language=language, version=version,
        defaults={"body": body, "valid_from": at, "written_by": None},
    )  # fmt: skip
    if row.body != body:
        raise ImproperlyConfigured(
            f"consent_texts.yaml: {about} in {language} changed without a new version."
        )
    return row


@transaction.atomic
def write_text(
    *, about: str, country: str, language: str, version: str, body: str, by: User, at: datetime
) -> ConsentText:
    """Put a new version into use from now on. Raises VersionTaken."""
    same = ConsentText.objects.filter(about=about, country=country, language=language, version=version)
    if same.exists():
        raise VersionTaken
    row = ConsentText.objects.create(
        about=about, country=country, language=language, version=version, body=body.strip(), valid_from=at,
        written_by=by,
    )  # fmt: skip
    record(by=by, action="write", kind="consent-text", ref=row.pk, country=country, hub="", at=at)
    return row


# Giving


@transaction.atomic
def give_consent(
    *,
    person: UUID,
    country: str,
    hub: str,
    about: str,
    text: ConsentText,
    mode: str,
    by: User,
    at: datetime,
    receiver: str = "",
    parts: Iterable[str] = (),
    until: date | None = None,
    message: UUID | None = None,
    given_by: str = Consent.By.PERSON,
    relation: str = "",
    caregiver: str = "",
    reason: str = "",
) -> Consent:
    """Note that a consent was given; `by` certifies one that was spoken.

    Raises NothingToShare, CaregiverNeeded and InterestNeeded.
    """
    chosen = [part for part in Part.values if part in set(parts)]
    _refuse_half_a_consent(about, receiver, chosen, given_by, relation, caregiver, reason)
    is_cared_for = given_by == Consent.By.CAREGIVER
    row = Consent(
        sealed_under=new_key(scope=f"hub:{hub}"), person=person, country=country, hub=hub, about=about,
        text=text, receiver=receiver.strip() if about != About.CONTACT else "",
        parts=chosen if about != About.CONTACT else [], mode=mode, message=message, given_by=given_by,
        relation=relation if is_cared_for else "", recorded_by=by, given_at=at, until=until,
    )  # fmt: skip
    row.caregiver = caregiver.strip() if is_cared_for else ""
    row.reason = reason.strip() if given_by == Consent.By.BEST_INTEREST else ""
    row.save(force_insert=True)
    _log(row, "consent", by=by, at=at)
    return row


def _refuse_half_a_consent(
    about: str, receiver: str, parts: list[str], given_by: str, relation: str, caregiver: str, reason: str
) -> None:
    if about != About.CONTACT and not (receiver.strip() and parts):
        raise NothingToShare
    if given_by == Consent.By.CAREGIVER and not (relation and caregiver.strip()):
        raise CaregiverNeeded
    if given_by == Consent.By.BEST_INTEREST and len(reason.strip()) < 20:
        raise InterestNeeded


@transaction.atomic
def confirm_best_interest(*, consent: Consent, by: User, at: datetime) -> None:
    """The second person of a decision in the best interest of a minor; before that nothing is allowed.

    Raises NothingToConfirm and AnotherPersonNeeded.
    """
    row = Consent.objects.select_for_update().get(pk=consent.pk)
    if not row.waits_for_second_person:
        raise NothingToConfirm
    if row.recorded_by_id == by.pk:
        raise AnotherPersonNeeded
    Consent.objects.filter(pk=row.pk).update(confirmed_by=by, confirmed_at=at)
    _log(row, "consent", by=by, at=at)


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: User | None, at: datetime) -> None:
    """Take a consent back, by staff or (`by` None) by the person: it holds from now on, and all hear of it.

    Raises WithdrawnAlready.
    """
    through = Consent.Through.STAFF if by else Consent.Through.CODE
    changed = Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(
        withdrawn_at=at, withdrawn_by=by, withdrawn_through=through
    )
    if not changed:
        raise WithdrawnAlready
    row = Consent.objects.get(pk=consent.pk)
    for tell in withdrawals.values():
        tell(row, at)
    _log(row, "withdraw", by=by, at=at)


# Asking


def is_allowed(*, person: UUID, receiver: str, parts: Iterable[str], about: str, at: datetime) -> bool:
    """Whether one consent in force covers this receiver and all these parts; never for who is left alone."""
    rows = Consent.objects.in_force(at=at).filter(person=person, about=about, receiver=receiver)
    wanted = set(parts)
    covered = any(wanted <= set(row.parts) for row in rows.only("parts"))
    return covered and not is_restricted(person)


def is_restricted(person: UUID) -> bool:
    """Whether the person asked to be left alone."""
    subject = Subject.of_person(person)
    found = (holder.find(subject) for holder in holders_of(subject))
    return any(held.is_restricted for held in found if held)


@farewells.add("consents")
def forget_consents(person: UUID, reason: str, at: datetime) -> None:
    """When somebody's identifiers are gone: their consents end, the words in them go, the link is cut."""
    rows = Consent.objects.filter(person=person)
    for key in rows.values_list("sealed_under", flat=True):
        destroy_key(key, reason=reason, by=None, at=at, holder="consent")
    rows.update(person=None)


def _log(row: Consent, action: str, *, by: User | None, at: datetime) -> None:
    record(by=by, action=action, kind="consent", ref=row.pk, country=row.country, hub=row.hub, at=at)
