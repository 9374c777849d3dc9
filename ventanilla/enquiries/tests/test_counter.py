"""Taking down by hand: anonymous, coded where something was told, closed with an answer, undone in time."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.channels.contract import SendRefused, kinds
from ventanilla.channels.kinds.staffed.kind import STAFFED
from ventanilla.enquiries import actions, coding, counter, facts, paper_form, topic_numbers
from ventanilla.enquiries.models import Coding, Enquiry, Message, Person, StateChange
from ventanilla.privacy.assessments import all_assessments
from ventanilla.privacy.models import AccessEntry, DestructionCertificate
from ventanilla.privacy.sealing import keys

from .factories import a_hub, a_user

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def upala():
    return a_hub()


@pytest.fixture
def luis(upala):
    return a_user(hub=upala)


def taken(hub, by, *, at=NOW, **more):
    values = {"body": "¿Dónde pido refugio?", "channel_kind": "counter", "language": "es"} | more
    return counter.take_down(hub=hub, by=by, at=at, **values)


def test_what_is_answered_at_once_is_closed_at_once(upala, luis):
    enquiry = taken(upala, luis, answer="En la oficina del parque.")
    assert (enquiry.state, enquiry.closed_at, enquiry.first_answer_at) == ("closed", NOW, NOW)
    assert enquiry.waiting_since is None
    assert [one.body for one in enquiry.messages.order_by("pk").order_by("direction")] == [
        "¿Dónde pido refugio?", "En la oficina del parque.",
    ]  # fmt: skip
    assert StateChange.objects.filter(enquiry=enquiry, what="outcome", value="answered-at-once").exists()


def test_what_is_not_answered_stays_with_who_took_it_down(upala, luis):
    enquiry = taken(upala, luis)
    assert (enquiry.group, enquiry.assigned_to) == ("waiting", luis)
    assert AccessEntry.objects.filter(ref=str(enquiry.pk), action="write", by=luis).exists()


def test_what_they_told_of_themselves_is_sealed_and_topics_are_coded(upala, luis):
    told = {"sex": "f", "age_band": facts.UNSAID, "nationality": "zz"}
    enquiry = taken(upala, luis, told=told, topics=["asylum"])
    keys.ring.clear()
    assert Person.objects.get().facts == {"sex": "f", "age_band": "unsaid"}
    assert Coding.objects.get().topic == "asylum"
    with pytest.raises(coding.UnknownTopic):
        taken(upala, luis, topics=["no-such-topic"])
    assert Enquiry.objects.get() == enquiry


def test_a_sheet_counts_from_the_moment_that_stands_on_it(upala, luis):
    yesterday = NOW - timedelta(days=1)
    enquiry = taken(upala, luis, took_place_at=yesterday, answer="Sí.")
    assert (enquiry.opened_at, enquiry.closed_at) == (yesterday, yesterday)
    # What somebody did is written down when they did it.
    assert AccessEntry.objects.filter(ref=str(enquiry.pk)).earliest("number").at == NOW
    with pytest.raises(counter.StillToCome):
        taken(upala, luis, took_place_at=NOW + timedelta(minutes=1))


def test_without_words_nothing_is_taken_down(upala, luis):
    with pytest.raises(actions.NothingWritten):
        taken(upala, luis, body="  ")
    assert not Person.objects.exists()


def test_undoing_leaves_nothing_but_certificates_and_gives_the_words_back(
    upala, luis, django_capture_on_commit_callbacks
):
    enquiry = taken(upala, luis, answer="Sí.", told={"sex": "m"}, topics=["asylum", "work"])
    sealed = {enquiry.sealed_under, enquiry.person.sealed_under}
    with django_capture_on_commit_callbacks(execute=True):
        back = counter.take_back(enquiry=enquiry, by=luis, at=NOW + timedelta(minutes=5))
    assert (back.body, back.answer, back.facts) == ("¿Dónde pido refugio?", "Sí.", {"sex": "m"})
    assert set(back.topics) == {"asylum", "work"}
    assert not Enquiry.objects.exists()
    assert not Person.objects.exists()
    assert not Message.objects.exists()
    assert set(DestructionCertificate.objects.values_list("key", flat=True)) == sealed
    assert all(keys.gone(key) for key in sealed)


def _goes_on(enquiry, by):
    return None


def _notes(enquiry, by):
    actions.add_note(enquiry=enquiry, author=by, body="x", at=NOW)


def _says_more(enquiry, by):
    actions.receive_message(enquiry=enquiry, body="y otra cosa", at=NOW, by=by)


def _comes_back(enquiry, by):
    actions.give_return_code(enquiry=enquiry, by=by, at=NOW)
    enquiry.person.refresh_from_db()


@pytest.mark.parametrize(
    ("happens", "minutes", "is_other"),
    [
        (_goes_on, 16, False),
        (_goes_on, 1, True),
        (_notes, 1, False),
        (_says_more, 1, False),
        (_comes_back, 1, False),
    ],
)
def test_what_went_on_or_is_somebody_elses_is_not_undone(upala, luis, happens, minutes, is_other):
    enquiry = taken(upala, luis)
    happens(enquiry, luis)
    by = a_user(hub=upala) if is_other else luis
    with pytest.raises(counter.NothingToUndo):
        counter.take_back(enquiry=enquiry, by=by, at=NOW + timedelta(minutes=minutes))
    assert Enquiry.objects.exists()


# Kinds, numbers, paper


@pytest.mark.parametrize("kind", STAFFED, ids=lambda kind: kind.code)
def test_a_staffed_kind_is_registered_assessed_and_sends_nothing(kind):
    assert kinds[kind.code] is kind
    assert kind.is_staffed
    assert kind.assessed_as() in all_assessments()
    with pytest.raises(SendRefused) as refused:
        kind.send(None, None)
    assert refused.value.is_final


def test_numbers_of_topics_lead_there_and_back():
    rows = topic_numbers.numbered("es")
    assert rows[0].number == "1"
    assert rows[0].below[1].number == "1.2"
    codes = topic_numbers.codes_of("1.2, 1 1.2", "es")
    assert codes == [rows[0].below[1].code, rows[0].code]
    assert topic_numbers.numbers_of(codes, "fr") == "1.2 1"
    for wrong in ("99", "1.99", "x"):
        with pytest.raises(topic_numbers.NoSuchTopic):
            topic_numbers.codes_of(wrong, "es")


def test_the_topics_of_the_hub_stand_first_and_nine_are_ready(upala, luis):
    for _time in range(2):
        taken(upala, luis, topics=["shelter"])
    taken(upala, luis, topics=["rumour"])
    ready = [row.code for row in topic_numbers.quick([upala], "es", at=NOW)]
    assert ready[:2] == ["shelter", "rumour"]
    assert len(ready) == len(set(ready)) <= 9


def test_every_fact_has_a_name_in_the_public_languages_and_zero_for_silence():
    for question in facts.questions().values():
        for labels in (question.names, *question.choices.values()):
            assert set(labels) == {"es", "en", "fr", "ht"}
        assert question.numbered("ht")[-1][:2] == (0, facts.UNSAID)


@pytest.mark.parametrize("language", ["es", "en", "fr", "ht"])
def test_the_form_on_paper_is_one_page_and_asks_for_no_name(upala, language):
    form = paper_form.paper_form(upala, language)
    made = paper_form.as_pdf(form)
    assert made.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", made)) == 1
    assert {choices.title for choices in form.lists} >= {
        question.name(language) for question in facts.questions().values()
    }


def test_each_language_has_words_of_its_own(upala):
    leads = {paper_form.paper_form(upala, language).lead for language in ("es", "en", "fr", "ht")}
    assert len(leads) == 4
