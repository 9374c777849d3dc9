"""SMS over SMPP, spoken with a message centre on this machine that has its own reading of the standard."""

import time
from datetime import timedelta

import pytest
from django.db import DatabaseError

from ventanilla.channels import intake, outbox, parts
from ventanilla.channels.contract import (
    Content,
    DeliveryState,
    Misconfigured,
    Outgoing,
    Part,
    Problem,
    SendRefused,
    Unreadable,
    kinds,
)
from ventanilla.channels.kinds.smpp import incoming, link, listening, sending
from ventanilla.channels.kinds.smpp.simulator import MessageCentre, deliver_body
from ventanilla.channels.models import Channel, Correspondence, Inbound, Outbound, lane
from ventanilla.channels.tests.conformance import (
    Conformance,
    Lab,
    broken_database,
    deliver,
    now,
    queue,
    send,
    wrote,
)

NUMBER, SYSTEM, PASSWORD = "+50640001234", "ventanilla", "s3cret-8"


class SmppLab(Lab):
    code = "sms_smpp"
    person, other_person = "+50688887777", "+50570001111"
    carries_time = False
    secrets = {"password": PASSWORD}

    def __init__(self):
        self.centre = MessageCentre(system_id=SYSTEM, password=PASSWORD, number=NUMBER)
        self.config = {
            "host": "127.0.0.1", "port": str(self.centre.port), "system_id": SYSTEM, "sender": NUMBER,
        }  # fmt: skip

    def prepare(self, channel):
        self.channel = channel

    def close(self):
        kinds["sms_smpp"].senders.of(self.channel).close()
        self.centre.close()

    def arrive(self, *messages):
        posted = [self.centre.post(person, text, message_id=ref) for ref, person, text, _at in messages]
        return self.listen(posted)

    def listen(self, posted=(), *, until_sure=False):
        """Receive until the centre has heard an answer to everything; 200 when each answer was good.

        `until_sure`: also until we know that it has heard them.
        """
        ends = time.monotonic() + 10

        def is_done():
            if until_sure and kinds[self.code]._listeners._repeats[self.channel.pk]._unheard:
                return False
            return self.centre.is_quiet

        try:
            kinds["sms_smpp"].listen(
                self.channel,
                lambda parsed: intake.receive(channel=self.channel, parsed=parsed, at=now()),
                lambda: is_done() or time.monotonic() > ends,
            )
        except DatabaseError:
            # Commits nothing now: the centre is told to send again later.
            assert posted[0].answered.wait(5)
        return 200 if all(waiting.status == 0 for waiting in posted) else 500

    def forge(self):
        stranger = Channel(kind=self.code, country="cr", config={**self.config, "system_id": "another"})
        with pytest.raises(SendRefused):
            link.Link(stranger, mode="receiver")
        return 403

    def received(self):
        return [(sent.to, sent.text) for sent in self.centre.sent]

    def answer_with(self, *ways):
        self.centre.ways.extend(ways)

    def report(self, message, state):
        self.centre.report(message.provider_id, state)
        self.listen()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(listening, "LOOK", 0.02)
    monkeypatch.setattr(sending, "PAUSES", (0.01, 0.01))


def texts():
    """What was filed, in the order in which it was."""
    filed = []
    intake.filers["smpp-test"] = lambda row, message: filed.append(message.text)
    try:
        intake.file_waiting(at=now())
    finally:
        del intake.filers["smpp-test"]
    return filed


class TestSmpp(Conformance):
    @pytest.fixture
    def lab(self):
        return SmppLab()

    # Receiving

    def test_takes_again_what_the_centre_did_not_hear_us_answer(self, lab, channel):
        lab.centre.ears.append("deaf")
        first = lab.centre.post(lab.person, "me quitaron el pasaporte")
        with pytest.raises(SendRefused):
            lab.listen([first])
        assert Inbound.objects.count() == 1
        assert lab.listen([first]) == 200
        assert Inbound.objects.count() == 1

    def test_keeps_the_same_words_said_twice(self, lab, channel):
        twice = [lab.centre.post(lab.person, "1"), lab.centre.post(lab.person, "1")]
        assert lab.listen(twice, until_sure=True) == 200
        assert lab.listen([lab.centre.post(lab.person, "1")]) == 200
        assert Inbound.objects.count() == 3

    def test_forgets_what_was_certainly_heard_before_a_break(self):
        repeats = listening.Repeats()
        repeats.begin(now=0)
        certain, doubtful = repeats.name("a", now=1), None
        repeats.asked()
        doubtful = repeats.name("b", now=2)
        repeats.heard()
        repeats.begin(now=3)
        assert repeats.name("a", now=4) != certain
        assert repeats.name("b", now=4) == doubtful
        assert repeats.name("b", now=5) != doubtful

    def test_takes_words_that_come_long_after_a_break_as_new(self):
        repeats = listening.Repeats()
        repeats.begin(now=0)
        name = repeats.name("a", now=1)
        repeats.begin(now=2)
        assert repeats.name("a", now=2 + listening.REPEATED_WITHIN + 1) != name

    @pytest.mark.parametrize("is_sar", [False, True])
    @pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 1, 3, 1)])
    def test_puts_parts_together_in_whatever_order_and_number_they_come(self, lab, channel, order, is_sar):
        pieces = {1: "Me pidieron trescientos ", 2: "dólares por ", 3: "la visa 🙏"}
        coded = [(n, pieces[n].encode("utf-16-be")) for n in order]
        lab.listen(lab.centre.post_parts(lab.person, coded, of=3, is_sar=is_sar))
        assert Inbound.objects.count() == 3
        assert texts() == ["".join(pieces.values())]
        assert not Inbound.objects.filter(filed_at=None).exists()

    def test_keeps_parts_over_a_restart(self, lab, channel):
        lab.listen(lab.centre.post_parts(lab.person, [(2, b"\0b")], of=2))
        assert texts() == []
        kinds["sms_smpp"]._listeners = listening.Listeners()
        lab.listen(lab.centre.post_parts(lab.person, [(1, b"\0a")], of=2))
        assert texts() == ["ab"]

    def test_joins_a_character_that_was_cut_in_two(self, lab, channel):
        raw = "🙏".encode("utf-16-be")
        lab.listen(lab.centre.post_parts(lab.person, [(1, raw[:2]), (2, raw[2:])], of=2))
        assert texts() == ["🙏"]

    def test_files_what_has_come_when_the_rest_does_not(self, lab, channel):
        lab.listen(lab.centre.post_parts(lab.person, [(1, b"\0a"), (3, b"\0c")], of=3))
        assert texts() == []
        Inbound.objects.update(received_at=now() - parts.PATIENCE, retry_at=None)
        assert texts() == [f"a{parts.GAP}c"]

    def test_keeps_two_long_messages_under_one_mark_apart(self, lab, channel):
        for pieces in ([(1, b"\0a"), (2, b"\0b")], [(1, b"\0c"), (2, b"\0d")]):
            lab.listen(lab.centre.post_parts(lab.person, pieces, of=2))
        assert texts() + texts() == ["ab", "cd"]

    def test_reads_a_text_in_the_payload_and_unknown_parameters(self, lab, channel):
        long = "¿Dónde puedo dormir hoy? " * 20
        body = deliver_body(lab.person, NUMBER, long.encode("utf-16-be"), coding=8, more=b"\x14\x00\x00\x01x")
        assert lab.listen([lab.centre.put(body)]) == 200
        assert texts() == [long]

    def test_stops_writing_to_whoever_says_stop_until_they_write_again(self, lab, channel):
        lab.arrive(("m-1", lab.person, "hola", now()))
        lab.arrive(("m-2", lab.person, " Baja. ", now()))
        assert Inbound.objects.count() == 1
        refused = queue(lab, channel, "¿Sigue ahí?")
        deliver()
        refused.refresh_from_db()
        assert (refused.state, refused.problem) == (Outbound.State.FAILED, Problem.NO_OPT_IN)
        lab.arrive(("m-3", lab.person, "necesito ayuda", now() + timedelta(seconds=1)))
        assert send(lab, channel, "Buenas").state == Outbound.State.SENT
        person = Correspondence.objects.get(lane=lane(channel, lab.person))
        assert list(person.opt_ins.order_by("pk").values_list("is_given", flat=True)) == [False, True]

    def test_refuses_for_ever_what_no_reading_helps(self, lab, channel):
        waiting = lab.centre.put(b"\0")
        lab.listen()
        assert waiting.status == 0x65
        with pytest.raises(Unreadable):
            incoming.read(b"\0\1\1x\0")

    def test_asks_for_a_message_again_when_it_comes_where_we_only_send(self, lab, channel):
        wrote(lab, channel)
        connection = link.Link(channel, mode="transmitter")
        lab.centre._receivers.extend(lab.centre._sessions)
        waiting = lab.centre.post(lab.person, "hola")
        assert connection.is_alive()
        assert waiting.answered.wait(5)
        assert waiting.status == 0x64
        connection.close()

    def test_says_that_nobody_answers_when_the_centre_falls_silent(self, lab, channel, monkeypatch):
        monkeypatch.setattr(listening, "SILENCE", 0.0)
        with pytest.raises(SendRefused) as refused:
            kinds["sms_smpp"].listen(channel, lambda parsed: None, lambda: False)
        assert refused.value.problem == Problem.PROVIDER_DOWN

    # Sending

    def test_sends_a_long_text_in_parts_and_believes_the_receipt_of_the_last(self, lab, channel):
        text = "Puede pedir refugio aquí. " * 9
        message = send(lab, channel, text)
        assert lab.received() == [(lab.person, text)]
        packets = lab.centre.packets
        assert [packet["registered_delivery"] for packet in packets] == [0] * (len(packets) - 1) + [1]
        assert len(packets) == 4
        lab.report(message, "delivered")
        message.refresh_from_db()
        assert message.state == Outbound.State.DELIVERED

    def test_does_not_repeat_the_parts_that_have_left_when_a_later_one_is_refused(self, lab, channel):
        wrote(lab, channel)
        message = queue(lab, channel, "a" * 200)
        lab.answer_with("ok", *["busy"] * 3)
        deliver()
        message.refresh_from_db()
        assert message.state == Outbound.State.UNSURE
        assert lab.received() == []

    def test_waits_a_little_where_the_centre_slows_us_down_between_parts(self, lab, channel):
        lab.answer_with("ok", "busy", "ok")
        assert send(lab, channel, "a" * 200).state == Outbound.State.SENT
        assert lab.received() == [(lab.person, "a" * 200)]

    def test_keeps_one_connection_and_opens_another_when_it_died(self, lab, channel, monkeypatch):
        for text in ("uno", "dos"):
            send(lab, channel, text)
        assert lab.centre.binds == [2]
        lab.centre.hang_up()
        monkeypatch.setattr(sending, "DOUBT", -1.0)
        assert send(lab, channel, "tres").state == Outbound.State.SENT
        assert [text for _to, text in lab.received()] == ["uno", "dos", "tres"]
        assert lab.centre.binds == [2, 2]

    def test_hangs_up_when_nothing_is_sent_for_a_while(self, lab, channel, monkeypatch):
        monkeypatch.setattr(sending, "IDLE", 0.01)
        send(lab, channel, "uno")
        ends = time.monotonic() + 5
        while lab.centre._sessions and time.monotonic() < ends:
            pass
        assert not lab.centre._sessions

    def test_tells_the_coordinator_when_the_password_has_changed(self, lab, channel):
        lab.centre.accounts[SYSTEM] = "another"
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.QUEUED, Problem.NOT_ALLOWED)
        assert Channel.objects.get(pk=channel.pk).problem == Problem.NOT_ALLOWED

    def test_says_that_the_centre_is_away_when_nobody_listens(self, lab, channel):
        lab.centre.close()
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.QUEUED, Problem.PROVIDER_DOWN)

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (Content(text="á" * 671), Problem.TOO_LONG),
            (Content(text="x", file="file-1"), Problem.UNSUPPORTED),
            (Content(template="callback_due"), Problem.UNSUPPORTED),
        ],
    )
    def test_refuses_at_once_what_no_text_message_carries(self, lab, channel, content, problem):
        with pytest.raises(SendRefused) as refused:
            kinds["sms_smpp"].send(Outgoing(to=lab.person, content=content, token="a" * 32), channel)
        assert (refused.value.problem, refused.value.is_final) == (problem, True)

    @pytest.mark.parametrize(
        ("state", "became", "problem"),
        [
            ("expired", Outbound.State.FAILED, Problem.EXPIRED),
            ("blocked", Outbound.State.FAILED, Problem.BLOCKED),
            ("failed", Outbound.State.FAILED, Problem.REFUSED),
        ],
    )
    @pytest.mark.parametrize("is_sparse", [False, True])
    def test_says_why_a_message_did_not_arrive(self, lab, channel, state, became, problem, is_sparse):
        message = send(lab, channel, "uno")
        lab.centre.report(message.provider_id, state, is_sparse=is_sparse)
        lab.listen()
        message.refresh_from_db()
        assert (message.state, message.problem) == (became, problem)

    def test_knows_a_receipt_whose_number_is_written_in_another_way(self, lab, channel):
        channel.config = {**channel.config, "message_ids": "hex"}
        channel.save()
        message = send(lab, channel, "uno")
        lab.channel = channel
        [sent] = lab.centre.sent
        lab.centre.report(str(int(sent.provider_id, 16)), "delivered")
        lab.listen()
        message.refresh_from_db()
        assert message.state == DeliveryState.DELIVERED

    def test_sends_accents_to_a_centre_that_reads_latin_1(self, lab, channel):
        channel.config = {**channel.config, "alphabet": "latin-1"}
        coding, [raw] = sending._coded("Señora, è", channel)
        assert (coding, raw) == (0, "Señora, è".encode("latin-1"))
        assert sending._coded("5 €", channel)[0] == 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": "many"}, {"port": "70000"}, {"alphabet": "klingon"}, {"system_id": "x" * 16},
        {"tls": "perhaps"}, {"message_ids": "roman"},
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_work_is_refused_in_words(wrong):
    kinds["sms_smpp"].check({"host": "smsc.example", "system_id": "us", "sender": "2468"})
    with pytest.raises(Misconfigured) as refused:
        kinds["sms_smpp"].check({"host": "smsc.example", "system_id": "us", "sender": "2468", **wrong})
    assert str(refused.value)


@pytest.mark.parametrize(
    ("coding", "raw", "text"),
    [
        (0, b"Se\x7dora \x1b\x65", "Señora €"), (1, b"abc", "abc"), (3, b"\xf1", "ñ"), (6, b"\xbf", "П"),
        (0x18, b"\x00a", "a"), (0xF1, b"\x7d", "ñ"), (0xF5, b"\xf1", "ñ"), (8, b"\x00a\x00", "a"),
        (0xC8, b"a", "a"),
    ],
)  # fmt: skip
def test_reads_every_alphabet(coding, raw, text):
    assert incoming._decoded(raw, coding, Channel(config={})) == text


def test_a_part_says_its_place_and_nothing_of_who_wrote(db):
    delivered = incoming.read(deliver_body("+50688887777", NUMBER, b"\5\0\3\7\2\1hola", kind=0x40))
    [message] = incoming.parsed(delivered, Channel(country="cr"), at=now(), name="x").messages
    assert (message.part.number, message.part.of, message.text) == (1, 2, "hola")
    assert isinstance(message.part, Part)
    assert "8888" not in message.part.whole + message.external_id


def test_a_failed_commit_is_answered_with_send_again(db, monkeypatch):
    # Covered for all kinds by the conformance suite; here: the exact word of SMPP.
    lab = SmppLab()
    lab.prepare(Channel(kind="sms_smpp", country="cr", config=lab.config))
    lab.channel.secrets = dict(lab.secrets)
    waiting = lab.centre.post(lab.person, "hola")
    with broken_database(monkeypatch), pytest.raises(RuntimeError):
        kinds["sms_smpp"].listen(lab.channel, _fail, lambda: False)
    assert waiting.answered.wait(5)
    assert waiting.status == 0x64
    lab.centre.close()
    assert outbox.deliver_waiting(now=now) == 0


def _fail(parsed):
    raise RuntimeError
