"""Sealed mappings and lists, as channels keep their secrets."""

import pytest
from django.core.exceptions import FieldError
from django.utils import timezone

from ventanilla.channels.models import Channel
from ventanilla.hubs.models import Country
from ventanilla.privacy.sealing import keys, new_key

pytestmark = pytest.mark.django_db


def a_channel(secrets):
    Country.objects.get_or_create(code="cr", defaults={"names": {"es": "Costa Rica"}})
    row = Channel(kind="whatsapp", country="cr", name="x", sealed_under=new_key(scope="country:cr"))
    row.created_at, row.secrets = timezone.now(), secrets
    row.save()
    return again(row)


def again(row):
    keys.ring.clear()
    return Channel.objects.get(pk=row.pk)


@pytest.mark.parametrize("value", [{}, {"token": "ñ", "n": [1, 2.5, None, True]}, [], "text", 0, None])
def test_what_was_sealed_reads_as_before(value):
    assert a_channel(value).secrets == value


def test_a_change_inside_is_noticed():
    row = a_channel({"token": "one", "list": [1]})
    row.secrets["token"] = "two"
    row.secrets["list"].append(2)
    row.save()
    assert again(row).secrets == {"token": "two", "list": [1, 2]}


def test_its_parts_are_not_looked_up():
    a_channel({"token": "sentinel"})
    with pytest.raises(FieldError, match="secrets is sealed"):
        list(Channel.objects.filter(secrets__token="sentinel"))
    assert Channel.objects.filter(secrets__isnull=False).count() == 1
