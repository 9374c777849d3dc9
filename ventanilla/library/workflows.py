"""Local proposes, national approves: the one task through which legal and procedural changes go public."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from ventanilla.hubs.rights import Right, countries_with, reach
from ventanilla.verification.models import FOUR_EYES


def authors_of_change(page):
    """Ids of everybody who wrote a version of this page since the one that people read."""
    revisions = page.revisions.all()
    if page.live and page.live_revision_id:
        # Saving drafts by themselves overwrites the newest version, even the public one: its time tells.
        is_newer = Q(pk__gt=page.live_revision_id) | Q(created_at__gt=page.last_published_at)
        revisions = revisions.filter(is_newer)
    return frozenset(revisions.exclude(user=None).values_list("user", flat=True))


def may_approve(page, user):
    """Whether this person may decide on what waits on this page: national authority, and not an author."""
    fact = page.specific.fact
    if not reach(user, Right.APPROVE).covers(fact.country_id):
        return False
    return fact.kind not in FOUR_EYES or user.pk not in authors_of_change(page)


class NationalApproval(Task):
    """Waits until somebody of the country's national authority, not an author, has looked at the source.

    Decisions are made in the console's own view, through `library.actions`: Wagtail's buttons know
    neither sources nor authors.
    """

    class Meta:
        verbose_name = _("approval by the national authority")

    def locked_for_user(self, obj, user):
        # What is approved is exactly what was proposed: to change it, take it back first.
        return True

    def get_actions(self, obj, user):
        return []

    def on_action(self, task_state, user, action_name, **kwargs):
        if not may_approve(task_state.revision.content_object, user):
            raise PermissionDenied
        super().on_action(task_state, user, action_name, **kwargs)

    def get_task_states_user_can_moderate(self, user, **kwargs):
        countries = frozenset(countries_with(user, Right.APPROVE).values_list("code", flat=True))
        waiting = TaskState.objects.filter(task=self.task_ptr, status=TaskState.STATUS_IN_PROGRESS)
        mine = [
            state.pk
            for state in waiting.select_related("revision")
            if state.revision.content_object.specific.fact.country_id in countries
        ]
        return TaskState.objects.filter(pk__in=mine)

    @classmethod
    def get_description(cls):
        return _("Somebody of the national authority, not the author, approves with the source in hand")
