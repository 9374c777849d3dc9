"""Django's own `migrate`, quick on the key store."""

from collections.abc import Collection
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from ventanilla.privacy.sealing.router import KEY_APP, KEY_STORE

Name = tuple[str, str]


class Command(Migrate):
    """In the key store the migrations of other apps create and change nothing: they are noted as applied.

    Django would play each of them through all the same, which takes half a minute on a new installation.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        is_whole = options["app_label"] in (None, KEY_APP) and not options["migration_name"]
        only_looks = options["plan"] or options["check_unapplied"] or options["prune"]
        if options["database"] != KEY_STORE or only_looks or not is_whole:
            super().handle(*args, **options)
            return
        loader = MigrationLoader(connections[KEY_STORE])
        note_applied(_needed(loader))
        super().handle(*args, **{**options, "app_label": KEY_APP})
        note_applied(loader.disk_migrations)


def _needed(loader: MigrationLoader) -> set[Name]:
    """What comes before the tables of keys; what stands for several counts once all of these are noted."""
    leaves = loader.graph.leaf_nodes(KEY_APP)
    names = {name for leaf in leaves for name in loader.graph.forwards_plan(leaf)}
    return names | {replaced for name in names for replaced in loader.disk_migrations[name].replaces}


def note_applied(names: Collection[Name]) -> None:
    """Note these migrations as applied in the key store, but those of the app that keeps keys."""
    recorder = MigrationRecorder(connections[KEY_STORE])
    recorder.ensure_schema()
    others = {name for name in names if name[0] != KEY_APP} - set(recorder.applied_migrations())
    recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in sorted(others))
