"""Tables made in one step are those that one step after the other would make."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from ventanilla.lib.new_tables import NewTables

APP = "shelf"


def _operations() -> list[Operation]:
    def number() -> models.BigAutoField[int, int]:
        return models.BigAutoField(primary_key=True)

    return [
        migrations.CreateModel("Shelf", [("id", number()), ("name", models.TextField())]),
        migrations.CreateModel(
            "Book",
            [
                ("id", number()),
                ("shelf", models.ForeignKey("shelf.shelf", models.CASCADE)),
                ("readers", models.ManyToManyField("shelf.shelf", related_name="+")),
            ],
        ),
        # A circle: it can only be closed once both are there.
        migrations.AddField(
            "shelf", "first", models.ForeignKey("shelf.book", models.SET_NULL, null=True, related_name="+")
        ),
        migrations.AddIndex("book", models.Index(fields=["shelf"], name="shelf_of_book")),
        migrations.AddConstraint(
            "shelf", models.CheckConstraint(condition=~models.Q(name=""), name="shelf_is_named")
        ),
    ]


def _tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith("shelf_")}


@pytest.mark.parametrize("is_built", [True, False])
def test_the_models_are_the_same(is_built: bool) -> None:
    one_by_one, at_once = ProjectState(), ProjectState()
    if is_built:
        assert not at_once.apps.get_models()
    for each in _operations():
        each.state_forwards(APP, one_by_one)
    NewTables(_operations()).state_forwards(APP, at_once)
    assert at_once.models == one_by_one.models
    shelf, book = (at_once.apps.get_model(APP, name) for name in ("shelf", "book"))
    assert shelf._meta.get_field("first").related_model is book
    assert book._meta.get_field("shelf").related_model is shelf


@pytest.mark.django_db(transaction=True)
def test_tables_are_made_and_taken_away() -> None:
    before, after = ProjectState(), ProjectState()
    operation = NewTables(_operations())
    operation.state_forwards(APP, after)
    with connection.schema_editor() as editor:
        operation.database_forwards(APP, editor, before, after)
    try:
        assert _tables() == {"shelf_shelf", "shelf_book", "shelf_book_readers"}
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, "shelf_shelf")
            assert "shelf_is_named" in found
            assert any(each["foreign_key"] == ("shelf_book", "id") for each in found.values())
            assert "shelf_of_book" in connection.introspection.get_constraints(cursor, "shelf_book")
    finally:
        with connection.schema_editor() as editor:
            operation.database_backwards(APP, editor, after, before)
    assert _tables() == set()


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("lamp", "name", models.TextField()),
        migrations.AlterField("shelf", "name", models.CharField(max_length=9)),
        migrations.RunSQL("SELECT 1"),
    ],
)
def test_what_is_more_than_making_tables_is_refused(operation: Operation) -> None:
    with pytest.raises(ValueError, match="not part of creating a table"):
        NewTables([*_operations(), operation])
