"""Who was told something that has been corrected since: so that a person can be told anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Fact

from .actions import log
from .models import Enquiry, Message, Retold

# Words are deleted 90 days after closing; older messages of open cases still count.
LOOK_BACK = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class ToldOld:
    """One message that quoted a version which is not the present one; `now` is None when it was hidden."""

    message: Message
    enquiry: Enquiry
    ref: str
    title: str
    version: str
    now: Item | None


def told_old(user: Any, *, at: datetime) -> list[ToldOld]:
    """Messages of this person's cases that quote what was corrected or hidden since, newest first."""
    rows = (
        Message.objects.visible_to(user)
        .filter(at__gte=at - LOOK_BACK, enquiry__words_erased_at=None)
        .exclude(cites=[])
        .exclude(direction=Message.Direction.IN)
        .select_related("enquiry__hub")
        .order_by("-at", "pk")
    )
    quoted = [(row, cite) for row in rows.defer("body") for cite in row.cites if "version" in cite]
    present = _present({cite["ref"] for _row, cite in quoted}, at=at)
    settled = set(Retold.objects.filter(message__in=rows).values_list("message", "ref", "version"))
    return [
        ToldOld(
            row, row.enquiry, cite["ref"], cite.get("title", ""), cite["version"], present.get(cite["ref"])
        )
        for row, cite in quoted
        if _is_old(cite, present) and (row.pk, cite["ref"], cite["version"]) not in settled
    ]


def _present(refs: Iterable[str], *, at: datetime) -> dict[str, Item]:
    facts = Fact.objects.filter(ref__in=refs).public(at=at.date())
    return {item.ref: item for item in items(facts, at=at.date())}


def _is_old(cite: dict[str, Any], present: dict[str, Item]) -> bool:
    item = present.get(cite["ref"])
    return item is None or str(item.changed_at) != cite["version"]


@transaction.atomic
def settle(*, message: Message, ref: str, version: str, by: User, at: datetime) -> None:
    """Somebody has told the person anew, or seen that it does not matter to them."""
    Retold.objects.get_or_create(message=message, ref=ref, version=version, defaults={"by": by, "at": at})
    log(message.enquiry, "write", by=by, at=at)
