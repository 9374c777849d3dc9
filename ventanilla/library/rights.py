"""Keeps Wagtail's groups, page permissions and workflows in step with the roles that people hold."""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext, override
from wagtail.models import GroupPagePermission, Workflow, WorkflowPage, WorkflowTask

from ventanilla.hubs.models import Country, Membership
from ventanilla.hubs.rights import Right, reach
from ventanilla.verification.packs.importing import country_writers

from .models import CountryPage
from .workflows import NationalApproval

# Our groups carry this mark; groups that somebody made by hand are left alone.
MARK = "ventanilla:"
STAFF = f"{MARK}staff"
PERMISSIONS = {
    "editors": ("add_page", "change_page"),
    "national": ("add_page", "change_page", "publish_page"),
}
GROUP_OF_RIGHT = {Right.PROPOSE: "editors", Right.APPROVE: "national"}


def sync_rights(user):
    """Put a member of the staff into exactly the groups that their roles call for."""
    wanted = set(_groups_of(user))
    held = set(Group.objects.filter(user=user, name__startswith=MARK).values_list("name", flat=True))
    user.groups.remove(*Group.objects.filter(name__in=held - wanted))
    user.groups.add(*(_group(name) for name in sorted(wanted - held)))


def _groups_of(user):
    if not Membership.objects.filter(user=user).exists():
        return
    yield STAFF
    codes = list(Country.objects.values_list("code", flat=True))
    for right, name in GROUP_OF_RIGHT.items():
        where = reach(user, right) if not user.is_superuser else None
        yield from (f"{MARK}{code}:{name}" for code in codes if where and where.covers(code))


@country_writers.add("library.rights")
def sync_country(country):
    """Give a country's groups their permissions on its pages in each language, and hang the workflow."""
    for page in CountryPage.objects.filter(country=country):
        sync_page(page)


def sync_page(page):
    """Give the groups of a page's country their permissions on it, and hang the workflow there."""
    for name, codenames in PERMISSIONS.items():
        group = _group(f"{MARK}{page.country_id}:{name}")
        for permission in Permission.objects.filter(
            codename__in=codenames, content_type__app_label="wagtailcore"
        ):
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    WorkflowPage.objects.update_or_create(page=page, defaults={"workflow": approval_workflow()})


def approval_workflow():
    """The one workflow of all countries; its task knows the country from the page."""
    task = NationalApproval.objects.order_by("pk").first()
    if task is None:
        with override(settings.LANGUAGE_CODE):
            name = gettext("the national authority")
        task = NationalApproval.objects.create(name=name)
        WorkflowTask.objects.create(workflow=Workflow.objects.create(name=name), task=task.task_ptr)
    return Workflow.objects.get(workflow_tasks__task=task.task_ptr)


def _group(name):
    group, is_new = Group.objects.get_or_create(name=name)
    if is_new and name == STAFF:
        group.permissions.add(
            Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
        )
    return group


def follow_country_page(instance, created, raw=False, **kwargs):
    """A country got a page in one more language: its people may work there from the first moment."""
    if created and not raw:
        sync_page(instance)


def follow_membership(instance, **kwargs):
    """A role was given or taken: no door may stay open or shut for it."""
    sync_rights(instance.user)
