"""WhatsApp's error codes in plain words.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from ...contract import Problem, SendRefused

_FINAL = {
    131047: Problem.WINDOW_CLOSED,
    131026: Problem.GONE,
    131021: Problem.REFUSED,
    131050: Problem.NO_OPT_IN,
    131051: Problem.UNSUPPORTED,
    131052: Problem.UNSUPPORTED,
    131053: Problem.UNSUPPORTED,
    130472: Problem.REFUSED,
    131049: Problem.REFUSED,
    368: Problem.REFUSED,
    100: Problem.REFUSED,
    131008: Problem.REFUSED,
    131009: Problem.REFUSED,
    132000: Problem.REFUSED,
    132001: Problem.REFUSED,
    132005: Problem.TOO_LONG,
    132007: Problem.REFUSED,
    132012: Problem.REFUSED,
    132015: Problem.REFUSED,
    132016: Problem.REFUSED,
}
# These pass by themselves, or when the coordinator has mended the account.
_PASSING = {
    0: Problem.NOT_ALLOWED,
    3: Problem.NOT_ALLOWED,
    10: Problem.NOT_ALLOWED,
    190: Problem.NOT_ALLOWED,
    131005: Problem.NOT_ALLOWED,
    131031: Problem.NOT_ALLOWED,
    131042: Problem.NOT_ALLOWED,
    133010: Problem.NOT_ALLOWED,
    4: Problem.RATE_LIMITED,
    80007: Problem.RATE_LIMITED,
    130429: Problem.RATE_LIMITED,
    131048: Problem.RATE_LIMITED,
    131056: Problem.RATE_LIMITED,
}


def problem_of(code: int) -> SendRefused:
    """The refusal that an error code stands for; what is not known is tried again."""
    if code in _FINAL:
        return SendRefused(_FINAL[code], is_final=True)
    if 200 <= code <= 299:
        return SendRefused(Problem.NOT_ALLOWED)
    problem = _PASSING.get(code, Problem.PROVIDER_DOWN)
    return SendRefused(problem, retry_after=60.0 if problem == Problem.RATE_LIMITED else None)
