"""What `ventanilla check` tells: a sentence and its remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is unsafe (fix before people use it) or missing (works without, less well)."""

    level: str
    what: str
    remedy: str


def unsafe(what: str, remedy: str) -> Finding:
    return Finding("unsafe", what, remedy)


def missing(what: str, remedy: str) -> Finding:
    return Finding("missing", what, remedy)
