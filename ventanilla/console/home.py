"""The console's first page: what waits for me, in plain words."""

from django.utils import timezone
from wagtail.admin.ui.components import Component

from ventanilla.enquiries.promises import overdue_count
from ventanilla.enquiries.queries import waiting_count
from ventanilla.hubs.models import Membership
from ventanilla.hubs.rights import Right, countries_with, reach

from . import queries
from .adding import kinds_to_add
from .oversight import due_at_the_desk

ON_HOME = 5


class WaitingPanel(Component):
    """Counts of what waits, the changes to decide (overdue first), and what was sent back to me."""

    template_name = "console/waiting.html"
    order = 1

    def get_context_data(self, parent_context):
        user, today = parent_context["request"].user, timezone.now().date()
        waiting = queries.waiting_changes(user)
        changes = [(row, row.is_overdue(today)) for row in waiting]
        return {
            "counts": queries.counts_for(user, changes=waiting, at=today),
            "to_decide": [pair for pair in changes if pair[0].may_decide][:ON_HOME],
            "own_waiting": [pair for pair in changes if pair[0].is_own][:ON_HOME],
            "sent_back": list(queries.sent_back_to(user))[:ON_HOME],
            "roles": Membership.objects.filter(user=user).select_related("country", "hub").order_by("pk"),
            "countries": countries_with(user, Right.READ).order_by("code"),
            "people_wait": waiting_count(user) if reach(user, Right.CASES) else None,
            "missed_calls": overdue_count(user, at=timezone.now()) if reach(user, Right.CASES) else 0,
            "protection": _of_protection(user),
            "may_start": bool(reach(user, Right.PROPOSE)),
            "may_add": bool(kinds_to_add(user)),
            "user": user,
        }


def _of_protection(user):
    """What waits at the desk of the protection of data, for who sits there."""
    if not reach(user, Right.OVERSIGHT):
        return []
    return [row for row in due_at_the_desk(user, at=timezone.now()) if row.count]
