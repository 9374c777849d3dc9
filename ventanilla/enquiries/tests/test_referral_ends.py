"""What was handed on is kept while somebody works with it, and goes with the person and with the consent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.enquiries import actions, referral_answers, referrals
from ventanilla.enquiries.models import Message, Referral, ReferralStep
from ventanilla.hubs.models import Role
from ventanilla.privacy import consent, requests, retention
from ventanilla.privacy.models import Consent, DestructionCertificate

from .factories import a_hub, a_user, an_enquiry
from .referral_rows import NEEDS, a_draft, a_receiver, handed_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits")]


@pytest.fixture
def staff():
    hub = a_hub()
    return a_user(Role.ADVISER, hub=hub), a_user(Role.COORDINATOR, hub=hub)


@pytest.fixture
def sent(staff):
    enquiry = an_enquiry()
    actions.receive_message(enquiry=enquiry, body="hola", at=timezone.now())
    return handed_over(enquiry, staff[0], leader=staff[1])[0]


def in_days(days):
    return timezone.now() + timedelta(days=days)


def test_an_open_referral_keeps_what_has_run_out(sent, staff):
    actions.close(enquiry=sent.enquiry, by=staff[1], at=timezone.now())
    report = retention.run(at=in_days(100))
    assert (report.total, report.postponed > 0) == (0, True)
    assert Referral.objects.get().shared["needs"] == NEEDS


def test_when_it_is_done_everything_goes_in_its_time(sent, staff):
    referral_answers.finish(referral=sent, outcome="helped", words="ya está", at=timezone.now())
    sent.enquiry.refresh_from_db()
    actions.close(enquiry=sent.enquiry, by=staff[1], at=timezone.now())
    retention.run(at=in_days(31))
    row = Referral.objects.get()
    assert row.is_erased
    assert row.forgotten_at is not None
    assert all(step.is_erased for step in ReferralStep.objects.all())
    assert (row.state, row.outcome, row.urgency) == ("done", "helped", "high")
    assert Message.objects.get().body == "hola"


def test_a_message_to_the_person_leaves_the_case_with_the_other_service(sent, staff):
    actions.reply(enquiry=sent.enquiry, author=staff[0], body="Ya preguntamos.", at=timezone.now())
    sent.enquiry.refresh_from_db()
    assert sent.enquiry.state == "referred"


def test_erasing_a_person_waits_for_the_open_referral_and_then_destroys_it(sent, staff):
    draft = a_draft(sent.enquiry, a_receiver(staff[1], sent.enquiry.hub), staff[0])
    with pytest.raises(requests.Kept):
        requests.erase_own(person=sent.enquiry.person_id, by=None, at=timezone.now())
    referrals.take_back(referral=sent, by=staff[0], at=timezone.now())
    requests.erase_own(person=sent.enquiry.person_id, by=None, at=timezone.now())
    row = Referral.objects.get()
    assert row.pk != draft.pk
    assert row.is_erased
    assert (row.state, row.token_digest) == ("taken-back", None)
    certificates = DestructionCertificate.objects.filter(holder="referral").exclude(done_at=None)
    assert set(certificates.values_list("key", flat=True)) == {sent.sealed_under, draft.sealed_under}


def test_a_withdrawn_consent_takes_the_case_back(sent):
    consent.withdraw_consent(consent=Consent.objects.get(), by=None, at=timezone.now())
    row = Referral.objects.get()
    assert row.state == "taken-back"
    assert ReferralStep.objects.filter(what="withdrawn", by=None).exists()
    row.enquiry.refresh_from_db()
    assert row.enquiry.state == "waiting"


def test_people_read_what_was_handed_on_about_them_and_to_whom(sent):
    _row, records = requests.export_own(person=sent.enquiry.person_id, by=None, at=timezone.now())
    told = [value for record in records for _label, value in record.values]
    assert sent.receiver.name in told
    assert NEEDS in told


def test_a_referral_says_how_much_is_held_beside_the_enquiries(sent):
    _row, held = requests.read_own(person=sent.enquiry.person_id, by=None, at=timezone.now())
    assert held.counts["enquiries"] == 1
