"""The form on paper: what the screen of the counter asks, with the same numbers, by language."""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy, override
from django.utils.translation import gettext as _

from ventanilla.channels.kinds.staffed.kind import STAFFED
from ventanilla.hubs.models import Hub
from ventanilla.privacy import exports
from ventanilla.privacy.models import Sensitivity

from .facts import questions
from .topic_numbers import flat, numbered

SOURCE = Path(__file__).with_suffix(".typ")

exports.kinds["paper-form"] = exports.ExportKind(
    gettext_lazy("Form on paper for enquiries"),
    Sensitivity.LOW,
    gettext_lazy("An empty form, to write on where there is no screen."),
    ("console:paper_form_file",),
)


@dataclass(frozen=True, slots=True)
class Choices:
    """A question with numbered answers. `several`: more than one may be ticked."""

    title: str
    rows: tuple[tuple[str, str], ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class PaperForm:
    """All words of the form in one language."""

    language: str
    title: str
    hub: str
    lead: str
    day: str
    hour: str
    asked: str
    answered: str
    code: str
    lists: tuple[Choices, ...]
    foot: str


def paper_form(hub: Hub, language: str) -> PaperForm:
    """The empty form of a hub in one of the public languages."""
    with override(language):
        return PaperForm(
            language=language,
            title=_("Enquiry"),
            hub=hub.name(language),
            lead=_(
                "Write no name, no telephone number and no document number. Nobody has to answer; what "
                "somebody would rather not say is 0."
            ),
            day=_("Date"),
            hour=_("Time"),
            asked=_("What was asked"),
            answered=_("What was answered"),
            code=_("Case code, once it is typed in"),
            lists=(_kinds(), _languages(), _topics(language), *_facts(language)),
            foot=_("Type it in on the same day, then destroy this sheet."),
        )


def _kinds() -> Choices:
    rows = tuple((str(number), str(kind.name)) for number, kind in enumerate(STAFFED, 1))
    return Choices(_("Where"), rows)


def _languages() -> Choices:
    names = (get_language_info(code)["name_local"] for code in settings.PUBLIC_LANGUAGES)
    return Choices(_("Language"), tuple((str(number), name) for number, name in enumerate(names, 1)))


def _topics(language: str) -> Choices:
    rows = tuple((row.number, row.label) for row in flat(numbered(language)))
    return Choices(_("Topics (more than one if need be)"), rows, several=True)


def _facts(language: str) -> tuple[Choices, ...]:
    return tuple(
        Choices(
            question.name(language),
            tuple((str(number), label) for number, _code, label in question.numbered(language)),
        )
        for question in questions().values()
    )


def as_pdf(form: PaperForm) -> bytes:
    """On A4, readable by screen readers too (PDF/UA)."""
    return bytes(_compiled(json.dumps(asdict(form), ensure_ascii=False)))


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def _compiled(data: str) -> bytes:
    import typst  # seven megabytes, for the few who print

    made = typst.compile(_source(), sys_inputs={"data": data}, pdf_standards="ua-1")
    if not isinstance(made, bytes):
        raise TypeError("typst made more than one file")
    return made
