"""Others may care that public facts changed; senders do not know who."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.dispatch import Signal

# Sent after commit with `refs`, the references of the facts whose public face may differ now.
facts_changed = Signal()


def announce(refs: Iterable[str]) -> None:
    """Tell listeners after the transaction commits. One listener's failure does not stop the next."""
    names = frozenset(refs)
    if names:
        transaction.on_commit(partial(facts_changed.send_robust, sender=None, refs=names))
