"""SMS over HTTP gateways: two that differ in everything, each described by configuration alone."""

import json
import re
from pathlib import Path

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from ventanilla.channels.contract import Content, Misconfigured, Outgoing, Problem, SendRefused, kinds
from ventanilla.channels.intake import from_json
from ventanilla.channels.kinds.sms_http import rules
from ventanilla.channels.kinds.sms_http.simulator import JsonGateway, PlainGateway
from ventanilla.channels.models import Channel, Inbound, Outbound
from ventanilla.channels.tests.conformance import Conformance, Lab, now, send

NUMBER, KEY, SECRET = "+50640001234", "key-for-tests", "hook-secret-for-tests"


class SmsHttpLab(Lab):
    code = "sms_http"
    person, other_person = "+50688887777", "+50570001111"
    secrets = {"key": KEY, "hook_secret": SECRET}

    def __init__(self, gateway):
        self.gateway = gateway(call=self._call, key=KEY, hook_secret=SECRET, number=NUMBER)
        self.config = self.gateway.config()

    def prepare(self, channel):
        kinds["sms_http"].check(channel.config)
        self.address = reverse("channels:hook", args=["sms_http", channel.pk])

    def close(self):
        self.gateway.close()

    def _call(self, *, method, query, headers, body):
        address = f"{self.address}?{query}" if query else self.address
        content_type = headers.get("Content-Type", "")
        if method == "GET":
            return Client().get(address, headers=headers).status_code
        return Client().post(address, body, content_type=content_type, headers=headers).status_code

    def arrive(self, *messages):
        return self.gateway.hand_over(list(messages))

    def forge(self):
        return self.gateway.forge()

    def received(self):
        return [(sent.to, sent.text) for sent in self.gateway.sent]

    def answer_with(self, *ways):
        self.gateway.ways.extend(ways)

    def report(self, message, state):
        self.gateway.report(message.provider_id, state)


class TestJsonGateway(Conformance):
    @pytest.fixture
    def lab(self):
        return SmsHttpLab(JsonGateway)

    def test_is_told_what_a_gateway_says_of_a_message_it_knows_by_our_token(self, lab, channel):
        message = send(lab, channel, "uno")
        [sent] = lab.gateway.sent
        lab.gateway.report("another-id", "expired", token=sent.token)
        message.refresh_from_db()
        assert (message.state, message.problem) == (Outbound.State.FAILED, Problem.EXPIRED)

    def test_fills_gaps_once_so_that_nobody_can_ask_for_the_key(self, lab, channel):
        send(lab, channel, 'Escriba {key} y "comillas" {to}')
        assert lab.received() == [(lab.person, 'Escriba {key} y "comillas" {to}')]

    def test_tells_the_coordinator_when_the_key_has_ended(self, lab, channel):
        channel.secrets = {**channel.secrets, "key": "old"}
        channel.save()
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.QUEUED, Problem.NOT_ALLOWED)

    def test_lets_whoever_says_arret_alone(self, lab, channel):
        assert lab.arrive(("m-1", lab.person, "ARRÊT", now())) == 200
        assert not Inbound.objects.exists()
        assert send(lab, channel, "uno").problem == Problem.NO_OPT_IN

    @pytest.mark.parametrize(
        "body", [b"", b"null", b"[]", b"{", b"\xff", b'{"events": [{"from": 5}]}', b"[" * 5000]
    )
    def test_says_400_to_what_it_cannot_read(self, lab, channel, body):
        from ventanilla.channels.kinds.sms_http.incoming import signatures

        for signature in signatures(body, secret=SECRET):
            headers = {"Content-Type": "application/json", "X-Signature": signature}
            assert lab._call(method="POST", query="", headers=headers, body=body) == 400
        assert not Inbound.objects.exists()

    def test_trusts_nobody_without_a_secret(self, lab, channel):
        channel.secrets = {"key": KEY}
        channel.save()
        assert lab.arrive(("m-1", lab.person, "hola", now())) == 403

    def test_replaces_typographic_signs_and_never_letters(self, lab, channel):
        send(lab, channel, "“Hola” – señora…")
        send(lab, channel, "“Perú” – José…")
        channel.config = {**channel.config, "transliterate": "yes"}
        channel.save()
        send(lab, channel, "“Perú” – José…")
        texts = [text for _to, text in lab.received()]
        assert texts == ['"Hola" - señora...', "“Perú” – José…", '"Peru" - José...']


class TestPlainGateway(Conformance):
    @pytest.fixture
    def lab(self):
        return SmsHttpLab(PlainGateway)

    def test_understands_a_form_as_well_as_a_query(self, lab, channel):
        body = b"msisdn=8888-7777&text=%C2%BFd%C3%B3nde%3F&time=2026-11-26+10%3A00%3A00"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert lab._call(method="POST", query=f"secret={SECRET}", headers=headers, body=body) == 200
        message = from_json(Inbound.objects.get().payload)
        assert (message.sender, message.text) == (lab.person, "¿dónde?")
        assert message.at.isoformat() == "2026-11-26T10:00:00+00:00"

    def test_refuses_a_message_with_neither_number_nor_time(self, lab, channel):
        assert (
            lab._call(method="GET", query=f"secret={SECRET}&msisdn=50688887777&text=x", headers={}, body=b"")
            == 400
        )


def test_the_two_gateways_worked_out_in_the_guide_are_those_of_the_simulator():
    guide = (Path(__file__).parents[5] / "docs" / "how-to" / "channels.md").read_text()
    shown = [
        json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    ]
    for config, gateway in zip(shown, (JsonGateway, PlainGateway), strict=True):
        kinds["sms_http"].check(config)
        path = gateway.CONFIG["send_url"]
        assert config.pop("send_url").endswith(path)
        made = {
            name: json.loads(value) if value.startswith("{") else value
            for name, value in gateway.CONFIG.items()
        }
        assert {**config, "send_url": path} == made


def describe(**changes):
    return {**JsonGateway.CONFIG, "send_url": "https://gateway.example/v1", "sender": NUMBER, **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"send_url": "http://gateway.example/v1"}, "https://"),
        ({"send_url": "ftp://x"}, "https://"),
        ({"send_url": "https://[x"}, "https://"),
        ({"send_method": "BREW"}, "send_method"),
        ({"send_as": "fax"}, "send_as"),
        ({"send_fields": "to={to}"}, "send_fields"),
        ({"send_fields": "[]"}, "send_fields"),
        ({"send_fields": '{"to": "{to}"}'}, "{text}"),
        ({"send_fields": '{"to": "{to}", "text": "{text}", "x": "{rain}"}'}, "rain"),
        ({"send_as": "form"}, "send_fields"),
        ({"authorization": "header"}, "authorization"),
        ({"authorization": "magic"}, "authorization"),
        ({"in_check": ""}, "in_check"),
        ({"in_check": "bearer"}, "in_check"),
        ({"in_check": "hmac"}, "in_check"),
        ({"answer_id": "re:OK"}, "answer_id"),
        ({"answer_status": "re:("}, "answer_status"),
        ({"answer_problems": '{"5": "rain"}'}, "rain"),
        ({"report_words": '{"5": "perhaps"}'}, "perhaps"),
        ({"in_id": "", "in_time": ""}, "in_id"),
        ({"report_state": ""}, "report_state"),
        ({"transliterate": "si"}, "transliterate"),
    ],
)
def test_a_description_that_cannot_work_is_refused_in_words(changes, said):
    kinds["sms_http"].check(describe())
    with pytest.raises(Misconfigured) as refused:
        kinds["sms_http"].check(describe(**changes))
    assert said in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.20", "localhost"])
def test_a_gateway_in_the_hubs_own_network_needs_no_certificate(host):
    kinds["sms_http"].check(describe(send_url=f"http://{host}:8080/send"))


@pytest.mark.parametrize(
    ("status", "body", "problem", "is_final"),
    [
        (402, "{}", Problem.NOT_ALLOWED, False),
        (400, "{}", Problem.REFUSED, True),
        (302, "", Problem.REFUSED, True),
        (200, '{"messages": [{"status": "who knows"}]}', Problem.REFUSED, True),
        (200, "<html>", Problem.REFUSED, True),
    ],
)
def test_an_answer_that_is_not_good_is_no_message_sent(status, body, problem, is_final):
    from ventanilla.channels.kinds.sms_http.sending import _verdict

    with pytest.raises(SendRefused) as refused:
        _verdict(httpx.Response(status, text=body), Channel(config=describe()))
    assert (refused.value.problem, refused.value.is_final) == (problem, is_final)


@pytest.mark.parametrize(("way", "header"), [("basic", "Basic aHViOms="), ("header X-Key", "k"), ("", None)])
def test_the_key_is_shown_as_the_gateway_wants_it(way, header):
    from ventanilla.channels.kinds.sms_http.sending import _authorization

    channel = Channel(config=describe(authorization=way, user="hub"))
    channel.sealed_under, channel.secrets = None, {"key": "k"}
    assert next(iter(_authorization(channel).values()), None) == header


def test_a_value_is_found_by_its_path():
    data = {"a": [{"b.c": 1}], "ok": True, "n": None}
    found = [rules.at(path, data) for path in ("a.0.b.c", "ok", "n", "a", "a.7.b", "x.y")]
    assert found == ["1", "true", "", "", "", ""]
    assert rules.pick("a.0", json.dumps(data)) == ""


def test_a_message_that_no_sms_carries_is_not_sent():
    outgoing = Outgoing(to=NUMBER, content=Content(text="x" * 1531), token="t")
    with pytest.raises(SendRefused) as refused:
        kinds["sms_http"].send(outgoing, Channel(config=describe()))
    assert (refused.value.problem, refused.value.is_final) == (Problem.TOO_LONG, True)
