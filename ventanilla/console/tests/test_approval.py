"""Local proposes, national approves, and nobody approves a legal change of their own."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, TaskState

from ventanilla.verification.models import Check, State

from .editor import approve, publish, save, submit


def fee(page):
    return type(page).objects.get(pk=page.pk).fee


def is_waiting(page):
    return type(page).objects.get(pk=page.pk).workflow_in_progress


def test_an_editors_change_waits_and_people_read_the_old_text(cast, procedure):
    old = fee(procedure)
    submit(cast.elena, procedure, fee="999 colones")
    assert is_waiting(procedure)
    assert fee(procedure) == old


def test_the_national_authority_approves_and_the_fact_is_verified(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    response = approve(cast.daniel, procedure)
    assert response.status_code == 302
    assert fee(procedure) == "999 colones"
    procedure.fact.refresh_from_db()
    fact = procedure.fact
    assert fact.state(at=fact.checked_on) == State.VERIFIED
    assert (fact.checked_by, fact.changed_by) == (cast.user("daniel"), cast.user("elena"))
    assert fact.sources.filter(url="https://law.example/fees").exists()
    assert list(fact.checks.order_by("pk").values_list("outcome", flat=True)) == ["changed", "confirmed"]


def test_approving_asks_for_the_source_looked_at(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    response = approve(cast.daniel, procedure, source="")
    assert response.status_code == 200
    assert is_waiting(procedure)
    assert not Check.objects.exists()


def test_an_editor_cannot_approve(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    assert approve(cast.elena, procedure).status_code == 404
    assert fee(procedure) != "999 colones"


def test_the_national_author_needs_somebody_else(cast, procedure):
    submit(cast.daniel, procedure, fee="999 colones")
    assert approve(cast.daniel, procedure).status_code == 404
    assert fee(procedure) != "999 colones"
    assert approve(cast.diana, procedure).status_code == 302
    assert fee(procedure) == "999 colones"


def test_who_touched_the_draft_counts_as_an_author(cast, procedure):
    save(cast.daniel, procedure, fee="998 colones")
    submit(cast.elena, procedure, fee="999 colones")
    assert approve(cast.daniel, procedure).status_code == 404
    assert approve(cast.diana, procedure).status_code == 302


def test_words_slipped_into_the_public_version_have_an_author_too(cast, procedure):
    submit(cast.daniel, procedure, fee="998 colones")
    approve(cast.diana, procedure)
    procedure.refresh_from_db()
    save(cast.daniel, procedure, fee="999 colones", overwrite_revision_id=str(procedure.live_revision_id))
    submit(cast.elena, procedure)
    assert approve(cast.daniel, procedure).status_code == 404
    assert fee(procedure) == "998 colones"


@pytest.mark.parametrize("name", ["daniel", "root"])
def test_nobody_publishes_a_legal_page_past_the_workflow(cast, procedure, name):
    publish(getattr(cast, name), procedure, fee="999 colones")
    assert fee(procedure) != "999 colones"
    revision = procedure.get_latest_revision()
    with pytest.raises(PermissionDenied):
        revision.publish(user=cast.user(name))


def test_a_superuser_never_approves_their_own_change(cast, procedure):
    submit(cast.root, procedure, fee="999 colones")
    assert approve(cast.root, procedure).status_code == 404
    state = procedure.current_workflow_task_state
    with pytest.raises(PermissionDenied):
        state.approve(user=cast.user("root"))
    with pytest.raises(PermissionDenied):
        state.task.specific.on_action(state, cast.user("root"), "approve")
    assert fee(procedure) != "999 colones"


@pytest.mark.parametrize("name", ["daniel", "root"])
@pytest.mark.parametrize("way", ["bulk", "action", "api", "localize"])
def test_wagtails_other_ways_to_publish_are_closed(cast, procedure, name, way):
    submit(cast.elena, procedure, fee="999 colones")
    state = procedure.current_workflow_task_state
    address = {
        "bulk": reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        + f"?id={procedure.pk}",
        "action": reverse("wagtailadmin_pages:workflow_action", args=[procedure.pk, "approve", state.pk]),
        "api": reverse("wagtailadmin_api:pages:action", args=[procedure.pk, "publish"]),
        "localize": reverse("wagtail_localize:submit_page_translation", args=[procedure.pk]),
    }[way]
    assert getattr(cast, name).post(address, {"comment": "ok"}).status_code == 404
    assert fee(procedure) != "999 colones"


def test_what_is_approved_is_what_was_proposed(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    save(cast.elena, procedure, fee="1 colón")
    save(cast.daniel, procedure, fee="2 colones")
    approve(cast.daniel, procedure)
    assert fee(procedure) == "999 colones"


def test_sent_back_with_a_reason_that_the_author_reads(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    address = reverse("console:decide_page", args=[procedure.pk])
    assert cast.daniel.post(address, {"reject": "1", "text": "The fee is per person."}).status_code == 302
    assert not is_waiting(procedure)
    assert "The fee is per person." in cast.elena.get("/console/").text
    submit(cast.elena, procedure, fee="999 colones per person")
    approve(cast.daniel, procedure)
    assert fee(procedure) == "999 colones per person"


def test_a_neighbour_neither_sees_nor_approves(cast, procedure):
    submit(cast.elena, procedure, fee="999 colones")
    assert cast.marie.get(reverse("console:decide_page", args=[procedure.pk])).status_code == 404
    assert approve(cast.marie, procedure).status_code == 404
    assert procedure.title not in cast.marie.get(reverse("console:changes")).text


def test_a_page_that_needs_no_four_eyes_is_published_and_confirmed_by_the_national_authority(cast, risk):
    assert publish(cast.daniel, risk, summary="New words.").status_code == 302
    risk.refresh_from_db()
    risk.fact.refresh_from_db()
    assert risk.summary == "New words."
    assert risk.fact.checked_by == cast.user("daniel")


def test_an_editor_does_not_publish(cast, risk):
    publish(cast.elena, risk, summary="New words.")
    risk.refresh_from_db()
    assert risk.summary != "New words."


@pytest.mark.parametrize("action", ["action-submit", "action-publish"])
def test_without_a_source_nothing_goes_public_and_the_typed_text_stays(cast, risk, action):
    response = save(cast.daniel, risk, action, summary="Typed and kept.", source_url="", source_seen_on="")
    assert response.status_code == 200
    assert "Typed and kept." in response.text
    assert response.context["form"].errors["source_url"]
    risk.refresh_from_db()
    assert risk.summary != "Typed and kept."


def test_overdue_changes_come_first_and_say_so(cast, procedure, risk):
    submit(cast.elena, procedure, fee="999 colones")
    TaskState.objects.update(started_at=timezone.now() - timedelta(days=6))
    submit(cast.elena, risk, summary="Later words.")
    text = cast.daniel.get("/console/").text
    assert text.index(procedure.title) < text.index(risk.title)
    assert "is-overdue" in text


def test_pages_are_not_moved_or_deleted_out_of_sight(cast, procedure):
    for name in ("move", "copy", "set_privacy"):
        assert cast.root.get(reverse(f"wagtailadmin_pages:{name}", args=[procedure.pk])).status_code == 404
    assert cast.daniel.post(reverse("wagtailadmin_pages:delete", args=[procedure.pk])).status_code in (
        302,
        403,
    )
    assert Page.objects.filter(pk=procedure.pk).exists()
