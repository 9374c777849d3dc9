"""Many book the same time at the same moment, each on a connection of their own: a desk is given once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from ventanilla.accounts.models import User
from ventanilla.enquiries import appointments
from ventanilla.enquiries.models import Appointment, AppointmentBook
from ventanilla.hubs.models import Country, Hub, Membership, OpeningHours, Role
from ventanilla.privacy import append_only
from ventanilla.privacy.models import AccessChain, AccessEntry, DataKey, LookupKey, ScopeKey

AT = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("UTC"))
TUESDAY_NINE = datetime(2026, 3, 3, 9, tzinfo=ZoneInfo("UTC"))


def on_its_own_connection(action):
    def run():
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def make_hub():
    """Really committed, under a country that nothing else knows."""
    country = Country.objects.create(code="zz", names={"es": "ZZ"}, timezone="UTC")
    hub = Hub.objects.create(ref="zz-hub", country=country, names={"es": "ZZ"})
    OpeningHours.objects.create(hub=hub, weekday=1, opens=time(9), closes=time(12))
    AppointmentBook.objects.create(hub=hub, minutes=30, desks=2)
    user = User.objects.create_user("zz@example.org", is_staff=True)
    Membership.objects.create(user=user, role=Role.ADVISER, hub=hub)
    return hub.pk, user.pk


def clear():
    with transaction.atomic(), append_only.lifted(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {AccessEntry._meta.db_table} WHERE country = 'zz'")  # noqa: S608
        AccessChain.objects.filter(country="zz").delete()
        Appointment.objects.filter(hub__country="zz").delete()
        Hub.objects.filter(country="zz").delete()
        Country.objects.filter(code="zz").delete()
        User.objects.filter(email="zz@example.org").delete()
    for keys in (LookupKey, DataKey, ScopeKey):
        keys.objects.all().delete()


@pytest.fixture
def committed(db):
    try:
        yield on_its_own_connection(make_hub)
    finally:
        on_its_own_connection(clear)


@pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite lets one write at a time"
)
def test_a_desk_is_given_once_however_many_ask_at_the_same_moment(committed):
    hub_pk, user_pk = committed
    start = Barrier(8)

    def one(number):
        start.wait(timeout=30)
        try:
            appointments.book(
                hub=Hub.objects.select_related("country").get(pk=hub_pk), by=User.objects.get(pk=user_pk),
                starts_at=TUESDAY_NINE + timedelta(minutes=30 * (number % 2)), at=AT,
            )  # fmt: skip
        except appointments.TimeTaken:
            return "taken"
        finally:
            connections.close_all()
        return "given"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert sorted(answers) == ["given"] * 4 + ["taken"] * 4

    def kept():
        return set(Appointment.objects.filter(hub=hub_pk).values_list("starts_at", "desk"))

    assert len(on_its_own_connection(kept)) == 4
