"""Nothing is shared without a consent for that receiver and those parts; one press withdraws it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.channels.contract import Content
from ventanilla.channels.models import Correspondence, Outbound
from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry
from ventanilla.hubs.models import Role
from ventanilla.privacy import consent
from ventanilla.privacy.models import AccessEntry, Consent, ConsentText
from ventanilla.privacy.models.consent import About, Part

from .factories import a_channel, a_hub, a_user, an_enquiry, writes

pytestmark = pytest.mark.django_db
HOUSE = "Casa de acogida"


@pytest.fixture
def enquiry():
    return an_enquiry(a_hub())


@pytest.fixture
def luis(enquiry):
    return a_user(hub=enquiry.hub)


def given(enquiry, by, **more):
    about = more.pop("about", About.REFER)
    text = consent.text_for(about=about, country="cr", language="es", at=timezone.now())
    fields = {"receiver": HOUSE, "parts": [Part.NEED], "mode": Consent.Mode.choices[0][0]} | more
    return consent.give_consent(
        person=enquiry.person_id, country="cr", hub=enquiry.hub.ref, about=about, text=text, by=by,
        at=timezone.now(), **fields,
    )  # fmt: skip


def allowed(enquiry, *parts, receiver=HOUSE, about=About.REFER, at=None):
    return consent.is_allowed(
        person=enquiry.person_id, receiver=receiver, parts=parts, about=about, at=at or timezone.now()
    )


def test_nothing_is_allowed_before_somebody_agreed(enquiry):
    assert not allowed(enquiry, Part.NEED)


def test_a_consent_covers_its_receiver_and_its_parts_alone(enquiry, luis):
    given(enquiry, luis)
    assert allowed(enquiry, Part.NEED)
    assert not allowed(enquiry, Part.NEED, Part.HEALTH)
    assert not allowed(enquiry, Part.NEED, receiver="Otro servicio")
    assert not allowed(enquiry, Part.NEED, about=About.SHARE)


def test_it_ends_on_its_day_and_when_it_is_withdrawn(enquiry, luis):
    day = timezone.now().date()
    row = given(enquiry, luis, until=day + timedelta(days=10))
    assert not allowed(enquiry, Part.NEED, at=timezone.now() + timedelta(days=12))
    consent.withdraw_consent(consent=row, by=luis, at=timezone.now())
    assert not allowed(enquiry, Part.NEED)
    row.refresh_from_db()
    with pytest.raises(consent.WithdrawnAlready):
        consent.withdraw_consent(consent=row, by=luis, at=timezone.now())


def test_half_a_consent_is_refused(enquiry, luis):
    for missing in ({"receiver": ""}, {"parts": []}):
        with pytest.raises(consent.NothingToShare):
            given(enquiry, luis, **missing)


def test_a_minor_needs_who_cares_for_them(enquiry, luis):
    with pytest.raises(consent.CaregiverNeeded):
        given(enquiry, luis, given_by=Consent.By.CAREGIVER)
    row = given(
        enquiry, luis, given_by=Consent.By.CAREGIVER, relation=Consent.Relation.choices[0][0], caregiver="Ana"
    )
    assert row.caregiver == "Ana"
    assert allowed(enquiry, Part.NEED)


def test_a_minor_alone_needs_a_reason_and_a_second_person(enquiry, luis):
    with pytest.raises(consent.InterestNeeded):
        given(enquiry, luis, given_by=Consent.By.BEST_INTEREST, reason="corto")
    row = given(
        enquiry, luis, given_by=Consent.By.BEST_INTEREST, reason="Está sola y necesita un techo esta noche."
    )
    assert not allowed(enquiry, Part.NEED)
    with pytest.raises(consent.AnotherPersonNeeded):
        consent.confirm_best_interest(consent=row, by=luis, at=timezone.now())
    consent.confirm_best_interest(
        consent=row, by=a_user(Role.COORDINATOR, hub=enquiry.hub), at=timezone.now()
    )
    assert allowed(enquiry, Part.NEED)


def test_whoever_does_not_want_to_be_written_to_is_not():
    line = a_channel(a_hub())
    writes(line, "50688887777", "hola")
    enquiry, luis = Enquiry.objects.get(), a_user(hub=a_hub())
    row = given(enquiry, luis, about=About.CONTACT, receiver="", parts=[])
    actions.send(enquiry, Content(text="¿Sigue ahí?"), at=timezone.now())
    consent.withdraw_consent(consent=row, by=luis, at=timezone.now())
    assert Correspondence.objects.get().stopped_at is not None


def test_a_text_that_was_used_stays_as_it_was(enquiry, luis):
    row = given(enquiry, luis)
    body = row.text.body
    consent.write_text(
        about=About.REFER, country="cr", language="es", version="2099-01", body="Otro texto, más claro.",
        by=a_user(Role.DATA_PROTECTION, country="cr"), at=timezone.now(),
    )  # fmt: skip
    assert ConsentText.objects.get(pk=row.text_id).body == body
    newer = consent.text_for(about=About.REFER, country="cr", language="es", at=timezone.now())
    assert newer.version == "2099-01"


def test_giving_and_withdrawing_are_written_down(enquiry, luis):
    row = given(enquiry, luis)
    consent.withdraw_consent(consent=row, by=luis, at=timezone.now())
    actions_done = list(AccessEntry.objects.filter(ref=str(row.pk)).values_list("action", flat=True))
    assert len(actions_done) == 2
    assert Outbound.objects.count() == 0
