"""What the desk of the data-protection focal point draws: what is due, state of log and keys, evidence."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, reach
from ventanilla.privacy.models import (
    AccessChain,
    AccessEntry,
    Break,
    Complaint,
    Incident,
    LegalRequest,
    PersonRequest,
    ProtectionException,
    ScopeKey,
)

# The rooms of the desk, by the name of the view.
ROOMS = (
    ("incidents", _("Incidents")),
    ("legal_requests", _("Requests of authorities")),
    ("person_requests", _("Requests of people")),
    ("complaints", _("Complaints")),
    ("breaks", _("Opened outside their reach")),
    ("access_log", _("Access log")),
    ("files", _("Files that leave")),
    ("retention", _("Retention")),
    ("purposes", _("Purposes")),
    ("consent_texts", _("Texts of consent")),
    ("registers", _("Registers")),
    ("principles", _("Principles and exceptions")),
    ("rights", _("Table of rights")),
    ("rules", _("Rules after an incident, by country")),
    ("assessments", _("Assessments of channels")),
)
# Where to look for how each principle is kept.
EVIDENCE = {
    1: ("purposes",),
    2: ("purposes", "registers"),
    3: ("person_requests",),
    4: ("consent_texts",),
    5: ("files", "legal_requests"),
    6: ("rights", "breaks", "access_log"),
    7: ("person_requests",),
    8: ("access_log",),
    9: ("retention",),
    10: ("registers", "rights"),
    11: ("rights", "files"),
    12: ("incidents", "complaints", "access_log"),
    13: ("principles",),
}


@dataclass(frozen=True, slots=True)
class Due:
    """A number of things that wait at the desk, and where."""

    count: int
    label: str | Promise
    url: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class ChainState:
    chain: str
    count: int
    last: datetime | None


def due_at_the_desk(user, *, at):
    """What waits for this focal point, the urgent first."""
    incidents = Incident.objects.to_handle_by(user)
    requests = LegalRequest.objects.to_handle_by(user).to_review()
    of_people = PersonRequest.objects.visible_to(user)
    late = of_people.overdue(at=at).count()
    complaints = Complaint.objects.visible_to(user).filter(closed_at=None)
    breaks = Break.objects.visible_to(user).to_review()
    run_out = ProtectionException.objects.visible_to(user).run_out(on=at.date())
    overdue = incidents.overdue(at=at).count()
    return [
        Due(overdue, _("incidents overdue"), reverse("console:incidents"), is_urgent=overdue > 0),
        Due(late, _("requests of people overdue"), reverse("console:person_requests"), is_urgent=late > 0),
        Due(incidents.open().count(), _("open incidents"), reverse("console:incidents")),
        Due(of_people.open().count(), _("open requests of people"), reverse("console:person_requests")),
        Due(requests.count(), _("requests of authorities to review"), reverse("console:legal_requests")),
        Due(breaks.count(), _("opened outside their reach, to review"), reverse("console:breaks")),
        Due(complaints.count(), _("open complaints"), reverse("console:complaints")),
        Due(run_out.count(), _("exceptions that have run out"), reverse("console:principles")),
    ]


def state_of_log(user):
    """How long each chain within reach is, and when its last entry was made."""
    last = dict(
        AccessEntry.objects.visible_to(user)
        .order_by()
        .values_list("country")
        .annotate(last=Max("at"))
        .values_list("country", "last")
    )
    return [
        ChainState(chain.country.upper() or "*", chain.count, last[chain.country])
        for chain in AccessChain.objects.filter(country__in=last).order_by("country")
    ]


def state_of_keys(user):
    """The keys in use within reach: whose, which version, since when."""
    where = reach(user, Right.OVERSIGHT)
    keys = ScopeKey.objects.filter(retired_at=None).order_by("scope", "version")
    if where.everywhere:
        return list(keys)
    hubs = Hub.objects.filter(country__in=where.countries).values_list("ref", flat=True)
    scopes = [f"country:{code}" for code in where.countries] + [f"hub:{ref}" for ref in hubs]
    return list(keys.filter(scope__in=scopes))


def rooms(names=None):
    """(label, address) of the rooms of the desk, all or those named."""
    for name, label in ROOMS:
        if names is None or name in names:
            yield label, reverse(f"console:{name}")


def evidence(number):
    """(label, address) of the pages that show how this principle is kept."""
    return list(rooms(EVIDENCE[number]))
