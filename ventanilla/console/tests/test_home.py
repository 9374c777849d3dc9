"""The first page says in the person's language what waits, and the lists say how much."""

from wagtail.users.models import UserProfile

from ventanilla.verification.models import Fact

from .editor import submit


def test_spanish_unless_the_person_prefers_english(cast):
    assert "Le espera a usted" in cast.elena.get("/console/").text
    profile = UserProfile.get_for_user(cast.user("elena"))
    profile.preferred_language = "en"
    profile.save()
    assert "Waiting for you" in cast.elena.get("/console/").text


def test_the_counts_are_of_what_this_person_may_do(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    counts = {
        name: getattr(cast, name)
        .get("/console/")
        .context["panels"][0]
        .get_context_data({"request": type("Request", (), {"user": cast.user(name)})})["counts"]
        for name in ("daniel", "elena", "oscar")
    }
    assert [counts[name]["changes"] for name in counts] == [1, 0, 0]
    assert counts["oscar"]["starter"] == 0
    assert 0 < counts["elena"]["starter"] < counts["daniel"]["starter"]
    assert counts["daniel"]["starter"] <= Fact.objects.filter(country="cr").count()


def test_an_editor_sees_the_own_change_wait(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    assert procedure.title in cast.elena.get("/console/").text


def test_lists_do_not_ask_the_database_once_a_row(cast, django_assert_max_num_queries):
    cast.daniel.get("/console/starter/")
    with django_assert_max_num_queries(60):
        cast.daniel.get("/console/starter/")
