"""What the page of a case shows of promised calls, appointments and interpreters."""

from ventanilla.enquiries import appointments, interpreting, promises
from ventanilla.hubs.rights import Right, reach


def promised(enquiry, user):
    """Context for these parts: what was promised and asked for in a case, the last ones first."""
    callbacks = promises.of_case(enquiry)
    return {
        "callbacks": callbacks,
        "waits_for_call": any(callback.is_waiting for callback in callbacks),
        "appointments": appointments.of_case(enquiry),
        "interpreters": interpreting.of_case(enquiry),
        "may_book": reach(user, Right.CASES).covers(enquiry.country, hub=enquiry.hub.ref),
    }
