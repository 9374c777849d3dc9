"""The small language in which a gateway is described: fields with gaps to fill, and where a value stands."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ...contract import DeliveryState, Misconfigured, Problem, SendRefused

GAPS = ("to", "digits", "text", "token", "sender", "user", "key", "coding")
_GAP = re.compile(r"\{(\w+)\}")
_PATTERN = "re:"
_PASSING = (Problem.RATE_LIMITED, Problem.PROVIDER_DOWN, Problem.NOT_ALLOWED)


def fields(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A setting that is a JSON object; empty where there is none. Raises Misconfigured."""
    value = config.get(name) or {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict):
        raise Misconfigured(_("“{name}” must be a JSON object, as in {example}.").format(
            name=name, example='{"a": "b"}'
        ))  # fmt: skip
    return value


def fill(shape: Any, values: Mapping[str, str]) -> Any:
    """The same shape with every {gap} in its texts filled, in one go: what fills one is never looked at."""
    if isinstance(shape, str):
        return _GAP.sub(lambda gap: values.get(gap.group(1), gap.group(0)), shape)
    if isinstance(shape, dict):
        return {name: fill(value, values) for name, value in shape.items()}
    if isinstance(shape, list):
        return [fill(value, values) for value in shape]
    return shape


def gaps(shape: Any) -> set[str]:
    """The names of all gaps in a shape."""
    return set(_GAP.findall(json.dumps(shape)))


def pick(rule: str, text: str) -> str:
    """What stands where `rule` says: a path such as messages.0.id, or re:… with one group for plain text."""
    if rule.startswith(_PATTERN):
        found = re.search(rule.removeprefix(_PATTERN), text)
        return found.group(1) if found else ""
    try:
        return at(rule, json.loads(text)) if rule else ""
    except (ValueError, RecursionError):
        return ""


def at(path: str, data: Any) -> str:
    """The value at a path, as text; empty where there is nothing, or more than one value."""
    value = inside(path, data)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def inside(path: str, data: Any) -> Any:
    """Whatever is at a path; None where there is nothing. Names may hold dots: the longest match wins."""
    if isinstance(data, dict) and path in data:
        return data[path]
    first, _dot, rest = path.partition(".")
    if isinstance(data, list) and first.isdecimal() and int(first) < len(data):
        found = data[int(first)]
    elif isinstance(data, dict):
        found = data.get(first)
    else:
        return None
    return inside(rest, found) if rest else found


def refusal(word: str, *, retry_after: float | None = None) -> SendRefused:
    """The refusal for one of our own words for problems."""
    problem = Problem(word)
    if problem == Problem.RATE_LIMITED:
        retry_after = retry_after or 30.0
    return SendRefused(problem, is_final=problem not in _PASSING, retry_after=retry_after)


def outcome(word: str) -> tuple[DeliveryState, Problem | None]:
    """What a report says, by one of our own words: a state of delivery, or a problem."""
    if word in DeliveryState.values:
        return DeliveryState(word), None
    return DeliveryState.FAILED, Problem(word)


def check_words(config: Mapping[str, Any], name: str, allowed: list[str]) -> None:
    """Raises Misconfigured when a map does not lead to words of ours."""
    for word, ours in fields(config, name).items():
        if ours not in allowed:
            known = ", ".join(allowed)
            raise Misconfigured(
                _("“{name}” says {word}: {ours}, but must say one of: {known}.").format(
                    name=name, word=word, ours=ours, known=known
                )
            )


def check_rule(config: Mapping[str, Any], name: str) -> None:
    """Raises Misconfigured when a rule with re: is no pattern with one group."""
    rule = str(config.get(name) or "")
    if not rule.startswith(_PATTERN):
        return
    try:
        groups = re.compile(rule.removeprefix(_PATTERN)).groups
    except re.error:
        groups = 0
    if groups != 1:
        raise Misconfigured(
            _("“{name}” must be a regular expression with one group, as in {example}.").format(
                name=name, example=r"re:ID: (\S+)"
            )
        )
