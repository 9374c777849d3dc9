"""Words of a referral that are read outside the desk: by the receiver, and by the person it is about.

Everything here is drawn in a language that is given, never in that of who works at the desk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from . import facts
from .models import Enquiry, Referral, Shared
from .receivers import place_of

ARRANGEMENTS = "arrangements"


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what stands behind it, as the receiver reads it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What the person takes along: neither a name nor a reason, so that nobody learns anything from it."""

    language: str
    title: str
    receiver: str
    lines: tuple[Line, ...]
    code: str
    qr: SafeString
    hint: str


def language_of(enquiry: Enquiry) -> str:
    """The language of the person, where the public pages speak it."""
    told = (enquiry.person.language if enquiry.person else "") or enquiry.language
    return told if told in settings.PUBLIC_LANGUAGES else "es"


# What the receiver sees


def content(referral: Referral) -> dict[str, Any]:
    """The values of what was ticked, as they stand now; what nobody knows is left out."""
    person = referral.enquiry.person
    told = facts.known(person.facts or {}) if person else {}
    known = {
        Shared.NAME: person.name if person else "",
        Shared.CONTACT: person.safe_contact if person else "",
        Shared.LANGUAGE: (person.language if person else "") or referral.enquiry.language,
        **{code: told.get(code, "") for code in (Shared.AGE, Shared.SEX, Shared.DISABILITY)},
        Shared.NEEDS: referral.needs,
        Shared.REASON: referral.reason,
        Shared.FAMILY: referral.family,
        Shared.HEALTH: referral.health,
    }
    values: dict[str, Any] = {
        code: known[Shared(code)].strip()
        for code in Shared.values
        if code in referral.fields and known[Shared(code)].strip()
    }
    if referral.arrangements and Shared.NEEDS in referral.fields:
        values[ARRANGEMENTS] = list(referral.arrangements)
    return values


def lines(referral: Referral, values: Mapping[str, Any], *, language: str) -> list[Line]:
    """All that the receiver sees of a case, in its language: on its page, in the preview and in files."""
    with override(language):
        shown = [
            Line(_("Case code"), referral.enquiry.code),
            Line(_("Service wanted"), str(referral.get_need_display())),
            Line(_("Urgency"), str(referral.get_urgency_display())),
        ]
        shown += [_line(code, values[code], language) for code in Shared.values if code in values]
        if ARRANGEMENTS in values:
            shown.append(Line(_("To be arranged"), _arranged(values[ARRANGEMENTS])))
    return shown


def _line(code: str, value: str, language: str) -> Line:
    if code == Shared.LANGUAGE:
        return Line(str(Shared.LANGUAGE.label), _own_name(value))
    if code in facts.questions():
        return Line(*facts.in_words({code: value}, language)[0])
    return Line(str(Shared(code).label), value)


def _own_name(language: str) -> str:
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language


def _arranged(codes: list[str]) -> str:
    known = Referral.Arrangement
    return ", ".join(str(known(code).label) for code in codes if code in known.values)


# What the person is told


def message_for(referral: Referral, *, language: str) -> str:
    """A message about the answer, offered to the adviser, who changes it before it is sent."""
    where = place_of(referral.receiver, language=language)
    with override(language):
        sentences = [_answer(referral)]
        if referral.state == Referral.State.ACCEPTED:
            sentences += [_("Address: %(address)s.") % {"address": where.address}] if where.address else []
            sentences += [_("Open: %(hours)s.") % {"hours": where.hours}] if where.hours else []
            sentences.append(_("Tell them the code %(code)s.") % {"code": referral.enquiry.code})
    return " ".join(sentences)


def _answer(referral: Referral) -> str:
    name, states = {"receiver": referral.receiver.name}, Referral.State
    if referral.state == states.ACCEPTED:
        return _("%(receiver)s can attend to you.") % name
    if referral.state == states.WAITING:
        day = date_format(referral.waiting_until, "DATE_FORMAT") if referral.waiting_until else "—"
        return _("%(receiver)s has you on its waiting list until %(day)s. We will ask again then.") % {
            **name, "day": day,
        }  # fmt: skip
    if referral.state == states.DONE:
        return _("%(receiver)s tells us that it is done. Did you get what you needed?") % name
    return _("%(receiver)s cannot attend to you at present. We are looking for another way with you.") % name


def slip(referral: Referral, *, language: str) -> Slip:
    """The paper for the person. The square code holds the case code and nothing else."""
    where = place_of(referral.receiver, language=language)
    code = referral.enquiry.code
    with override(language):
        found = [Line(_("Address"), where.address), Line(_("Opening hours"), where.hours)]
        return Slip(
            language, _("Where to go"), referral.receiver.name, tuple(line for line in found if line.value),
            code, qr_code(code), _("Show this code there. It says nothing about you."),
        )  # fmt: skip


def qr_code(code: str) -> SafeString:
    """A case code as an SVG to be printed."""
    drawn = segno.make(code, error="m", micro=False)
    svg = drawn.svg_inline(scale=4, border=2, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 - drawn by segno from a code of our own


# What goes to the receiver by e-mail


def mail_for(referral: Referral, address: str, *, language: str) -> tuple[str, str]:
    """Subject and body of the mail with the link: nothing of the case stands in it, not even its code."""
    hub = referral.enquiry.hub.name(language)
    with override(language):
        ends = date_format(referral.link_ends_at, "DATE_FORMAT") if referral.link_ends_at else "—"
        body = [
            _("%(hub)s asks you to take over a case.") % {"hub": hub},
            _("Open this link to read and answer it. Whoever has the link can read it: pass it to nobody."),
            address,
            _("It ends on %(day)s, or as soon as you have answered.") % {"day": ends},
        ]
        return _("A case for you from %(hub)s") % {"hub": hub}, "\n\n".join(body)
