"""Telegram's errors in plain words. There is no list of codes: the status and a few words have to do.

https://core.telegram.org/bots/api#responseparameters
https://github.com/TelegramBotAPI/errors (a collection of what is really answered)
"""

from ...contract import Problem, SendRefused

# What is not known under a status is a final refusal: the same message would be refused again.
_BY_WORDS = {
    400: (
        ("chat not found", Problem.GONE),
        ("user not found", Problem.GONE),
        ("wrong file_id", Problem.GONE),
        ("invalid file_id", Problem.GONE),
        ("peer_id_invalid", Problem.GONE),
        ("too long", Problem.TOO_LONG),
        ("message_too_long", Problem.TOO_LONG),
        ("file is too big", Problem.TOO_LARGE),
    ),
    403: (
        ("blocked by the user", Problem.BLOCKED),
        ("bot was kicked", Problem.BLOCKED),
        ("user is deactivated", Problem.GONE),
        ("can't initiate conversation", Problem.NO_OPT_IN),
    ),
}
LONGEST_WAIT, USUAL_WAIT = 3600.0, 30.0


def problem_of(status: int, words: str, *, retry_after: float | None = None) -> SendRefused:
    """The refusal that an HTTP status with Telegram's description stands for; `retry_after` in seconds."""
    if status == 429:
        wait = min(max(retry_after or USUAL_WAIT, 1.0), LONGEST_WAIT)
        return SendRefused(Problem.RATE_LIMITED, retry_after=wait)
    # 404: there is no bot with such a key.
    if status in (401, 404):
        return SendRefused(Problem.NOT_ALLOWED)
    # 409: somebody else listens for this bot, or a hook is set; both end.
    if status == 409 or status >= 500:
        return SendRefused(Problem.PROVIDER_DOWN, retry_after=retry_after)
    if status == 413:
        return SendRefused(Problem.TOO_LONG, is_final=True)
    said = words.lower()
    known = (problem for part, problem in _BY_WORDS.get(status, ()) if part in said)
    return SendRefused(next(known, Problem.REFUSED), is_final=True)
