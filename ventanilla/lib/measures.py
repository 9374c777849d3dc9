"""Counters and clocks for operators. Labels come from closed lists, so that no figure can name anybody."""

import re
from collections.abc import Collection, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client import Counter as _Counter
from prometheus_client import Histogram as _Histogram

registry = CollectorRegistry(auto_describe=True)

# Seconds; a page on a bad line is lost after ten.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# For a label with an open list: names that stand in the code, such as those of views.
NAMES: Collection[str] = ()
_NAME = re.compile(r"[a-z][A-Za-z0-9_:.-]{0,79}")
OTHER = "other"


class Counter:
    """How often something happened, by labels whose values are listed here; others count as "other"."""

    def __init__(self, name: str, what: str, **labels: Collection[str]) -> None:
        self._labels = labels
        self._kept = _Counter(f"ventanilla_{name}", what, list(labels), registry=registry)

    def add(self, **labels: str) -> None:
        """Count one."""
        closed = _closed(self._labels, labels)
        (self._kept.labels(**closed) if closed else self._kept).inc()


class Clock:
    """How long something took, by labels as in Counter."""

    def __init__(self, name: str, what: str, **labels: Collection[str]) -> None:
        self._labels = labels
        self._kept = _Histogram(
            f"ventanilla_{name}_seconds", what, list(labels), registry=registry, buckets=BUCKETS
        )

    def took(self, seconds: float, **labels: str) -> None:
        """Note one duration in seconds."""
        closed = _closed(self._labels, labels)
        (self._kept.labels(**closed) if closed else self._kept).observe(seconds)


def _closed(known: Mapping[str, Collection[str]], given: Mapping[str, str]) -> dict[str, str]:
    return {
        label: given[label] if _is_known(given[label], values) else OTHER for label, values in known.items()
    }


def _is_known(value: str, values: Collection[str]) -> bool:
    return value in values if values else bool(_NAME.fullmatch(value))
