"""What the counter of Upala keeps, to fill addresses with: a call, an appointment, a talk, one to undo."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from ventanilla.enquiries import counter, group_sessions, promises
from ventanilla.enquiries.models import Appointment


def of_the_counter(cast, enquiry):
    """Arguments of the addresses of the counter, by how the address starts."""
    at, luis = timezone.now(), cast.user("luis")
    callback = promises.promise_callback(
        enquiry=enquiry,
        number="sentinel 8888",
        due_from=at,
        due_until=at + timedelta(hours=1),
        by=luis,
        at=at,
    )
    # A row by itself: the hub of the sample has no published hours.
    appointment = Appointment.objects.create(
        code=f"UPA-C{uuid4().hex[:5].upper()}", hub=enquiry.hub, enquiry=enquiry, booked_by=luis,
        booked_at=at, starts_at=at + timedelta(days=1), ends_at=at + timedelta(days=1, minutes=30), desk=1,
    )  # fmt: skip
    session = group_sessions.note_session(
        hub=enquiry.hub, held_on=at.date() - timedelta(days=2), topic="work", languages=["es"],
        heads={("f", ""): 7}, by=luis, at=at,
    )  # fmt: skip
    taken = counter.take_down(
        hub=enquiry.hub, body="sentinel", channel_kind="counter", language="es", by=luis, at=at
    )
    return {
        "cases/callbacks/": {"pk": callback.pk},
        "cases/appointments/": {"pk": appointment.pk},
        "cases/groups/": {"pk": session.pk},
        "cases/new/": {"pk": taken.pk},
    }
