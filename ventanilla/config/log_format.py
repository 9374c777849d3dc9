"""Logs that say what happened and never to whom: fixed texts, numbers and references.

Whatever a library or a person put into a message is left out: its arguments, the text of exceptions,
addresses, query strings. What remains is enough to find the place in the code and, by its error id, the
page somebody saw.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OURS = "ventanilla"
# What the messages of these loggers say is rebuilt from the record, without the address asked for.
_EVENTS = {
    "django.request": "Request failed",
    "django.security": "Request refused",
    "django.server": "Request served",
    "django_tasks": "Background task",
    "_granian": "Web server",
}
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# References of facts, names of views, ids: no blank, no @, no slash, and not four numbers with dots.
_REFERENCE = re.compile(r"(?!\d+(?:\.\d+){3}$)[A-Za-z0-9_.:-]{1,120}")
_ID = re.compile(r"[0-9a-f-]{32,36}|ventanilla\.[\w.]+")
_HERE = Path(__file__).resolve().parents[2]


def configuration(*, as_json: bool) -> dict[str, Any]:
    """LOGGING for Django: one handler on standard error, JSON lines or lines for people."""
    formatter = JsonLines if as_json else ForPeople
    quiet = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"safe": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "filters": {"news": {"()": f"{NotRoutine.__module__}.{NotRoutine.__qualname__}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "safe", "filters": ["news"]},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            OURS: quiet | {"level": "INFO"},
            "django": quiet | {"level": "WARNING"},
            # A page that is not there is no news, and its address is the reader's affair.
            "django.request": quiet | {"level": "ERROR"},
            "django.server": quiet | {"level": "ERROR"},
            "django_tasks": quiet | {"level": "WARNING"},
            "django_tasks_db": quiet | {"level": "WARNING"},
            "_granian": quiet | {"level": "WARNING"},
            "granian.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
        },
    }


class NotRoutine(logging.Filter):
    """Leaves out that a background task began and ended: the worker sets that level again at its start."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or not record.name.startswith("django_tasks")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, event, then references, then the exception's trace."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told(record), ensure_ascii=False)


class ForPeople(logging.Formatter):
    """The same, to be read on a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = told(record)
        trace = line.pop("trace", [])
        head = f"{line.pop('time')[11:19]} {line.pop('level'):<7} {line.pop('event')}"
        rest = " ".join(f"{key}={value}" for key, value in line.items() if key != "logger")
        return "\n".join([f"{head}  {rest}".rstrip(), *(f"    {frame}" for frame in trace)])


def told(record: logging.LogRecord) -> dict[str, Any]:
    """What may be told about a record; the one place that decides it."""
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "event": _event(record),
    }
    line.update(_request(record))
    line.update({key: _safe(value) for key, value in _extras(record)})
    if record.exc_info and record.exc_info[1]:
        line["exception"] = " < ".join(_causes(record.exc_info[1]))
        line["trace"] = list(_frames(record.exc_info[1]))
    return line


def _event(record: logging.LogRecord) -> str:
    if _is_ours(record):
        return str(record.msg)
    known = next((text for name, text in _EVENTS.items() if _is_below(record.name, name)), None)
    if not known:
        known = "Message of a library"
    ids = [str(arg) for arg in record.args or () if _is_id(arg)] if isinstance(record.args, tuple) else []
    return " ".join([known, *ids, f"({record.name}, {record.funcName}, line {record.lineno})"])


def _is_ours(record: logging.LogRecord) -> bool:
    return _is_below(record.name, OURS)


def _is_below(name: str, parent: str) -> bool:
    return name == parent or name.startswith((f"{parent}.", f"{parent}_"))


def _request(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """The name of the view and the error id; nothing else of a request is told."""
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    if error_id := getattr(request, "error_id", None):
        yield "error_id", error_id
    if match is not None:
        yield "view", _safe(match.view_name)
    if isinstance(status := getattr(record, "status_code", None), int):
        yield "status", status


def _extras(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    if _is_ours(record):
        for key, value in vars(record).items():
            if key not in _PLAIN and key not in ("request", "status_code"):
                yield key, value


def _safe(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value) if _REFERENCE.fullmatch(str(value)) else "withheld"


def _is_id(arg: object) -> bool:
    return isinstance(arg, int) or bool(_ID.fullmatch(str(arg)))


def _causes(error: BaseException) -> Iterator[str]:
    """Classes of the exception and of those behind it; their texts may hold what people wrote."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"{type(current).__module__}.{type(current).__qualname__}".removeprefix("builtins.")
        current = current.__cause__ or current.__context__


def _frames(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        shown = path.relative_to(_HERE) if path.is_relative_to(_HERE) else path
        yield f"{shown}:{frame.lineno} {frame.name}"
