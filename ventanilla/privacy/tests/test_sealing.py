"""Sealed values: what the databases hold, what opens, what does not, and what is gone."""

import json

import pytest
from django.core import serializers
from django.db import connections
from django.utils import timezone

from ventanilla.privacy.models import SealedFile
from ventanilla.privacy.sealing import (
    KeyDestroyed,
    NotGenuine,
    cipher,
    destroy_key,
    destruction,
    digest,
    is_digest_of,
    keys,
    masters,
    new_key,
    open_keys,
    rotation,
)
from ventanilla.privacy.sealing.fields import Sealed
from ventanilla.privacy.sealing.rows import DataKey, DestructionCertificate, ScopeKey

pytestmark = pytest.mark.django_db
WORDS = "sentinel-palabras-de-prueba"
NOW = timezone.now()


def a_row(scope="hub:cr-hub-upala", key=None):
    row = SealedFile(sealed_under=key or new_key(scope=scope), content_type="x", size=1, kept_at=NOW)
    row.name = WORDS
    row.save()
    return again(row)


def again(row):
    keys.ring.clear()
    return SealedFile.objects.get(pk=row.pk)


def a_master():
    return masters.encode(cipher.fresh_key())


def everything_in(alias):
    with connections[alias].cursor() as cursor:
        for table in connections[alias].introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            for row in cursor:
                yield from (
                    bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                    for value in row
                )


def test_neither_database_holds_the_words():
    assert a_row().name == WORDS
    for alias in ("default", "keys"):
        assert not [value for value in everything_in(alias) if b"sentinel" in value]


def test_the_database_of_data_holds_no_key():
    a_row()
    wrapped = {bytes(row.wrapped) for model in (DataKey, ScopeKey) for row in model.objects.all()}
    assert wrapped
    assert not wrapped & set(everything_in("default"))


def test_a_value_opens_only_in_its_row_under_its_key():
    one, other = a_row(), a_row()
    for place in (other, SealedFile(pk=other.pk, sealed_under=one.sealed_under)):
        place.__dict__["name"] = one.__dict__["name"]
        with pytest.raises(NotGenuine):
            _ = place.name


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_one_changed_bit_is_found(position):
    row = a_row()
    sealed = bytearray(row.__dict__["name"].raw)
    sealed[position] ^= 1
    row.__dict__["name"] = Sealed(bytes(sealed))
    with pytest.raises(NotGenuine):
        _ = row.name


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28])
def test_a_value_that_was_cut_is_found(length):
    row = a_row()
    row.__dict__["name"] = Sealed(row.__dict__["name"].raw[:length])
    with pytest.raises(NotGenuine):
        _ = row.name


def test_parts_of_a_place_cannot_be_shifted():
    assert cipher.place(["ab", "c"]) != cipher.place(["a", "bc"])
    assert cipher.place(["a", ""]) != cipher.place(["a"])


def test_a_list_of_fifty_opens_no_more_keys_than_it_shows(django_assert_num_queries):
    for _number in range(80):
        a_row()
    rows = list(SealedFile.objects.order_by("pk"))
    assert len(keys.ring) == 0
    with django_assert_num_queries(1, using="keys"):
        open_keys(rows[:50])
        assert [row.name for row in rows[:50]] == [WORDS] * 50
    assert len(keys.ring) == 50


def test_dumped_data_hold_the_sealed_form_and_load_again():
    row = a_row()
    assert row.name == WORDS
    dumped = serializers.serialize("json", [row])
    assert "sentinel" not in dumped
    assert json.loads(dumped)[0]["fields"]["name"]
    SealedFile.objects.all().delete()
    for loaded in serializers.deserialize("json", dumped):
        loaded.save()
    assert again(row).name == WORDS


def test_rows_made_in_bulk_are_sealed_too():
    key = new_key(scope="country:cr")
    rows = [SealedFile(sealed_under=key, content_type="x", size=n, kept_at=NOW) for n in (1, 2, 3)]
    for row in rows:
        row.name = f"{WORDS} {row.size}"
    SealedFile.objects.bulk_create(rows)
    assert not [value for value in everything_in("default") if b"sentinel" in value]
    assert [row.name for row in SealedFile.objects.order_by("size")] == [f"{WORDS} {n}" for n in (1, 2, 3)]


def test_a_destroyed_key_opens_nothing_ever_again(commits):
    row = a_row()
    certificate = destroy_key(row.sealed_under, reason="test", by=None, at=NOW)
    with pytest.raises(KeyDestroyed):
        _ = again(row).name
    assert DataKey.objects.get(pk=row.sealed_under).wrapped is None
    certificate.refresh_from_db()
    assert certificate.done_at is not None
    assert destruction.verify(certificate)


def test_a_key_survives_a_transaction_that_failed_and_goes_when_its_process_died():
    row = a_row()
    destroy_key(row.sealed_under, reason="test", by=None, at=NOW)
    # Not committed yet: nothing is lost.
    assert again(row).name == WORDS
    DestructionCertificate.objects.update(asked_at=NOW - 2 * destruction.PATIENCE)
    assert destruction.finish_destructions() == 1
    assert again(row).is_erased


def test_digests_find_and_tell_nothing():
    found = digest("identity:sms", "50688887777")
    assert found == digest("identity:sms", "50688887777")
    assert found != digest("identity:phone", "50688887777")
    assert digest("ab", "c") != digest("a", "bc")
    assert is_digest_of(found, "identity:sms", "50688887777")
    assert not is_digest_of(found, "identity:sms", "50688887778")


def test_digests_of_another_installation_are_others():
    found = digest("identity:sms", "50688887777")
    keys.LookupKey.objects.all().delete()
    keys.forget_everything()
    assert digest("identity:sms", "50688887777") != found


def test_a_new_master_key_takes_over_while_all_is_read(settings):
    row = a_row()
    settings.MASTER_KEY_FORMER, settings.MASTER_KEY = settings.MASTER_KEY, a_master()
    keys.forget_everything()
    assert again(row).name == WORDS
    assert rotation.rotate_master() == ScopeKey.objects.count()
    settings.MASTER_KEY_FORMER = ""
    keys.forget_everything()
    assert again(row).name == WORDS
    settings.MASTER_KEY = a_master()
    keys.forget_everything()
    with pytest.raises(masters.UnknownMaster):
        _ = again(row).name


def dies_at_step(number):
    done = []

    def step():
        done.append(1)
        if len(done) == number:
            raise KeyboardInterrupt

    return step


def test_an_interrupted_rotation_of_the_master_key_is_gone_on_with(settings):
    rows = [a_row(f"hub:{name}") for name in "abcdef"]
    settings.MASTER_KEY_FORMER, settings.MASTER_KEY = settings.MASTER_KEY, a_master()
    keys.forget_everything()
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate_master(step=dies_at_step(3))
    keys.forget_everything()
    assert [again(row).name for row in rows] == [WORDS] * 6
    assert rotation.rotate_master() == 3
    settings.MASTER_KEY_FORMER = ""
    keys.forget_everything()
    assert [again(row).name for row in rows] == [WORDS] * 6


def test_an_interrupted_rotation_of_a_hub_is_gone_on_with():
    rows = [a_row() for _number in range(6)]
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate_scope("hub:cr-hub-upala", at=NOW, step=dies_at_step(3))
    keys.forget_everything()
    assert [again(row).name for row in rows] == [WORDS] * 6
    assert rotation.rotate_scope("hub:cr-hub-upala", at=NOW) == 3
    keys.forget_everything()
    assert rotation.drop_retired(at=NOW + 2 * rotation.GRACE) == 1
    assert ScopeKey.objects.filter(scope="hub:cr-hub-upala").count() == 1
    assert [again(row).name for row in rows] == [WORDS] * 6


def test_what_a_slow_process_seals_under_the_former_hub_key_is_not_lost():
    a_row()
    former = ScopeKey.objects.get(scope="hub:cr-hub-upala")
    rotation.rotate_scope("hub:cr-hub-upala", at=NOW)
    keys.forget_everything()
    keys._current["hub:cr-hub-upala"] = (float("inf"), former)
    late = a_row()
    keys.forget_everything()
    rotation.drop_retired(at=NOW + 2 * rotation.GRACE)
    keys.forget_everything()
    assert again(late).name == WORDS
    assert new_key(scope="hub:cr-hub-upala")
