"""WhatsApp as Meta documents it: the promises of every kind, and those of its own."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ventanilla.channels import outbox
from ventanilla.channels.contract import Choice, Content, Media, Problem, SendRefused, kinds
from ventanilla.channels.intake import from_json
from ventanilla.channels.kinds.meta import sign
from ventanilla.channels.kinds.whatsapp.simulator import Meta
from ventanilla.channels.models import Channel, Correspondence, Inbound, Outbound, lane
from ventanilla.channels.simulator import Answer
from ventanilla.channels.tests.conformance import PDF, Conformance, Lab, deliver, now, queue, send, wrote

NUMBER, SECRET, TOKEN, VERIFY = (
    "106540352242922",
    "app-secret-for-tests",
    "EAAG-token-for-tests",
    "our-own-word",
)
SCOPED = "CR.13491208655302741918"


class WhatsAppLab(Lab):
    code = "whatsapp"
    person, other_person = "50688887777", "50570001111"
    carries_files = True
    secrets = {"app_secret": SECRET, "access_token": TOKEN, "verify_token": VERIFY}

    def __init__(self):
        self.meta = Meta(call=self._call, app_secret=SECRET, access_token=TOKEN, number=NUMBER)
        self.config = {"phone_number_id": NUMBER, "graph": self.meta.url}

    def prepare(self, channel):
        self.address = reverse("channels:hook", args=["whatsapp", channel.pk])

    def close(self):
        self.meta.close()

    def _call(self, *, method, query, headers, body):
        address = f"{self.address}?{query}" if query else self.address
        if method == "GET":
            self.last = Client().get(address, headers=headers)
        else:
            self.last = Client().post(address, body, content_type="application/json", headers=headers)
        return self.last.status_code

    def arrive(self, *messages):
        return self.meta.hand_over(
            [self.meta.message(person, text, external_id=ref, at=at) for ref, person, text, at in messages]
        )

    def forge(self):
        return self.meta.forge()

    def received(self):
        return [
            (sent.to, sent.text + "".join(f" {label}" for _, label in sent.choices))
            for sent in self.meta.sent
        ]

    def answer_with(self, *ways):
        self.meta.ways.extend(ways)

    def sent(self):
        return self.meta.sent

    def attach(self, body):
        self.meta.attach(self.person, "document", body, mime_type="application/pdf", filename="carta.pdf")

    def report(self, message, state):
        self.meta.report(message.provider_id, state)


class TestWhatsApp(Conformance):
    @pytest.fixture
    def lab(self):
        return WhatsAppLab()

    def test_answers_metas_check_of_the_address(self, lab, channel):
        assert lab.meta.subscribe(VERIFY) == 200
        assert lab.last.content == b"1158201444"
        assert lab.meta.subscribe("another-word") == 403

    def test_talks_with_a_person_who_shows_no_number(self, lab, channel):
        lab.meta.write(SCOPED, "hola")
        assert from_json(Inbound.objects.get().payload).sender == SCOPED
        outbox.queue(
            channel=channel, to=SCOPED, content=Content(text="Buenas"), key=channel.sealed_under, at=now()
        )
        deliver()
        [sent] = lab.meta.sent
        assert (sent.raw["recipient"], "to" in sent.raw) == (SCOPED, False)

    def test_knows_a_person_by_the_scoped_id_when_both_are_shown(self, lab, channel):
        both = lab.meta.message(lab.person, "hola") | {"from_user_id": SCOPED}
        lab.meta.hand_over([both])
        message = from_json(Inbound.objects.get().payload)
        assert message.sender == SCOPED
        assert message.other_addresses == {"phone": lab.person}

    def test_reads_a_pressed_button_as_a_choice(self, lab, channel):
        lab.meta.press(lab.person, "2", "Trabajo")
        message = from_json(Inbound.objects.get().payload)
        assert (message.choice, message.text) == ("2", "Trabajo")

    def test_offers_three_choices_as_buttons_and_more_as_a_list(self, lab, channel):
        wrote(lab, channel)
        for number in (3, 5):
            choices = tuple(
                Choice(str(n), f"Opción {n} con un nombre"[: 18 if number == 3 else 40])
                for n in range(number)
            )
            content = Content(text="¿Qué necesita?", choices=choices)
            outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        assert [sent.raw["interactive"]["type"] for sent in lab.meta.sent] == ["button", "list"]
        assert [len(sent.choices) for sent in lab.meta.sent] == [3, 5]

    def test_asks_for_a_new_address_when_one_has_ended(self, lab, channel):
        lab.attach(PDF)
        [media] = from_json(Inbound.objects.get().payload).media
        lab.meta.address_holds = 0
        with pytest.raises(SendRefused) as caught:
            list(kinds["whatsapp"].fetch(media, channel))
        assert (caught.value.problem, caught.value.is_final) == (Problem.GONE, False)
        lab.meta.address_holds = 300
        assert b"".join(kinds["whatsapp"].fetch(media, channel)) == PDF

    def test_says_which_file_meta_has_no_more(self, lab, channel):
        with pytest.raises(SendRefused) as caught:
            list(kinds["whatsapp"].fetch(Media("1234567890"), channel))
        assert (caught.value.problem, caught.value.is_final) == (Problem.GONE, True)

    @pytest.mark.parametrize("reference", ["", "../me", "1?fields=x", "1/2", "http://169.254.169.254/"])
    def test_asks_for_nothing_that_is_no_file(self, lab, channel, reference):
        with pytest.raises(SendRefused) as caught:
            list(kinds["whatsapp"].fetch(Media(reference), channel))
        assert (caught.value.problem, caught.value.is_final) == (Problem.UNSUPPORTED, True)

    @pytest.mark.parametrize(
        "address",
        [
            "http://127.0.0.1:1/x", "http://169.254.169.254/x", "https://lookaside.fbsbx.com.evil.example/x",
            "http://lookaside.fbsbx.com/x", "https://lookaside.fbsbx.com:22/x", "https://x:99999999/y", "",
            "https://fbsbx.com@evil.example/x", "file:///etc/passwd",
        ],
    )  # fmt: skip
    def test_shows_the_key_to_nobody_but_meta(self, lab, channel, address, monkeypatch):
        monkeypatch.setattr(lab.meta, "_about", lambda number: Answer(200, {"url": address}))
        with pytest.raises(SendRefused) as caught:
            list(kinds["whatsapp"].fetch(Media("1234567890"), channel))
        assert (caught.value.problem, caught.value.is_final) == (Problem.UNSUPPORTED, True)

    def test_does_not_write_freely_after_24_hours(self, lab, channel):
        Correspondence.objects.create(
            channel=channel,
            lane=lane(channel, lab.person),
            last_inbound_at=now() - timedelta(hours=24, minutes=1),
        )
        message = queue(lab, channel, "¿Sigue ahí?")
        deliver()
        message.refresh_from_db()
        assert (message.state, message.problem) == (Outbound.State.FAILED, Problem.WINDOW_CLOSED)
        assert lab.received() == []

    def test_believes_meta_about_the_window(self, lab, channel):
        wrote(lab, channel)
        lab.answer_with("closed")
        message = queue(lab, channel, "uno")
        deliver()
        message.refresh_from_db()
        assert (message.state, message.problem) == (Outbound.State.FAILED, Problem.WINDOW_CLOSED)

    def test_sends_a_template_after_24_hours_to_whom_has_agreed(self, lab, channel):
        person = Correspondence.objects.create(
            channel=channel, lane=lane(channel, lab.person), last_inbound_at=now() - timedelta(days=3)
        )
        content = Content(template="callback_due", language="es", variables=("martes 10:00",))
        refused = outbox.queue(
            channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now()
        )
        deliver()
        refused.refresh_from_db()
        assert refused.problem == Problem.NO_OPT_IN
        person.opted_in_at = now()
        person.save()
        outbox.send_again(message=refused, at=now())
        deliver()
        assert lab.received() == [(lab.person, "callback_due: martes 10:00")]

    def test_marks_a_message_as_sent_when_meta_reports_it_though_its_answer_was_lost(self, lab, channel):
        wrote(lab, channel)
        lab.answer_with("cut")
        message = queue(lab, channel, "uno")
        deliver()
        [sent] = lab.meta.sent
        lab.meta.report(sent.provider_id, "delivered", token=sent.token)
        message.refresh_from_db()
        assert (message.state, message.provider_id) == (Outbound.State.DELIVERED, sent.provider_id)

    def test_tells_the_coordinator_when_the_token_has_ended(self, lab, channel):
        channel.secrets = {**channel.secrets, "access_token": "expired"}
        channel.save()
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.QUEUED, Problem.NOT_ALLOWED)
        assert Channel.objects.get(pk=channel.pk).problem == Problem.NOT_ALLOWED

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"null", b"[]", b'"x"', b"{", b'{"entry": 5}', b"\xff\xfe", b"[" * 5000,
            b'{"entry":[{"changes":[{"field":"messages","value":null}]}]}',
            b'{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"1","timestamp":"1e400"}]}}]}]}',
            b'{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"from":"1","id":"1",'
            b'"timestamp":"99999999999999999","type":"text","text":{"body":"x"}}]}}]}]}',
        ],
    )  # fmt: skip
    def test_says_400_to_what_it_cannot_read(self, lab, channel, body):
        headers = {"X-Hub-Signature-256": sign(body, secret=SECRET)}
        assert lab._call(method="POST", query="", headers=headers, body=body) in (200, 400)
        assert not Inbound.objects.exists()

    def test_ignores_what_is_meant_for_another_number(self, lab, channel):
        body = json.dumps(
            {
                "entry": [
                    {
                        "changes": [
                            {
                                "field": "messages",
                                "value": {
                                    "metadata": {"phone_number_id": "9"},
                                    "messages": [lab.meta.message("50611112222", "x")],
                                },
                            }
                        ]
                    }
                ]
            }
        ).encode()
        headers = {"X-Hub-Signature-256": sign(body, secret=SECRET)}
        assert lab._call(method="POST", query="", headers=headers, body=body) == 200
        assert not Inbound.objects.exists()
