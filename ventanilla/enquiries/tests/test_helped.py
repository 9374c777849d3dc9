"""Did this help you? Asked once after closing where a hub says so, answered by number, button or word."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ventanilla.channels import intake
from ventanilla.channels.contract import Arrived, Parsed
from ventanilla.channels.models import Correspondence, Outbound
from ventanilla.enquiries import actions, automatic, helped
from ventanilla.enquiries.erasing import erase_words
from ventanilla.enquiries.models import DeskSetting, Enquiry, HelpQuestion, Message
from ventanilla.privacy.holders import Subject, holders

from .factories import a_channel, a_hub, a_user, writes

TEN = datetime(2026, 3, 3, 10, tzinfo=ZoneInfo("America/Costa_Rica"))
LATER = TEN + timedelta(minutes=15)
SENDER = "50688887777"

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub():
    row = a_hub()
    DeskSetting.objects.create(hub=row, automatic=DeskSetting.Automatic.NEVER, asks_if_helped=True)
    return row


def closed(hub, *, kind="whatsapp", language="es", heard_at=None):
    """Somebody who wrote on a channel, was answered, and whose enquiry was closed at ten."""
    writes(a_channel(hub, kind), SENDER, "hola", at=heard_at or TEN - timedelta(hours=1))
    enquiry, adviser = Enquiry.objects.select_related("channel__hub").get(), a_user(hub=hub)
    enquiry.language = language
    enquiry.save(update_fields=["language"])
    actions.reply(enquiry=enquiry, author=adviser, body="Venga.", at=TEN - timedelta(minutes=5))
    actions.close(enquiry=enquiry, by=adviser, at=TEN)
    return enquiry


def asked(enquiry, *, at=LATER):
    helped.ask_all(at=at)
    return HelpQuestion.objects.filter(enquiry=enquiry, is_asked=True).first()


def says(enquiry, text, *, choice="", at=None, replies_to=""):
    message = Arrived(
        external_id=uuid4().hex, sender=SENDER, at=at or timezone.now(), text=text, choice=choice,
        replies_to=replies_to,
    )  # fmt: skip
    intake.receive(channel=enquiry.channel, parsed=Parsed(messages=(message,)), at=timezone.now())
    intake.file_waiting(at=timezone.now())
    enquiry.refresh_from_db()


def recently(hub, **more):
    """Closed and asked just now, so that an answer is in time."""
    enquiry = closed(hub, **more)
    question = asked(enquiry)
    HelpQuestion.objects.update(asked_on=timezone.now().date())
    return enquiry, question


@pytest.mark.parametrize(
    ("language", "words", "yes"),
    [
        ("es", "¿Le ayudó esto?", "Sí"),
        ("en", "Did this help you?", "Yes"),
        ("fr", "Cela vous a-t-il", "Oui"),
        ("ht", "Èske sa te ede w?", "Wi"),
    ],
)
def test_one_question_leaves_in_the_language_of_the_person(hub, language, words, yes):
    asked(closed(hub, language=language))
    sent = Outbound.objects.order_by("position").last().what()
    assert words in sent.text
    assert [choice.code for choice in sent.choices] == ["1", "2", "3"]
    assert sent.choices[0].label == yes
    assert sent.is_automatic


def test_nobody_is_asked_twice(hub):
    enquiry = closed(hub)
    asked(enquiry)
    adviser = a_user(hub=hub)
    actions.reopen(enquiry=enquiry, by=adviser, at=LATER)
    actions.close(enquiry=enquiry, by=adviser, at=LATER)
    helped.ask_all(at=LATER + timedelta(hours=1))
    assert HelpQuestion.objects.count() == 1
    assert Message.objects.filter(direction=Message.Direction.AUTO).count() == 1


def test_it_is_off_until_a_hub_switches_it_on(hub):
    DeskSetting.objects.update(asks_if_helped=False)
    assert asked(closed(hub)) is None
    DeskSetting.objects.all().delete()
    helped.ask_all(at=LATER)
    assert not HelpQuestion.objects.exists()


def test_who_is_in_danger_is_never_asked(hub):
    enquiry = closed(hub)
    Enquiry.objects.update(danger=Enquiry.Danger.POSSIBLE)
    assert asked(enquiry) is None


def test_nobody_is_asked_where_the_window_is_closed(hub):
    assert asked(closed(hub, heard_at=TEN - timedelta(hours=25))) is None
    assert not Message.objects.filter(direction=Message.Direction.AUTO).exists()


def test_who_wants_no_messages_is_not_asked(hub):
    enquiry = closed(hub)
    Correspondence.objects.update(stopped_at=TEN)
    assert asked(enquiry) is None


def test_who_cannot_be_asked_is_looked_at_once_and_counts_nowhere(hub, django_assert_num_queries):
    enquiry = closed(hub, heard_at=TEN - timedelta(hours=25))
    asked(enquiry)
    with django_assert_num_queries(3):
        assert helped.ask_all(at=LATER) == 0
    assert helped.months([hub], since=TEN.date() - timedelta(days=5)) == []
    erase_words(enquiry, reason="asked", by=a_user(hub=hub), at=timezone.now())
    assert not HelpQuestion.objects.exists()


def test_where_no_hub_asks_looking_costs_one_query(hub, django_assert_num_queries):
    DeskSetting.objects.update(asks_if_helped=False)
    with django_assert_num_queries(1):
        helped.ask_all(at=LATER)


def test_one_that_fails_is_not_tried_again(hub, monkeypatch):
    enquiry = closed(hub)
    monkeypatch.setattr(helped, "question", lambda enquiry: 1 / 0)
    assert asked(enquiry) is None
    monkeypatch.undo()
    assert asked(enquiry) is None


def test_nobody_is_asked_at_night_at_once_or_after_days(hub):
    enquiry = closed(hub)
    for at in (TEN + timedelta(minutes=5), TEN + timedelta(hours=11), TEN + timedelta(days=3)):
        assert asked(enquiry, at=at) is None


def test_the_counter_and_what_was_no_enquiry_are_not_asked(hub):
    enquiry = closed(hub)
    Enquiry.objects.update(state=Enquiry.State.SPAM)
    assert asked(enquiry) is None
    Enquiry.objects.update(state=Enquiry.State.CLOSED, channel=None)
    assert asked(enquiry) is None


@pytest.mark.parametrize(
    ("text", "choice", "answer"),
    [("1", "", "yes"), ("Sí, gracias.", "", "yes"), ("2.", "", "partly"), ("Más o menos", "", "partly"),
     ("En parte", "2", "partly"), ("wi", "", "yes"), ("NO", "", "no"), ("Non", "", "no")],
)  # fmt: skip
def test_an_answer_is_recognised_and_opens_nothing(hub, text, choice, answer):
    enquiry, _question = recently(hub)
    says(enquiry, text, choice=choice)
    assert HelpQuestion.objects.get().answer == answer
    assert enquiry.state == Enquiry.State.CLOSED
    said = Message.objects.filter(direction=Message.Direction.IN).latest("at")
    assert (said.body, said.to_answer, said.inbound is None) == (text, False, False)


def test_a_button_below_another_message_is_no_answer(hub):
    enquiry, question = recently(hub)
    earlier = Message.objects.get(enquiry=enquiry, direction=Message.Direction.OUT)
    for said in (earlier, question.message):
        Outbound.objects.filter(pk=said.outbound_id).update(provider_id=f"wamid.{said.pk}")
    says(enquiry, "Refugio", choice="1", replies_to=f"wamid.{earlier.pk}")
    assert (HelpQuestion.objects.get().answer, enquiry.state) == ("", Enquiry.State.WAITING)
    actions.close(enquiry=enquiry, by=a_user(hub=hub), at=timezone.now())
    says(enquiry, "Sí", choice="1", replies_to=f"wamid.{question.message_id}")
    assert (HelpQuestion.objects.get().answer, enquiry.state) == ("yes", Enquiry.State.CLOSED)


def test_free_text_opens_the_case_as_usual(hub):
    enquiry, _question = recently(hub)
    says(enquiry, "No, y ahora me piden otro papel")
    assert enquiry.state == Enquiry.State.WAITING
    assert HelpQuestion.objects.get().answer == ""


def test_a_second_number_is_no_answer_any_more(hub):
    enquiry, _question = recently(hub)
    says(enquiry, "1")
    says(enquiry, "3")
    assert HelpQuestion.objects.get().answer == "yes"
    assert enquiry.state == Enquiry.State.WAITING


def test_a_number_to_an_old_question_is_a_message(hub):
    enquiry, _question = recently(hub)
    HelpQuestion.objects.update(asked_on=timezone.now().date() - timedelta(days=9))
    says(enquiry, "1")
    assert enquiry.state == Enquiry.State.WAITING


def test_the_question_is_none_of_the_automatic_answers_in_a_row(hub):
    enquiry = closed(hub)
    asked(enquiry)
    assert not automatic._automatic(enquiry).exists()


def test_the_answer_stays_without_the_person_when_their_words_go(hub):
    enquiry, _question = recently(hub)
    says(enquiry, "3")
    exported = holders["enquiries"].export(Subject.of_person(enquiry.person_id), for_staff=False)
    assert any(value == "No" for record in exported for _label, value in record.values)
    erase_words(enquiry, reason="asked", by=a_user(hub=hub), at=timezone.now())
    row = HelpQuestion.objects.get()
    assert (row.enquiry, row.message, row.answer, row.hub) == (None, None, "no", hub)
