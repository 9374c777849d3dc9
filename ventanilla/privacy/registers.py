"""The register of data assets and the record of processing of a country, made of what the code says.

Nothing here is written by hand: holders, purposes, schedule and country rules are, and this follows them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from .compliance import PRINCIPLES
from .country_rules import rule_for
from .holders import PersonalField, all_fields, holders
from .models import Sensitivity
from .purposes import Purpose, all_purposes
from .requests import answer_rule
from .retention import Periods, RecordClass, schedule

# Whom the data of a purpose are about, and who may receive them, in words for the register.
PEOPLE = {"staff": gettext_lazy("staff"), "accountability": gettext_lazy("staff")}
RECEIVERS = {
    "refer": gettext_lazy("the service or hub that the person agreed to, and only what they agreed to"),
    "deliver": gettext_lazy("the provider of the channel on which the person writes"),
}
ACTIONS = {
    "key": gettext_lazy("the key is destroyed, here and for every backup"),
    "row": gettext_lazy("the record is deleted"),
    "cut": gettext_lazy("the link to the person is cut"),
    "keep": gettext_lazy("kept"),
}


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Register:
    title: str
    language: str
    sections: tuple[Section, ...]

    def as_markdown(self) -> str:
        parts = [f"# {self.title}", *(_markdown(section) for section in self.sections)]
        return "\n\n".join(parts) + "\n"

    def as_html(self) -> str:
        """A page that needs nothing else."""
        return render_to_string("privacy/register.html", {"register": self})


def register(*, country: str, country_name: str, language: str) -> Register:
    """The register of a country ("" for the network's defaults), in "es" or "en"."""
    with override(language):
        title = _("Register of data assets and record of processing: %(place)s") % {
            "place": country_name or _("the whole network")
        }
        sections = (
            _law(country),
            _processing(language),
            _assets(language),
            _retention(country, language),
            _security(),
        )
        return Register(title, language, sections)


def _law(country: str) -> Section:
    rule, answering = rule_for(country), answer_rule(country)
    lines = [
        _("Law: %(law)s") % {"law": rule.law or _("not known; the network's own promises hold")},
        _("Authority: %(name)s") % {"name": rule.authority or _("not known")},
        _("The authority is told of an incident within %(n)s hours, people within %(m)s hours.")
        % {"n": rule.hours_to_authority, "m": rule.hours_to_people},
        _("Requests of people are answered within %(n)s days.") % {"n": answering.days_to_answer},
    ]
    if not (rule.is_verified and (answering.is_verified or not answering.law)):
        lines.append(_("What is said here of the law was not confirmed by anybody who knows it."))
    return Section(_("Law and authority"), tuple(str(line) for line in lines))


def _processing(language: str) -> Section:
    header = (
        _("purpose"),
        _("basis"),
        _("principles"),
        _("about whom"),
        _("what"),
        _("received by"),
        _("kept"),
    )
    fields = all_fields()
    rows = tuple(
        _processed(purpose, [row for row in fields if row.purpose == purpose.code], language)
        for purpose in all_purposes().values()
    )
    return Section(_("Record of processing"), (), Table(header, rows))


def _processed(purpose: Purpose, fields: list[PersonalField], language: str) -> tuple[str, ...]:
    classes = dict.fromkeys(row.retention for row in fields)
    return (
        purpose.name(language),
        str(purpose.basis_label),
        ", ".join(map(str, purpose.principles)),
        str(PEOPLE.get(purpose.code, _("people who ask"))),
        _listed(str(row.what) for row in fields) or _("coded columns without identity"),
        str(RECEIVERS.get(purpose.code, _("nobody outside the hub"))),
        _listed(schedule()[code].name(language) for code in classes) or _("figures only"),
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _assets(language: str) -> Section:
    header = (_("table and column"), _("what"), _("purpose"), _("sensitivity"), _("class"), _("held by"))
    names = {row.path: name for name, holder in holders.items() for row in holder.fields()}
    trail = [row for row in all_fields() if row.retention == "trail"]
    rows = tuple(_asset(row, names[row.path], language) for row in all_fields() if row.retention != "trail")
    told = _("Besides, %(n)s columns hold the number of the account of who of the staff did something.")
    return Section(_("Register of data assets"), (told % {"n": len(trail)},), Table(header, rows))


def _asset(row: PersonalField, holder: str, language: str) -> tuple[str, ...]:
    return (
        row.path,
        str(row.what),
        all_purposes()[row.purpose].name(language),
        str(Sensitivity(row.sensitivity).label),
        schedule()[row.retention].name(language),
        holder,
    )


def _retention(country: str, language: str) -> Section:
    header = (_("class"), _("what"), _("kept"), _("then"), _("why"), _("source"))
    rows = tuple(_kept(row, country, language) for row in schedule().values())
    return Section(_("Retention"), (), Table(header, rows))


def _kept(row: RecordClass, country: str, language: str) -> tuple[str, ...]:
    return (
        row.name(language),
        row.what[language],
        period_of(row, country=country, language=language),
        str(ACTIONS[row.action]),
        row.reasons[language],
        row.source,
    )


def period_of(row: RecordClass, *, country: str = "", hub: str = "", language: str) -> str:
    """How long a class is kept in a place, in words."""
    if row.days is not None:
        days = Periods().days(row.code, country=country, hub=hub)
        return _("%(n)s days after: %(event)s") % {"n": days, "event": row.after[language]}
    if row.with_:
        return _("as long as: %(other)s") % {"other": schedule()[row.with_].name(language)}
    return str(ACTIONS["keep"])


def _security() -> Section:
    lines = tuple(f"{row.number}. {row.name}: {row.shown_by}" for row in PRINCIPLES)
    return Section(_("How the thirteen principles are kept"), lines)


def _markdown(section: Section) -> str:
    parts: list[Any] = [f"## {section.heading}"]
    if section.paragraphs:
        parts.append("\n".join(f"- {line}" for line in section.paragraphs))
    if section.table:
        lines = [_row(section.table.header), _row("---" for _column in section.table.header)]
        parts.append("\n".join([*lines, *(_row(row) for row in section.table.rows)]))
    return "\n\n".join(parts)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
