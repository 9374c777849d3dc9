"""Messenger as Meta documents it: the promises of every kind, and those of its own."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ventanilla.channels import outbox
from ventanilla.channels.contract import Choice, Content, Media, Misconfigured, Problem, SendRefused, kinds
from ventanilla.channels.intake import from_json
from ventanilla.channels.kinds.messenger.simulator import Page
from ventanilla.channels.models import Channel, Correspondence, Inbound, Outbound
from ventanilla.channels.tests.conformance import Conformance, Lab, deliver, now, queue, send, wrote

PAGE, SECRET, TOKEN, VERIFY = "1067280970047460", "app-secret-for-tests", "EAAG-page-token", "our-own-word"


class MessengerLab(Lab):
    code = "messenger"
    person, other_person = "8017274251683420", "6650919234997777"
    carries_files = True
    secrets = {"app_secret": SECRET, "access_token": TOKEN, "verify_token": VERIFY}

    def __init__(self):
        self.page = Page(call=self._call, app_secret=SECRET, access_token=TOKEN, page_id=PAGE)
        self.config = {"page_id": PAGE, "human_agent": "no", "graph": self.page.url}

    def prepare(self, channel):
        self.address = reverse("channels:hook", args=["messenger", channel.pk])

    def close(self):
        self.page.close()

    def _call(self, *, method, query, headers, body):
        address = f"{self.address}?{query}" if query else self.address
        if method == "GET":
            self.last = Client().get(address, headers=headers)
        else:
            self.last = Client().post(address, body, content_type="application/json", headers=headers)
        return self.last.status_code

    def arrive(self, *messages):
        return self.page.hand_over(
            [self.page.message(person, text, mid=ref, at=at) for ref, person, text, at in messages]
        )

    def forge(self):
        return self.page.hand_over([self.page.message(self.person, "x")], secret=SECRET[::-1])

    def received(self):
        return [
            (sent.to, sent.text + "".join(f" {label}" for _, label in sent.choices))
            for sent in self.page.sent
        ]

    def sent(self):
        return self.page.sent

    def attach(self, body):
        self.page.write(self.person, "", attachments=[self.page.attachment("file", body)])

    def answer_with(self, *ways):
        self.page.ways.extend(ways)

    def report(self, message, state):
        if state == "read":
            self.page.read(self.person, now())
        else:
            self.page.delivered(self.person, now(), message.provider_id)


def said():
    return [from_json(row.payload) for row in Inbound.objects.order_by("received_at", "pk")]


def put(lab, channel, content):
    """One message of ours for the person, tried once."""
    message = outbox.queue(
        channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now()
    )
    deliver()
    message.refresh_from_db()
    return message


def states():
    return list(Outbound.objects.order_by("position").values_list("state", flat=True))


class TestMessenger(Conformance):
    @pytest.fixture
    def lab(self):
        return MessengerLab()

    def test_answers_metas_check_of_the_address(self, lab, channel):
        assert lab.page.subscribe(VERIFY) == 200
        assert lab.last.content == b"1158201444"
        assert lab.page.subscribe("another-word") == 403

    def test_lets_the_page_send_its_messages_to_the_app(self, lab, channel):
        kinds["messenger"].connect(channel, hook="https://hub.example.org/x")
        assert {"messages", "messaging_postbacks", "message_reads", "message_echoes"} <= set(lab.page.fields)

    def test_ignores_what_is_meant_for_another_page(self, lab, channel):
        assert lab.page.hand_over([lab.page.message(lab.person, "x")], page="999") == 200
        assert not Inbound.objects.exists()

    def test_reads_a_tapped_quick_reply_as_a_choice(self, lab, channel):
        wrote(lab, channel)
        put(lab, channel, Content(text="¿Qué necesita?", choices=(Choice("2", "Trabajo"),)))
        lab.page.press(lab.person, lab.page.sent[0], "2")
        assert [(message.text, message.choice) for message in said()] == [("Trabajo", "2")]

    def test_hears_from_where_somebody_comes_who_gets_started(self, lab, channel):
        lab.page.get_started(lab.person, "GET_STARTED", ref="refugio-cr")
        lab.page.write(lab.other_person, "hola", referral={"ref": "trabajo-cr", "type": "OPEN_THREAD"})
        assert [(message.text, message.choice) for message in said()] == [
            ("Get Started", "GET_STARTED"), ("hola", "trabajo-cr"),
        ]  # fmt: skip

    def test_takes_an_old_postback_without_an_id_once(self, lab, channel):
        event = lab.page._event(lab.person, postback={"title": "Menú", "payload": "MENU"})
        for _time in range(2):
            assert lab.page.hand_over([event]) == 200
        assert [message.choice for message in said()] == ["MENU"]
        assert lab.person not in Inbound.objects.get().external_id

    def test_hears_which_message_a_person_answers(self, lab, channel):
        ours = send(lab, channel, "¿Tiene cita?")
        lab.page.write(lab.person, "sí", reply_to={"mid": ours.provider_id})
        [answer] = said()
        assert answer.replies_to == ours.provider_id
        put(lab, channel, Content(text="Bien.", replies_to=answer.external_id))
        assert lab.page.sent[-1].raw["reply_to"] == {"mid": answer.external_id}

    def test_brings_files_and_reads_places_and_pages_as_words(self, lab, channel):
        place = {"type": "location", "payload": {"coordinates": {"lat": 9.93, "long": -84.08}}}
        shared = {"type": "fallback", "payload": {"url": "https://example.org/oferta", "title": "Oferta"}}
        lab.page.write(lab.person, "", attachments=[lab.page.attachment("image", b"picture")])
        lab.page.write(lab.person, "", attachments=[place])
        lab.page.write(lab.person, "", attachments=[shared])
        picture, where, page = said()
        assert (where.text, page.text) == ("9.93, -84.08", "https://example.org/oferta")
        assert [file.kind for file in picture.media] == ["image"]
        assert b"".join(kinds["messenger"].fetch(picture.media[0], channel)) == b"picture"

    @pytest.mark.parametrize(
        "address",
        [
            "http://169.254.169.254/latest/meta-data",
            "https://localhost/x",
            "https://evil-fbcdn.net/x",
            "http://scontent.xx.fbcdn.net/x",
            "https://scontent.xx.fbcdn.net.evil.example/x",
            "file:///etc/passwd",
            "https://scontent.xx.fbcdn.net:8443/x",
            "https://[bad/x",
        ],
    )
    def test_asks_nobody_but_meta_for_a_file(self, lab, channel, address):
        with pytest.raises(SendRefused) as caught:
            list(kinds["messenger"].fetch(Media(address), channel))
        assert (caught.value.problem, caught.value.is_final) == (Problem.UNSUPPORTED, True)

    def test_says_which_file_is_gone(self, lab, channel):
        with pytest.raises(SendRefused) as caught:
            list(kinds["messenger"].fetch(Media(f"{lab.page.url}/files/none"), channel))
        assert caught.value.problem == Problem.GONE

    def test_takes_nothing_for_a_persons_word_that_the_page_said(self, lab, channel):
        send(lab, channel, "uno")
        lab.page.echo(lab.page.sent[0])
        lab.page.sent[0].token = ""
        lab.page.echo(lab.page.sent[0])
        assert not Inbound.objects.exists()

    def test_marks_a_message_as_sent_by_its_echo_though_the_answer_was_lost(self, lab, channel):
        wrote(lab, channel)
        lab.answer_with("cut")
        message = queue(lab, channel, "uno")
        deliver()
        message.refresh_from_db()
        assert message.state == Outbound.State.UNSURE
        [sent] = lab.page.sent
        lab.page.echo(sent)
        message.refresh_from_db()
        assert (message.state, message.provider_id) == (Outbound.State.SENT, sent.provider_id)
        assert message.sent_at is not None

    def test_marks_as_read_what_was_sent_until_the_mark_and_nothing_later(self, lab, channel):
        for text in ("uno", "dos"):
            send(lab, channel, text)
        first, second = lab.page.sent
        moment = now() - timedelta(minutes=1)
        lab.page.echo(first, at=moment)
        lab.page.echo(second, at=moment + timedelta(seconds=30))
        lab.page.read(lab.person, moment)
        assert states() == [Outbound.State.READ, Outbound.State.SENT]
        lab.page.read(lab.person, moment + timedelta(seconds=30))
        assert states() == [Outbound.State.READ, Outbound.State.READ]

    def test_does_not_say_read_where_it_cannot_know(self, lab, channel):
        message = send(lab, channel, "uno")
        lab.page.read(lab.person, message.sent_at - timedelta(seconds=1))
        assert states() == [Outbound.State.SENT]

    def test_keeps_the_marks_of_two_people_apart(self, lab, channel):
        send(lab, channel, "uno")
        lab.page.read(lab.other_person, now() + timedelta(seconds=5))
        assert states() == [Outbound.State.SENT]

    def test_believes_a_mark_of_what_was_delivered_without_ids(self, lab, channel):
        send(lab, channel, "uno")
        lab.page.delivered(lab.person, now() + timedelta(seconds=5))
        lab.page.read(lab.person, now() + timedelta(seconds=5))
        lab.page.delivered(lab.person, now() + timedelta(seconds=6))
        assert states() == [Outbound.State.READ]

    def test_shows_whole_labels_where_a_button_is_too_narrow(self, lab, channel):
        wrote(lab, channel)
        long = "Cómo pedir la condición de refugio"
        put(lab, channel, Content(text="¿Cuál?", choices=(Choice("1", long), Choice("2", "Trabajo"))))
        [sent] = lab.page.sent
        assert f"1. {long}" in sent.text
        assert all(len(title) <= 20 for _code, title in sent.choices)

    def test_says_that_2001_characters_are_too_many(self, lab, channel):
        assert send(lab, channel, "a" * 2000).state == Outbound.State.SENT
        assert send(lab, channel, "a" * 2001).problem == Problem.TOO_LONG

    @pytest.mark.parametrize(
        ("way", "problem"),
        [
            ("closed", Problem.WINDOW_CLOSED),
            ("blocked", Problem.BLOCKED),
            ("gone", Problem.GONE),
            ("commerce", Problem.REFUSED),
            ("parameter", Problem.REFUSED),
        ],
    )
    def test_gives_up_with_the_reason(self, lab, channel, way, problem):
        lab.answer_with(way)
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.FAILED, problem)

    @pytest.mark.parametrize("way", ["token", "permission"])
    def test_tells_the_coordinator_what_meta_does_not_allow(self, lab, channel, way):
        lab.answer_with(way)
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.QUEUED, Problem.NOT_ALLOWED)
        assert Channel.objects.get(pk=channel.pk).problem == Problem.NOT_ALLOWED

    def test_says_400_to_what_it_cannot_read(self, lab, channel):
        entry = f'{{"entry":[{{"id":"{PAGE}","messaging":['.encode()
        bodies = [
            b"", b"null", b"[]", b'"x"', b"{", b'{"entry": 5}', b"\xff\xfe", b"[" * 5000,
            entry + b"5]}]}", entry + b'{"message":{"mid":"1"}}]}]}',
            entry + b'{"sender":{"id":"1"},"timestamp":99999999999999999999,"message":{"mid":"1"}}]}]}',
            entry + b'{"sender":{"id":"1"},"read":{}}]}]}', entry + b'{"sender":{"id":"1"},"read":7}]}]}',
        ]  # fmt: skip
        for body in bodies:
            assert lab.page.post(body, secret=SECRET) in (200, 400), body
        assert not Inbound.objects.exists()

    def test_leaves_out_what_it_does_not_know(self, lab, channel):
        reaction = lab.page._event(lab.person, reaction={"mid": "m_1", "action": "react", "emoji": "❤"})
        assert lab.page.hand_over([reaction, lab.page.message(lab.person, "hola")]) == 200
        assert [message.text for message in said()] == ["hola"]


class TestWindows(Conformance):
    """The line after a day of silence; the suite holds for a page with “Human Agent” too."""

    @pytest.fixture
    def lab(self):
        lab = MessengerLab()
        lab.config = {**lab.config, "human_agent": "yes"}
        lab.page.is_human_agent_approved = True
        return lab

    def heard(self, lab, **ago):
        """The person wrote so long ago, and it came at once."""
        assert lab.page.write(lab.person, "hola", at=now() - timedelta(**ago)) == 200
        Correspondence.objects.update(last_inbound_at=now() - timedelta(**ago))

    def test_answers_within_a_day_as_anybody(self, lab, channel):
        self.heard(lab, hours=2)
        put(lab, channel, Content(text="uno"))
        [sent] = lab.page.sent
        assert (sent.raw["messaging_type"], "tag" in sent.raw) == ("RESPONSE", False)

    def test_lets_people_of_the_staff_answer_for_seven_days(self, lab, channel):
        self.heard(lab, days=3)
        message = put(lab, channel, Content(text="uno"))
        assert message.state == Outbound.State.SENT
        [sent] = lab.page.sent
        assert (sent.raw["messaging_type"], sent.raw["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")

    def test_does_not_pass_off_the_house_as_a_person(self, lab, channel):
        self.heard(lab, days=3)
        message = put(lab, channel, Content(text="uno", is_automatic=True))
        assert message.problem == Problem.WINDOW_CLOSED
        assert lab.page.sent == []

    def test_says_nothing_after_seven_days(self, lab, channel):
        self.heard(lab, days=8)
        assert put(lab, channel, Content(text="uno")).problem == Problem.WINDOW_CLOSED

    def test_closes_after_a_day_where_meta_has_not_approved(self, lab, channel):
        channel.config = {**channel.config, "human_agent": "no"}
        channel.save()
        self.heard(lab, hours=25)
        assert put(lab, channel, Content(text="uno")).problem == Problem.WINDOW_CLOSED
        assert lab.page.sent == []

    def test_believes_meta_that_it_has_not_approved(self, lab, channel):
        lab.page.is_human_agent_approved = False
        self.heard(lab, days=2)
        assert put(lab, channel, Content(text="uno")).problem == Problem.WINDOW_CLOSED


def test_refuses_an_answer_that_is_none():
    with pytest.raises(Misconfigured):
        kinds["messenger"].check({"human_agent": "perhaps"})


def test_content_of_before_is_still_read():
    """A message that was queued without the mark of the house is a person's."""
    old = {name: value for name, value in Content(text="x").as_json().items() if name != "is_automatic"}
    assert Content.from_json(json.loads(json.dumps(old))) == Content(text="x")
