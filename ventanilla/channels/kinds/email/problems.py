"""What mail servers' refusals and bounces mean in plain words.

RFC 5321, 4.2 (reply codes); RFC 3463 (enhanced status codes); RFC 3464 (delivery status notifications).
"""

import re

from ...contract import Problem, SendRefused

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_STATUS = {
    "1.0": Problem.GONE, "1.1": Problem.GONE, "1.2": Problem.GONE, "1.3": Problem.GONE, "1.6": Problem.GONE,
    "1.10": Problem.GONE, "2.1": Problem.GONE, "4.4": Problem.GONE, "4.7": Problem.EXPIRED,
    "2.3": Problem.TOO_LONG, "3.4": Problem.TOO_LONG, "7.1": Problem.BLOCKED,
}  # fmt: skip
_LOGIN = (454, 530, 534, 535, 538)
_NO_SUCH = (550, 551, 553)


def refusal_of(code: int, said: bytes, *, is_about_recipient: bool = False) -> SendRefused:
    """The refusal for a reply of a mail server."""
    detail = _detail(said.decode("ascii", "replace"))
    if code in _LOGIN:
        return SendRefused(Problem.NOT_ALLOWED)
    if code in (421, 452) and detail != "2.2":
        return SendRefused(Problem.RATE_LIMITED, retry_after=60.0)
    if code < 500:
        # Grey lists, full mailboxes, servers that are busy: later it may do.
        return SendRefused(Problem.PROVIDER_DOWN)
    if is_about_recipient and code == 554 and detail in ("", "7.1"):
        # Our own server will not carry our mail: nobody was asked yet.
        return SendRefused(Problem.NOT_ALLOWED)
    if not is_about_recipient:
        # Said of the text or the sender, not of a person.
        return SendRefused(Problem.TOO_LONG if code == 552 else Problem.REFUSED, is_final=True)
    plain = Problem.GONE if code in _NO_SUCH and not detail else Problem.REFUSED
    return SendRefused(_STATUS.get(detail, plain), is_final=True)


def problem_of(status: str) -> Problem:
    """The problem for the status of a bounce, as in 5.1.1."""
    return _STATUS.get(_detail(status), Problem.REFUSED)


def status_in(text: str) -> str:
    """The first enhanced status in a text; empty without one."""
    found = _ENHANCED.search(text)
    return found.group(0) if found else ""


def _detail(text: str) -> str:
    found = _ENHANCED.search(text)
    return f"{found.group(2)}.{found.group(3)}" if found else ""
