"""What the page of a case shows of promised calls and appointments."""

from ventanilla.enquiries import appointments, promises
from ventanilla.hubs.rights import Right, reach


def promised(enquiry, user):
    """Context for both parts: promised calls and appointments of a case, the last ones first."""
    callbacks = promises.of_case(enquiry)
    return {
        "callbacks": callbacks,
        "waits_for_call": any(callback.is_waiting for callback in callbacks),
        "appointments": appointments.of_case(enquiry),
        "may_book": reach(user, Right.CASES).covers(enquiry.country, hub=enquiry.hub.ref),
    }
