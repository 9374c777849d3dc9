"""Talks at the desk: a table of heads in which all can be left out, sums, and no neighbour's numbers."""

import pytest
from django.utils import timezone

from ventanilla.enquiries.group_sessions import heads_of
from ventanilla.enquiries.models import GroupSession

LIST = "/console/cases/groups/"


def sent(**more):
    held_on = f"{timezone.now().date() - timezone.timedelta(days=2)}"
    values = {"hub": "cr-hub-upala", "held_on": held_on, "topic": "work", "languages": ["es", "ht"]}
    return values | {"place": "Salón comunal", "materials": "Volante\nTarjeta"} | more


def test_a_session_is_noted_with_some_of_its_numbers(cast):
    cast.luis.post(f"{LIST}new/", sent(heads_0_2="7", heads_3_5="12"))
    row = GroupSession.objects.get()
    assert heads_of(row) == {("f", "18-29"): 7, ("", ""): 12}
    assert (row.languages, row.materials) == (["es", "ht"], ["Volante", "Tarjeta"])
    page = cast.luis.get(LIST).content.decode()
    assert "19" in page
    assert f"{LIST}{row.pk}/" in page


def test_it_is_corrected_and_taken_back(cast):
    cast.luis.post(f"{LIST}new/", sent(heads_0_2="7"))
    row = GroupSession.objects.get()
    assert 'value="7"' in cast.carmen.get(f"{LIST}{row.pk}/").content.decode()
    cast.carmen.post(f"{LIST}{row.pk}/", sent(heads_0_2="8", place=""))
    row.refresh_from_db()
    assert (heads_of(row), row.place) == ({("f", "18-29"): 8}, "")
    cast.carmen.post(f"{LIST}{row.pk}/remove/")
    assert not GroupSession.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"heads_0_2": ""}, {"heads_0_2": "-1"}, {"held_on": "2100-01-01"}, {"topic": "x"}, {"hub": "x"}]
)
def test_what_is_wrong_is_said_in_place(cast, wrong):
    answer = cast.luis.post(f"{LIST}new/", sent(heads_0_2="7") | wrong)
    assert answer.status_code == 422
    assert "Salón comunal" in answer.content.decode()
    assert not GroupSession.objects.exists()


def test_the_list_is_narrowed_to_a_period(cast):
    cast.luis.post(f"{LIST}new/", sent(heads_0_2="7"))
    pk = str(GroupSession.objects.get().pk)
    assert pk in cast.luis.get(LIST).content.decode()
    assert pk not in cast.luis.get(f"{LIST}?until=2020-01-01&since=2019-01-01").content.decode()


def test_a_neighbour_sees_and_notes_nothing(cast):
    cast.luis.post(f"{LIST}new/", sent(heads_0_2="7"))
    row = GroupSession.objects.get()
    assert str(row.pk) not in cast.vera.get(LIST).content.decode()
    for name in ("vera", "daniel", "bruno"):
        client = getattr(cast, name)
        assert client.get(f"{LIST}{row.pk}/").status_code == 404
        assert client.post(f"{LIST}{row.pk}/remove/").status_code == 404
    assert cast.vera.post(f"{LIST}new/", sent(heads_0_2="7")).status_code == 422
    assert GroupSession.objects.count() == 1
