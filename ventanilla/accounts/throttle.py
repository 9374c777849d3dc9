"""Slows down whoever guesses, without locking anybody out.

Each failure makes the next try wait longer, up to a limit. Three things are counted: an account from one
address (where guessing usually happens), the account from everywhere, and the address whatever the account.
The last two let many more tries pass and never wait long, because a whole office may stand behind one
address, and because nobody should be able to keep somebody else out. Keys are digests under the SECRET_KEY.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from ventanilla.lib.errors import DomainError
from ventanilla.lib.senders import sender

from .models import Attempts, SpentCode

# After so long without a try everything is forgotten.
FORGOTTEN = timedelta(hours=6)
CODE_KEPT = timedelta(minutes=5)
FIRST_WAIT = 2


class TooManyAttempts(DomainError):
    """`seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        told = ngettext(
            "Too many tries. Wait %(n)s minute and try again.",
            "Too many tries. Wait %(n)s minutes and try again.",
            minutes,
        )
        super().__init__(told % {"n": minutes})
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries are free; then the wait doubles from two seconds to `longest` seconds."""

    name: str
    free: int
    longest: int

    def wait(self, count: int) -> float:
        return min(FIRST_WAIT * 2.0 ** min(count - self.free, 30), self.longest) if count >= self.free else 0


HERE = Limit("account-here", free=5, longest=15 * 60)
ACCOUNT = Limit("account", free=50, longest=5 * 60)
ADDRESS = Limit("address", free=100, longest=60)


@dataclass(frozen=True, slots=True)
class Tries:
    """What is counted for one kind of try ("password", "code") on one account from one address."""

    kind: str
    account: str
    address: str

    def counted(self) -> Iterable[tuple[Limit, str]]:
        for limit, parts in (
            (HERE, (self.account, self.address)),
            (ACCOUNT, (self.account,)),
            (ADDRESS, (self.address,)),
        ):
            yield limit, _digest(limit.name, self.kind, *parts)


def tries_of(request: HttpRequest, kind: str, account: str) -> Tries:
    """What to count for a try of this kind ("password", "code", "reset") on an account from a request."""
    return Tries(kind, account.lower(), sender(request))


def begin(tries: Tries, *, at: datetime) -> None:
    """Count a try before it is made, so that many at once gain nothing. Raises TooManyAttempts."""
    with transaction.atomic():
        rows = [(limit, _row(key, at)) for limit, key in tries.counted()]
        if seconds := max(_left(limit, row, at) for limit, row in rows):
            raise TooManyAttempts(seconds)
        for _limit, row in rows:
            row.count, row.last_at = row.count + 1, at
            row.save()


def succeeded(tries: Tries) -> None:
    """Take the try back: this account from here starts anew, the others lose one."""
    for limit, key in tries.counted():
        rows = Attempts.objects.filter(pk=key)
        if limit is HERE:
            rows.delete()
        else:
            rows.filter(count__gt=0).update(count=F("count") - 1)


def spend(*, account: str, code: str, at: datetime) -> bool:
    """Use a code of an app up; false where it was used before, in whichever process."""
    key = _digest("code", account, code)
    SpentCode.objects.filter(at__lt=at - CODE_KEPT).delete()
    return SpentCode.objects.get_or_create(pk=key, defaults={"at": at})[1]


def is_spent(*, account: str, code: str) -> bool:
    """Whether a code of an app was used already."""
    return SpentCode.objects.filter(pk=_digest("code", account, code)).exists()


def forget_old(*, at: datetime) -> None:
    """Delete what no longer slows anybody down."""
    Attempts.objects.filter(last_at__lt=at - FORGOTTEN).delete()


def _row(key: str, at: datetime) -> Attempts:
    Attempts.objects.get_or_create(pk=key, defaults={"last_at": at})
    row = Attempts.objects.select_for_update().get(pk=key)
    if at - row.last_at > FORGOTTEN:
        row.count = 0
    return row


def _left(limit: Limit, row: Attempts, at: datetime) -> int:
    left = limit.wait(row.count) - (at - row.last_at).total_seconds()
    return max(0, -int(-left // 1))


def _digest(*parts: str) -> str:
    return salted_hmac("ventanilla.accounts.throttle", "\n".join(parts), algorithm="sha256").hexdigest()
