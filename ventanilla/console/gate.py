"""The gate before every address of Wagtail's admin: what is not named here is closed.

Wagtail's generic views (users, reports, choosers, site history, bulk actions) know nothing of countries,
so nobody but a superuser meets them. Our own views (`console:`) check by themselves.
"""

import logging
import secrets

from django.http import Http404
from wagtail.models import Page
from wagtail.permissions import policy_registry

from ventanilla.hubs.rights import remember_roles

from .entrance_urls import ENTRANCE
from .undertaking import must_undertake

OPEN_TO_STAFF = frozenset(
    {
        "wagtailadmin_home",
        "wagtailadmin_account",
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_dismissibles",
        "wagtailadmin_editing_sessions:ping",
        "wagtailadmin_editing_sessions:release",
    }
)
# Views of one page, by the name of the argument that says which. The page must be in the person's reach.
OF_A_PAGE = {
    "wagtailadmin_explore": "parent_page_id",
    "wagtailadmin_explore_results": "parent_page_id",
    "wagtailadmin_pages:add": "parent_page_id",
    "wagtailadmin_pages:add_subpage": "parent_page_id",
    "wagtailadmin_pages:edit": "page_id",
    "wagtailadmin_pages:delete": "page_id",
    "wagtailadmin_pages:unpublish": "page_id",
    "wagtailadmin_pages:confirm_workflow_cancellation": "page_id",
    "wagtailadmin_pages:history": "page_id",
    "wagtailadmin_pages:history_results": "page_id",
    "wagtailadmin_pages:revisions_revert": "page_id",
    "wagtailadmin_pages:revisions_compare": "pk",
}
EXPLORING = frozenset({"wagtailadmin_explore", "wagtailadmin_explore_results"})
# Ways past the second pair of eyes that not even a superuser needs.
CLOSED_TO_ALL = frozenset(
    {
        "wagtail_bulk_action",
        "wagtailadmin_pages:copy",
        "wagtailadmin_pages:convert_alias",
        "wagtailadmin_pages:move",
        "wagtailadmin_pages:move_confirm",
        "wagtailadmin_pages:set_page_position",
        "wagtailadmin_pages:set_privacy",
        "wagtailadmin_pages:workflow_action",
        "wagtailadmin_pages:collect_workflow_action_data",
    }
)
# The API's actions publish; wagtail-localize publishes translations without asking anybody.
CLOSED_ROOMS = ("wagtailadmin_api:pages:action", "wagtail_localize:")

# What a refusal looks like: a record out of reach answers as one that does not exist.
REFUSED = (403, 404)
logger = logging.getLogger(__name__)

# Nobody opens a case before accepting the code of conduct.
CASES = "console/cases/"


class ConsoleGate:
    """Answers 404 to signed-in staff for every address of the admin that their role does not call for.

    Refusals of whatever view stand in the log, so that somebody who tries doors is seen.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        # What leads nowhere at all falls to a view without a name, and is no door.
        is_door = match is not None and match.url_name and match.route.startswith("console/")
        if response.status_code in REFUSED and is_door:
            _note_refusal(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        if not match.route.startswith("console/") or request.user.is_anonymous:
            return None
        if not may_pass(request.user, match.view_name or "", kwargs):
            raise Http404
        remember_roles(request.user)
        return must_undertake(request) if match.route.startswith(CASES) else None


def _note_refusal(request, response):
    """One line in the log for whoever is signed in: which view and an id, neither person nor record."""
    if request.user.is_anonymous:
        return
    request.error_id = response.headers["Error-Id"] = secrets.token_hex(4)
    told = {"request": request, "status_code": response.status_code, "method": request.method}
    logger.warning("Refused, or not there", extra=told)


def may_pass(user, name, kwargs):
    """Whether a signed-in person may reach the view of this name."""
    if name in CLOSED_TO_ALL or name.startswith(CLOSED_ROOMS):
        return False
    if user.is_superuser or name in OPEN_TO_STAFF or name in ENTRANCE or name.startswith("console:"):
        return True
    if name == "wagtailadmin_explore_root":
        return policy_registry.get_by_type(Page).explorable_root_instance(user) is not None
    if argument := OF_A_PAGE.get(name):
        return _in_reach(user, name, kwargs[argument])
    return False


def _in_reach(user, name, page_id):
    page = Page.objects.filter(pk=page_id).first()
    policy = policy_registry.get_by_type(Page)
    if page is None:
        return False
    if policy.user_has_any_permission_for_instance(user, {"add", "change", "publish"}, page):
        return True
    held = policy.get_all_permissions_for_user(user)
    return name in EXPLORING and any(grant.page.is_descendant_of(page) for grant in held)
