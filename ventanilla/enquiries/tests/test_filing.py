"""A message becomes part of an enquiry, once, and an answer goes back the same way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.channels import intake
from ventanilla.channels.models import Inbound, IntakeKey, Outbound
from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry, Identity, Message, Person
from ventanilla.hubs.models import Role
from ventanilla.privacy.sealing import KeyDestroyed, destroy_key

from .factories import a_channel, a_hub, a_user, an_enquiry, writes

pytestmark = pytest.mark.django_db
ANA, BETO = "50688887777", "50570001111"


@pytest.fixture
def upala():
    return a_hub()


@pytest.fixture
def line(upala):
    return a_channel(upala)


def test_a_first_message_opens_an_enquiry_of_somebody_unknown(line, upala):
    writes(line, ANA, "q nesesito pa pedir refujio")
    enquiry = Enquiry.objects.get()
    assert (enquiry.hub, enquiry.state, enquiry.channel) == (upala, Enquiry.State.NEW, line)
    assert enquiry.person.name == ""
    assert [message.body for message in enquiry.messages.all()] == ["q nesesito pa pedir refujio"]


def test_what_was_filed_is_not_kept_twice(line):
    writes(line, ANA, "hola")
    row = Inbound.objects.get()
    assert row.filed_at is not None
    assert row.payload is None


def test_the_next_message_goes_on_with_the_enquiry(line):
    writes(line, ANA, "hola")
    writes(line, ANA, "¿están?")
    writes(line, BETO, "buenas")
    assert Person.objects.count() == Enquiry.objects.count() == 2
    first = Identity.objects.get(lane=Inbound.objects.order_by("received_at").first().lane).person
    assert [m.body for m in first.enquiries.get().messages.order_by("at")] == ["hola", "¿están?"]


def test_a_new_message_opens_a_closed_enquiry_again(line, upala):
    writes(line, ANA, "hola")
    actions.close(enquiry=Enquiry.objects.get(), by=a_user(hub=upala), at=timezone.now())
    writes(line, ANA, "otra cosa")
    enquiry = Enquiry.objects.get()
    assert (enquiry.state, enquiry.closed_at) == (Enquiry.State.WAITING, None)
    assert enquiry.waiting_since is not None


def test_an_answer_goes_back_on_the_same_channel_and_stops_the_clock(line, upala):
    writes(line, ANA, "hola")
    enquiry, luis = Enquiry.objects.get(), a_user(hub=upala)
    message = actions.reply(enquiry=enquiry, author=luis, body="Venga a las diez.", at=timezone.now())
    [outbound] = Outbound.objects.all()
    assert message.outbound == outbound
    assert (outbound.to, outbound.what().text) == (ANA, "Venga a las diez.")
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.waiting_since) == (Enquiry.State.ANSWERED, None)
    assert enquiry.first_answer_at is not None


def test_an_answer_at_the_counter_is_only_noted(upala):
    enquiry = an_enquiry(upala)
    actions.reply(enquiry=enquiry, author=a_user(hub=upala), body="Venga a las diez.", at=timezone.now())
    assert not Outbound.objects.exists()
    assert Message.objects.get().body == "Venga a las diez."


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_answer_is_refused(upala, text):
    with pytest.raises(actions.NothingWritten):
        actions.reply(enquiry=an_enquiry(upala), author=a_user(hub=upala), body=text, at=timezone.now())


def test_nobody_outside_the_hub_sees_a_case(upala):
    enquiry = an_enquiry(upala)
    neighbour = a_hub("cr-hub-los-chiles")
    seeing = {
        "adviser": a_user(hub=upala),
        "coordinator": a_user(Role.COORDINATOR, hub=upala),
        "protection": a_user(Role.PROTECTION, hub=upala),
        "protection of the country": a_user(Role.PROTECTION, country="cr"),
    }
    blind = {
        "neighbour": a_user(hub=neighbour),
        "national": a_user(Role.NATIONAL, country="cr"),
        "regional": a_user(Role.REGIONAL),
        "observer": a_user(Role.OBSERVER, country="cr"),
        "editor": a_user(Role.EDITOR, country="cr"),
        "data protection": a_user(Role.DATA_PROTECTION, country="cr"),
        "nobody": a_user(None),
    }
    assert all(Enquiry.objects.visible_to(user).get() == enquiry for user in seeing.values())
    assert not [name for name, user in blind.items() if Enquiry.objects.visible_to(user).exists()]


def test_protected_notes_are_for_protection_alone(upala):
    enquiry, luis = an_enquiry(upala), a_user(hub=upala)
    paula = a_user(Role.PROTECTION, hub=upala)
    actions.add_note(enquiry=enquiry, author=luis, body="llama el lunes", at=timezone.now())
    actions.add_note(enquiry=enquiry, author=paula, body="la amenazan", is_protected=True, at=timezone.now())
    with pytest.raises(actions.OnlyForProtection):
        actions.add_note(enquiry=enquiry, author=luis, body="x", is_protected=True, at=timezone.now())
    assert enquiry.notes.model.objects.visible_to(luis).count() == 1
    assert enquiry.notes.model.objects.visible_to(paula).count() == 2


def test_a_poisoned_message_is_left_to_people_and_the_others_go_on(line, monkeypatch):
    def fails(inbound, message):
        if message.text == "veneno":
            raise ValueError

    monkeypatch.setitem(intake.filers, "test", fails)
    at = timezone.now()
    writes(line, ANA, "veneno", at=at)
    writes(line, BETO, "hola", at=at)
    for hour in range(1, 8):
        intake.file_waiting(at=at + timedelta(hours=hour))
    assert [m.body for m in Message.objects.all()] == ["hola"]
    stuck = Inbound.objects.get(filed_at=None)
    assert stuck.stuck_at is not None
    assert intake.from_json(stuck.payload).text == "veneno"


def test_the_key_of_the_day_goes_when_all_of_it_is_filed(line, commits):
    at = timezone.now()
    writes(line, ANA, "hola", at=at)
    later = at + timedelta(days=3)
    assert intake.destroy_used_keys(at=later) == 1
    assert IntakeKey.objects.get().destroyed_at == later
    assert Message.objects.get().body == "hola"


def test_a_destroyed_enquiry_is_unreadable_and_takes_no_words(upala, commits):
    enquiry = an_enquiry(upala)
    actions.receive_message(enquiry=enquiry, body="secreto", at=timezone.now())
    destroy_key(enquiry.sealed_under, reason="test", by=None, at=timezone.now())
    message = Message.objects.get()
    assert message.is_erased
    with pytest.raises(KeyDestroyed):
        _ = message.body
