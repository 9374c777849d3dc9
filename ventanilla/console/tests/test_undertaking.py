"""Nobody opens a case before they undertook to keep what people tell to themselves."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.utils import timezone

from ventanilla.accounts.models import Undertaken
from ventanilla.accounts.undertaking import current
from ventanilla.console.undertaking import undertaking_required
from ventanilla.privacy.models import AccessEntry

pytestmark = pytest.mark.django_db
PAGE = "/console/undertaking/"


@undertaking_required
def a_case(request):
    return HttpResponse("words of a person")


def asked(rf, user):
    request = rf.get("/console/cases/x/")
    request.user = user
    return a_case(request)


@pytest.fixture
def luis(cast):
    """Signed in, without having accepted anything."""
    cast.luis.get("/console/")
    Undertaken.objects.all().delete()
    return cast.user("luis")


def test_a_case_opens_after_accepting_the_text_in_force(cast, luis, rf):
    assert asked(rf, luis).url == f"{PAGE}?next=%2Fconsole%2Fcases%2Fx%2F"
    page = cast.luis.get(PAGE)
    assert "dinero" in page.text
    assert current().version in page.text
    form = {"version": current().version, "accepted": "on", "next": "/console/facts/"}
    assert cast.luis.post(PAGE, form).url == "/console/facts/"
    assert asked(rf, luis).content == b"words of a person"
    kept = Undertaken.objects.get()
    assert (kept.user, kept.version, kept.language) == (luis, current().version, "es")
    assert AccessEntry.objects.filter(action="undertaken", by=luis).count() == 1


def test_every_address_of_cases_is_behind_it(cast, luis):
    from ventanilla.console.gate import CASES

    assert CASES == "console/cases/"
    answer = cast.luis.get("/console/cases/")
    assert answer.status_code == 404 or answer.url.startswith(PAGE)


@pytest.mark.parametrize("form", [{}, {"accepted": "on"}, {"accepted": "on", "version": "1900"}])
def test_nothing_is_accepted_by_half(cast, luis, rf, form):
    assert cast.luis.post(PAGE, form).status_code == 200
    assert asked(rf, luis).status_code == 302


def test_a_new_version_asks_again(cast, luis, rf, settings):
    Undertaken.objects.create(user=luis, version=current().version, language="es", at=timezone.now())
    assert asked(rf, luis).status_code == 200
    settings.UNDERTAKING = "version: '2'\ntitle: {es: Otro}\ntext: {es: Texto nuevo}"
    assert asked(rf, luis).status_code == 302
    assert "Texto nuevo" in cast.luis.get(PAGE).text


def test_it_is_read_in_english_too(cast, luis):
    profile = luis.wagtail_userprofile if hasattr(luis, "wagtail_userprofile") else None
    if profile is None:
        from wagtail.users.models import UserProfile

        profile = UserProfile.get_for_user(luis)
    profile.preferred_language = "en"
    profile.save()
    assert "I undertake this" in cast.luis.get(PAGE).text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/console/"])
def test_accepting_leads_nowhere_else(cast, luis, elsewhere):
    form = {"version": current().version, "accepted": "on", "next": elsewhere}
    assert cast.luis.post(PAGE, form).url == "/console/"


def test_strangers_are_left_to_the_door_before_it(rf):
    assert asked(rf, AnonymousUser()).status_code == 200


def test_the_shipped_text_says_the_same_in_both_languages():
    text = current()
    assert text.titles.keys() == text.texts.keys() == {"es", "en"}
    assert text.text("es").count("\n- ") == text.text("en").count("\n- ")
