"""Reads across enquiries, for lists and one conversation; keys are opened for what is shown and no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from ventanilla.accounts.models import User
from ventanilla.hubs.rights import RIGHTS, Right
from ventanilla.privacy.sealing import KeyDestroyed, open_keys

from .models import Attachment, Enquiry, EnquiryQuerySet, Message, Note

EXCERPT = 140


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: an enquiry and the beginning of what was said last; None when it was deleted."""

    enquiry: Enquiry
    excerpt: str | None
    is_from_person: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Something in a conversation, in the order in which it happened. `text` is None when it was deleted.

    `answered`: which of the other side's messages it answers, and its beginning, where that is known.
    """

    at: datetime
    what: str
    row: Any
    text: str | None
    answered: tuple[Any, str] | None = None


def queue(
    user: Any,
    *,
    mine: bool = False,
    unassigned: bool = False,
    shared: bool = False,
    state: str = "open",
    hub: str = "",
    kind: str = "",
    language: str = "",
    topic: str = "",
) -> EnquiryQuerySet:
    """Enquiries of this person's reach in queue order; `state`: a group, a state, or "open" (not closed)."""
    rows = Enquiry.objects.visible_to(user)
    same = {"hub__ref": hub, "channel_kind": kind, "language": language, "codings__topic": topic}
    rows = rows.filter(**{name: value for name, value in same.items() if value})
    if state in Enquiry.GROUPS and state != "open":
        rows = rows.filter(state__in=Enquiry.GROUPS[state])
    elif state in Enquiry.State.values:
        rows = rows.filter(state=state)
    else:
        rows = rows.open()
    if mine:
        rows = rows.filter(assigned_to=user.pk)
    if unassigned:
        rows = rows.filter(assigned_to=None)
    if shared:
        rows = rows.filter(shared_with__isnull=False).distinct()
    return rows.in_queue_order()


def lines(rows: Iterable[Enquiry]) -> list[Line]:
    """The rows with what people said last in each, the house's own words aside: two queries, one for keys."""
    enquiries = list(rows)
    by_people = Message.objects.exclude(direction=Message.Direction.AUTO)
    last = by_people.filter(enquiry=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    pks = Enquiry.objects.filter(pk__in=[row.pk for row in enquiries]).values_list(Subquery(last), flat=True)
    said = {message.enquiry_id: message for message in Message.objects.filter(pk__in=pks)}
    open_keys(said.values())
    return [_line(row, said.get(row.pk)) for row in enquiries]


def _line(row: Enquiry, message: Message | None) -> Line:
    if message is None:
        return Line(row, "", is_from_person=False)
    text = readable(message, "body")
    excerpt = None if text is None else " ".join(text.split())[:EXCERPT]
    return Line(row, excerpt, message.direction == Message.Direction.IN)


def conversation(enquiry: Enquiry, user: Any) -> list[Said]:
    """Messages and the notes that this person may read, oldest first."""
    messages = list(
        Message.objects.filter(enquiry=enquiry)
        .select_related("author", "outbound")
        .prefetch_related("attachments")
    )
    notes = list(Note.objects.visible_to(user).filter(enquiry=enquiry).select_related("author"))
    open_keys([*messages, *notes])
    texts = {message.pk: readable(message, "body") for message in messages}
    said = [Said(m.at, m.direction, m, texts[m.pk], _answered(m, texts)) for m in messages]
    said += [Said(n.at, "protected" if n.is_protected else "note", n, readable(n, "body")) for n in notes]
    return sorted(said, key=lambda one: (one.at, str(one.row.pk)))


def _answered(message: Message, texts: Mapping[Any, str | None]) -> tuple[Any, str] | None:
    text = texts.get(message.replies_to_id)
    return None if text is None else (message.replies_to_id, begun(text))


def begun(text: str, *, most: int = 60) -> str:
    """The beginning of what was said, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def hidden_notes(enquiry: Enquiry, user: Any) -> int:
    """How many protected notes there are that this person may not read."""
    protected = Note.objects.filter(enquiry=enquiry, is_protected=True)
    return protected.exclude(pk__in=Note.objects.visible_to(user).filter(enquiry=enquiry)).count()


def readable(row: Any, field: str) -> str | None:
    """A sealed text, or None when it has been deleted."""
    try:
        return str(getattr(row, field))
    except KeyDestroyed:
        return None


def loose_attachments(enquiry: Enquiry) -> list[Attachment]:
    """Files that hang on no message."""
    return list(Attachment.objects.filter(enquiry=enquiry, message=None).order_by("at", "pk"))


def colleagues(enquiry: Enquiry) -> list[User]:
    """Staff to whom this enquiry can be given, those with fewest open cases first."""
    roles = [role for role, rights in RIGHTS.items() if Right.CASES in rights]
    held = Q(memberships__hub=enquiry.hub) | Q(memberships__country=enquiry.country)
    open_cases = Count("enquiries", filter=~Q(enquiries__state__in=Enquiry.GROUPS["closed"]), distinct=True)
    people = User.objects.filter(held, memberships__role__in=roles, is_active=True).distinct()
    return list(people.annotate(load=open_cases).order_by("load", "first_name", "pk"))


def waiting_count(user: Any) -> int:
    """How many people wait in this person's hubs."""
    return Enquiry.objects.visible_to(user).waiting().count()
