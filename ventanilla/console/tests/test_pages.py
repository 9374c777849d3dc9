"""No page without its fact, and no language without a start."""

from django.urls import reverse
from django.utils import timezone

from ventanilla.answers.gaps import note_gap
from ventanilla.answers.models import Gap
from ventanilla.library.models import ProcedurePage, RiskPage
from ventanilla.verification.models import Fact, State

from .editor import approve, save, submit

NEW = {
    "country": "cr",
    "language": "es",
    "kind": "procedurepage",
    "topic": "procedures",
    "more_topics": ["work"],
    "title": "Permiso de trabajo temporal",
    "summary": "Así se pide el permiso.",
    "ask_like": "puedo trabajar\nquiero permiso",
    "source_url": "https://dgme.example/permiso",
    "source_publisher": "DGME",
    "source_seen_on": "2026-11-01",
}


def start(client, **changes):
    return client.post(reverse("console:start_page"), NEW | changes)


def test_a_page_starts_as_a_draft_with_its_fact(cast):
    response = start(cast.elena)
    page = ProcedurePage.objects.get(title=NEW["title"])
    assert response.headers["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert not page.live
    assert (page.fact.ref, page.fact.kind) == ("cr-permiso-de-trabajo-temporal", "procedure")
    assert page.fact.topics == ["procedures", "work"]
    assert not page.fact.has_source
    assert page.fact not in Fact.objects.public(at=timezone.now().date())


def test_two_pages_of_one_title_have_two_references(cast):
    start(cast.elena)
    start(cast.elena)
    refs = ProcedurePage.objects.filter(title=NEW["title"]).values_list("fact__ref", flat=True)
    assert set(refs) == {"cr-permiso-de-trabajo-temporal", "cr-permiso-de-trabajo-temporal-2"}


def test_a_new_page_goes_public_with_its_source_when_approved(cast):
    start(cast.elena)
    page = ProcedurePage.objects.get(title=NEW["title"])
    submit(cast.elena, page, source_url=NEW["source_url"])
    approve(cast.daniel, page, source=NEW["source_url"])
    page.refresh_from_db()
    page.fact.refresh_from_db()
    assert page.live
    assert page.fact.state(at=timezone.now().date()) == State.VERIFIED
    assert page.fact.sources.get().publisher == "DGME"
    assert cast.elena.get(f"/es/cr/{page.fact.ref}/").status_code == 200


def test_a_draft_without_a_source_is_kept_but_not_submitted(cast):
    start(cast.elena, source_url="", source_seen_on="")
    page = ProcedurePage.objects.get(title=NEW["title"])
    response = save(cast.elena, page, "action-submit", fee="Gratis")
    assert response.context["form"].errors["source_url"]
    assert "Gratis" in response.text
    assert not page.workflow_in_progress


def test_wagtails_own_way_to_add_a_page_leads_to_ours(cast, procedure):
    parent = procedure.get_parent()
    address = reverse("wagtailadmin_pages:add", args=["library", "riskpage", parent.pk])
    for response in (cast.elena.get(address), cast.elena.post(address, {"title": "Without a fact"})):
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("console:start_page"))
    assert not RiskPage.objects.filter(title="Without a fact").exists()


def test_a_question_without_answer_becomes_a_page(cast):
    note_gap("donde renuevo el carnet", language="es", country="cr", at=timezone.now())
    gap = Gap.objects.get()
    assert "donde renuevo el carnet" in cast.elena.get(reverse("console:gaps")).text
    form = cast.elena.get(f"{reverse('console:start_page')}?gap={gap.pk}").context["form"]
    assert form.initial["ask_like"] == ["donde renuevo el carnet"]
    assert form.initial["country"] == "cr"
    cast.elena.post(f"{reverse('console:start_page')}?gap={gap.pk}", NEW | {"ask_like": gap.text})
    gap.refresh_from_db()
    assert gap.state == Gap.State.STARTED
    assert [str(b.value) for b in ProcedurePage.objects.get(title=NEW["title"]).ask_like] == [gap.text]


def test_a_gap_is_dismissed_inside_ones_country_alone(cast):
    note_gap("una pregunta sin sentido", language="es", country="cr", at=timezone.now())
    gap = Gap.objects.get()
    address = reverse("console:dismiss_gap", args=[gap.pk])
    assert cast.marie.post(address).status_code == 404
    assert cast.oscar.post(address).status_code == 404
    assert cast.elena.post(address).status_code == 302
    gap.refresh_from_db()
    assert gap.state == Gap.State.DISMISSED


def test_one_more_language_starts_as_a_draft_in_its_own_tree(cast):
    start(cast.elena)
    fact = ProcedurePage.objects.get(title=NEW["title"]).fact
    address = reverse("console:translate", args=[fact.ref, "en"])
    assert cast.marie.post(address).status_code == 404
    assert cast.elena.post(address).status_code == 302
    english = ProcedurePage.objects.get(fact=fact, locale__language_code="en")
    assert not english.live
    assert cast.elena.get(reverse("wagtailadmin_pages:edit", args=[english.pk])).status_code == 200


def test_a_draft_that_was_never_public_may_be_thrown_away_and_a_public_page_not(cast, procedure):
    start(cast.elena)
    draft = ProcedurePage.objects.get(title=NEW["title"])
    cast.elena.post(reverse("wagtailadmin_pages:delete", args=[draft.pk]))
    cast.daniel.post(reverse("wagtailadmin_pages:delete", args=[procedure.pk]))
    assert not ProcedurePage.objects.filter(pk=draft.pk).exists()
    assert ProcedurePage.objects.filter(pk=procedure.pk).exists()


def test_the_matrix_says_which_language_is_older_than_the_main_text(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    approve(cast.daniel, procedure)
    rows = cast.elena.get(reverse("console:translations", args=["cr"])).context["rows"]
    cells = dict(next(row["cells"] for row in rows if row["fact"] == procedure.fact))
    assert cells == {"es": "machine", "en": "older"}
