"""Tables to which rows are only added: refused in Python here, and by triggers in the database.

The triggers are put in place after every `migrate`, because SQLite loses them whenever a migration builds
the table anew. A thief with the rights of the database's owner can drop them; the chain of the access log
finds what was done then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.errors import DomainError


class OnlyAdded(DomainError):
    """Somebody tried to change or remove a row of an append-only table."""

    message = _("This record can only be added to, never changed or removed.")


M = TypeVar("M", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[M], Generic[M]):
    def update(self, **values: Any) -> NoReturn:
        raise OnlyAdded

    def delete(self) -> NoReturn:
        raise OnlyAdded

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise OnlyAdded

    def bulk_create(self, *args: Any, **options: Any) -> NoReturn:
        raise OnlyAdded


class AppendOnly(models.Model):
    """A row that is written once."""

    objects: ClassVar[AppendOnlyQuerySet[Any]] = AppendOnlyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise OnlyAdded
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise OnlyAdded


def tables(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The append-only tables that live in this database."""
    return [
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, AppendOnly) and router.allow_migrate_model(using, model)
    ]


def protect(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Put the triggers in place where they are missing."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    unprotected = set(unprotected_tables(using=using))
    with connection.cursor() as cursor:
        for table in tables(using):
            if table in there & unprotected:
                for statement in _statements(connection, table):
                    cursor.execute(statement)


def unprotected_tables(*, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Append-only tables of this database whose triggers are not there."""
    connection = connections[using]
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {name for (name,) in cursor.fetchall()}
    return [table for table in tables(using) if not found.issuperset(_trigger_names(table))]


@contextmanager
def lifted(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Take the triggers away for a restore; use it in the transaction that empties and fills the tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in tables(using):
            for name in _trigger_names(table):
                suffix = "" if connection.vendor == "sqlite" else f" ON {connection.ops.quote_name(table)}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {connection.ops.quote_name(name)}{suffix}")
    yield
    protect(using=using)


def _trigger_names(table: str) -> tuple[str, str]:
    return f"{table}_no_update", f"{table}_no_delete"


def _statements(connection: BaseDatabaseWrapper, table: str) -> Iterator[str]:
    quote = connection.ops.quote_name
    update, delete = _trigger_names(table)
    if connection.vendor == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'rows of this table are only added'); END"
        for name, event in ((update, "UPDATE"), (delete, "DELETE")):
            yield f"CREATE TRIGGER IF NOT EXISTS {quote(name)} BEFORE {event} ON {quote(table)} {refuse}"
        return
    yield (
        "CREATE OR REPLACE FUNCTION ventanilla_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of this table are only added'; END $$"
    )
    # Statement triggers: TRUNCATE has no others, and a DELETE that meets no row loses nothing by them.
    for name, events in ((update, "UPDATE"), (delete, "DELETE OR TRUNCATE")):
        yield f"DROP TRIGGER IF EXISTS {quote(name)} ON {quote(table)}"
        yield (
            f"CREATE TRIGGER {quote(name)} BEFORE {events} ON {quote(table)} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ventanilla_only_added()"
        )
