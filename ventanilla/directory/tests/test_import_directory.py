"""Taking over a partner's directory: lossless, once, all or nothing, and never trusted."""

import json
from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from ventanilla.accounts.models import User
from ventanilla.directory import hsds
from ventanilla.directory.actions import EDITED, ID_TAKEN, NOT_THEIRS, REF_TAKEN, Partner, import_directory
from ventanilla.directory.models import Location, Organization, Phone, Schedule, Service
from ventanilla.directory.queries import public_services, whole_directory
from ventanilla.hubs.models import Network
from ventanilla.verification.actions import confirm_fact, hide_fact
from ventanilla.verification.models import Fact, State

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
PARTNER = Partner("Red de Casas", "https://casas.example/hsds.json")

pytestmark = pytest.mark.usefixtures("site")


def identifier(number: int) -> str:
    return str(UUID(int=number))


def a_service(number: int = 2, **overrides) -> dict:
    address = {
        "id": identifier(number + 400),
        "address_1": "Calle 5",
        "city": "Upala",
        "state_province": "Alajuela",
        "postal_code": "21301",
        "country": "CR",
        "address_type": "physical",
    }
    location = {
        "id": identifier(number + 300),
        "location_type": "physical",
        "name": "La casa azul",
        "latitude": 10.9,
        "longitude": -85.01,
        "addresses": [address],
        "accessibility": [{"id": identifier(number + 500), "description": "Rampa"}],
    }
    return {
        "id": identifier(number),
        "name": "Casa Azul",
        "status": "active",
        "description": "Techo para tres noches.\n\nHay duchas.",
        "fees_description": "Gratis",
        "assured_date": "2026-01-05",
        "assurer_email": "datos@casas.example",
        "organization": {"id": identifier(1), "name": "Red de Casas", "description": "Albergues"},
        "phones": [{"id": identifier(number + 600), "number": "2470 0000", "type": "text"}],
        "schedules": [
            {
                "id": identifier(number + 700),
                "freq": "WEEKLY",
                "byday": "MO,TU",
                "opens_at": "08:00-06:00",
                "closes_at": "17:30-06:00",
            }
        ],
        "service_at_locations": [{"id": identifier(number + 200), "location": location}],
        **overrides,
    }


def take_over(*services: dict, country: str | None = "cr", partner: Partner = PARTNER, at: datetime = NOW):
    dataset = hsds.read_json(json.dumps({"contents": services}).encode())
    return import_directory(dataset=dataset, partner=partner, language="es", country=country, at=at)


def empty_the_directory() -> None:
    Service.objects.all().delete()
    Organization.objects.all().delete()
    Location.objects.all().delete()
    Fact.objects.filter(kind__in=["service", "hotline", "authority"]).delete()


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_export_taken_over_by_an_empty_directory_exports_the_same_bytes(language):
    Fact.objects.filter(ref="cr-hias").update(
        checked_on=date(2026, 2, 1), check_again_on=date(2026, 9, 1), hide_on=date(2026, 10, 1)
    )
    before = whole_directory(language=language, at=NOW)
    as_json, as_csv = hsds.export_json(before), hsds.export_csv(before)
    assert len(before.rows("service")) > 10
    for data, read in ((as_json, hsds.read_json), (as_csv, hsds.read_csv)):
        empty_the_directory()
        report = import_directory(dataset=read(data), partner=PARTNER, language=language, at=NOW)
        assert not report.conflicts
        after = whole_directory(language=language, at=NOW)
        assert hsds.export_json(after) == as_json
        assert hsds.export_csv(after) == as_csv


def test_a_service_becomes_a_starter_fact_with_the_partner_as_its_source():
    report = take_over(a_service())
    service = Service.objects.get(pk=identifier(2))
    assert report.added == [service.fact.ref] == ["cr-casa-azul-692865c9"]
    assert service.fact.state(at=NOW.date()) == State.STARTER
    source = service.fact.sources.get()
    assert (source.publisher, source.url, source.seen_on) == (*vars_of(PARTNER), date(2026, 3, 10))
    wording = service.fact.wordings.get()
    assert (wording.title, wording.summary, wording.body) == (
        "Casa Azul",
        "Techo para tres noches.",
        "Hay duchas.",
    )
    assert service.phones.get().type == "sms"
    schedule = service.schedules.get()
    assert (schedule.byday, schedule.opens_at, schedule.closes_at) == ("MO,TU", time(8), time(17, 30))
    location = service.at_locations.get().location
    assert (location.address, location.postal_code, location.accessibility) == ("Calle 5", "21301", "Rampa")


def vars_of(partner: Partner) -> tuple[str, str]:
    return partner.name, partner.url


def test_what_the_partner_checked_is_not_verified_here():
    take_over(a_service())
    service = Service.objects.get(pk=identifier(2))
    assert service.fact.checked_on is None
    assert service.assured_on == date(2026, 1, 5)
    Network.objects.update(shows_starter=False)
    assert service not in public_services(at=NOW)


def test_the_second_import_changes_nothing():
    take_over(a_service())
    before = hsds.export_json(whole_directory(language="es", at=NOW))
    changed_at = Fact.objects.get(service=identifier(2)).changed_at
    report = take_over(a_service())
    assert (report.added, report.updated, report.unchanged) == ([], [], ["cr-casa-azul-692865c9"])
    assert Fact.objects.get(service=identifier(2)).changed_at == changed_at
    assert hsds.export_json(whole_directory(language="es", at=NOW)) == before


def test_what_the_partner_changes_and_takes_back_is_followed():
    take_over(a_service(), a_service(3, name="Otra casa"))
    bare = {key: value for key, value in a_service().items() if key not in ("phones", "schedules")}
    report = take_over({**bare, "name": "Casa Verde", "service_at_locations": []})
    service = Service.objects.get(pk=identifier(2))
    assert report.updated == [service.fact.ref]
    assert service.fact.wordings.get().title == "Casa Verde"
    assert not service.phones.exists()
    assert not service.schedules.exists()
    assert not Location.objects.filter(pk=identifier(302)).exists()
    assert report.gone == ["cr-otra-casa-8b1ae42f"]
    assert Service.objects.filter(pk=identifier(3)).exists()


def test_what_people_verified_or_hid_here_is_left_alone():
    take_over(a_service(), a_service(3))
    staff = User.objects.create(email="a@hub.example")
    first, second = (Fact.objects.get(service=identifier(number)) for number in (2, 3))
    confirm_fact(fact=first, by=staff, at=NOW, source="https://casas.example/")
    hide_fact(fact=second, by=staff, at=NOW, reason="Cerró")
    report = take_over(a_service(name="Gratis para todos"), a_service(3, name="Gratis para todos"))
    assert report.conflicts == {first.ref: EDITED, second.ref: EDITED}
    assert {fact.wordings.get().title for fact in (first, second)} == {"Casa Azul"}


def test_a_file_cannot_reach_what_is_not_the_partners():
    service = Service.objects.filter(origin="").order_by("fact__ref").first()
    report = take_over(a_service(id=str(service.pk), name="Nuestro ahora"))
    assert report.conflicts == {service.fact.ref: NOT_THEIRS}
    assert not service.fact.wordings.filter(title="Nuestro ahora").exists()


@pytest.mark.parametrize("part", ["location", "phone", "schedule"])
def test_a_file_cannot_take_places_phones_or_hours_by_their_identifier(part):
    said = a_service()
    location = Location.objects.filter(location_type="physical").first()
    phone = Phone.objects.first()
    schedule = Schedule.objects.first()
    if part == "location":
        said["service_at_locations"][0]["location"]["id"] = str(location.pk)
    elif part == "phone":
        said["phones"][0]["id"] = str(phone.pk)
    else:
        said["schedules"][0]["id"] = str(schedule.pk)
    report = take_over(said)
    assert list(report.conflicts.values()) == [ID_TAKEN]
    assert not Service.objects.filter(pk=identifier(2)).exists()
    assert Location.objects.get(pk=location.pk).address == location.address


def test_a_reference_that_is_in_use_stays_with_its_fact():
    report = take_over(a_service(ventanilla_ref="cr-asylum"))
    assert report.conflicts == {"cr-asylum": REF_TAKEN}
    assert Fact.objects.get(ref="cr-asylum").kind == "procedure"


def test_a_reference_of_another_country_is_not_taken():
    report = take_over(a_service(ventanilla_ref="bz-casa"))
    assert report.added == ["cr-casa-azul-692865c9"]


def test_our_own_organisation_keeps_its_name_and_gets_the_service():
    mine = Organization.objects.filter(fact=None, country="cr").first()
    organization = {
        "id": identifier(1),
        "name": mine.name,
        "description": "Otra",
        "website": "https://bad.example",
    }
    take_over(a_service(organization=organization))
    mine.refresh_from_db()
    assert Service.objects.get(pk=identifier(2)).organization == mine
    assert mine.website != "https://bad.example"


def test_a_place_made_confidential_here_stays_confidential():
    take_over(a_service())
    location = Location.objects.get(pk=identifier(302))
    Location.objects.filter(pk=location.pk).update(is_confidential=True, area={"es": "Upala"})
    take_over(a_service(name="Casa Verde"))
    location.refresh_from_db()
    assert location.is_confidential
    assert b"Calle 5" not in hsds.export_json(whole_directory(language="es", at=NOW))


def test_the_address_of_a_confidential_place_is_not_even_kept():
    said = a_service()
    said["service_at_locations"][0]["description"] = "Calle 5, portón azul"
    said["service_at_locations"][0]["location"]["ventanilla_is_confidential"] = True
    take_over(said)
    service = Service.objects.get(pk=identifier(2))
    location = service.at_locations.get().location
    assert (location.address, location.latitude, location.area) == ("", None, {"es": "La casa azul"})
    assert service.fact.wordings.get().where == ""


def test_nothing_is_written_when_one_country_is_unknown():
    stranger = {"id": identifier(9), "name": "Lejos", "description": "", "ventanilla_country": "zz"}
    before = Fact.objects.count()
    with pytest.raises(hsds.HsdsRefused) as refusal:
        take_over(a_service(), a_service(3, organization=stranger))
    assert Fact.objects.count() == before
    assert "'zz' is not one of this network" in str(refusal.value)
    assert refusal.value.problems[0].line == 1


def test_hours_that_are_not_weekly_stay_words():
    monthly = {
        "id": identifier(70),
        "freq": "MONTHLY",
        "byday": "1MO",
        "opens_at": "09:00",
        "closes_at": "12:00",
    }
    in_words = {"id": identifier(71), "description": "Los feriados cierra"}
    take_over(a_service(schedules=[monthly, in_words]))
    service = Service.objects.get(pk=identifier(2))
    assert not service.schedules.exists()
    assert service.fact.wordings.get().hours == "MONTHLY 1MO 09:00 12:00\nLos feriados cierra"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("08:00", time(8)), ("08:00-06:00", time(8)), ("14:00Z", time(8)), ("16:00+02:00", time(8))],
)
def test_hours_are_kept_by_the_clock_of_the_country(said, kept):
    schedule = {"id": identifier(70), "byday": "MO", "opens_at": said, "closes_at": "20:00-06:00"}
    take_over(a_service(schedules=[schedule]))
    assert Schedule.objects.get(pk=identifier(70)).opens_at == kept


def test_two_services_may_share_a_place_with_its_phone():
    shared = a_service()["service_at_locations"][0]["location"]
    shared["phones"] = [{"id": identifier(90), "number": "911"}]
    services = [
        a_service(
            number, phones=[], service_at_locations=[{"id": identifier(number + 200), "location": shared}]
        )
        for number in (2, 3)
    ]
    take_over(*services)
    assert Phone.objects.filter(number="911", service__origin=PARTNER.name).count() == 2
    assert take_over(*services).updated == []


def test_what_is_not_kept_is_told():
    report = take_over(a_service(contacts=[{"name": "Ana"}]))
    assert "not kept: service.contacts (1)" in report.lines()
