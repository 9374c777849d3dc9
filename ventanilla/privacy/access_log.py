"""The access log: every read and change of a sensitive record, so that a forged or lost entry is found.

Entries of one country (and those of the network) form a chain. Each carries a MAC over itself and over the
MAC before it, under a key that is not in the database, so nobody who can write to the database can make
one. The end of each chain is noted outside the database now and then (`anchors`), so that cutting off the
end, or putting back an older database, is found too.
"""

import json
import re
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from ventanilla.accounts.models import User

from . import anchors
from .models import AccessChain, AccessEntry
from .sealing import digest, new_key

_WORD = re.compile(r"[a-z][a-z-]{1,39}")
RESTORED = "restored"
_REF = re.compile(r"[A-Za-z0-9_.:-]{0,64}")


def record(
    *,
    by: User | None,
    action: str,
    kind: str,
    ref: str | UUID,
    country: str,
    hub: str,
    at: datetime,
    reason: str = "",
) -> AccessEntry:
    """Add an entry, in the transaction of what it tells of; call it last, it holds the chain until the end.

    `action` and `kind` are words of the code ("read", "enquiry"), `ref` an id. Only `reason` may hold
    words of people: it is sealed. Raises ValueError for anything else in the others.
    """
    _refuse_words(action=action, kind=kind, ref=str(ref))
    with transaction.atomic(savepoint=False):
        chain = _locked_chain(country, at)
        entry = AccessEntry(
            country=country, number=chain.count + 1, at=at, by=by, action=action, kind=kind, ref=str(ref),
            hub=hub, before=chain.mac, sealed_under=chain.reasons_key, reason=reason or None,
            reason_digest=digest("access-reason", reason) if reason else "",
        )  # fmt: skip
        entry.mac = mac_of(entry)
        entry.save(force_insert=True)
        chain.count, chain.mac = entry.number, entry.mac
        chain.seal = seal_of(chain)
        chain.save(force_update=True)
    if anchors.is_due(entry.number):
        anchor = anchors.Anchor(country, entry.number, entry.mac, at)
        transaction.on_commit(partial(anchors.write, anchor))
    return entry


def note_restore(*, at: datetime) -> None:
    """Say in every chain that a backup was put back, so that what was noted of the lost end is explained."""
    for country in AccessChain.objects.order_by("country").values_list("country", flat=True):
        record(by=None, action=RESTORED, kind="access-log", ref="", country=country, hub="", at=at)


def _refuse_words(*, action: str, kind: str, ref: str) -> None:
    if not (_WORD.fullmatch(action) and _WORD.fullmatch(kind) and _REF.fullmatch(ref)):
        raise ValueError("The access log takes fixed words and ids; words of people go into the reason.")


def _locked_chain(country: str, at: datetime) -> AccessChain:
    """The end of the chain, ours until the transaction ends, with the key of this year for reasons."""
    rows = AccessChain.objects.select_for_update()
    try:
        chain = rows.get(pk=country)
    except AccessChain.DoesNotExist:
        # Two may come first at once: one row wins, both go on with it.
        AccessChain.objects.bulk_create([AccessChain(country=country)], ignore_conflicts=True)
        chain = rows.get(pk=country)
    if chain.reasons_year < at.year:
        chain.reasons_key = new_key(scope=f"country:{country}" if country else "network")
        chain.reasons_year = at.year
    return chain


def mac_of(row: Any) -> str:
    """The MAC that an entry, or a row with the same names, must carry."""
    at = row.at.astimezone(UTC).isoformat()
    words = [
        row.country, row.number, at, row.by_id, row.action, row.kind, row.ref, row.hub, str(row.id),
        str(row.sealed_under), row.reason_digest, row.before,
    ]  # fmt: skip
    return digest("access-log", json.dumps(words))


def seal_of(chain: AccessChain) -> str:
    """The MAC that the end of a chain must carry."""
    return digest("access-log-end", json.dumps([chain.country, chain.count, chain.mac]))
