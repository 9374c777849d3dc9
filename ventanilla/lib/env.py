"""Read settings from the environment; refuse to start on a missing or misspelt value."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_FLAGS = {"true": True, "false": False}


def text(name: str, default: str | None = None) -> str:
    """Return NAME, or the contents of the file that NAME_FILE points to. Raises ImproperlyConfigured."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as problem:
            raise ImproperlyConfigured(f"{name}_FILE={path!r} cannot be read: {problem.strerror}.") from None
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def file_of(name: str) -> Path | None:
    """The file that NAME_FILE points to, if the setting comes from one."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path) if path else None


def flag(name: str, default: str = "false") -> bool:
    """Return a yes-or-no setting; only 'true' and 'false' are understood."""
    value = text(name, default)
    if value not in _FLAGS:
        raise ImproperlyConfigured(f"{name}={value!r}: use 'true' or 'false'.")
    return _FLAGS[value]


def number(name: str, default: str) -> int:
    """Return a whole number of zero or more."""
    value = text(name, default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number.")
    return int(value)


def items(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without its empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
