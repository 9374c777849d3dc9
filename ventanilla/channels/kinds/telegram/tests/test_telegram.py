"""Telegram as its Bot API documents it, by hook and by asking: the promises of every kind, and its own."""

import json
import logging
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from ventanilla.channels import intake, loops, outbox
from ventanilla.channels.contract import Choice, Content, Misconfigured, Problem, SendRefused, kinds
from ventanilla.channels.kinds.telegram.simulator import BotApi
from ventanilla.channels.models import Channel, Correspondence, Inbound, Outbound
from ventanilla.channels.tests.conformance import Conformance, Lab, deliver, now, queue, send, wrote

TOKEN, SECRET = "123456789:AAE-key_for-tests0000000000000000000", "our-own_Secret-1"
CHOICES = (Choice("1", "Refugio"), Choice("2", "Trabajo"))


class TelegramLab(Lab):
    """Every id of the suite is an update and a message of its own, the same when it comes again."""

    code = "telegram"
    person, other_person = "7004002001", "5551230987"
    has_statuses = False
    carries_files = True
    secrets = {"bot_token": TOKEN, "secret_token": SECRET}
    mode = "webhook"

    def __init__(self):
        self.bot = BotApi(token=TOKEN, call=self._call, longest_wait=0)
        self.config = {"mode": self.mode, "server": self.bot.url}
        self.known = {}

    def prepare(self, channel):
        self.address = reverse("channels:hook", args=["telegram", channel.pk])
        kinds["telegram"].connect(channel, hook=f"https://hub.example.org{self.address}")

    def close(self):
        self.bot.close()

    def _call(self, *, method, query, headers, body):
        self.last = Client().post(self.address, body, content_type="application/json", headers=headers)
        return self.last.status_code

    def arrive(self, *messages):
        statuses = [self.put(*message) for message in messages]
        return max(statuses)

    def put(self, ref, person, text, at):
        number, message = self.known.setdefault(
            ref, (510_000_500 + len(self.known), self.bot.message(person, at=at, text=text))
        )
        return self.bot.tell({"message": message}, number=number)

    def forge(self):
        update = {"update_id": 1, "message": self.bot.message(self.person, text="x")}
        return self.bot.post(update, secret=SECRET[::-1])

    def received(self):
        return [
            (sent.to, sent.text + "".join(f" {label}" for _, label in sent.choices)) for sent in self.bot.sent
        ]

    def sent(self):
        return self.bot.sent

    def attach(self, body):
        self.bot.attach(self.person, "document", body, mime_type="application/pdf", file_name="carta.pdf")

    def answer_with(self, *ways):
        self.bot.ways.extend(ways)


class PollingLab(TelegramLab):
    mode = "polling"

    def prepare(self, channel):
        super().prepare(channel)
        self.channel = channel

    def attach(self, body):
        super().attach(body)
        self.listen()

    def arrive(self, *messages):
        super().arrive(*messages)
        try:
            self.listen()
        except DatabaseError:
            return 500
        return 200

    def listen(self, *, stopped=None):
        """What the messenger does for this channel, until nothing waits unconfirmed."""

        def hand_over(parsed):
            intake.receive(channel=self.channel, parsed=parsed, at=now())

        kinds["telegram"].listen(self.channel, hand_over, stopped or (lambda: not self.bot.pending))


def said():
    return [intake.from_json(row.payload) for row in Inbound.objects.order_by("received_at", "pk")]


def offer(lab, channel):
    """Two buttons below a message of ours, as Telegram took it."""
    wrote(lab, channel)
    content = Content(text="¿Qué necesita?", choices=CHOICES)
    outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
    deliver()
    [sent] = lab.bot.sent
    return sent


def test_the_key_is_shown_by_no_library_and_no_error(caplog, settings):
    # Whatever level somebody sets: httpx writes addresses at INFO.
    bot = BotApi(token=TOKEN, call=lambda **_: 200)
    caplog.set_level(logging.DEBUG)
    channel = Channel(kind="telegram", config={"server": bot.url})
    channel.__dict__["secrets"] = {"bot_token": TOKEN}
    kinds["telegram"].connect(channel, hook="")
    bot.close()
    with pytest.raises(SendRefused) as caught:
        kinds["telegram"].connect(channel, hook="")
    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert TOKEN not in written
    assert TOKEN not in repr(caught.value) + str(caught.value.__cause__)


class TestTelegramHook(Conformance):
    @pytest.fixture
    def lab(self):
        return TelegramLab()

    def test_tells_telegram_the_address_the_secret_and_what_it_wants_to_hear(self, lab, channel):
        assert lab.bot.hook == f"https://hub.example.org{lab.address}"
        assert lab.bot.write(lab.person, "hola") == 200
        assert [message.text for message in said()] == ["hola"]

    def test_trusts_nobody_without_a_secret(self, lab, channel):
        channel.secrets = {"bot_token": TOKEN}
        channel.save()
        update = {"update_id": 1, "message": lab.bot.message(lab.person, text="x")}
        assert lab.bot.post(update, secret="") == 403
        with pytest.raises(Misconfigured):
            kinds["telegram"].connect(channel, hook="https://hub.example.org/x")

    def test_takes_later_what_it_could_not_commit(self, lab, channel):
        channel.state = Channel.State.CLOSED
        channel.save()
        assert lab.bot.write(lab.person, "uno") == 404
        Channel.objects.update(state=Channel.State.OPEN)
        assert lab.bot.write(lab.person, "dos") == 200
        assert [message.text for message in said()] == ["uno", "dos"]
        assert not lab.bot.pending

    def test_lets_a_pressed_button_stop_spinning(self, lab, channel):
        sent = offer(lab, channel)
        assert lab.bot.press(sent, "2") == 200
        [pressed] = said()
        assert (pressed.choice, pressed.text, pressed.replies_to) == ("2", "Trabajo", sent.provider_id)
        answer = lab.last.json()
        assert answer["method"] == "answerCallbackQuery"
        assert answer["callback_query_id"] in lab.bot.spinning

    def test_says_400_to_what_it_cannot_read(self, lab, channel):
        bodies = [
            b"", b"null", b"[]", b'"x"', b"{", b"{}", b"\xff\xfe", b"[" * 5000, b'{"update_id": "x"}',
            b'{"update_id": 1, "message": 5}', b'{"update_id": 1, "message": {"chat": {"type": "private"}}}',
            b'{"update_id": 1, "callback_query": []}', b'{"update_id": 1, "my_chat_member": {}}',
            b'{"update_id": 1, "message": {"message_id": 1, "date": 99999999999999999, '
            b'"chat": {"type": "private", "id": 1}}}',
        ]  # fmt: skip
        for body in bodies:
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            status = lab._call(method="POST", query="", headers=headers, body=body)
            assert status in (200, 400), body
        assert not Inbound.objects.exists()


class TestTelegramPolling(Conformance):
    @pytest.fixture
    def lab(self):
        return PollingLab()

    def test_has_no_hook_that_anybody_could_call_without_the_secret(self, lab, channel):
        channel.secrets = {"bot_token": TOKEN}
        channel.save()
        assert lab.forge() == 403

    def test_confirms_nothing_that_is_not_committed(self, lab, channel):
        lab.bot.write(lab.person, "uno")
        lab.bot.write(lab.person, "dos")
        taken = []

        def fails_at_the_second(parsed):
            if sum(taken):
                raise DatabaseError
            taken.append(intake.receive(channel=channel, parsed=parsed, at=now()))

        with pytest.raises(DatabaseError):
            kinds["telegram"].listen(channel, fails_at_the_second, lambda: False)
        assert len(lab.bot.pending) == 2
        lab.listen()
        assert [message.text for message in said()] == ["uno", "dos"]
        assert not lab.bot.pending

    def test_takes_a_hook_away_that_stands_in_its_way(self, lab, channel):
        lab.bot.hook = "https://elsewhere.example.org"
        lab.bot.pending[9] = {"update_id": 9, "message": lab.bot.message(lab.person, text="hola")}
        lab.listen()
        assert [message.text for message in said()] == ["hola"]

    def test_goes_on_after_what_it_cannot_read(self, lab, channel, caplog):
        lab.bot.tell({"message": {"chat": {"type": "private"}}})
        lab.bot.write(lab.person, "hola")
        lab.listen()
        assert [message.text for message in said()] == ["hola"]
        assert "Update not understood" in caplog.text

    def test_lets_a_pressed_button_stop_spinning(self, lab, channel):
        lab.bot.press(offer(lab, channel), "1")
        lab.listen()
        assert [message.choice for message in said()] == ["1"]
        assert not lab.bot.spinning

    def test_keeps_a_choice_whose_button_waited_too_long(self, lab, channel):
        lab.bot.press(offer(lab, channel), "1", is_old=True)
        lab.bot.spinning.clear()
        lab.listen()
        assert [(message.choice, message.text) for message in said()] == [("1", "1")]

    def test_says_that_it_is_not_let_in(self, lab, channel):
        channel.secrets = {"bot_token": TOKEN[::-1]}
        with pytest.raises(SendRefused) as caught:
            kinds["telegram"].listen(channel, lambda parsed: None, lambda: False)
        assert caught.value.problem == Problem.NOT_ALLOWED

    def test_is_listened_to_only_where_it_asks(self, lab, channel):
        called = Channel.objects.get(pk=channel.pk)
        called.pk, called._state.adding = uuid4(), True
        called.config = {**channel.config, "mode": "webhook"}
        called.save()
        assert [mine.pk for mine in loops.Listeners(Event())._mine()] == [channel.pk]
        assert list(Channel.objects.exclude(listener="").values_list("pk", flat=True)) == [channel.pk]


@pytest.mark.django_db
class TestWhatPeopleDo:
    """Names finish the sentence "a bot …"."""

    @pytest.fixture
    def lab(self):
        return TelegramLab()

    channel = Conformance.channel

    def test_knows_nobody_by_the_ids_it_keeps_in_the_open(self, lab, channel):
        lab.bot.write(lab.person, "hola")
        sent = offer(lab, channel)
        lab.bot.press(sent, "1")
        row = json.dumps([row.external_id for row in Inbound.objects.all()])
        assert lab.person not in row

    def test_hears_from_where_somebody_comes_who_starts_it(self, lab, channel):
        lab.bot.start(lab.person)
        lab.bot.start(lab.other_person, "refugio-cr")
        lab.bot.write(lab.person, "/start the works")
        assert [(message.text, message.choice) for message in said()] == [
            ("/start", ""), ("/start refugio-cr", "refugio-cr"), ("/start the works", ""),
        ]  # fmt: skip

    def test_hears_the_language_of_the_app(self, lab, channel):
        lab.bot.write(lab.person, "hola")
        assert [message.language for message in said()] == ["es"]

    def test_hears_a_correction_once_more_with_a_mark(self, lab, channel):
        message = lab.bot.message(lab.person, text="Tengo 2 hijos")
        lab.bot.tell({"message": message})
        lab.bot.edit(message, text="Tengo 3 hijos")
        lab.bot.edit(message, location={"latitude": 9.9, "longitude": -84.1}, text="")
        assert [one.text for one in said()] == ["Tengo 2 hijos", "✎ Tengo 3 hijos"]

    def test_hears_nothing_from_groups_and_channels_and_from_telegram_itself(self, lab, channel):
        group = lab.bot.message(lab.person, text="hola") | {"chat": {"id": -100200, "type": "supergroup"}}
        lab.bot.tell({"message": group})
        lab.bot.tell({"edited_message": group | {"edit_date": group["date"]}})
        lab.bot.tell({"channel_post": group})
        lab.bot.tell({"message": lab.bot.message(lab.person, pinned_message=group)})
        lab.bot.tell({"my_chat_member": {"chat": group["chat"], "new_chat_member": {"status": "kicked"}}})
        assert not Inbound.objects.exists()
        assert not Correspondence.objects.exists()

    def test_reads_places_numbers_and_little_pictures_as_words(self, lab, channel):
        place = {"latitude": 9.93, "longitude": -84.08}
        for content in (
            {"location": place},
            {"contact": {"phone_number": "+50688887777", "first_name": "Ana"}},
            {"sticker": {"emoji": "🙏", **lab.bot.keep(b"webp")}},
            {"dice": {"emoji": "🎲", "value": 3}},
        ):
            lab.bot.tell({"message": lab.bot.message(lab.person, **content)})
        assert [message.text for message in said()] == ["9.93, -84.08", "+50688887777", "🙏", ""]

    def test_brings_files_with_what_is_known_of_them(self, lab, channel):
        lab.bot.attach(
            lab.person, "document", b"%PDF-1.7", mime_type="application/pdf", file_name="cédula.pdf"
        )
        lab.bot.attach(lab.person, "photo", b"a whole picture")
        lab.bot.attach(lab.person, "voice", b"OggS", mime_type="audio/ogg")
        lab.bot.attach(lab.person, "video", b"film", mime_type="video/mp4")
        files = [message.media for message in said()]
        assert [(file.kind, file.name, file.size) for [file] in files] == [
            ("application/pdf", "cédula.pdf", 8), ("image/jpeg", "", 15), ("audio/ogg", "", 4),
            ("video/mp4", "", 4),
        ]  # fmt: skip
        telegram = kinds["telegram"]
        assert [b"".join(telegram.fetch(file, channel)) for [file] in files] == [
            b"%PDF-1.7", b"a whole picture", b"OggS", b"film",
        ]  # fmt: skip

    def test_says_which_file_telegram_does_not_hand_out(self, lab, channel):
        lab.bot.attach(lab.person, "video", b"film")
        [[file]] = [message.media for message in said()]
        lab.bot.files.clear()
        with pytest.raises(SendRefused) as caught:
            list(kinds["telegram"].fetch(file, channel))
        assert (caught.value.problem, caught.value.is_final) == (Problem.TOO_LARGE, True)

    def test_is_stopped_by_who_blocks_it_and_goes_on_when_taken_back(self, lab, channel):
        wrote(lab, channel)
        lab.bot.block(lab.person, at=now() - timedelta(minutes=5))
        refused = queue(lab, channel, "¿Sigue ahí?")
        deliver()
        refused.refresh_from_db()
        assert (refused.state, refused.problem) == (Outbound.State.FAILED, Problem.NO_OPT_IN)
        lab.bot.block(lab.person, is_blocked=False)
        assert send(lab, channel, "Hola otra vez").state == Outbound.State.SENT

    def test_learns_from_a_refusal_that_it_is_blocked(self, lab, channel):
        lab.bot.blocked_by.add(lab.person)
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.FAILED, Problem.BLOCKED)

    @pytest.mark.parametrize(
        ("way", "problem"),
        [("deactivated", Problem.GONE), ("stranger", Problem.NO_OPT_IN), ("long", Problem.TOO_LONG)],
    )
    def test_gives_up_with_the_reason(self, lab, channel, way, problem):
        lab.answer_with(way)
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.FAILED, problem)

    def test_says_that_4097_characters_are_too_many(self, lab, channel):
        assert send(lab, channel, "a" * 4096).state == Outbound.State.SENT
        assert send(lab, channel, "a" * 4097).problem == Problem.TOO_LONG

    def test_pauses_the_line_for_as_long_as_telegram_asks(self, lab, channel):
        lab.answer_with("busy")
        send(lab, channel, "uno")
        pause = Channel.objects.get(pk=channel.pk).paused_until - now()
        assert timedelta(0) < pause <= timedelta(seconds=2)

    def test_tells_the_coordinator_when_the_key_has_changed(self, lab, channel):
        channel.secrets = {**channel.secrets, "bot_token": "123456789:revoked"}
        channel.save()
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.QUEUED, Problem.NOT_ALLOWED)
        assert Channel.objects.get(pk=channel.pk).problem == Problem.NOT_ALLOWED

    def test_answers_the_message_it_is_about(self, lab, channel):
        lab.bot.write(lab.person, "¿Cuándo abren?")
        [asked] = said()
        content = Content(text="A las ocho.", replies_to=asked.external_id)
        outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        [sent] = lab.bot.sent
        assert sent.raw["reply_parameters"]["message_id"] == int(asked.external_id.partition(".")[2])
        lab.bot.tell(
            {"message": lab.bot.message(lab.person, text="ok", reply_to_message=lab.bot._ours(sent))}
        )
        assert said()[-1].replies_to == sent.provider_id

    def test_sends_words_as_they_are_and_lets_telegram_fetch_no_page(self, lab, channel):
        send(lab, channel, "<b>*hola*</b> https://hub.example.org/es/cr/")
        [sent] = lab.bot.sent
        assert sent.text == "<b>*hola*</b> https://hub.example.org/es/cr/"
        assert "parse_mode" not in sent.raw
        assert sent.raw["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    "config", [{"mode": "carrier-pigeon"}, {"mode": "polling", "server": "http://telegram.example.org"}]
)
def test_refuses_a_configuration_that_would_not_work_or_show_the_key(config):
    with pytest.raises(Misconfigured):
        kinds["telegram"].check(config)


@pytest.mark.parametrize("server", ["", "https://bots.example.org", "http://127.0.0.1:8081"])
def test_takes_telegrams_own_server_or_one_that_hides_the_key(server):
    kinds["telegram"].check({"mode": "polling", "server": server})
