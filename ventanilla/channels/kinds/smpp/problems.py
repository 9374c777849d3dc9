"""What a message centre's status and receipt codes mean in plain words.

SMPP 3.4, table 5-2 (command_status) and appendix B (receipts); errors of the network: 3GPP TS 29.002.
"""

from smpplib import consts

from ...contract import DeliveryState, Problem, SendRefused

_FINAL = {
    consts.SMPP_ESME_RINVDSTADR: Problem.GONE,
    consts.SMPP_ESME_RINVDSTTON: Problem.GONE,
    consts.SMPP_ESME_RINVDSTNPI: Problem.GONE,
    consts.SMPP_ESME_RINVMSGLEN: Problem.TOO_LONG,
    consts.SMPP_ESME_RX_P_APPN: Problem.REFUSED,
    consts.SMPP_ESME_RX_R_APPN: Problem.REFUSED,
    consts.SMPP_ESME_RINVESMCLASS: Problem.REFUSED,
    consts.SMPP_ESME_RDELIVERYFAILURE: Problem.REFUSED,
}
# These pass by themselves, or when the coordinator has mended the account.
_PASSING = {
    consts.SMPP_ESME_RTHROTTLED: Problem.RATE_LIMITED,
    consts.SMPP_ESME_RMSGQFUL: Problem.RATE_LIMITED,
    consts.SMPP_ESME_RINVPASWD: Problem.NOT_ALLOWED,
    consts.SMPP_ESME_RINVSYSID: Problem.NOT_ALLOWED,
    consts.SMPP_ESME_RBINDFAIL: Problem.NOT_ALLOWED,
    consts.SMPP_ESME_RINVSYSTYP: Problem.NOT_ALLOWED,
    consts.SMPP_ESME_RINVSRCADR: Problem.NOT_ALLOWED,
    consts.SMPP_ESME_RINVSRCTON: Problem.NOT_ALLOWED,
    consts.SMPP_ESME_RINVSRCNPI: Problem.NOT_ALLOWED,
    consts.SMPP_ESME_RINVSERTYP: Problem.NOT_ALLOWED,
}
# message_state, and the word that stands for it in the text of a receipt. What is on its way says nothing.
_STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
_FAILED = {"EXPIRED": Problem.EXPIRED, "DELETED": Problem.REFUSED, "REJECTD": Problem.REFUSED}
# Unknown, unidentified and illegal subscriber; call barred.
_NETWORK = {1: Problem.GONE, 5: Problem.GONE, 9: Problem.GONE, 13: Problem.BLOCKED}


def refusal_of(status: int) -> SendRefused:
    """The refusal that a status stands for; what is not known is tried again."""
    if status in _FINAL:
        return SendRefused(_FINAL[status], is_final=True)
    problem = _PASSING.get(status, Problem.PROVIDER_DOWN)
    return SendRefused(problem, retry_after=30.0 if problem == Problem.RATE_LIMITED else None)


def word_of(state: int) -> str:
    """The word of a receipt for a message_state; empty for one that is not final."""
    return _STATES.get(state, "")


def outcome(word: str, *, error: int) -> tuple[DeliveryState, Problem | None] | None:
    """What became of a message; None while it is on its way. `error` is the network's code, 0 for none."""
    if word == "DELIVRD":
        return DeliveryState.DELIVERED, None
    if word in _FAILED:
        return DeliveryState.FAILED, _FAILED[word]
    if word == "UNDELIV":
        return DeliveryState.FAILED, _NETWORK.get(error, Problem.REFUSED)
    return None
