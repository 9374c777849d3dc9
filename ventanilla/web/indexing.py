"""The index of this machine follows the changes that all machines note in the database.

Whoever asks here, web server or worker, answers from this machine's own disk. Several processes may follow; a
lock lets one of them do each change, the others find it done.
"""

import fcntl
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from ventanilla.answers import index
from ventanilla.answers.actions import rebuild_index, update_index
from ventanilla.answers.engine import EncoderAway

from .models import Change

logger = logging.getLogger(__name__)


def follow_index() -> int:
    """Bring the index up to the last change noted; returns how many changes that were."""
    latest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if _known() == latest and index.is_ready():
        return 0
    with _alone():
        try:
            return _catch_up(_known(), latest)
        except EncoderAway:
            logger.warning("The model for answers is away; what changed is not in the index yet")
            return 0


def _catch_up(known: int | None, latest: int) -> int:
    if known == latest and index.is_ready():
        return 0
    if known is None and index.is_ready():
        # Built by whoever loaded the content, a moment before this machine looked for the first time.
        changes: list[Change] = []
    elif known is None or not index.is_ready():
        rebuild_index()
        changes = []
    else:
        changes = list(Change.objects.filter(pk__gt=known, pk__lte=latest).order_by("pk"))
        update_index({ref for change in changes for ref in change.refs})
    _file().write_text(json.dumps(latest))
    return len(changes)


def _known() -> int | None:
    try:
        return int(json.loads(_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _file() -> Path:
    return settings.INDEX_ROOT / "until.json"


@contextmanager
def _alone() -> Iterator[None]:
    settings.INDEX_ROOT.mkdir(parents=True, exist_ok=True)
    with (settings.INDEX_ROOT / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
