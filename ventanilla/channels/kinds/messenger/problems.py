"""Messenger's error codes in plain words; where a subcode is known, it decides.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
https://developers.facebook.com/docs/graph-api/reference/page/messages
"""

from ...contract import Problem, SendRefused

_FINAL_SUBCODES = {
    2018278: Problem.WINDOW_CLOSED,
    2018065: Problem.WINDOW_CLOSED,
    2534022: Problem.WINDOW_CLOSED,
    2018108: Problem.BLOCKED,
    1545041: Problem.BLOCKED,
    2018001: Problem.GONE,
    2018047: Problem.UNSUPPORTED,
}
_FINAL = {
    # Blocked, switched off, or not to be reached for another reason that Meta keeps for itself.
    551: Problem.BLOCKED,
    100: Problem.REFUSED,
    368: Problem.REFUSED,
    10900: Problem.REFUSED,
    10903: Problem.REFUSED,
}
# These pass by themselves, or when the coordinator has mended the page or the app.
_PASSING = {
    3: Problem.NOT_ALLOWED,
    10: Problem.NOT_ALLOWED,
    102: Problem.NOT_ALLOWED,
    190: Problem.NOT_ALLOWED,
    10904: Problem.NOT_ALLOWED,
    4: Problem.RATE_LIMITED,
    17: Problem.RATE_LIMITED,
    32: Problem.RATE_LIMITED,
    341: Problem.RATE_LIMITED,
    613: Problem.RATE_LIMITED,
    80006: Problem.RATE_LIMITED,
}
# Seconds.
PAUSE = 60.0


def problem_of(code: int, subcode: int = 0) -> SendRefused:
    """The refusal that an error code stands for; what is not known is tried again."""
    if subcode in _FINAL_SUBCODES:
        return SendRefused(_FINAL_SUBCODES[subcode], is_final=True)
    if code in _FINAL:
        return SendRefused(_FINAL[code], is_final=True)
    if 200 <= code <= 299:
        return SendRefused(Problem.NOT_ALLOWED)
    if 2000 <= code <= 2999:
        return SendRefused(Problem.REFUSED, is_final=True)
    problem = _PASSING.get(code, Problem.PROVIDER_DOWN)
    return SendRefused(problem, retry_after=PAUSE if problem == Problem.RATE_LIMITED else None)
