"""Registers the console in Wagtail's admin: addresses, menu, home, look."""

from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.models import Page
from wagtail.permissions import policy_registry

from ventanilla.hubs.rights import Right, reach, roles_to_give
from ventanilla.library.actions import record_publication
from ventanilla.library.models import FACT_PAGES
from ventanilla.library.workflows import authors_of_change
from ventanilla.privacy.models import Break
from ventanilla.verification.actions import confirm_fact
from ventanilla.verification.models import FOUR_EYES

from .home import WaitingPanel


@hooks.register("register_admin_urls")
def console_urls():
    return [path("", include("ventanilla.console.urls"))]


@hooks.register("insert_global_admin_css")
def console_css():
    return format_html('<link rel="stylesheet" href="{}">', static("console/console.css"))


@hooks.register("insert_editor_js")
def editor_js():
    return format_html('<script src="{}"></script>', static("console/editor.js"))


class RightItem(MenuItem):
    """A menu item for who holds a right anywhere."""

    def __init__(self, label, name, *, right, icon, order):
        super().__init__(label, reverse(f"console:{name}"), name=name, icon_name=icon, order=order)
        self.right = right

    def is_shown(self, request):
        return bool(reach(request.user, self.right))


class WithoutDeskItem(RightItem):
    """A room of the desk for who holds a right and has not the desk, where the others find it."""

    def is_shown(self, request):
        return super().is_shown(request) and not reach(request.user, Right.OVERSIGHT)


class ProtectionItem(RightItem):
    """The desk of the focal point, with how many opened cases wait for a review."""

    def render_component(self, request):
        component = super().render_component(request)
        count = Break.objects.visible_to(request.user).to_review().count()
        if count:
            component.label = _("%(desk)s (%(n)s to review)") % {"desk": self.label, "n": count}
        return component


class PagesItem(MenuItem):
    def is_shown(self, request):
        return policy_registry.get_by_type(Page).explorable_root_instance(request.user) is not None


class StaffItem(MenuItem):
    def is_shown(self, request):
        return bool(roles_to_give(request.user))


ITEMS = (
    (_("Enquiries"), "cases", Right.CASES, "mail", 10),
    (_("Calls"), "callbacks", Right.CASES, "comment", 12),
    (_("Appointments"), "appointments", Right.CASES, "date", 13),
    (_("Referrals"), "referrals", Right.CASES, "redirect", 15),
    (_("Whether it helped"), "helped", Right.COUNTRY, "success", 17),
    (_("Due for checking"), "due", Right.READ, "time", 20),
    (_("Starter content"), "starter", Right.READ, "list-ul", 30),
    (_("Changes"), "changes", Right.READ, "tasks", 40),
    (_("Questions"), "gaps", Right.READ, "help", 50),
    (_("Content"), "content", Right.READ, "doc-full", 60),
    (_("Pack conflicts"), "conflicts", Right.PROPOSE, "warning", 80),
    (_("Countries"), "countries", Right.READ, "globe", 90),
    (_("Channels"), "channels", Right.HUB, "site", 104),
    (_("Receivers and agreements"), "receivers", Right.HUB, "doc-full-inverse", 105),
    (_("Network"), "network", Right.NETWORK, "cogs", 110),
    (_("Report an incident"), "report_incident", Right.READ, "warning", 120),
    (_("Somebody asked for data"), "log_request", Right.READ, "no-view", 130),
)

# Rooms of the desk that people without the desk answer for too: (label, view, right, icon, order).
OF_THE_DESK = (
    (_("Requests of people"), "person_requests", Right.CASES, "user", 96),
    (_("How long data are kept"), "retention", Right.MANAGE_CASES, "time", 97),
    (_("Assessments of channels"), "assessments", Right.HUB, "clipboard-list", 98),
)


@hooks.register("register_account_menu_item")
def security_item(request):
    """From the frame's own page of an account to ours."""
    return {"url": reverse("mfa_index"), "label": _("Sign-in and security")}


@hooks.register("construct_main_menu")
def console_menu(request, items):
    """Our items first; Wagtail's own are left to superusers."""
    kept = items[:] if request.user.is_superuser else []
    items[:] = [item for item in _items() if item.is_shown(request)]
    items += [item for item in kept if item.name != "explorer"]


def _items():
    yield from (
        RightItem(label, name, right=right, icon=icon, order=order)
        for label, name, right, icon, order in ITEMS
    )
    yield from (
        WithoutDeskItem(label, name, right=right, icon=icon, order=order)
        for label, name, right, icon, order in OF_THE_DESK
    )
    yield ProtectionItem(_("Protection of data"), "oversight", right=Right.OVERSIGHT, icon="lock", order=95)
    yield PagesItem(
        _("Page tree"),
        reverse("wagtailadmin_explore_root"),
        name="pages",
        icon_name="folder-open-inverse",
        order=70,
    )
    yield StaffItem(_("Staff"), reverse("console:staff"), name="staff", icon_name="group", order=100)
    yield MenuItem(
        _("Sign-in and security"), reverse("mfa_index"), name="security", icon_name="key", order=200
    )
    yield MenuItem(
        _("Lock the screen"), reverse("console_lock_now"), name="lock", icon_name="lock", order=210
    )


@hooks.register("register_admin_search_area")
def content_search():
    return SearchArea(_("Content"), reverse("console:content"), name="console-content", order=1)


@hooks.register("construct_search")
def only_our_search(request, areas):
    """Wagtail's own searches know no countries."""
    if not request.user.is_superuser:
        areas[:] = [area for area in areas if area.name == "console-content"]


@hooks.register("construct_homepage_panels")
def waiting_panel(request, panels):
    panels[:] = [WaitingPanel()]


@hooks.register("construct_homepage_summary_items")
def no_summary(request, items):
    items.clear()


@hooks.register("before_create_page")
def start_with_a_source(request, parent_page, page_class):
    """A page of a fact is never made without its fact: our own form makes both."""
    if not issubclass(page_class, FACT_PAGES):
        return None
    parent = parent_page.specific
    country = parent.get_parent().specific.country_id
    return redirect(
        f"{reverse('console:start_page')}?country={country}&topic={parent.topic}"
        f"&kind={page_class._meta.model_name}&language={parent.locale.language_code}"
    )


@hooks.register("before_edit_page")
def show_what_waits(request, page):
    """While a change waits for a decision nobody edits the page: show the change instead."""
    if request.method == "GET" and isinstance(page, FACT_PAGES) and page.workflow_in_progress:
        return redirect("console:decide_page", page.pk)
    return None


@hooks.register("construct_page_action_menu")
def submit_first(items, request, context):
    """The button that shows is the next step, not "save": drafts save themselves."""
    items.sort(key=lambda item: item.name != "action-submit")


@hooks.register("before_publish_page")
def remember_authors(request, page):
    """Publishing makes the page forget who wrote since the last public version: note it first."""
    if isinstance(page, FACT_PAGES):
        request.authors_of_change = authors_of_change(type(page).objects.get(pk=page.pk))


@hooks.register("after_publish_page")
def note_publication(request, page):
    """Whoever publishes a page that needs no second pair of eyes vouches for its source that day."""
    if not isinstance(page, FACT_PAGES) or page.fact.kind in FOUR_EYES:
        return
    at = timezone.now()
    record_publication(page=page, authors=request.authors_of_change or {request.user.pk}, at=at)
    confirm_fact(fact=page.fact, by=request.user, at=at, source=page.source_url)
