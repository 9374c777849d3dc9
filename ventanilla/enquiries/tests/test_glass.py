"""Breaking the glass opens one case, for one hour, to who may, and leaves a trace that is reviewed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry, Note
from ventanilla.hubs.models import Membership, Role
from ventanilla.privacy import glass
from ventanilla.privacy.models import AccessEntry, Break

from .factories import a_hub, a_user, an_enquiry

pytestmark = pytest.mark.django_db
REASON = "Está en Los Chiles ahora mismo y corre peligro."


@pytest.fixture
def enquiry():
    return an_enquiry(a_hub())


@pytest.fixture
def nora(enquiry):
    """An adviser of another hub of the country."""
    return a_user(hub=a_hub("cr-hub-los-chiles"))


def broken(enquiry, by, *, kind="enquiry", reason=REASON, at=None):
    return glass.break_glass(
        by=by, kind=kind, ref=enquiry.pk, country=enquiry.country, hub=enquiry.hub.ref, reason=reason,
        at=at or timezone.now(),
    )  # fmt: skip


def test_it_opens_one_case_and_no_other(enquiry, nora):
    other = an_enquiry(enquiry.hub)
    broken(enquiry, nora)
    assert Enquiry.objects.visible_to(nora).get() == enquiry
    assert not Enquiry.objects.looked_after_by(nora).exists()
    assert not Enquiry.objects.visible_to(nora).filter(pk=other.pk).exists()


def test_it_closes_by_itself(enquiry, nora):
    broken(enquiry, nora, at=timezone.now() - timedelta(minutes=61))
    assert not Enquiry.objects.visible_to(nora).exists()


def test_it_closes_when_the_role_is_taken(enquiry, nora):
    broken(enquiry, nora)
    Membership.objects.filter(user=nora).delete()
    assert not Enquiry.objects.visible_to(nora).exists()


def test_the_reason_is_in_the_access_log_and_sealed(enquiry, nora):
    broken(enquiry, nora)
    entry = AccessEntry.objects.get(action="break-glass")
    assert (entry.by, entry.ref, entry.reason) == (nora, str(enquiry.pk), REASON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM privacy_break")
        [(kept,)] = cursor.fetchall()
    assert b"peligro" not in bytes(kept)


@pytest.mark.parametrize("reason", ["", "   ", "porque sí"])
def test_it_takes_a_reason(enquiry, nora, reason):
    with pytest.raises(glass.ReasonNeeded):
        broken(enquiry, nora, reason=reason)
    assert not AccessEntry.objects.filter(action="break-glass").exists()


@pytest.mark.parametrize("role", [Role.NATIONAL, Role.EDITOR, Role.OBSERVER, Role.DATA_PROTECTION, None])
def test_who_never_sees_words_breaks_nothing(enquiry, role):
    user = a_user(role, country="cr") if role else a_user(None)
    with pytest.raises(glass.GlassStaysClosed):
        broken(enquiry, user)


def test_nobody_breaks_the_glass_of_another_country(enquiry):
    bruno = a_user(hub=a_hub("bz-hub-benque", "bz"))
    with pytest.raises(glass.GlassStaysClosed):
        broken(enquiry, bruno)


def test_protected_notes_are_opened_apart(enquiry):
    luis, paula = a_user(hub=enquiry.hub), a_user(Role.PROTECTION, hub=enquiry.hub)
    actions.add_note(enquiry=enquiry, author=paula, body="la amenazan", is_protected=True, at=timezone.now())
    broken(enquiry, luis)
    assert not Note.objects.visible_to(luis).exists()
    broken(enquiry, luis, kind="note")
    assert Note.objects.visible_to(luis).get().body == "la amenazan"


def test_a_note_opened_through_the_glass_opens_no_case(enquiry, nora):
    broken(enquiry, nora, kind="note")
    assert not Enquiry.objects.visible_to(nora).exists()
    assert not Note.objects.visible_to(nora).exists()


def test_nobody_reviews_their_own(enquiry, nora):
    row = broken(enquiry, nora)
    with pytest.raises(glass.NotYourOwnReview):
        glass.review(row=row, by=nora, is_justified=True, remark="", at=timezone.now())


def test_a_review_is_given_once(enquiry, nora):
    row, fabiola = broken(enquiry, nora), a_user(Role.DATA_PROTECTION, country="cr")
    assert Break.objects.visible_to(fabiola).to_review().get() == row
    glass.review(row=row, by=fabiola, is_justified=False, remark="Bastaba llamar.", at=timezone.now())
    assert not Break.objects.visible_to(fabiola).to_review().exists()
    with pytest.raises(glass.ReviewedAlready):
        glass.review(row=row, by=fabiola, is_justified=True, remark="", at=timezone.now())
    assert Break.objects.get().remark == "Bastaba llamar."


def test_another_country_has_nothing_to_review(enquiry, nora):
    broken(enquiry, nora)
    a_hub("bz-hub-benque", "bz")
    assert not Break.objects.visible_to(a_user(Role.DATA_PROTECTION, country="bz")).exists()
