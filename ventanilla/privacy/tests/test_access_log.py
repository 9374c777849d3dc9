"""The access log keeps what was written: whatever is done to it is found and named."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from ventanilla.accounts.models import User
from ventanilla.privacy import anchors, append_only
from ventanilla.privacy.access_log import note_restore, record
from ventanilla.privacy.models import AccessChain, AccessEntry, DataKey, LookupKey, ScopeKey
from ventanilla.privacy.tampering import note_ends, verify

AT = datetime(2026, 3, 1, 15, tzinfo=UTC)
TABLE = AccessEntry._meta.db_table


@pytest.fixture(autouse=True)
def no_anchors(db, settings, tmp_path):
    settings.KEYS_ROOT = tmp_path


@pytest.fixture
def ana(db):
    return User.objects.create_user("ana@example.org", is_staff=True)


def written(count, by, *, country="cr", start=AT, reason=""):
    return [
        record(
            by=by, action="read", kind="enquiry", ref=uuid4(), country=country, hub="cr-hub-upala",
            at=start + timedelta(minutes=n), reason=reason,
        )
        for n in range(count)
    ]  # fmt: skip


def behind_its_back(statement, *parameters):
    """What somebody does who may write to the database and takes the triggers away first."""
    with transaction.atomic(), append_only.lifted(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def found():
    return [(damage.what, damage.first, damage.last) for damage in verify()]


def test_an_untouched_log_of_several_countries_is_clean(ana):
    written(5, ana)
    written(3, None, country="bz")
    written(2, ana, country="", reason="looked at the network")
    seen = []
    assert list(verify(progress=seen.append)) == []
    assert seen == [10]
    assert AccessEntry.objects.get(country="cr", number=5).by == ana


def test_a_reason_is_sealed_and_read_back(ana):
    (entry,) = written(1, ana, reason="Her sister Marta called")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT reason FROM {TABLE}")  # noqa: S608
        assert b"Marta" not in bytes(cursor.fetchone()[0])
    assert AccessEntry.objects.get(pk=entry.pk).reason == "Her sister Marta called"


def test_reasons_of_a_year_share_a_key_and_the_next_year_has_its_own(ana):
    first, second = written(2, ana, reason="x")
    (later,) = written(1, ana, reason="y", start=AT + timedelta(days=366))
    assert first.sealed_under == second.sealed_under != later.sealed_under


@pytest.mark.parametrize("column", ["by_id", "action", "ref", "hub", "at", "reason_digest"])
def test_a_changed_row_is_named(ana, column):
    written(4, ana)
    value = {"by_id": 999, "at": "2020-01-01 00:00:00+00:00"}.get(column, "other")
    behind_its_back(f"UPDATE {TABLE} SET {column} = %s WHERE number = 2", value)  # noqa: S608
    assert found() == [("changed", 2, 2)]
    assert str(next(verify())) == "Access log of CR: entry 2 was changed or forged."


def test_a_reason_that_was_taken_out_is_found(ana):
    written(2, ana, reason="because")
    behind_its_back(f"UPDATE {TABLE} SET reason = NULL WHERE number = 1")  # noqa: S608
    assert found() == [("changed", 1, 1)]


def test_deleted_rows_are_named(ana):
    written(6, ana)
    behind_its_back(f"DELETE FROM {TABLE} WHERE number IN (3, 4)")  # noqa: S608
    assert found() == [("missing", 3, 4)]


def test_a_cut_tail_is_named(ana):
    written(6, ana)
    behind_its_back(f"DELETE FROM {TABLE} WHERE number > 4")  # noqa: S608
    assert found() == [("cut", 5, 6)]


def test_swapped_rows_are_named(ana):
    written(5, ana)
    behind_its_back(f"UPDATE {TABLE} SET number = 99 WHERE number = 2")  # noqa: S608
    behind_its_back(f"UPDATE {TABLE} SET number = 2 WHERE number = 3")  # noqa: S608
    behind_its_back(f"UPDATE {TABLE} SET number = 3 WHERE number = 99")  # noqa: S608
    assert {("changed", 2, 2), ("changed", 3, 3)} <= set(found())


def test_an_inserted_row_is_named(ana):
    last = written(2, ana)[-1]
    forged = AccessEntry(
        country="cr", number=3, at=AT, by=ana, action="read", kind="enquiry", ref="x", before=last.mac,
        mac="0" * 64, sealed_under=last.sealed_under,
    )  # fmt: skip
    forged.save(force_insert=True)
    assert found() == [("changed", 3, 3), ("added", 3, 3)]


def test_an_end_moved_to_hide_a_cut_is_found(ana):
    written(4, ana)
    behind_its_back(f"DELETE FROM {TABLE} WHERE number = 4")  # noqa: S608
    AccessChain.objects.update(count=3, mac=AccessEntry.objects.get(number=3).mac)
    assert found() == [("end-changed", 3, 3)]


def test_a_log_emptied_with_its_end_is_found_by_what_was_noted_outside(ana, commits):
    written(3, ana)
    note_ends(at=AT)
    behind_its_back(f"DELETE FROM {TABLE}")  # noqa: S608
    AccessChain.objects.all().delete()
    assert ("older", 1, 3) in found()


def test_an_older_log_put_back_is_found_although_it_fits_in_itself(ana, commits):
    written(3, ana)
    end = AccessChain.objects.get()
    written(4, ana)
    note_ends(at=AT + timedelta(hours=1))
    behind_its_back(f"DELETE FROM {TABLE} WHERE number > 3")  # noqa: S608
    end.save()
    assert found() == [("older", 7, 7)]
    # Going on with it does not hide the loss: entry 7 is another one now.
    written(6, ana, start=AT + timedelta(hours=2))
    assert found() == [("older", 7, 7)]


def test_a_restore_that_the_log_tells_of_explains_the_loss(ana, commits):
    written(3, ana)
    end = AccessChain.objects.get()
    written(4, ana)
    note_ends(at=AT + timedelta(hours=1))
    behind_its_back(f"DELETE FROM {TABLE} WHERE number > 3")  # noqa: S608
    end.save()
    note_restore(at=AT + timedelta(hours=2))
    assert found() == [("restored", 7, 7)]
    assert all(damage.is_explained for damage in verify())


def test_the_first_and_then_every_twentieth_entry_is_noted_outside(ana, commits):
    entries = written(22, ana)
    assert [(anchor.count, anchor.mac) for anchor in anchors.read()] == [
        (1, entries[0].mac),
        (21, entries[20].mac),
    ]
    path = settings.KEYS_ROOT / "access-log.jsonl"
    assert path.stat().st_mode & 0o077 == 0
    assert set(json.loads(path.read_text().splitlines()[0])) == {"country", "count", "mac", "at"}


def test_nothing_is_noted_of_a_transaction_that_failed(ana, commits):
    with transaction.atomic():
        written(1, ana)
        transaction.set_rollback(True)
    assert list(anchors.read()) == []
    assert not AccessEntry.objects.exists()


@pytest.mark.parametrize("statement", [f"UPDATE {TABLE} SET hub = ''", f"DELETE FROM {TABLE}"])  # noqa: S608
def test_the_database_refuses_to_change_or_delete(ana, statement):
    written(1, ana)
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="only added"),
        transaction.atomic(),
    ):
        cursor.execute(statement)
    assert append_only.unprotected_tables() == []


def test_python_refuses_to_change_or_delete(ana):
    (entry,) = written(1, ana)
    rows = AccessEntry.objects.all()
    for attempt in (
        entry.save,
        entry.delete,
        rows.delete,
        lambda: rows.update(hub=""),
        lambda: rows.bulk_update([entry], ["hub"]),
        lambda: rows.bulk_create([entry]),
    ):
        with pytest.raises(append_only.OnlyAdded):
            attempt()


def test_an_account_can_go_and_its_entries_stay(ana):
    (entry,) = written(1, ana)
    number = ana.pk
    ana.delete()
    kept = AccessEntry.objects.select_related("by").get(pk=entry.pk)
    assert (kept.by_id, kept.by) == (number, None)
    assert found() == []


@pytest.mark.parametrize(
    "words", [{"action": "read Marta"}, {"kind": "Enquiry of Marta"}, {"ref": "+506 8888 8888"}]
)
def test_words_of_people_do_not_get_in(ana, words):
    fixed = {"action": "read", "kind": "enquiry", "ref": "x"}
    with pytest.raises(ValueError, match="fixed words"):
        record(by=ana, country="cr", hub="", at=AT, **fixed | words)


def on_its_own_connection(action):
    """What `action` returns, run outside the transaction of the test, which would hold the table's lock."""

    def run():
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.fixture
def of_nowhere():
    """A country of its own for what several connections really commit; it is taken away afterwards."""
    yield "zz"

    def clear():
        with transaction.atomic(), append_only.lifted(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE country = 'zz'")  # noqa: S608
            AccessChain.objects.filter(country="zz").delete()
        for keys in (LookupKey, DataKey, ScopeKey):
            keys.objects.all().delete()

    on_its_own_connection(clear)


@pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite lets one write at a time"
)
def test_many_at_once_stand_one_after_the_other(of_nowhere):
    def one(number):
        try:
            record(by=None, action="read", kind="enquiry", ref=str(number), country="zz", hub="", at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(40)))

    def kept():
        return list(AccessEntry.objects.filter(country="zz").values_list("number", flat=True)), found()

    numbers, damages = on_its_own_connection(kept)
    assert sorted(numbers) == list(range(1, 41))
    assert damages == []
