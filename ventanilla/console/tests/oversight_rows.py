"""One row of each kind at the desk of the focal point, of Costa Rica, to fill addresses with."""

from datetime import timedelta

from django.utils import timezone

from ventanilla.privacy import assessments, compliance, exports, incidents, legal_requests


def of_the_desk(cast):
    """Arguments of the addresses of the desk, by how the address starts."""
    by, at = cast.user("fabiola"), timezone.now()
    incident = incidents.report_incident(
        what_happened="x", country="cr", hub="cr-hub-upala", known_at=at, by=by, at=at
    )
    request = legal_requests.log_legal_request(
        country="cr", hub="cr-hub-upala", asker="police", asked_for="x", asked_at=at, by=by, at=at
    )
    exception = compliance.authorise_exception(
        country="cr", principle=4, what="x", why="x", expires_on=at.date() + timedelta(days=9), by=by, at=at
    )
    complaint = compliance.log_complaint(
        country="cr", received_from="staff", about="x", received_at=at, by=by, at=at
    )
    export = exports.ask_for_export(kind="access-log", country="cr", hub="", reason="x", by=by, at=at)
    signature = assessments.sign(kind="web", country="cr", capacity="protection", by=by, at=at)
    return {
        "protection/assessments/": {"pk": signature.pk, "kind": "web"},
        "protection/incidents/": {"pk": incident.pk, "name": "note"},
        "protection/requests/": {"pk": request.pk},
        "protection/exceptions/": {"pk": exception.pk},
        "protection/complaints/": {"pk": complaint.pk},
        "protection/files/": {"pk": export.pk},
    }
