"""Personal data of the staff: account, means of signing in, roles, and who did what."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.users.models import UserProfile

from ventanilla.accounts.models import Invitation, RoleOfMinistry, StaffSession, Undertaken, User
from ventanilla.privacy import access_log
from ventanilla.privacy.holders import (
    ExportedRecord,
    Held,
    PersonalField,
    Subject,
    every_link_to_staff,
    holders,
)
from ventanilla.privacy.retention import Expiring, expirers

from .models import Membership

# Nobody receives mail there (RFC 2606).
ERASED = "@erased.invalid"
_FIELDS = (
    ("accounts.User", "email", gettext_lazy("e-mail"), "staff"),
    ("accounts.User", "first_name", gettext_lazy("first name"), "staff"),
    ("accounts.User", "last_name", gettext_lazy("last name"), "staff"),
    ("accounts.Invitation", "email", gettext_lazy("e-mail of who is invited"), "sign-in"),
    ("accounts.StaffSession", "device", gettext_lazy("kind of browser"), "sign-in"),
    ("account.EmailAddress", "email", gettext_lazy("e-mail"), "staff"),
    ("socialaccount.SocialAccount", "uid", gettext_lazy("number at the ministry"), "staff"),
    ("socialaccount.SocialAccount", "extra_data", gettext_lazy("what the ministry tells"), "staff"),
    ("mfa.Authenticator", "data", gettext_lazy("second factor"), "staff"),
    ("wagtailusers.UserProfile", "avatar", gettext_lazy("picture"), "staff"),
)
# What is deleted with an account; who did what stays as a number.
_OF_THE_ACCOUNT: tuple[Any, ...] = (
    Membership, RoleOfMinistry, Undertaken, StaffSession, Authenticator, SocialAccount, EmailAddress,
    UserProfile,
)  # fmt: skip


class Staff:
    """Accounts lie below privacy and roles above it: both are answered for here."""

    name = "staff"
    kinds = frozenset({"staff"})

    def fields(self) -> tuple[PersonalField, ...]:
        own = [
            PersonalField(model, name, what, "staff", "moderate", kept) for model, name, what, kept in _FIELDS
        ]
        known = {row.path for row in own}
        trail = gettext_lazy("who of the staff")
        links = [
            PersonalField(model, name, trail, "accountability", "low", "trail")
            for model, name in every_link_to_staff()
            if f"{model}.{name}" not in known
        ]
        return (*own, *links)

    def find(self, subject: Subject) -> Held | None:
        user = _user(subject)
        if user is None or is_erased(user):
            return None
        return Held(label=f"#{user.pk}", country="", hub="", counts={"roles": user.memberships.count()})

    def export(self, subject: Subject, *, for_staff: bool) -> list[ExportedRecord]:
        user = _user(subject)
        if user is None:
            return []
        account = (
            (_("e-mail"), user.email),
            (_("first name"), user.first_name),
            (_("last name"), user.last_name),
        )
        roles = tuple(
            ExportedRecord(_("Role"), ((_("role"), str(row.get_role_display())), (_("where"), _place(row))))
            for row in user.memberships.select_related("country", "hub").order_by("pk")
        )
        undertaken = tuple(
            ExportedRecord(_("Code of conduct"), ((_("version"), row.version),), row.at)
            for row in user.undertaken.order_by("at", "pk")
        )
        return [ExportedRecord(_("Account"), account, user.date_joined, (*roles, *undertaken))]

    def correct(self, subject: Subject, values: Mapping[str, str], *, at: datetime) -> int:
        allowed = {name: values[name] for name in ("first_name", "last_name") if name in values}
        return User.objects.filter(pk=subject.id).update(**allowed) if allowed else 0

    def restrict(self, subject: Subject, *, is_restricted: bool, at: datetime) -> int:
        StaffSession.objects.filter(user_id=subject.id).delete()
        return User.objects.filter(pk=subject.id).update(is_active=not is_restricted)

    def erase(self, subject: Subject, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
        """Empty the account; its number stays in the records and tells nothing any more."""
        user = _user(subject)
        if user is not None:
            erase_account(user, by=by, at=at)
        return []


def erase_account(user: User, *, by: User | None, at: datetime) -> None:
    """Take name, address, roles and every way of signing in from an account, for good."""
    Invitation.objects.filter(email__iexact=user.email).delete()
    for model in _OF_THE_ACCOUNT:
        model._default_manager.filter(user=user).delete()
    user.groups.clear()
    user.email, user.first_name, user.last_name = f"{user.pk}{ERASED}", "", ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
    access_log.record(by=by, action="erase", kind="account", ref=str(user.pk), country="", hub="", at=at)


def is_erased(user: User) -> bool:
    return user.email.endswith(ERASED)


class OldAccounts:
    """Accounts without a role that nobody has signed in to for long."""

    def waiting(self, *, before: datetime) -> Iterator[Expiring]:
        unused = Q(last_login__lt=before) | Q(last_login=None, date_joined__lt=before)
        rows = User.objects.filter(unused, is_superuser=False).exclude(email__endswith=ERASED)
        roles = Membership.objects.filter(user=OuterRef("pk"))
        for user in rows.filter(~Exists(roles)).order_by("pk"):
            # Accounts have numbers; records that run out have ids of 128 bits.
            since = user.last_login or user.date_joined
            yield Expiring("staff", UUID(int=user.pk), f"#{user.pk}", "", "", since)

    def expire(self, row: Expiring, *, at: datetime) -> bool:
        user = User.objects.select_for_update().get(pk=row.ref.int)
        if user.memberships.exists() or (user.last_login or user.date_joined) > row.since:
            return False
        erase_account(user, by=None, at=at)
        return True


def _user(subject: Subject) -> User | None:
    return User.objects.filter(pk=subject.id).first()


def _place(row: Membership) -> str:
    return str(row.hub or row.country or _("the whole network"))


holders["staff"] = Staff()
expirers["staff"] = OldAccounts()
