"""A copy of the key store in one file: wrapped keys only, of no use without the master key.

Only the newest is kept. Keys that a certificate names are destroyed again when a copy is put back.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.core import serializers
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, transaction

from ventanilla.privacy.sealing import destruction, keys
from ventanilla.privacy.sealing.router import KEY_STORE
from ventanilla.privacy.sealing.rows import DataKey, LookupKey, ScopeKey

from .tables import one_moment

FIRST = "ventanilla-keys 1"
MODELS = (ScopeKey, DataKey, LookupKey)


class CopyRefused(Exception):
    """Nothing was changed; the text says why and what to do."""


def copy_keys(file: Path) -> int:
    """Write the key store into a file that only its owner can read, in place of the former copy.

    Returns the number of rows. Raises CopyRefused when it cannot be written.
    """
    unfinished = file.with_name(f".{file.name}.part")
    try:
        with _private(unfinished) as opened:
            count = _write(opened)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(file)
    except OSError as problem:
        raise CopyRefused(f"{file} cannot be written: {problem.strerror}.") from problem
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def _private(file: Path) -> IO[str]:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")


def _write(opened: IO[str]) -> int:
    count = 0
    opened.write(f"{FIRST}\n")
    with one_moment(KEY_STORE):
        for row in _rows():
            opened.write(serializers.serialize("jsonl", [row]))
            count += 1
    opened.write(json.dumps({"rows": count}) + "\n")
    return count


def _rows() -> Iterator[ScopeKey | DataKey | LookupKey]:
    for model in MODELS:
        yield from model._default_manager.order_by("pk").iterator(chunk_size=1000)


def put_back(file: Path, *, replace: bool) -> tuple[int, int]:
    """Fill the key store from a copy, then destroy again what was destroyed since.

    Returns how many rows came back, and how many were destroyed again. Raises CopyRefused for a file that
    is not a whole copy, and where `replace` does not allow to lose keys that are not in it.
    """
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise CopyRefused(f"{file} cannot be read.") from None
    if len(lines) < 2 or lines[0] != FIRST or lines[-1] != json.dumps({"rows": len(lines) - 2}):
        raise CopyRefused(f"{file} is not a whole copy of a key store.")
    try:
        with transaction.atomic(using=KEY_STORE):
            _fill("\n".join(lines[1:-1]), replace=replace)
    except (DatabaseError, DeserializationError, ValueError):
        raise CopyRefused(f"{file} is damaged or of another version; nothing was changed.") from None
    keys.forget_everything()
    return len(lines) - 2, destruction.finish_destructions()


def _fill(text: str, *, replace: bool) -> None:
    rows = list(serializers.deserialize("jsonl", text, using=KEY_STORE))
    copied = {row.object.pk for row in rows if isinstance(row.object, DataKey)}
    lost = set(DataKey.objects.values_list("pk", flat=True)) - copied
    if lost and not replace:
        raise CopyRefused(
            f"{len(lost)} keys here are not in the copy, and what they sealed could never be read again: "
            "add --replace if it may be lost."
        )
    for model in reversed(MODELS):
        model._default_manager.all().delete()
    for row in rows:
        row.save(using=KEY_STORE)
