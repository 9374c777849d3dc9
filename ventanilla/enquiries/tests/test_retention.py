"""What has run out is erased by itself, but never what is still needed; what expired says so in place."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry, Identity, Message, Person
from ventanilla.hubs.models import Role
from ventanilla.privacy import retention
from ventanilla.privacy.holds import end_hold, place_hold
from ventanilla.privacy.models import DestructionCertificate, Hold, RetentionRun

from .factories import a_channel, a_hub, a_user, an_enquiry, writes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits")]
SAID = "me quitaron el pasaporte"


@pytest.fixture
def closed():
    """A case of WhatsApp that was closed a moment ago."""
    hub = a_hub()
    writes(a_channel(hub), "50688887777", SAID)
    enquiry = Enquiry.objects.get()
    actions.close(enquiry=enquiry, by=a_user(Role.COORDINATOR, hub=hub), at=timezone.now())
    return enquiry


def in_days(days):
    return timezone.now() + timedelta(days=days)


def said():
    return Message.objects.get().body


def held(enquiry, *, days):
    day = timezone.now().date()
    return place_hold(
        ref=enquiry.pk, person=enquiry.person_id, label=enquiry.code, country="cr", hub=enquiry.hub.ref,
        basis=Hold.Basis.choices[0][0], reason="Lo pidió el juzgado de Upala.", at=timezone.now(),
        by=a_user(Role.COORDINATOR, hub=enquiry.hub), until=day + timedelta(days=days),
        review_on=day + timedelta(days=days - 1),
    )  # fmt: skip


def test_words_stay_for_ninety_days_and_then_go_for_good(closed):
    retention.run(at=in_days(89))
    assert said() == SAID
    report = retention.run(at=in_days(91))
    assert report.erased["words"] == 1
    assert Message.objects.get().is_erased
    closed.refresh_from_db()
    assert closed.words_erased_at is not None
    assert DestructionCertificate.objects.filter(key=closed.sealed_under).exclude(done_at=None).exists()


def test_identifiers_go_after_thirty_days_while_figures_stay(closed):
    retention.run(at=in_days(31))
    person = Person.objects.get()
    assert person.erased_at is not None
    assert not Identity.objects.exists()
    assert said() == SAID
    assert Enquiry.objects.get().channel_kind == "whatsapp"


def test_an_open_case_is_never_touched():
    enquiry = an_enquiry()
    actions.receive_message(enquiry=enquiry, body=SAID, at=timezone.now())
    retention.run(at=in_days(400))
    assert said() == SAID
    assert Person.objects.get().erased_at is None


def test_a_new_message_lets_the_time_begin_anew(closed):
    actions.reopen(enquiry=closed, by=a_user(hub=closed.hub), at=timezone.now())
    retention.run(at=in_days(91))
    assert said() == SAID


def test_a_hold_postpones_with_its_reason_and_ends(closed):
    hold = held(closed, days=200)
    report = retention.run(at=in_days(91))
    assert (report.total, report.postponed > 0) == (0, True)
    assert said() == SAID
    [line] = [line for line in retention.upcoming(at=in_days(91)) if line.row.record_class == "words"]
    assert str(line.postponed.why) == hold.get_basis_display()
    end_hold(hold=hold, by=a_user(Role.COORDINATOR, hub=closed.hub), at=timezone.now())
    retention.run(at=in_days(91))
    assert Message.objects.get().is_erased


def test_a_run_that_is_killed_is_gone_on_with(monkeypatch):
    hub = a_hub()
    for _number in range(5):
        enquiry = an_enquiry(hub)
        actions.receive_message(enquiry=enquiry, body=SAID, at=timezone.now())
        actions.close(enquiry=enquiry, by=a_user(hub=hub), at=timezone.now())

    def dies(report):
        if report.erased.get("words") == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retention.run(at=in_days(91), progress=dies)
    assert Enquiry.objects.filter(words_erased_at=None).count() == 3
    assert retention.run(at=in_days(91)).erased["words"] == 3
    assert all(message.is_erased for message in Message.objects.all())


def test_a_rehearsal_erases_nothing(closed):
    assert retention.run(at=in_days(91), is_rehearsal=True).erased["words"] == 1
    assert said() == SAID


def test_it_runs_once_a_day():
    at = timezone.now()
    assert retention.run_of_the_day(now=lambda: at) is not None
    assert retention.run_of_the_day(now=lambda: at) is None
    assert RetentionRun.objects.get().finished_at == at


def test_what_expired_says_so_in_its_place(closed):
    retention.run(at=in_days(91))
    assert retention.tombstone(closed.sealed_under)


def test_a_hub_keeps_for_a_shorter_time_when_it_wants(closed):
    focal = a_user(Role.DATA_PROTECTION, country="cr")
    retention.set_period(
        record_class="words",
        country="cr",
        hub=closed.hub.ref,
        days=10,
        reason="",
        by=focal,
        at=timezone.now(),
    )
    retention.run(at=in_days(11))
    assert Message.objects.get().is_erased


def test_a_longer_time_needs_a_reason(closed):
    focal = a_user(Role.DATA_PROTECTION, country="cr")
    with pytest.raises(retention.WhyLonger):
        retention.set_period(
            record_class="words", country="cr", hub="", days=400, reason="", by=focal, at=timezone.now()
        )
