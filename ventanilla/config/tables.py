"""Rows of the whole database as JSON lines, and back: the same on SQLite and PostgreSQL."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, router, transaction
from django.utils.encoding import is_protected_type

# Staff sign in again after a restore, and the console's search is built anew from the rest.
LEFT_OUT = frozenset({"sessions", "wagtailsearch"})
# What is true of this moment only: who is signed in, who waits after wrong passwords, which codes were used.
OF_THE_MOMENT = frozenset({"accounts.staffsession", "accounts.attempts", "accounts.spentcode"})
ROWS_AT_ONCE = 500

Model = type[models.Model]


def kept_tables() -> dict[str, Model]:
    """The models whose rows are kept, by label as in "hubs.hub", those of many-to-many fields included."""
    return {model._meta.label_lower: model for model in _tables() if not _is_left_out(model)}


def _is_left_out(model: Model) -> bool:
    return model._meta.app_label in LEFT_OUT or model._meta.label_lower in OF_THE_MOMENT


def _tables() -> Iterator[Model]:
    """The models with a table in the database of the data: not those of the key store."""
    for model in apps.get_models(include_auto_created=True):
        is_table = model._meta.managed and not model._meta.proxy
        if is_table and router.allow_migrate_model(DEFAULT_DB_ALIAS, model):
            yield model


@contextmanager
def one_moment(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Read every table as it was at one moment, while others go on writing."""
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        # A plain BEGIN: unlike Django's transactions here it takes no lock that writers would wait for.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def lines(model: Model) -> Iterator[str]:
    """The rows of a table in the order of their keys, each a JSON object of its own columns."""
    fields = _columns(model)
    names = [field.attname for field in fields]
    rows = model._base_manager.order_by("pk").values(*names)
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        shell: Any = SimpleNamespace(**row)
        yield json.dumps({field.attname: _plain(field, shell) for field in fields}, ensure_ascii=False)


def _columns(model: Model) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _plain(field: models.Field[Any, Any], row: Any) -> Any:
    value = field.value_from_object(row)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool | int | float) or value is None:
        return value
    return str(value) if is_protected_type(value) else field.value_to_string(row)


def empty_all_tables() -> None:
    """Delete every row but the list of migrations; call it in the transaction that fills them again."""
    with connection.cursor() as cursor:
        for model in _tables():
            if not _is_virtual(model):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def _is_virtual(model: Model) -> bool:
    """The full-text table of SQLite follows its own table by triggers."""
    return model._meta.label_lower == "wagtailsearch.sqliteftsindexentry"


def insert(model: Model, rows: Iterable[str]) -> int:
    """Insert rows as they were, without signals, defaults or "now"; returns how many."""
    fields = _columns(model)
    names = {field.attname for field in fields}
    done = 0
    size = connection.ops.bulk_batch_size(fields, range(ROWS_AT_ONCE)) or ROWS_AT_ONCE
    for batch in _batches(rows, size):
        shells = [_shell(fields, names, line) for line in batch]
        model._base_manager._insert(shells, fields=fields, using="default", raw=True)
        done += len(shells)
    return done


def _batches(rows: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    waiting = iter(rows)
    while batch := tuple(islice(waiting, size)):
        yield batch


def _shell(fields: list[models.Field[Any, Any]], names: set[str], line: str) -> Any:
    row = json.loads(line)
    if row.keys() != names:
        raise ValueError("A row has other columns than its table.")
    return SimpleNamespace(**{field.attname: field.to_python(row[field.attname]) for field in fields})


def finish_filling() -> None:
    """Check every reference between tables and let new rows get new numbers. Raises IntegrityError."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in _numbering(list(_tables())):
            cursor.execute(statement)
    ContentType.objects.clear_cache()


def _numbering(tables: list[Model]) -> list[str]:
    """Statements after which new rows get numbers above all that are there."""
    if connection.vendor != "postgresql":
        return connection.ops.sequence_reset_sql(no_style(), tables)
    return [
        _above(model._meta.db_table, field.column)
        for model in tables
        for field in model._meta.local_fields
        if isinstance(field, models.AutoField)
    ]


def _above(table: str, column: str) -> str:
    # Numbering is never put back: where the restore fails and is undone, PostgreSQL does not undo this.
    quote = connection.ops.quote_name
    sequence = f"pg_get_serial_sequence('{quote(table)}', '{column}')"
    highest = f"SELECT coalesce(max({quote(column)}), 1) FROM {quote(table)}"  # noqa: S608 (names of ours)
    return f"SELECT setval({sequence}, greatest(({highest}), nextval({sequence})))"
