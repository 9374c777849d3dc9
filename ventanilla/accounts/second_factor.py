"""Who needs a second factor, who has one, and taking a lost one away."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.db import transaction

from ventanilla.lib.registry import Registry

from . import sessions
from .models import User

# Rooms above say who sees what only a second factor may open: (user) -> bool.
demands: Registry[Callable[[User], bool]] = Registry()

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def needs_second_factor(user: User) -> bool:
    """Whether somebody may do nothing until a second factor is set up."""
    return user.is_superuser or any(demand(user) for demand in demands.values())


def has_second_factor(user: User) -> bool:
    """An app or a passkey; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS).exists())


@transaction.atomic
def take_second_factor(user: User) -> None:
    """Forget somebody's app, passkeys and recovery codes, and sign them out everywhere."""
    Authenticator.objects.filter(user_id=user.pk).delete()
    sessions.end_others(user, but=None)
