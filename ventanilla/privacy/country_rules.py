"""What the law of a country asks for after an incident: one file per country in `rules/`, checked by line.

The network keeps the stricter of the law and its own promise: the authority within 72 hours, people without
delay and at the latest within 72 hours. A country whose rule is not known gets that promise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

FOLDER = Path(__file__).resolve().parent / "rules"
PROMISED_HOURS = 72
TOLD = ("yes", "no", "unknown")
# The keys of a rule, those of its parts, and what each has to be.
_KEYS: dict[str, type | tuple[type, ...]] = {
    "country": str, "verified": bool, "law": str, "authority": dict, "people": dict, "note": str,
    "sources": list,
}  # fmt: skip
_AUTHORITY: dict[str, type | tuple[type, ...]] = {"name": str, "hours": (int, type(None))}
_PEOPLE: dict[str, type | tuple[type, ...]] = {"must_be_told": str, "hours": (int, type(None))}
_SOURCE: dict[str, type | tuple[type, ...]] = {"url": str, "publisher": str, "title": str, "seen": str}


class RulesRefused(Exception):
    """A file of rules is wrong; the text says where, as in "cr.yaml:7: ..."."""


@dataclass(frozen=True, slots=True)
class Source:
    url: str
    publisher: str
    title: str
    seen: date


@dataclass(frozen=True, slots=True)
class Rule:
    """Hours are those of the law, None where no number is known; `is_known` is false for the default."""

    country: str
    law: str
    authority: str
    authority_hours: int | None
    people_must_be_told: str
    people_hours: int | None
    note: str
    sources: tuple[Source, ...]
    is_verified: bool
    is_known: bool = True

    @property
    def hours_to_authority(self) -> int:
        return min(self.authority_hours or PROMISED_HOURS, PROMISED_HOURS)

    @property
    def hours_to_people(self) -> int:
        return min(self.people_hours or PROMISED_HOURS, PROMISED_HOURS)


def rule_for(country: str) -> Rule:
    """The rule of a country; for one without a file the network's own promise."""
    return all_rules().get(country) or Rule(country, "", "", None, "unknown", None, "", (), False, False)


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule that ships, by country. Raises RulesRefused."""
    return {path.stem: read_rule(path.read_bytes(), file=path.name) for path in sorted(FOLDER.glob("*.yaml"))}


def read_rule(data: bytes, *, file: str) -> Rule:
    """Read one file. Raises RulesRefused with every problem and its line."""
    try:
        node = yaml.compose(data, Loader=yaml.SafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise RulesRefused(f"{file}:{mark.line + 1 if mark else 1}: this is not YAML") from None
    problems = [f"{file}:{line}: {what}" for line, what in sorted(_problems(node, Path(file).stem))]
    if problems or node is None:
        raise RulesRefused("\n".join(problems))
    return _built(_value(node))


def _built(row: dict[str, Any]) -> Rule:
    return Rule(
        country=row["country"],
        law=row["law"],
        authority=row["authority"]["name"],
        authority_hours=row["authority"]["hours"],
        people_must_be_told=row["people"]["must_be_told"],
        people_hours=row["people"]["hours"],
        note=row["note"],
        sources=tuple(
            Source(one["url"], one["publisher"], one["title"], date.fromisoformat(one["seen"]))
            for one in row["sources"]
        ),
        is_verified=row["verified"],
    )


def _problems(node: yaml.Node | None, code: str) -> Iterator[tuple[int, str]]:
    found = list(_shape(node, _KEYS))
    yield from found
    if found or node is None:
        return
    parts = _parts(node)
    for name, keys in (("authority", _AUTHORITY), ("people", _PEOPLE)):
        yield from _shape(parts[name], keys)
    for source in parts["sources"].value:
        wrong = list(_shape(source, _SOURCE))
        yield from wrong or _source_problems(_parts(source))
    if _value(parts["country"]) != code:
        yield _line(parts["country"]), f"the country has to be {code!r}, as the file is named"
    if not parts["sources"].value:
        yield _line(parts["sources"]), "a rule needs a source"
    told = _parts(parts["people"]).get("must_be_told")
    if told is not None and _value(told) not in TOLD:
        yield _line(told), f"must_be_told is one of {', '.join(TOLD)}"


def _shape(node: yaml.Node | None, keys: dict[str, type | tuple[type, ...]]) -> Iterator[tuple[int, str]]:
    if not isinstance(node, yaml.MappingNode):
        yield (_line(node) if node else 1), f"here belong the keys {', '.join(keys)}"
        return
    names = [str(key.value) for key, _child in node.value]
    for key, _child in node.value:
        if key.value not in keys or names.count(str(key.value)) > 1:
            yield _line(key), f"{key.value!r} does not belong here, or stands here twice"
    parts = _parts(node)
    for name, kind in keys.items():
        if name not in parts:
            yield _line(node), f"{name!r} is missing"
        elif not isinstance(_value(parts[name]), kind) or (kind is not bool and _value(parts[name]) is True):
            yield _line(parts[name]), f"{name!r} has the wrong kind of value"


def _source_problems(parts: dict[str, yaml.Node]) -> Iterator[tuple[int, str]]:
    if urlsplit(_value(parts["url"])).scheme not in ("http", "https"):
        yield _line(parts["url"]), "the address of a source starts with https:// or http://"
    try:
        date.fromisoformat(_value(parts["seen"]))
    except ValueError:
        yield _line(parts["seen"]), "the day a source was seen is written as in 2026-11-26"


def _parts(node: yaml.Node) -> dict[str, yaml.Node]:
    return {str(key.value): child for key, child in node.value} if isinstance(node, yaml.MappingNode) else {}


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _value(child) for key, child in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(child) for child in node.value]
    if node.tag == "tag:yaml.org,2002:timestamp":
        return node.value
    return yaml.SafeLoader("").construct_object(node)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
