"""The document of an assessment, for a place, in one language; made of the files and of the signatures."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ..models import ChannelAssessment
from ..registers import Register, Section, Table
from .reading import LEVELS, Assessment, Measure, Rating, all_assessments
from .signing import missing, needed

CONTENT = {
    "all": gettext_lazy("all of it"),
    "passing": gettext_lazy("in passing"),
    "none": gettext_lazy("none of it"),
}


def document(
    kind: str, *, country: str = "", hub: str = "", place: str = "", language: str, at: datetime
) -> Register:
    """The assessment of a kind for a hub or a country, or the bare text without one.

    `place` is the name to print; language is "es" or "en". Raises KeyError for an unknown kind.
    """
    assessment = all_assessments()[kind]
    with override(language):
        title = _("Data-protection impact assessment: %(channel)s, %(place)s") % {
            "channel": assessment.names[language],
            "place": place or _("no place yet"),
        }
        signed = [_signatures(assessment, country, hub, at)] if country else []
        sections = (
            _about(assessment, language),
            _seen_by(assessment, language),
            _risks(assessment, language),
            _measures(assessment, language),
            *signed,
            _sources(assessment),
        )
        return Register(title, language, sections)


def as_file(made: Register, about: Iterable[tuple[str, str]]) -> Register:
    """The document with what every file that leaves says of itself (`exports.leave`), first."""
    with override(made.language):
        lines = tuple(f"{label}: {value}" for label, value in about)
        return replace(made, sections=(Section(_("This file"), lines), *made.sections))


def _about(assessment: Assessment, language: str) -> Section:
    lines = [
        assessment.how[language],
        _("Version %(n)s of what is known of this kind.") % {"n": assessment.version},
        _("The gravest risk that remains is %(level)s.") % {"level": assessment.residual.label},
        _("It is signed by: %(who)s.")
        % {"who": ", ".join(str(ChannelAssessment.Capacity(one).label) for one in needed(assessment))},
        *(_("Not over this channel: %(what)s.") % {"what": what[language]} for what in assessment.not_here),
        _(
            "What is said of providers was read in the sources below by nobody of the country: look again "
            "before signing."
        ),
    ]
    return Section(_("What it is about"), tuple(lines))


def _seen_by(assessment: Assessment, language: str) -> Section:
    header = (_("who"), _("sees of the content"), _("learns besides"), _("keeps it"), _("source"))
    rows = tuple(
        (
            seer.who[language],
            str(CONTENT[seer.content]),
            seer.traces[language],
            seer.kept[language],
            assessment.sources[seer.source].publisher,
        )
        for seer in assessment.seen_by
    )
    return Section(_("Who sees what, and for how long"), (), Table(header, rows))


def _risks(assessment: Assessment, language: str) -> Section:
    header = (_("what can happen to people"), _("before"), _("measures"), _("after"))
    rows = tuple(
        (
            risk.texts[language],
            _rated(risk.before),
            ", ".join(measure.code for measure in risk.measures),
            _rated(risk.after),
        )
        for risk in sorted(assessment.risks, key=lambda risk: -risk.after.product)
    )
    steps = [_("up to %(n)s: %(level)s") % {"n": most, "level": level.label} for most, level in LEVELS]
    told = _("Likelihood times severity, each from 1 to 4: %(scale)s.") % {"scale": "; ".join(steps)}
    return Section(_("Risks"), (told,), Table(header, rows))


def _rated(rating: Rating) -> str:
    return f"{rating.likelihood} × {rating.severity} = {rating.product}, {rating.level.label}"


def _measures(assessment: Assessment, language: str) -> Section:
    header = (_("measure"), _("what is done"), _("by whom"))
    rows = tuple((one.code, one.texts[language], _done_by(one)) for one in assessment.measures)
    return Section(_("Measures"), (), Table(header, rows))


def _done_by(measure: Measure) -> str:
    if not measure.shown_by:
        return _("the hub: whoever signs promises it")
    return _("the software, shown by %(file)s") % {"file": measure.shown_by}


def _signatures(assessment: Assessment, country: str, hub: str, at: datetime) -> Section:
    rows = (
        ChannelAssessment.objects.in_force(at=at)
        .covering(kind=assessment.kind, version=assessment.version, country=country, hub=hub)
        .select_related("signed_by")
        .order_by("signed_at", "pk")
    )
    lacking = missing(assessment.kind, country=country, hub=hub, at=at)
    lines = [*_signed(rows), *(_lacking(capacity) for capacity in lacking)]
    return Section(_("Signatures, each good for a year"), tuple(lines))


def _signed(rows: Iterable[ChannelAssessment]) -> Iterable[str]:
    for row in rows:
        told = _("%(capacity)s: %(name)s, %(day)s") % {
            "capacity": row.get_signed_as_display(),
            "name": row.signed_by,
            "day": date_format(row.signed_at, "DATE_FORMAT"),
        }
        yield f"{told}. {row.conditions}".strip()


def _lacking(capacity: str) -> str:
    label = ChannelAssessment.Capacity(capacity).label
    return _("%(capacity)s: not signed yet, the channel must not go live") % {"capacity": label}


def _sources(assessment: Assessment) -> Section:
    lines = tuple(
        f"{one.publisher}: {one.title}, {one.url} ({one.seen})" for one in assessment.sources.values()
    )
    return Section(_("Sources, and when they were looked at"), lines)
