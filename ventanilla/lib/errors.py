"""The base of every refusal that a person reads."""

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal the reader can understand; `message` is translated and safe to show."""

    message: str | Promise = ""

    def __init__(self, message: str | Promise | None = None, **details: Any) -> None:
        super().__init__(message or self.message)
        if message is not None:
            self.message = message
        self.details = details

    def __str__(self) -> str:
        return str(self.message)
