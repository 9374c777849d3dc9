"""What every kind of channel must keep. A kind subclasses `Conformance` and brings a `Lab`."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.utils import timezone

from ventanilla.channels import intake, outbox
from ventanilla.channels.contract import Choice, Content, Problem, kinds
from ventanilla.channels.models import Channel, Correspondence, Inbound, Outbound, lane
from ventanilla.channels.playing import sample_file
from ventanilla.channels.simulator import Sent
from ventanilla.hubs.models import Country, Hub
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import files, new_key

PICTURE = sample_file("picture").body
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SAID = "sentinel-words me pidieron 300 dólares por la visa 🙏"


def a_hub() -> Hub:
    country, _ = Country.objects.get_or_create(
        code="cr",
        defaults={"names": {"es": "Costa Rica"}, "languages": ["es"], "timezone": "America/Costa_Rica"},
    )
    hub, _ = Hub.objects.get_or_create(
        ref="cr-hub-upala", defaults={"country": country, "names": {"es": "Upala"}}
    )
    return hub


class Lab(ABC):
    """A kind's provider on this machine. Senders and ids are such as the provider really uses."""

    code: str
    person: str
    other_person: str
    config: dict[str, object] = {}
    secrets: dict[str, str] = {}
    has_statuses = True
    has_rate_limit = True
    has_refusals = True
    carries_files = False
    # Networks that do not say when something was written: the order is that in which it came.
    carries_time = True

    def prepare(self, channel: Channel) -> None:  # noqa: B027 (most kinds need it)
        """The channel is about to be used: point the simulator at it, or it at the simulator."""

    def close(self) -> None:  # noqa: B027
        """Stop what was started."""

    @abstractmethod
    def arrive(self, *messages: tuple[str, str, str, datetime]) -> int:
        """The provider hands over messages (external id, sender, text, time) in one go, as it would.

        Returns the HTTP status we answered with; 200 for kinds without hooks.
        """

    @abstractmethod
    def forge(self) -> int:
        """Somebody who is not the provider hands over a message; our status (kinds without hooks: 403)."""

    @abstractmethod
    def received(self) -> list[tuple[str, str]]:
        """What the provider has taken from us for people so far: (to, text)."""

    @abstractmethod
    def answer_with(self, *ways: str) -> None:
        """How the provider treats our next sends: ok, busy (429), down (5xx), blocked, gone, cut.

        "cut" takes the message, then the connection breaks before we hear of it."""

    def attach(self, body: bytes) -> None:
        """The person sends a PDF; for kinds with `carries_files`."""
        raise NotImplementedError

    def sent(self) -> Sequence[Sent]:
        """All that the provider has taken from us; for kinds with `carries_files`."""
        raise NotImplementedError

    def report(self, message: Outbound, state: str) -> None:
        """The provider tells us about a message: delivered, read or failed."""
        raise NotImplementedError


@pytest.mark.django_db
class Conformance:
    """The promises; names finish the sentence "a kind of channel …"."""

    @pytest.fixture
    def lab(self) -> Iterator[Lab]:
        raise NotImplementedError

    @pytest.fixture
    def channel(self, lab: Lab, db: None) -> Iterator[Channel]:
        hub = a_hub()
        channel = Channel(
            kind=lab.code, country="cr", hub=hub, name="Test", state=Channel.State.OPEN,
            config=dict(lab.config), sealed_under=new_key(scope=f"hub:{hub.ref}"), created_at=timezone.now(),
        )  # fmt: skip
        channel.secrets = dict(lab.secrets)
        channel.save()
        lab.prepare(channel)
        channel = Channel.objects.select_related("hub").get(pk=channel.pk)
        yield channel
        lab.close()

    def test_is_known_by_its_code_and_says_its_name(self, lab, channel):
        assert kinds[lab.code].code == lab.code
        assert str(kinds[lab.code].name)

    def test_commits_a_message_before_it_is_acknowledged(self, lab, channel):
        assert lab.arrive(("m-1", lab.person, SAID, now())) == 200
        row = Inbound.objects.get()
        message = intake.from_json(row.payload)
        assert (message.sender, message.text) == (lab.person, SAID)

    def test_is_sent_again_what_could_not_be_committed(self, lab, channel, monkeypatch):
        moment = now()
        with broken_database(monkeypatch), the_clients_raise_counts_as_500():
            assert lab.arrive(("m-1", lab.person, SAID, moment)) >= 500
        assert not Inbound.objects.exists()
        assert lab.arrive(("m-1", lab.person, SAID, moment)) == 200
        assert Inbound.objects.count() == 1

    def test_refuses_what_the_provider_did_not_send(self, lab, channel):
        assert lab.forge() in (401, 403)
        assert not Inbound.objects.exists()

    def test_takes_a_repeated_message_once(self, lab, channel):
        moment = now()
        for _time in range(3):
            assert lab.arrive(("m-1", lab.person, SAID, moment)) == 200
        assert Inbound.objects.count() == 1

    def test_keeps_the_order_in_which_a_person_wrote(self, lab, channel):
        first, second = now() - timedelta(seconds=30), now() - timedelta(seconds=10)
        lab.arrive(("m-2", lab.person, "segundo", second))
        lab.arrive(("m-1", lab.person, "primero", first))
        texts = [intake.from_json(row.payload).text for row in Inbound.objects.order_by("sent_at")]
        assert texts == (["primero", "segundo"] if lab.carries_time else ["segundo", "primero"])

    def test_tells_two_people_apart(self, lab, channel):
        lab.arrive(("m-1", lab.person, "uno", now()), ("m-2", lab.other_person, "dos", now()))
        assert Inbound.objects.values("lane").distinct().count() == 2

    def test_brings_a_message_to_the_person_once(self, lab, channel):
        message = send(lab, channel, "Hola, soy la ventanilla 🙏")
        assert lab.received() == [(lab.person, "Hola, soy la ventanilla 🙏")]
        assert message.state in (Outbound.State.SENT, Outbound.State.DELIVERED)
        deliver()
        assert len(lab.received()) == 1

    def test_keeps_the_order_of_our_messages_while_one_waits(self, lab, channel):
        if not lab.has_refusals:
            pytest.skip("takes everything")
        wrote(lab, channel)
        lab.answer_with("down")
        for text in ("uno", "dos"):
            queue(lab, channel, text)
        deliver()
        assert lab.received() == []
        lab.answer_with("ok", "ok")
        deliver(at=now() + timedelta(minutes=5))
        deliver(at=now() + timedelta(minutes=5))
        assert [text for _to, text in lab.received()] == ["uno", "dos"]

    def test_waits_when_the_provider_asks_it_to(self, lab, channel):
        if not lab.has_rate_limit:
            pytest.skip("knows no rate limit")
        wrote(lab, channel)
        lab.answer_with("busy")
        message = queue(lab, channel, "uno")
        deliver()
        message.refresh_from_db()
        assert (message.state, message.problem) == (Outbound.State.QUEUED, Problem.RATE_LIMITED)
        assert lab.received() == []

    @pytest.mark.parametrize("way", ["blocked", "gone"])
    def test_gives_up_at_once_where_nobody_can_be_reached(self, lab, channel, way):
        if not lab.has_refusals:
            pytest.skip("takes everything")
        wrote(lab, channel)
        lab.answer_with(way)
        message = queue(lab, channel, "uno")
        deliver()
        message.refresh_from_db()
        if message.state == Outbound.State.SENT:
            lab.report(message, way)
            message.refresh_from_db()
        assert message.state == Outbound.State.FAILED
        assert message.problem in (Problem.BLOCKED, Problem.GONE)
        assert str(Problem(message.problem).label)

    def test_never_sends_twice_when_the_answer_is_lost(self, lab, channel):
        if not lab.has_refusals:
            pytest.skip("takes everything")
        wrote(lab, channel)
        lab.answer_with("cut")
        message = queue(lab, channel, "uno")
        deliver()
        deliver(at=now() + timedelta(hours=1))
        message.refresh_from_db()
        people_got = [text for _to, text in lab.received()].count("uno")
        assert people_got == 1
        assert message.state == Outbound.State.UNSURE or kinds[lab.code].can_repeat

    def test_shows_what_became_of_a_message(self, lab, channel):
        if not lab.has_statuses:
            pytest.skip("reports no delivery")
        message = send(lab, channel, "uno")
        lab.report(message, "read")
        lab.report(message, "delivered")
        message.refresh_from_db()
        assert message.state in (Outbound.State.READ, Outbound.State.DELIVERED)
        assert message.delivered_at is not None

    def test_offers_choices_as_its_provider_can(self, lab, channel):
        wrote(lab, channel)
        content = Content(text="¿Qué necesita?", choices=(Choice("1", "Refugio"), Choice("2", "Trabajo")))
        outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        [(_to, text)] = lab.received()
        assert all(words in text for words in ("¿Qué necesita?", "Refugio", "Trabajo"))

    def test_hands_out_a_file_that_a_person_sent_and_shows_nobody_the_key(self, lab, channel, caplog):
        if not lab.carries_files:
            pytest.skip("carries no files")
        caplog.set_level(logging.DEBUG)
        lab.attach(PDF)
        [media] = intake.from_json(Inbound.objects.get().payload).media
        assert b"".join(kinds[lab.code].fetch(media, channel)) == PDF
        written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
        for secret in lab.secrets.values():
            assert secret not in media.reference
            assert secret not in written

    def test_reads_no_more_of_a_file_than_is_asked_for(self, lab, channel):
        if not lab.carries_files:
            pytest.skip("carries no files")
        lab.attach(PDF + b"x" * 3_000_000)
        [media] = intake.from_json(Inbound.objects.get().payload).media
        pieces = kinds[lab.code].fetch(media, channel)
        assert next(pieces).startswith(b"%PDF-")
        pieces.close()

    def test_brings_a_file_and_what_is_said_with_it(self, lab, channel):
        if not lab.carries_files:
            pytest.skip("carries no files")
        wrote(lab, channel)
        letter, picture = a_file(channel, PDF, "carta.pdf"), a_file(channel, PICTURE, "foto.jpg")
        words = "Aquí está la carta 🙏" if kinds[lab.code].limits.files.caption else ""
        for content in (Content(text=words, file=letter.pk.hex), Content(file=picture.pk.hex)):
            outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        assert {row.state for row in Outbound.objects.all()} == {Outbound.State.SENT}
        first, second = lab.sent()
        assert (first.to, first.text, first.file) == (
            lab.person,
            words,
            ("carta.pdf", "application/pdf", PDF),
        )
        kind, body = second.file[1:]
        assert (second.text, kind, body[:3]) == ("", "image/jpeg", PICTURE[:3])

    def test_never_sends_a_file_twice_when_the_answer_is_lost(self, lab, channel):
        if not lab.carries_files:
            pytest.skip("carries no files")
        wrote(lab, channel)
        lab.answer_with("cut")
        content = Content(file=a_file(channel, PDF, "carta.pdf").pk.hex)
        outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        deliver(at=now() + timedelta(hours=1))
        assert (len(lab.sent()), Outbound.objects.get().state) == (1, Outbound.State.UNSURE)

    def test_tries_a_file_again_when_the_provider_was_away(self, lab, channel):
        if not lab.carries_files:
            pytest.skip("carries no files")
        wrote(lab, channel)
        lab.answer_with("down", "ok")
        content = Content(file=a_file(channel, PDF, "carta.pdf").pk.hex)
        outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        assert Outbound.objects.get().state == Outbound.State.QUEUED
        deliver(at=now() + timedelta(minutes=5))
        assert (len(lab.sent()), Outbound.objects.get().state) == (1, Outbound.State.SENT)

    def test_says_which_file_does_not_go(self, lab, channel):
        wrote(lab, channel)
        gone = a_file(channel, PDF, "carta.pdf")
        files.remove(files=[gone.pk])
        kept = a_file(channel, PDF, "carta.pdf")
        SealedFile.objects.filter(pk=kept.pk).update(size=2_000_000_000)
        for row in (gone, kept):
            content = Content(text="Aquí está.", file=row.pk.hex)
            outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        too_large = Problem.TOO_LARGE if kinds[lab.code].limits.files else Problem.UNSUPPORTED
        assert [row.problem for row in Outbound.objects.order_by("position")] == [
            Problem.FILE_GONE,
            too_large,
        ]
        assert lab.received() == []

    def test_writes_nobodys_words_into_a_log(self, lab, channel, caplog):
        caplog.set_level(logging.DEBUG, logger="ventanilla")
        lab.arrive(("m-1", lab.person, SAID, now()))
        lab.forge()
        lab.answer_with("down")
        queue(lab, channel, SAID)
        deliver()
        written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
        for secret in (SAID, "sentinel", lab.person, *lab.secrets.values()):
            assert secret not in written


def a_file(channel: Channel, body: bytes, name: str) -> SealedFile:
    """A file that somebody of the staff sends."""
    accepted = files.accept(BytesIO(body), name=name)
    return files.keep(accepted, sealed_under=channel.sealed_under, at=now())


def now() -> datetime:
    return datetime.now(UTC)


def wrote(lab: Lab, channel: Channel) -> None:
    """The person has written to us just now, so we may answer."""
    Correspondence.objects.update_or_create(
        channel=channel, lane=lane(channel, lab.person), defaults={"last_inbound_at": now()}
    )


def queue(lab: Lab, channel: Channel, text: str) -> Outbound:
    return outbox.queue(
        channel=channel, to=lab.person, content=Content(text=text), key=channel.sealed_under, at=now()
    )


def send(lab: Lab, channel: Channel, text: str) -> Outbound:
    wrote(lab, channel)
    message = queue(lab, channel, text)
    deliver()
    message.refresh_from_db()
    return message


def deliver(at: datetime | None = None) -> None:
    outbox.deliver_waiting(now=lambda: at or now())


@contextmanager
def broken_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Committing fails in the middle of taking a message in."""

    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(Inbound.objects, "bulk_create", fail)
        yield


@contextmanager
def the_clients_raise_counts_as_500() -> Iterator[None]:
    """Django's test client raises what a server would answer with 500."""
    try:
        yield
    except DatabaseError:
        return


def an_id() -> str:
    return uuid4().hex
