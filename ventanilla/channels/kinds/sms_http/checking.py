"""Looking at a gateway's description before it is used, so that mistakes are told in words."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ...contract import DeliveryState, Misconfigured, Problem
from ..network import is_near
from . import rules

RULES = ("answer_id", "answer_status")


def check(config: Mapping[str, Any]) -> None:
    """Raises Misconfigured with the first thing that is wrong."""
    _check_address(str(config.get("send_url") or ""))
    _check_fields(config)
    _check_secret_place(config, "authorization", ("bearer", "basic", "header"))
    _check_secret_place(config, "in_check", ("header", "query", "hmac"))
    for name in RULES:
        rules.check_rule(config, name)
    rules.check_words(config, "answer_problems", list(Problem.values))
    rules.check_words(config, "report_words", [*DeliveryState.values, *Problem.values])
    _check_hook(config)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if not (parts.scheme == "https" and host or parts.scheme == "http" and is_near(host)):
        raise Misconfigured(
            _("The address must begin with https://; http:// is for gateways in the hub's own network.")
        )


def _check_fields(config: Mapping[str, Any]) -> None:
    shape = rules.fields(config, "send_fields")
    used = rules.gaps(shape)
    if not ({"to", "digits"} & used and "text" in used):
        raise Misconfigured(_("“send_fields” must hold {to} or {digits}, and {text}."))
    if unknown := sorted(used - set(rules.GAPS)):
        raise Misconfigured(
            _("“send_fields” holds {unknown}, which nothing fills; known: {known}.").format(
                unknown=", ".join(unknown), known=", ".join(rules.GAPS)
            )
        )
    if config.get("send_as") in ("form", "query") and not all(isinstance(v, str) for v in shape.values()):
        raise Misconfigured(_("In a form or a query every field of “send_fields” is a text."))


def _check_secret_place(config: Mapping[str, Any], name: str, ways: tuple[str, ...]) -> None:
    way, _space, where = str(config.get(name) or "").partition(" ")
    needs_name = way in ("header", "query", "hmac")
    if way and (way not in ways or needs_name != bool(where.strip())):
        raise Misconfigured(
            _("“{name}” is empty or one of: {ways}, as in {example}.").format(
                name=name, ways=", ".join(ways), example="header X-Api-Key"
            )
        )


def _check_hook(config: Mapping[str, Any]) -> None:
    if not config.get("in_sender") and not config.get("report_id"):
        return
    if not config.get("in_check"):
        raise Misconfigured(_("“in_check” must say how we know that it is the gateway that calls us."))
    if config.get("in_sender") and not (
        config.get("in_text") and (config.get("in_id") or config.get("in_time"))
    ):
        raise Misconfigured(_("Messages that come in need “in_text”, and “in_id” or at least “in_time”."))
    if bool(config.get("report_id") or config.get("report_token")) != bool(config.get("report_state")):
        raise Misconfigured(_("Reports need “report_state”, and “report_id” or “report_token”."))
