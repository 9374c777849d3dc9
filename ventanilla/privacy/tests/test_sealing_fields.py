"""Sealed columns in daily use: what opens when, what is refused, what stays shut on its way."""

import copy
import pickle
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.utils import timezone

from ventanilla.privacy.models import SealedFile
from ventanilla.privacy.sealing import (
    KeyDestroyed,
    KeyMissing,
    NotGenuine,
    destroy_key,
    keys,
    new_key,
    open_keys,
)
from ventanilla.privacy.sealing.rows import DataKey

pytestmark = pytest.mark.django_db
WORDS = "sentinel words"
NOW = timezone.now()


def a_row(words=WORDS, key=None):
    row = SealedFile(
        sealed_under=key or new_key(scope="hub:cr-hub-upala"), content_type="x", size=1, kept_at=NOW
    )
    row.name = words
    row.save()
    return again(row)


def again(row):
    keys.ring.clear()
    return SealedFile.objects.get(pk=row.pk)


def test_rows_are_listed_without_any_key():
    a_row()
    rows = list(SealedFile.objects.all())
    assert len(rows) == 1
    assert len(keys.ring) == 0


def test_a_row_that_was_not_read_is_saved_as_it_stands(django_assert_num_queries):
    row = a_row()
    sealed = row.__dict__["name"].raw
    row.size = 2
    with django_assert_num_queries(0, using="keys"):
        row.save()
    assert again(row).__dict__["name"].raw == sealed


def test_a_text_that_did_not_change_is_not_sealed_anew():
    row = a_row()
    sealed = row.__dict__["name"].raw
    assert row.name == WORDS
    row.save()
    assert again(row).__dict__["name"].raw == sealed


def test_equal_words_look_different_in_the_database():
    one, other = a_row(), a_row()
    third = a_row(key=one.sealed_under)
    assert len({bytes(row.__dict__["name"].raw) for row in (one, other, third)}) == 3


def test_a_column_left_out_is_fetched_when_read():
    row = a_row()
    assert SealedFile.objects.defer("name").get(pk=row.pk).name == WORDS
    assert SealedFile.objects.only("size").get(pk=row.pk).name == WORDS


def test_refreshing_opens_nothing_and_brings_what_others_wrote():
    row = a_row()
    other = again(row)
    other.name = "other words"
    other.save()
    keys.ring.clear()
    row.refresh_from_db()
    assert len(keys.ring) == 0
    assert row.name == "other words"


def test_an_erased_row_can_be_refreshed_listed_and_saved(commits):
    row = a_row()
    destroy_key(row.sealed_under, reason="test", by=None, at=NOW)
    row.refresh_from_db()
    row.size = 9
    row.save()
    assert again(row).is_erased
    assert again(row).erased_at is not None
    with pytest.raises(KeyDestroyed) as refusal:
        _ = again(row).name
    assert refusal.value.details["at"] == DataKey.objects.get(pk=row.sealed_under).destroyed_at


def test_a_list_with_erased_rows_asks_the_key_store_once(commits, django_assert_num_queries):
    rows = [a_row() for _number in range(6)]
    for row in rows[:3]:
        destroy_key(row.sealed_under, reason="test", by=None, at=NOW)
    keys.ring.clear()
    rows = list(SealedFile.objects.all())
    with django_assert_num_queries(1, using="keys"):
        open_keys(rows)
        assert sum(row.is_erased for row in rows) == 3
        assert [row.name for row in rows if not row.is_erased] == [WORDS] * 3


def test_a_key_that_the_store_never_heard_of_is_told_apart():
    row = a_row()
    DataKey.objects.all().delete()
    keys.ring.clear()
    with pytest.raises(KeyMissing):
        _ = row.name
    assert row.is_erased
    assert row.erased_at is None


def test_a_row_moves_to_another_key_with_what_was_read():
    row = a_row()
    assert row.name == WORDS
    row.sealed_under = new_key(scope="hub:cr-hub-upala")
    row.save()
    assert again(row).name == WORDS


def test_a_sealed_value_copied_between_rows_does_not_open():
    one = a_row()
    other = a_row(key=one.sealed_under)
    SealedFile.objects.filter(pk=other.pk).update(name=one.__dict__["name"])
    with pytest.raises(NotGenuine):
        _ = again(other).name


def test_a_row_copied_under_a_new_id_takes_along_only_what_was_read():
    row = a_row()
    row.pk = uuid4()
    row.save(force_insert=True)
    with pytest.raises(NotGenuine):
        _ = again(row).name


@pytest.mark.parametrize(
    "use",
    [
        lambda: SealedFile.objects.filter(name=WORDS),
        lambda: SealedFile.objects.exclude(name=""),
        lambda: SealedFile.objects.filter(name__icontains="sentinel"),
        lambda: SealedFile.objects.filter(name__in=[WORDS]),
        lambda: SealedFile.objects.update(name=WORDS),
        lambda: SealedFile.objects.update(name=WORDS.encode()),
        lambda: SealedFile.objects.bulk_update([a_row()], ["name"]),
        lambda: SealedFile.objects.get_or_create(name=WORDS),
    ],
)
def test_words_are_neither_looked_up_nor_written_past_the_row(use):
    with pytest.raises(FieldError, match="name is sealed"):
        _ = list(use())


def test_values_give_what_stands_in_the_database():
    a_row()
    (found,) = SealedFile.objects.values_list("name", flat=True)
    assert str(found) == repr(found) == f"{found}" == "<sealed>"
    assert WORDS.encode() not in found.raw


def test_checking_a_row_leaves_its_words_as_they_are():
    row = a_row()
    row.name = "carta"
    row.full_clean()
    assert row.name == "carta"


def test_a_row_without_a_key_is_not_saved():
    row = SealedFile(content_type="x", size=1, kept_at=NOW)
    row.name = WORDS
    with pytest.raises(ValueError, match="needs a key"):
        row.save()


def test_copies_and_pickles_carry_no_word():
    row = a_row()
    assert row.name == WORDS
    assert copy.deepcopy(row).name == WORDS
    assert b"sentinel" not in pickle.dumps(row)
    assert "sentinel" not in repr(vars(row)) + repr(vars(copy.deepcopy(row)))
    row.name = "sentinel not saved yet"
    with pytest.raises(TypeError, match="save its row first"):
        pickle.dumps(row)
