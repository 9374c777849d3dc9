"""What staff do with a case: who may, what is kept of it, and that each deed is written down."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.utils import timezone

from ventanilla.enquiries import actions, codes, counter, queries
from ventanilla.enquiries.erasing import erase_identifiers, erase_words
from ventanilla.enquiries.models import Attachment, Enquiry, Message, Person, return_digest
from ventanilla.hubs.models import Role
from ventanilla.privacy.models import AccessEntry
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import files

from .factories import a_channel, a_hub, a_user, an_enquiry, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def upala():
    return a_hub()


@pytest.fixture
def luis(upala):
    return a_user(hub=upala)


def a_letter():
    return files.accept(BytesIO(b"Me quitaron el pasaporte."), name="carta.txt")


DEEDS = {
    "answer": lambda row, by, at: actions.reply(enquiry=row, author=by, body="Venga.", at=at),
    "type in": lambda row, by, at: actions.receive_message(enquiry=row, body="hola", by=by, at=at),
    "note": lambda row, by, at: actions.add_note(enquiry=row, author=by, body="llama", at=at),
    "attach": lambda row, by, at: actions.attach(enquiry=row, accepted=a_letter(), by=by, at=at),
    "assign": lambda row, by, at: actions.assign(enquiry=row, to=by, by=by, at=at),
    "close": lambda row, by, at: actions.close(enquiry=row, by=by, at=at),
    "reopen": lambda row, by, at: actions.reopen(enquiry=row, by=by, at=at),
    "return code": lambda row, by, at: actions.give_return_code(enquiry=row, by=by, at=at),
}


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_written_down_once(upala, luis, name):
    enquiry, before = an_enquiry(upala), AccessEntry.objects.count()
    DEEDS[name](enquiry, luis, timezone.now())
    assert AccessEntry.objects.count() == before + 1
    entry = AccessEntry.objects.latest("number")
    assert (entry.by, entry.action, entry.ref) == (luis, "write", str(enquiry.pk))
    assert (entry.country, entry.hub) == ("cr", upala.ref)


def test_a_deed_that_is_refused_is_not_written_down(upala, luis):
    enquiry = an_enquiry(upala)
    actions.close(enquiry=enquiry, by=luis, at=timezone.now())
    before = AccessEntry.objects.count()
    with pytest.raises(actions.EnquiryClosed):
        DEEDS["answer"](enquiry, luis, timezone.now())
    assert (AccessEntry.objects.count(), Message.objects.count()) == (before, 0)


def test_what_somebody_asks_at_the_counter_is_looked_after_by_who_took_it_down(upala, luis):
    enquiry = counter.take_down(
        hub=upala, body="¿Dónde pido refugio?", channel_kind="counter", language="es", by=luis,
        at=timezone.now(),
    )  # fmt: skip
    assert enquiry.assigned_to == luis
    assert (enquiry.person.name, enquiry.person.return_code) == ("", None)
    assert Message.objects.get().body == "¿Dónde pido refugio?"


@pytest.mark.parametrize("name", ["assign", "close"])
def test_what_a_colleague_looks_after_is_left_to_them_and_the_coordinator(upala, luis, name):
    enquiry, other = an_enquiry(upala), a_user(hub=upala)
    actions.assign(enquiry=enquiry, to=luis, by=luis, at=timezone.now())
    with pytest.raises(actions.WithAColleague):
        DEEDS[name](enquiry, other, timezone.now())
    DEEDS[name](enquiry, a_user(Role.COORDINATOR, hub=upala), timezone.now())


def test_a_colleague_may_still_answer(upala, luis):
    enquiry = an_enquiry(upala)
    actions.assign(enquiry=enquiry, to=luis, by=luis, at=timezone.now())
    DEEDS["answer"](enquiry, a_user(hub=upala), timezone.now())
    enquiry.refresh_from_db()
    assert enquiry.state == Enquiry.State.ANSWERED


def test_of_a_return_code_only_a_digest_is_kept(upala, luis):
    enquiry = an_enquiry(upala)
    code = actions.give_return_code(enquiry=enquiry, by=luis, at=timezone.now())
    assert len(code) == codes.RETURN_DIGITS
    assert Person.objects.returning(code).get() == enquiry.person
    with connection.cursor() as cursor:
        cursor.execute("SELECT return_code FROM enquiries_person")
        [(kept,)] = cursor.fetchall()
    assert code not in kept


def test_a_new_return_code_ends_the_former(upala, luis):
    enquiry = an_enquiry(upala)
    first = actions.give_return_code(enquiry=enquiry, by=luis, at=timezone.now())
    actions.give_return_code(enquiry=enquiry, by=luis, at=timezone.now())
    assert not Person.objects.returning(first).exists()


def test_who_was_given_a_code_at_the_counter_writes_with_it_as_the_same_person(upala, luis):
    enquiry = an_enquiry(upala)
    code = actions.give_return_code(enquiry=enquiry, by=luis, at=timezone.now())
    writes(a_channel(upala, kind="web"), return_digest(code), "ya volví")
    assert Person.objects.count() == 1
    assert Message.objects.get().enquiry.person == enquiry.person


def test_a_person_whose_identifiers_are_gone_gets_no_code_and_their_old_one_ends(upala, luis):
    enquiry = an_enquiry(upala)
    code = actions.give_return_code(enquiry=enquiry, by=luis, at=timezone.now())
    erase_identifiers(enquiry.person, reason="test", by=None, at=timezone.now())
    assert not Person.objects.filter(return_code=return_digest(code)).exists()
    with pytest.raises(actions.NobodyToReturn):
        actions.give_return_code(enquiry=enquiry, by=luis, at=timezone.now())


def test_a_file_is_sealed_under_the_key_of_its_case(upala, luis):
    enquiry = an_enquiry(upala)
    row = actions.attach(enquiry=enquiry, accepted=a_letter(), by=luis, at=timezone.now())
    kept = SealedFile.objects.get(pk=row.file)
    assert kept.sealed_under == enquiry.sealed_under
    assert files.read(kept, at=timezone.now()) == b"Me quitaron el pasaporte."
    assert queries.loose_attachments(enquiry) == [row]


def test_files_are_for_who_sees_the_case(upala, luis):
    actions.attach(enquiry=an_enquiry(upala), accepted=a_letter(), by=luis, at=timezone.now())
    assert Attachment.objects.visible_to(luis).count() == 1
    assert not Attachment.objects.visible_to(a_user(hub=a_hub("cr-hub-los-chiles"))).exists()


@pytest.mark.parametrize("name", ["answer", "type in", "note", "attach", "reopen"])
def test_nothing_is_added_where_words_were_deleted(upala, luis, name, commits):
    enquiry = an_enquiry(upala)
    erase_words(enquiry, reason="test", by=None, at=timezone.now())
    with pytest.raises(actions.WordsErased):
        DEEDS[name](enquiry, luis, timezone.now())


def test_who_wants_to_be_left_alone_is_seen_by_nobody(upala, luis):
    enquiry = an_enquiry(upala)
    Person.objects.update(restricted_at=timezone.now())
    assert not Enquiry.objects.visible_to(luis).exists()
    assert not Enquiry.objects.looked_after_by(luis).filter(pk=enquiry.pk).exists()


def test_the_queue_puts_danger_first_then_promises_then_who_waits_longest(upala, luis):
    at = timezone.now()
    long, short, promised, danger = (an_enquiry(upala) for _number in range(4))
    for row, values in (
        (long, {"waiting_since": at - timedelta(days=2)}),
        (short, {"waiting_since": at}),
        (promised, {"promise_due_at": at}),
        (danger, {"danger": Enquiry.Danger.URGENT}),
    ):
        Enquiry.objects.filter(pk=row.pk).update(**values)
    assert list(queries.queue(luis)) == [danger, promised, long, short]


def test_a_case_shared_with_another_hub_is_seen_there_too(upala):
    chiles = a_hub("cr-hub-los-chiles")
    enquiry, nora = an_enquiry(upala), a_user(hub=chiles)
    enquiry.shared_with.add(chiles)
    assert Enquiry.objects.visible_to(nora).get() == enquiry


def test_a_case_code_tells_the_hub_and_nothing_else(upala):
    seen = {an_enquiry(upala).code for _number in range(30)}
    assert len(seen) == 30
    assert all(code.startswith("UPA-") and len(code) == 9 for code in seen)
