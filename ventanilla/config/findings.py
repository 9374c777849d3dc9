"""What `ventanilla check` tells: a sentence and its remedy."""

from dataclasses import dataclass

# In the order in which they are told.
LEVELS = ("unsafe", "missing", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """`level`: unsafe (fix before people use it), missing (works without, less well), note (to know)."""

    level: str
    what: str
    remedy: str


def unsafe(what: str, remedy: str) -> Finding:
    return Finding("unsafe", what, remedy)


def missing(what: str, remedy: str) -> Finding:
    return Finding("missing", what, remedy)


def note(what: str, remedy: str) -> Finding:
    return Finding("note", what, remedy)
