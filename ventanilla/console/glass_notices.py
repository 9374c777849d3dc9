"""Tells the focal points that a case was opened outside somebody's reach: a mail without case or reason."""

from uuid import UUID

from django.urls import reverse
from django_tasks import task

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Membership, Role
from ventanilla.privacy.glass import noticed
from ventanilla.privacy.models import Break

from . import mail


@noticed.add("mail")
def tell(pk: UUID) -> None:
    """After the commit, left to the worker: who breaks the glass does not wait for a mail server."""
    if mail.is_configured():
        tell_focal_points.enqueue(str(pk))


@task()
def tell_focal_points(pk: str) -> None:
    """One mail to each focal point of the country, or to those of the network where the country has none."""
    row = Break.objects.filter(pk=pk).first()
    for user in focal_points(row.country) if row else []:
        try:
            mail.send(
                "break", to=user.email, language=mail.language_for(user), name=user.get_short_name(),
                address=mail.absolute(reverse("console:breaks")),
            )  # fmt: skip
        except mail.MailNotSent:
            # It has been logged; the desk of the focal point shows the break all the same.
            continue


def focal_points(country: str) -> list[User]:
    """Who watches over the protection of data in a country."""
    held = Membership.objects.filter(role=Role.DATA_PROTECTION, hub=None, user__is_active=True)
    here = held.filter(country=country)
    chosen = here if here.exists() else held.filter(country=None)
    return list(User.objects.filter(memberships__in=chosen).distinct().order_by("pk"))
