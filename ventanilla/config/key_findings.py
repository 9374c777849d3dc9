"""What is unsafe about the keys under which words are sealed, each with its remedy."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ventanilla.lib import env
from ventanilla.privacy.sealing import destruction, rotation
from ventanilla.privacy.sealing.files import scanning
from ventanilla.privacy.sealing.masters import master
from ventanilla.privacy.sealing.router import KEY_STORE
from ventanilla.privacy.sealing.rows import ScopeKey

from .findings import Finding, missing, unsafe

RUNBOOK = "see docs/runbooks/keys.md"
TIDY = "Run: ventanilla keys tidy"


def findings_of_keys(at: datetime) -> Iterator[Finding]:
    """Everything about keys, the key store and scanning that should be mended."""
    if not settings.DEMO:
        yield from _places()
    try:
        yield from _masters()
    except ImproperlyConfigured as problem:
        yield unsafe("There is no usable master key.", str(problem))
        return
    yield from _destructions(at)
    if settings.CLAMAV and not scanning.answers():
        yield unsafe("ClamAV does not answer.", "Start clamd, or mend or remove CLAMAV.")


def _places() -> Iterator[Finding]:
    file = env.file_of("MASTER_KEY")
    if file and file.resolve().is_relative_to(settings.DATA_DIR):
        yield unsafe(
            "The master key lies in DATA_DIR: a thief of the data, or of its copy, has the key too.",
            "Move it, for instance to /etc/ventanilla/master.key, and set MASTER_KEY_FILE.",
        )
    if file and file.exists() and file.stat().st_mode & 0o007:
        yield unsafe("Others on this machine can read the master key.", f"Run: chmod o= {file}")
    data, keys = settings.DATABASES["default"], settings.DATABASES[KEY_STORE]
    if _address(data) == _address(keys):
        yield unsafe(
            "The key store is the database of the data: deleting is not final in its backups.",
            f"Give KEYS_DATABASE_URL a database of its own; {RUNBOOK}.",
        )
    elif data.get("HOST") and data["HOST"] == keys.get("HOST") and data["PORT"] == keys["PORT"]:
        yield missing(
            "The key store is on the server of the data: a copy of the whole server holds both.",
            f"Keep it on another server, or leave it out of the server's copies; {RUNBOOK}.",
        )
    if settings.VALKEY_URL and keys["ENGINE"].endswith("sqlite3"):
        yield unsafe(
            "Several machines, and a key store of one: what one seals the others cannot read.",
            "Set KEYS_DATABASE_URL to PostgreSQL.",
        )
    yield from _folder(keys)


def _folder(keys: dict[str, Any]) -> Iterator[Finding]:
    if not keys["ENGINE"].endswith("sqlite3"):
        return
    file = Path(keys["NAME"])
    folder = file.parent
    if file.exists() and folder.stat().st_mode & 0o077:
        yield unsafe("Others on this machine can read the key store.", f"Run: chmod 700 {folder}")


def _address(database: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(database.get(part) for part in ("ENGINE", "HOST", "PORT", "NAME"))


def _masters() -> Iterator[Finding]:
    known = master().known
    lost = ScopeKey.objects.exclude(master_id__in=known).count()
    waiting = rotation.under_former_master().count() - lost
    if lost:
        yield unsafe(
            f"{lost} scope keys are under a master key that is not here: their words cannot be read.",
            f"Set it as MASTER_KEY, or as MASTER_KEY_FORMER; {RUNBOOK}.",
        )
    if waiting:
        yield missing(
            f"{waiting} scope keys are still under the former master key.",
            "Run: ventanilla keys rotate-master",
        )
    elif len(known) > 1 and not lost:
        yield missing(
            "The former master key is not needed any more.", "Remove MASTER_KEY_FORMER and destroy it."
        )


def _destructions(at: datetime) -> Iterator[Finding]:
    if next(destruction.undone(), None):
        yield unsafe("Keys that were destroyed are back: what was deleted can be read.", TIDY)
    if waiting := destruction.unfinished(at=at).count():
        yield unsafe(f"{waiting} keys that should be destroyed are not yet.", TIDY)
    if waiting := rotation.retired(at=at).count():
        yield missing(f"{waiting} former scope keys are still there after their rotation.", TIDY)
