"""The socket of `channels`: every message that was received becomes part of an enquiry."""

from collections.abc import Callable

from django.utils import timezone

from ventanilla.channels import loops
from ventanilla.channels.contract import Arrived
from ventanilla.channels.intake import filers
from ventanilla.channels.models import Inbound
from ventanilla.lib.registry import Registry

from . import actions, automatic, fetching, helped, safe_words
from .models import Enquiry

# Looks at each message once it is filed, in the same transaction: danger, automatic answers.
watchers: Registry[Callable[[Enquiry, Arrived], None]] = Registry()


@filers.add("enquiries")
def file(inbound: Inbound, message: Arrived) -> None:
    """File one received message with its enquiry, then let the watchers look at it."""
    at = timezone.now()
    enquiry: Enquiry = helped.take_answer(inbound, message, at=at) or actions.file_inbound(
        inbound, message, at=at
    )
    safe_words.listen(enquiry, message.text, at=at)
    for watch in watchers.values():
        watch(enquiry, message)


@loops.works.add("answering")
def answer() -> int:
    """First answers of the house, apart from filing."""
    return automatic.answer_due(now=timezone.now)


@loops.works.add("fetching")
def fetch() -> int:
    """Files that providers hold for us."""
    return fetching.fetch_due(now=timezone.now)
