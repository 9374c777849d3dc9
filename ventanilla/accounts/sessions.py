"""Beginning, locking and ending the sessions of staff."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from . import throttle
from .devices import device_word
from .models import StaffSession, User

KEY = "staff_session"
# Being active is written down this often and no more.
STEP = timedelta(seconds=5)


def begin_session(request: HttpRequest, user: User, *, at: datetime) -> StaffSession:
    """Start the session of a browser in which somebody signed in; an older one in it ends."""
    end_session(request)
    throttle.forget_old(at=at)
    StaffSession.objects.over(at=at).delete()
    device = device_word(request.META.get("HTTP_USER_AGENT", ""))
    row = StaffSession.objects.create(user=user, device=device, began_at=at, active_at=at)
    request.session[KEY] = str(row.pk)
    return row


def session_of(request: HttpRequest) -> StaffSession | None:
    """The row of this browser, when the person who is signed in owns it."""
    try:
        key = UUID(str(request.session.get(KEY, "")))
    except ValueError:
        return None
    return StaffSession.objects.filter(pk=key, user=request.user.pk).first()


def end_session(request: HttpRequest) -> None:
    """Forget the session of this browser."""
    if key := request.session.pop(KEY, None):
        StaffSession.objects.filter(pk=key).delete()


def end_others(user: User, *, but: StaffSession | None) -> int:
    """Sign somebody out everywhere else; returns from how many browsers."""
    rows = StaffSession.objects.of(user)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.delete()[0]


def note_activity(row: StaffSession, *, at: datetime) -> None:
    """The person did something: the lock waits from here on."""
    if at - row.active_at >= STEP:
        StaffSession.objects.filter(pk=row.pk).update(active_at=at)
        row.active_at = at


def lock(row: StaffSession, *, at: datetime) -> None:
    """Let nothing more through until the password or a passkey is given again."""
    if row.locked_at is None:
        StaffSession.objects.filter(pk=row.pk, locked_at=None).update(locked_at=at)
        row.locked_at = at


def unlock(row: StaffSession, *, at: datetime) -> None:
    """Go on where it was locked."""
    row.locked_at, row.active_at = None, at
    row.save(update_fields=["locked_at", "active_at"])


def pass_second_factor(row: StaffSession, *, at: datetime) -> None:
    """A second factor was given in this session."""
    row.second_factor_at = at
    row.save(update_fields=["second_factor_at"])


def signed_in(sender: object, request: HttpRequest, user: User, **_rest: object) -> None:
    """For Django's signal `user_logged_in`, which every way in sends."""
    begin_session(request, user, at=timezone.now())


def signed_out(sender: object, request: HttpRequest, user: User | None, **_rest: object) -> None:
    """For Django's signal `user_logged_out`."""
    end_session(request)
