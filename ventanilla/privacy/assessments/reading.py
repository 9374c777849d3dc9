"""Reading the files of assessments: what is known of each kind of channel, of risks and of measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import models
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).resolve().parent
CONTENT = ("all", "passing", "none")
# Risks and measures are read by staff; what a kind is and who sees what, by everybody who writes on it.
STAFF_LANGUAGES = frozenset({"es", "en"})
PUBLIC_LANGUAGES = frozenset({"es", "en", "fr", "ht"})
# Likelihood and severity go from 1 to this.
MOST = 4
Texts = Mapping[str, str]


class AssessmentRefused(Exception):
    """A file is wrong; the text says which and what."""


class Level(models.TextChoices):
    """How grave a risk is: likelihood times severity, each from 1 to 4."""

    LOW = "low", _("low")
    MODERATE = "moderate", _("moderate")
    HIGH = "high", _("high")
    SEVERE = "severe", _("severe")


# Up to which product a level goes.
LEVELS = ((3, Level.LOW), (8, Level.MODERATE), (11, Level.HIGH), (MOST * MOST, Level.SEVERE))


def level_of(product: int) -> Level:
    return next(level for most, level in LEVELS if product <= most)


@dataclass(frozen=True, slots=True)
class Measure:
    """`shown_by` is a file of this software for what the software does, "" for what people have to do."""

    code: str
    texts: Texts
    shown_by: str


@dataclass(frozen=True, slots=True)
class Rating:
    likelihood: int
    severity: int

    @property
    def product(self) -> int:
        return self.likelihood * self.severity

    @property
    def level(self) -> Level:
        return level_of(self.product)


@dataclass(frozen=True, slots=True)
class Risk:
    code: str
    texts: Texts
    before: Rating
    after: Rating
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who sees: all of the content, only in passing, or none; traces are what else they learn."""

    who: Texts
    content: str
    traces: Texts
    kept: Texts
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    url: str
    publisher: str
    title: str
    seen: date


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of a kind. A new `version` makes signatures under the former one void."""

    kind: str
    version: int
    names: Texts
    how: Texts
    seen_by: tuple[Seer, ...]
    risks: tuple[Risk, ...]
    not_here: tuple[Texts, ...]
    sources: Mapping[str, Source]

    @property
    def residual(self) -> Level:
        """The gravest risk that remains after the measures."""
        return level_of(max(risk.after.product for risk in self.risks))

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All measures, each once, in the order of the risks."""
        return tuple({one.code: one for risk in self.risks for one in risk.measures}.values())


@cache
def all_assessments() -> Mapping[str, Assessment]:
    """Every assessment that ships, by kind. Raises AssessmentRefused."""
    return {path.stem: read(path) for path in sorted((FOLDER / "kinds").glob("*.yaml"))}


def read(path: Path) -> Assessment:
    """Read one file. Raises AssessmentRefused."""
    try:
        made = _built(yaml.safe_load(path.read_text(encoding="utf-8")))
        _refuse_nonsense(made, path.stem)
    except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as problem:
        raise AssessmentRefused(f"{path.name}: {problem!r}") from problem
    return made


def _built(row: dict[str, Any]) -> Assessment:
    return Assessment(
        kind=row["kind"],
        version=row["version"],
        names=_public(row["names"]),
        how=_public(row["how"]),
        seen_by=tuple(_seer(one) for one in row["seen_by"]),
        risks=tuple(_risk(code, one) for code, one in row["risks"].items()),
        not_here=tuple(_public(one) for one in row["not_here"]),
        sources={code: Source(**one) for code, one in row["sources"].items()},
    )


def _seer(row: dict[str, Any]) -> Seer:
    who, traces, kept = (_public(row[part]) for part in ("who", "traces", "kept"))
    return Seer(who, row["content"], traces, kept, row["source"])


def _risk(code: str, row: dict[str, Any]) -> Risk:
    measures = tuple(_measures()[name] for name in row["measures"])
    return Risk(code, _risks()[code], Rating(*row["before"]), Rating(*row["after"]), measures)


def _refuse_nonsense(made: Assessment, stem: str) -> None:
    if made.kind != stem:
        raise ValueError(f"the kind has to be {stem}, as the file is named")
    for seer in made.seen_by:
        if seer.content not in CONTENT or seer.source not in made.sources:
            raise ValueError(f"who sees: {seer.who['en']}: content or source is not known")
    for risk in made.risks:
        numbers = (
            risk.before.likelihood, risk.before.severity, risk.after.likelihood, risk.after.severity,
        )  # fmt: skip
        if not all(1 <= number <= MOST for number in numbers) or risk.after.product > risk.before.product:
            raise ValueError(f"{risk.code}: numbers go from 1 to {MOST}, and measures make nothing worse")


def _public(row: dict[str, str]) -> Texts:
    """A text in the four languages of the public site. Raises ValueError."""
    return _texts(row, PUBLIC_LANGUAGES)


def _texts(row: dict[str, str], languages: frozenset[str] = STAFF_LANGUAGES) -> Texts:
    """A text in each of these languages and no other. Raises ValueError."""
    if set(row) != languages or not all(row.values()):
        raise ValueError(f"a text is there in {', '.join(sorted(languages))}: {row}")
    return row


@cache
def _risks() -> Mapping[str, Texts]:
    rows = yaml.safe_load((FOLDER / "risks.yaml").read_text(encoding="utf-8"))
    return {code: _texts(row) for code, row in rows.items()}


@cache
def _measures() -> Mapping[str, Measure]:
    rows = yaml.safe_load((FOLDER / "measures.yaml").read_text(encoding="utf-8"))
    return {code: _measure(code, row) for code, row in rows.items()}


def _measure(code: str, row: dict[str, str]) -> Measure:
    if (row["by"] == "software") != ("shown_by" in row):
        raise ValueError(f"{code}: what the software does is shown by a file")
    return Measure(code, _texts({"es": row["es"], "en": row["en"]}), row.get("shown_by", ""))
