"""The demonstration's hub: lines that are signed for and lead nowhere, and a day of cases, made once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.channels.models import Channel, Outbound
from ventanilla.channels.playing import is_played
from ventanilla.channels.running import is_assessed
from ventanilla.config.sample_day import tell_sample_day
from ventanilla.config.sample_lines import open_sample_lines
from ventanilla.config.sample_staff import make_sample_staff
from ventanilla.enquiries import coding, queries
from ventanilla.enquiries.models import Enquiry, Message, Note
from ventanilla.hubs.models import Hub

KINDS = {"web", "whatsapp", "telegram", "sms_http", "counter", "phone"}


@pytest.fixture
def sample(site):
    """The lines of the sample hub and its day, as `ventanilla demo` loads them."""
    now = timezone.now()
    make_sample_staff(password="of-the-sample-people-2026")
    open_sample_lines(at=now)
    tell_sample_day(at=now)
    return now


def staff(name):
    from ventanilla.accounts.models import User

    return User.objects.get(email=f"{name}@ventanilla.example")


def test_every_line_is_open_and_its_assessment_signed(sample):
    lines = Channel.objects.select_related("hub")
    assert {line.kind for line in lines} == KINDS
    assert {line.state for line in lines} == {Channel.State.OPEN}
    assert all(is_assessed(line, at=sample) for line in lines)


def test_lines_with_a_provider_lead_to_this_machine_only(sample):
    lines = Channel.objects.filter(kind__in=["whatsapp", "telegram", "sms_http"])
    assert [is_played(line) for line in lines] == [True] * 3


def test_nothing_waits_to_be_sent_or_answered_by_the_house(sample):
    assert not Outbound.objects.unfinished().exists()
    assert not Message.objects.filter(to_answer=True).exists()


def test_the_desk_shows_every_state_a_newcomer_should_see(sample):
    states = set(Enquiry.objects.values_list("state", flat=True))
    assert states == {"new", "waiting", "answered", "snoozed", "closed"}
    assert set(Enquiry.objects.values_list("language", flat=True)) == {"es", "en", "fr", "ht"}
    assert set(Enquiry.objects.values_list("channel_kind", flat=True)) == KINDS
    assert Outbound.objects.needing_somebody().count() == 1
    assert {"extortion", "asylum"} <= {
        topic for topic, _count in coding.counts(Enquiry.objects.all(), since=sample - timedelta(days=2))
    }


def test_danger_stands_first_and_a_handed_over_case_is_with_the_colleague(sample):
    first = queries.queue(staff("luis"))[0]
    assert (first.danger, first.assigned_to) == (Enquiry.Danger.URGENT, staff("paula"))
    extorted = Enquiry.objects.get(codings__topic="extortion")
    assert extorted.assigned_to == staff("paula")
    assert Note.objects.filter(enquiry=extorted, author=staff("luis")).count() == 1


def test_answers_of_the_house_and_of_people_quote_checked_pages(sample):
    for direction in (Message.Direction.AUTO, Message.Direction.OUT):
        quoted = [m for m in Message.objects.filter(direction=direction) if m.cites]
        assert len(quoted) >= 5


def test_everything_happened_before_it_was_loaded_and_people_wait_since_they_wrote(sample):
    assert not Message.objects.filter(at__gt=sample).exists()
    for enquiry in Enquiry.objects.exclude(waiting_since=None):
        assert enquiry.opened_at <= enquiry.waiting_since <= enquiry.last_message_at


def test_loading_it_again_changes_nothing(sample):
    before = Enquiry.objects.count(), Message.objects.count(), Channel.objects.count()
    open_sample_lines(at=timezone.now())
    assert tell_sample_day(at=timezone.now()) == 0
    assert before == (Enquiry.objects.count(), Message.objects.count(), Channel.objects.count())
    assert before[0] == 25


def test_does_nothing_where_the_sample_hub_was_not_loaded(site):
    Hub.objects.filter(ref="cr-hub-upala").update(ref="cr-hub-elsewhere")
    open_sample_lines(at=timezone.now())
    assert tell_sample_day(at=timezone.now()) == 0
    assert not Channel.objects.exists()
