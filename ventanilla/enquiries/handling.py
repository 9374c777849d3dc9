"""How work is moved between days, hands and hubs."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.channels import loops
from ventanilla.hubs.models import Hub
from ventanilla.lib.errors import DomainError

from . import actions
from .models import Absence, DeskSetting, Enquiry

# Longer than this is not "later", it is "closed".
LONGEST_SNOOZE = timedelta(days=180)
MORNING = time(8)


class NotADayAhead(DomainError):
    message = _("Choose a day after today, within half a year.")


class SameHub(DomainError):
    message = _("This hub looks after the case already.")


class NoSuchDanger(DomainError):
    message = _("Choose how great the danger is.")


class ColleagueAway(DomainError):
    message = _("This colleague is away. Choose somebody else.")


@transaction.atomic
def snooze(*, enquiry: Enquiry, until: date, by: User, at: datetime) -> None:
    """Set it aside until the morning of a day in the hub's country; a new message brings it back earlier.

    Raises NotADayAhead, EnquiryClosed and WithAColleague.
    """
    actions.refuse_to_change(enquiry, by)
    zone = ZoneInfo(enquiry.hub.country.timezone)
    morning = datetime.combine(until, MORNING, zone)
    if not at < morning <= at + LONGEST_SNOOZE:
        raise NotADayAhead
    actions.set_state(enquiry, Enquiry.State.SNOOZED, by=by, at=at)
    enquiry.snoozed_until = morning
    enquiry.save(update_fields=["state", "closed_at", "snoozed_until"])
    actions.log(enquiry, "write", by=by, at=at)


def wake_due(*, at: datetime, limit: int = 100) -> int:
    """Bring back what was set aside until now; returns how many."""
    due = Enquiry.objects.filter(state=Enquiry.State.SNOOZED, snoozed_until__lte=at)
    woken = 0
    for enquiry in due.order_by("snoozed_until", "pk")[:limit]:
        with transaction.atomic():
            still = Enquiry.objects.select_for_update().filter(pk=enquiry.pk, state=Enquiry.State.SNOOZED)
            if (row := still.first()) is not None:
                _wake(row, at=at)
                woken += 1
    return woken


def _wake(enquiry: Enquiry, *, at: datetime) -> None:
    actions.set_state(enquiry, Enquiry.State.WAITING, by=None, at=at)
    enquiry.waiting_since = enquiry.waiting_since or at
    enquiry.snoozed_until = None
    enquiry.save(update_fields=["state", "closed_at", "waiting_since", "snoozed_until"])


@loops.works.add("waking")
def wake() -> int:
    """Beside the other loops of the house."""
    return wake_due(at=timezone.now())


@transaction.atomic
def note_danger(*, enquiry: Enquiry, danger: int, by: User, at: datetime) -> None:
    """Somebody sees danger, or sees none any more: the case goes to its place in everybody's list.

    Whoever reads the case may say so, also while a colleague works on it; from then on no machine answers.
    Raises NoSuchDanger and EnquiryClosed.
    """
    if danger not in Enquiry.Danger.values:
        raise NoSuchDanger
    if not enquiry.is_open:
        raise actions.EnquiryClosed
    if danger == enquiry.danger:
        return
    enquiry.danger = danger
    enquiry.answers_automatically &= danger == Enquiry.Danger.NONE
    enquiry.save(update_fields=["danger", "answers_automatically"])
    actions.note_change(enquiry, "danger", str(danger), by=by, at=at)
    actions.log(enquiry, "write", by=by, at=at)


@transaction.atomic
def hand_over(*, enquiry: Enquiry, to: User, note: str, by: User, at: datetime) -> None:
    """Give it to a colleague with a word of what is to be done.

    Raises NothingWritten, ColleagueAway, WithAColleague, NotInThisHub and WordsErased.
    """
    if Absence.objects.filter(user=to).exists():
        raise ColleagueAway
    actions.add_note(enquiry=enquiry, author=by, body=note, at=at)
    actions.assign(enquiry=enquiry, to=to, by=by, at=at)


@transaction.atomic
def share(*, enquiry: Enquiry, hub: Hub, by: User, at: datetime) -> None:
    """Let another hub, here or abroad, see and answer it too.

    Raises EnquiryClosed, WithAColleague and SameHub.
    """
    actions.refuse_to_change(enquiry, by)
    if hub == enquiry.hub:
        raise SameHub
    enquiry.shared_with.add(hub)
    actions.note_change(enquiry, "shared", hub.ref, by=by, at=at)
    actions.log(enquiry, "share", by=by, at=at)


@transaction.atomic
def unshare(*, enquiry: Enquiry, hub: Hub, by: User, at: datetime) -> None:
    """End that. Raises WithAColleague."""
    actions.refuse_to_change(enquiry, by)
    enquiry.shared_with.remove(hub)
    actions.note_change(enquiry, "unshared", hub.ref, by=by, at=at)
    actions.log(enquiry, "write", by=by, at=at)


def desk_of(hub: Hub) -> DeskSetting:
    """How this hub runs its desk; the defaults when nobody has said."""
    return DeskSetting.objects.filter(hub=hub).first() or DeskSetting(hub=hub)


@transaction.atomic
def run_desk(
    *,
    hub: Hub,
    automatic: str,
    is_surge: bool,
    asks_if_helped: bool,
    at: datetime,
    translates: bool = False,
) -> DeskSetting:
    """Say how a hub runs its desk from now on."""
    desk, _made = DeskSetting.objects.get_or_create(hub=hub)
    desk.automatic = automatic
    desk.surge_since = (desk.surge_since or at) if is_surge else None
    desk.asks_if_helped = asks_if_helped
    desk.translates = translates
    desk.save(update_fields=["automatic", "surge_since", "asks_if_helped", "translates"])
    return desk


@transaction.atomic
def go_away(*, user: User, until: date | None, by: User, at: datetime) -> int:
    """Somebody is away: their open cases wait for everybody again. Returns how many were given back."""
    Absence.objects.update_or_create(user=user, defaults={"since": at, "until": until})
    mine = Enquiry.objects.open().filter(assigned_to=user).select_related("hub")
    for enquiry in mine:
        enquiry.assigned_to = None
        enquiry.save(update_fields=["assigned_to"])
        actions.note_change(enquiry, "assigned", "", by=by, at=at)
        actions.log(enquiry, "write", by=by, at=at)
    return len(mine)


def come_back(*, user: User) -> None:
    """Somebody is there again."""
    Absence.objects.filter(user=user).delete()
