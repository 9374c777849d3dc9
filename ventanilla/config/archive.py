"""Backup and restore: one .tar.gz of the database, the uploaded files and a list of what it must hold.

The list comes last, so that an archive that was cut short is known by its absence.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from ventanilla.privacy import access_log, append_only
from ventanilla.privacy.sealing.destruction import finish_destructions

from . import tables
from .migrating import migrate

FIRST = "ventanilla-backup"
FORMAT = "1"
LIST = "manifest.json"
LAST_BACKUP = "last-backup"
_BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError)

Step = Callable[[], None]
Progress = Callable[[str, int], Step]


class ArchiveRefused(Exception):
    """Nothing was written or changed; the text says why and what to do."""


def backup(file: Path, *, progress: Progress, at: datetime | None = None) -> dict[str, Any]:
    """Write everything into a new file that only its owner can read; returns its list of contents.

    Others go on working meanwhile. Raises ArchiveRefused when the file exists or cannot be written.
    """
    at = at or timezone.now()
    if file.exists():
        raise ArchiveRefused(f"{file} exists already: choose another name.")
    unfinished = file.with_name(f".{file.name}.part")
    try:
        with (
            _private(unfinished) as opened,
            tarfile.open(fileobj=opened, mode="w:gz", compresslevel=6) as tar,
        ):
            contents = _Writer(tar).everything(at=at, progress=progress)
        unfinished.rename(file)
    except OSError as problem:
        raise ArchiveRefused(f"{file} cannot be written: {problem.strerror}.") from problem
    finally:
        unfinished.unlink(missing_ok=True)
    (settings.DATA_DIR / LAST_BACKUP).write_text(at.isoformat())
    return contents


def schema() -> list[str]:
    """The last migration of each app, as in "hubs.0001_initial". Raises ArchiveRefused where one lacks."""
    executor = MigrationExecutor(connection)
    last = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(last):
        raise ArchiveRefused("The database is not up to date: run 'ventanilla migrate' first.")
    return sorted(f"{app}.{name}" for app, name in last)


def _private(file: Path) -> IO[bytes]:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


class _Writer:
    """Adds members to an archive and remembers their digests."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._digests: dict[str, str] = {}

    def everything(self, *, at: datetime, progress: Progress) -> dict[str, Any]:
        migrations = schema()
        self._text(FIRST, FORMAT)
        with tables.one_moment():
            counts = self._database(progress)
            self._uploads(progress)
        contents = {
            "version": version("ventanilla"),
            "mode": settings.MODE,
            "at": at.isoformat(),
            "rows": counts,
            "migrations": migrations,
            "sha256": self._digests,
        }
        self._text(LIST, json.dumps(contents, indent=1))
        return contents

    def _database(self, progress: Progress) -> dict[str, int]:
        kept, counts = tables.kept_tables(), {}
        step = progress("Saving tables", len(kept))
        for label, model in sorted(kept.items()):
            with tempfile.TemporaryFile() as spool:
                counts[label] = 0
                for line in tables.lines(model):
                    spool.write(line.encode() + b"\n")
                    counts[label] += 1
                self._add(f"database/{label}.jsonl", spool)
            step()
        return counts

    def _uploads(self, progress: Progress) -> None:
        files = sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())
        step = progress("Saving files", len(files)) if files else None
        for path in files:
            with path.open("rb") as opened:
                self._add(f"media/{path.relative_to(settings.MEDIA_ROOT).as_posix()}", opened)
            if step:
                step()

    def _text(self, name: str, text: str) -> None:
        self._add(name, io.BytesIO(text.encode()))

    def _add(self, name: str, opened: IO[bytes]) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = opened.seek(0, io.SEEK_END), 0o600
        opened.seek(0)
        hashing = _Hashing(opened)
        self._tar.addfile(member, hashing)
        self._digests[name] = hashing.digest.hexdigest()


class _Hashing:
    """A file whose bytes are counted into a digest on their way."""

    def __init__(self, opened: IO[bytes]) -> None:
        self._opened = opened
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._opened.read(size)
        self.digest.update(data)
        return data


def restore(file: Path, *, replace: bool, progress: Progress) -> dict[str, Any]:
    """Put back everything or nothing; returns the archive's list of contents.

    Raises ArchiveRefused for an archive that is foreign, damaged or of another version, and when there is
    something here that `replace` does not allow to lose.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.DATA_DIR) as name:
        staging = Path(name)
        contents = _unpack(file, staging)
        _check_version(contents)
        if not replace and _is_in_use():
            raise ArchiveRefused("There is data here already: add --replace to lose it.")
        migrate(verbosity=0)
        _fill(staging, contents, progress)
    # The certificates that came back may name keys of an older copy of the key store.
    finish_destructions()
    access_log.note_restore(at=timezone.now())
    return contents


def _unpack(file: Path, staging: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file, mode="r:gz") as tar:
            digests = dict(_unpacked(tar, staging))
        contents = json.loads((staging / LIST).read_bytes())
        wanted = contents["sha256"]
    except FileNotFoundError as problem:
        if Path(str(problem.filename)) == file:
            raise ArchiveRefused(f"{file} is not there.") from None
        raise ArchiveRefused(f"{file} is incomplete: it was cut short. Use another backup.") from None
    except (EOFError, zlib.error):
        raise ArchiveRefused(f"{file} is damaged or was cut short. Use another backup.") from None
    except (*_BROKEN, ValueError, KeyError, TypeError):
        raise ArchiveRefused(f"{file} was not written by 'ventanilla backup', or is damaged.") from None
    except OSError as problem:
        raise ArchiveRefused(f"{file} cannot be read: {problem.strerror}.") from None
    if digests.keys() - {LIST} != wanted.keys() or any(digests[name] != wanted[name] for name in wanted):
        raise ArchiveRefused(f"{file} is damaged: its contents differ from its list. Use another backup.")
    return contents


def _unpacked(tar: tarfile.TarFile, staging: Path) -> Iterator[tuple[str, str]]:
    """Write each member into `staging`; yields names and digests. Raises ValueError for what is not ours."""
    for position, member in enumerate(tar):
        source = tar.extractfile(member) if member.isreg() else None
        if source is None or not _is_ours(member.name, is_first=position == 0):
            raise ValueError(member.name)
        target = staging / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        hashing = _Hashing(source)
        with target.open("xb") as opened:
            shutil.copyfileobj(hashing, opened)
        if position == 0 and target.read_text() != FORMAT:
            raise ArchiveRefused("This archive is of a newer Ventanilla: install that version first.")
        yield member.name, hashing.digest.hexdigest()


def _is_ours(name: str, *, is_first: bool) -> bool:
    if is_first or name == FIRST:
        return is_first and name == FIRST
    path = PurePosixPath(name)
    is_inside = not path.is_absolute() and ".." not in path.parts and "\\" not in name and str(path) == name
    return is_inside and (name == LIST or (path.parts[0] in ("database", "media") and len(path.parts) > 1))


def _is_in_use() -> bool:
    """Whether there are accounts, facts or uploads here; a fresh database has none."""
    found = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in {"accounts_user", "verification_fact"} & found:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return True
    return any(path.is_file() for path in settings.MEDIA_ROOT.rglob("*"))


def _check_version(contents: dict[str, Any]) -> None:
    loader = MigrationExecutor(connection).loader
    theirs = {tuple(name.split(".", 1)) for name in contents["migrations"]}
    if theirs == set(loader.graph.leaf_nodes()):
        return
    if theirs <= set(loader.disk_migrations):
        raise ArchiveRefused(
            f"This archive is of an older Ventanilla ({contents['version']}): "
            "restore it with that version, then upgrade."
        )
    raise ArchiveRefused(
        f"This archive is of a newer Ventanilla ({contents['version']}): install that version first."
    )


def _fill(staging: Path, contents: dict[str, Any], progress: Progress) -> None:
    try:
        with _uploads_from(staging / "media"), transaction.atomic(), append_only.lifted():
            _fill_tables(staging / "database", contents["rows"], progress)
    except (DatabaseError, ValueError, KeyError, OSError) as problem:
        raise ArchiveRefused(
            f"The archive does not fit this database ({type(problem).__name__}); everything is as it was."
        ) from problem


def _fill_tables(folder: Path, counts: dict[str, int], progress: Progress) -> None:
    kept = tables.kept_tables()
    step = progress("Restoring tables", len(kept))
    tables.empty_all_tables()
    for label, model in sorted(kept.items()):
        with (folder / f"{label}.jsonl").open(encoding="utf-8", newline="\n") as rows:
            if tables.insert(model, rows) != counts[label]:
                raise ValueError(label)
        step()
    tables.finish_filling()


@contextmanager
def _uploads_from(folder: Path) -> Iterator[None]:
    """Put the uploaded files in place of those here, and those back when the block fails."""
    former = folder.with_name("former-media")
    folder.mkdir(exist_ok=True)
    if settings.MEDIA_ROOT.exists():
        settings.MEDIA_ROOT.rename(former)
    folder.rename(settings.MEDIA_ROOT)
    try:
        yield
    except BaseException:
        shutil.rmtree(settings.MEDIA_ROOT)
        if former.exists():
            former.rename(settings.MEDIA_ROOT)
        raise
