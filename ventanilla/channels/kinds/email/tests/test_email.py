"""E-mail with real servers: Dovecot holds the mailbox, Postfix carries; a small server makes the refusals."""

import time
from datetime import timedelta
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from uuid import uuid4

import pytest
from django.db import DatabaseError
from imapclient import IMAPClient

from ventanilla.channels import intake, outbox
from ventanilla.channels.contract import Content, Misconfigured, Problem, SendRefused, kinds
from ventanilla.channels.intake import from_json
from ventanilla.channels.kinds.email import listening, mailbox
from ventanilla.channels.kinds.email.simulator import Correspondent, PostOffice, letter
from ventanilla.channels.kinds.email.tests.servers import DOMAIN, PASSWORD, Dovecot, Postfix
from ventanilla.channels.models import Channel, Inbound, Outbound
from ventanilla.channels.tests.conformance import Conformance, Lab, deliver, now, send

HUB = f"hub@{DOMAIN}"


@pytest.fixture(scope="module")
def dovecot():
    server = Dovecot()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(mailbox, "LOOK", 0.05)


class EmailLab(Lab):
    code = "email"
    person, other_person = "maria@correo.example", "jean@courriel.example"
    secrets = {"password": PASSWORD}
    has_statuses = False
    carries_files = True

    def __init__(self, dovecot):
        self.dovecot, self.post = dovecot, PostOffice()
        # A mailbox of its own for each test.
        self.user = f"{uuid4().hex[:12]}@{DOMAIN}"
        self.config = {
            "address": HUB, "user": self.user, "imap_host": "127.0.0.1", "imap_port": str(dovecot.port),
            "imap_security": "none", "smtp_host": "127.0.0.1", "smtp_port": str(self.post.port),
            "smtp_security": "none", "smtp_login": "no",
        }  # fmt: skip

    def prepare(self, channel):
        kinds["email"].check(channel.config)
        self.channel = channel
        kinds["email"]._listeners = listening.Listeners()

    def close(self):
        self.post.close()

    def arrive(self, *messages):
        for ref, person, text, at in messages:
            self.put(letter(person, HUB, text, external_id=ref, at=at))
        try:
            self.listen()
        except DatabaseError:
            return 500
        return 200

    def put(self, mail):
        self.dovecot.deliver(self.user, mail if isinstance(mail, bytes) else mail.as_bytes())

    def listen(self, until=None):
        """Listen until nothing waits in the mailbox, or `until()`."""
        ends = time.monotonic() + 40
        with mailbox.opened(self.channel) as box:
            quiet = until or (lambda: not box.waiting())
            kinds["email"].listen(
                self.channel,
                lambda parsed: intake.receive(channel=self.channel, parsed=parsed, at=now()),
                lambda: quiet() or time.monotonic() > ends,
            )

    def forge(self):
        stranger = Channel(config=self.config, created_at=now())
        stranger.secrets = {"password": "guess"}
        with pytest.raises(SendRefused) as refused:
            kinds["email"].listen(stranger, lambda parsed: None, lambda: False)
        assert refused.value.problem == Problem.NOT_ALLOWED
        return 403

    def received(self):
        return [(sent.to, sent.text) for sent in self.post.sent]

    def sent(self):
        return self.post.sent

    def attach(self, body):
        self.put(with_files(("carta.pdf", body)))
        self.listen()

    def answer_with(self, *ways):
        self.post.ways.extend(ways)

    def change(self, **config):
        self.channel.config = {**self.channel.config, **config}
        self.channel.save()

    def flags(self):
        """The flags of all mails, by folder."""
        with IMAPClient("127.0.0.1", port=self.dovecot.port, ssl=False) as client:
            client.login(self.user, PASSWORD)
            found = {}
            for _flags, _separator, folder in client.list_folders():
                client.select_folder(folder, readonly=True)
                found[folder] = [set(flags) for flags in client.get_flags(client.search()).values()]
            return found


def message():
    """The only message that came in."""
    return from_json(Inbound.objects.get().payload)


def with_files(*files, text="Adjunto mi papel", person=EmailLab.person):
    mail = MIMEMultipart()
    mail["From"], mail["To"], mail["Message-ID"] = person, HUB, f"<{uuid4().hex}@correo.example>"
    mail.attach(MIMEText(text))
    for name, content in files:
        part = MIMEApplication(content)
        part.add_header("Content-Disposition", "attachment", filename=name)
        mail.attach(part)
    return mail


class TestEmail(Conformance):
    @pytest.fixture
    def lab(self, dovecot):
        return EmailLab(dovecot)

    # Receiving

    def test_marks_a_mail_only_when_it_is_committed(self, lab, channel):
        lab.put(letter(lab.person, HUB, "hola"))

        def fail(parsed):
            raise DatabaseError

        with pytest.raises(DatabaseError):
            kinds["email"].listen(channel, fail, lambda: False)
        assert not lab.flags()["INBOX"][0] & {b"\\Seen", mailbox.MARK}
        lab.listen()
        assert lab.flags()["INBOX"][0] >= {b"\\Seen", mailbox.MARK}

    def test_hears_of_a_new_mail_while_it_waits(self, lab, channel):
        asked = []

        def until():
            asked.append(1)
            if len(asked) == 5:
                lab.put(letter(lab.person, HUB, "hola"))
            return Inbound.objects.exists()

        lab.listen(until)
        assert message().text == "hola"

    def test_looks_again_by_itself_where_the_server_cannot_call(self, lab, channel, monkeypatch):
        monkeypatch.setattr(mailbox, "POLL", 0.05)
        has = IMAPClient.has_capability
        monkeypatch.setattr(
            IMAPClient, "has_capability", lambda self, name: name != "IDLE" and has(self, name)
        )
        self.test_hears_of_a_new_mail_while_it_waits(lab, channel)

    def test_takes_a_mail_soon_whose_announcement_was_missed(self, lab, channel, monkeypatch):
        monkeypatch.setattr(mailbox, "SOON", 0.2)
        monkeypatch.setattr(IMAPClient, "idle_check", lambda self, timeout: [])
        self.test_hears_of_a_new_mail_while_it_waits(lab, channel)

    def test_takes_what_staff_have_already_opened_elsewhere(self, lab, channel):
        lab.put(letter(lab.person, HUB, "hola"))
        with IMAPClient("127.0.0.1", port=lab.dovecot.port, ssl=False) as client:
            client.login(lab.user, PASSWORD)
            client.select_folder("INBOX")
            client.add_flags(client.search(), [b"\\Seen"])
        lab.listen()
        assert message().text == "hola"

    def test_knows_what_is_new_where_no_keywords_are_kept(self, lab, channel, monkeypatch):
        select = IMAPClient.select_folder

        def bare(self, folder, readonly=False):
            return {**select(self, folder, readonly), b"PERMANENTFLAGS": (b"\\Seen", b"\\Deleted")}

        monkeypatch.setattr(IMAPClient, "select_folder", bare)
        lab.arrive(("m-1", lab.person, "uno", now()))
        lab.arrive(("m-2", lab.person, "dos", now()))
        assert Inbound.objects.count() == 2
        assert all(b"\\Seen" in flags and mailbox.MARK not in flags for flags in lab.flags()["INBOX"])

    def test_leaves_mails_from_before_the_channel_alone(self, lab, channel):
        lab.channel.created_at = now() + timedelta(days=3)
        lab.put(letter(lab.person, HUB, "hola"))
        lab.listen()
        assert not Inbound.objects.exists()

    def test_moves_taken_mails_and_finds_their_files_there(self, lab, channel):
        lab.change(after="move Ventanilla")
        lab.put(with_files(("pasaporte.pdf", b"%PDF-1")))
        lab.listen(Inbound.objects.exists)
        assert [len(lab.flags()[name]) for name in ("INBOX", "Ventanilla")] == [0, 1]
        [file] = message().media
        assert b"".join(kinds["email"].fetch(file, lab.channel)) == b"%PDF-1"

    def test_deletes_taken_mails_where_the_channel_says_so(self, lab, channel):
        lab.change(after="delete")
        lab.put(letter(lab.person, HUB, "hola"))
        lab.listen(Inbound.objects.exists)
        assert lab.flags()["INBOX"] == []

    def test_deletes_a_mail_with_files_when_they_had_time_to_be_fetched(self, lab, channel):
        lab.change(after="delete")
        lab.put(with_files(("pasaporte.pdf", b"%PDF-1")))
        lab.listen()
        [file] = message().media
        assert b"".join(kinds["email"].fetch(file, lab.channel)) == b"%PDF-1"
        for days, left in ((3, 1), (5, 0)):
            with mailbox.opened(lab.channel) as box:
                box.clear(on=now().date() + timedelta(days=days))
            assert len(lab.flags()["INBOX"]) == left
        with pytest.raises(SendRefused) as caught:
            list(kinds["email"].fetch(file, lab.channel))
        assert (caught.value.problem, caught.value.is_final) == (Problem.GONE, True)

    def test_names_files_and_hands_them_out_one_by_one(self, lab, channel):
        lab.put(with_files(("../año.pdf", b"uno"), ("dos.jpg", b"dos")))
        lab.listen()
        media = message().media
        assert [(file.name, file.size) for file in media] == [(".._año.pdf", 3), ("dos.jpg", 3)]
        assert [b"".join(kinds["email"].fetch(file, channel)) for file in media] == [b"uno", b"dos"]
        assert message().text == "Adjunto mi papel"

    def test_reads_the_text_of_a_mail_that_is_too_big(self, lab, channel, monkeypatch):
        monkeypatch.setattr(mailbox, "BIGGEST", 1000)
        monkeypatch.setattr(mailbox, "BEGINNING", 800)
        lab.put(with_files(("grande.bin", b"x" * 5000)))
        lab.listen()
        assert (message().text, message().media) == ("Adjunto mi papel", ())

    def test_slows_two_machines_that_answer_each_other_and_loses_nothing(self, lab, channel, monkeypatch):
        monkeypatch.setattr(listening, "MANY", 3)
        monkeypatch.setattr(listening, "LATER", 0.05)
        for number in range(5):
            lab.put(letter(lab.person, HUB, f"Gracias {number}"))
        ends = time.monotonic() + 1
        lab.listen(lambda: time.monotonic() > ends)
        assert Inbound.objects.count() == 3
        monkeypatch.setattr(listening, "WITHIN", -1.0)
        lab.listen()
        assert Inbound.objects.count() == 5

    def test_says_that_the_server_is_away(self, lab, channel):
        lab.change(imap_port="1")
        with pytest.raises(SendRefused) as refused:
            kinds["email"].listen(lab.channel, lambda parsed: None, lambda: False)
        assert refused.value.problem == Problem.PROVIDER_DOWN

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_reads_over_an_encrypted_line_and_trusts_no_stranger(self, lab, channel, security, monkeypatch):
        port = lab.dovecot.tls_port if security == "tls" else lab.dovecot.port
        lab.change(imap_host="localhost", imap_port=str(port), imap_security=security)
        with pytest.raises(SendRefused) as refused:
            lab.listen()
        assert refused.value.problem == Problem.PROVIDER_DOWN
        monkeypatch.setenv("SSL_CERT_FILE", str(lab.dovecot.certificate))
        assert lab.arrive(("m-1", lab.person, "hola", now())) == 200

    # Sending

    def test_writes_a_mail_that_tells_nothing_in_a_list_and_follows_nobody(self, lab, channel):
        send(lab, channel, "Puede pedir refugio en la oficina de Migración.")
        send(lab, channel, "Lleve su pasaporte.")
        first, second = lab.post.mails
        assert (first["From"], first["Subject"]) == (HUB, "Respuesta a su mensaje")
        assert first.get_content_type() == "text/plain"
        assert first["References"] == second["References"]
        assert first["Message-ID"] != second["Message-ID"]
        assert "refugio" not in "".join(first.values())

    def test_hangs_an_answer_on_the_mail_it_answers(self, lab, channel):
        content = Content(text="Sí", language="fr", replies_to="<abc@correo.example>")
        outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        [mail] = lab.post.mails
        assert mail["In-Reply-To"] == "<abc@correo.example>"
        assert mail["References"].endswith("<abc@correo.example>")
        assert (mail["Subject"], mail["Content-Language"]) == ("Réponse à votre message", "fr")

    def test_names_the_mails_before_it_whole_however_long_their_ids(self, lab, channel):
        thread = [f"<{letter * 90}@{'long-' * 12}.prod.outlook.example>" for letter in "ABCDEFGHIJ"]
        content = Content(text="Sí", replies_to=" ".join(thread))
        outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
        deliver()
        [mail] = lab.post.mails
        assert mail["In-Reply-To"] == thread[-1]
        assert mail["References"].split() == thread

    def test_says_of_an_automatic_answer_that_it_is_one(self, lab, channel):
        for is_automatic in (True, False):
            content = Content(text="Hola", is_automatic=is_automatic)
            outbox.queue(channel=channel, to=lab.person, content=content, key=channel.sealed_under, at=now())
            deliver()
        assert [mail["Auto-Submitted"] for mail in lab.post.mails] == ["auto-replied", None]

    def test_uses_one_message_id_at_every_try(self, lab, channel):
        lab.answer_with("down", "ok")
        message = send(lab, channel, "uno")
        deliver(at=now() + timedelta(minutes=5))
        message.refresh_from_db()
        assert message.provider_id == lab.post.mails[0]["Message-ID"] == f"<{message.pk.hex}@{DOMAIN}>"

    def test_refuses_an_address_that_is_none(self, lab, channel):
        lab.person = "maria@correo.example\nBcc: x@y.example"
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.FAILED, Problem.GONE)
        assert lab.received() == []


class TestPostfix:
    """The whole way: a person's mail over Postfix into the mailbox, our answer out, and a bounce back."""

    @pytest.fixture
    def lab(self, dovecot):
        lab = EmailLab(dovecot)
        lab.user = HUB
        lab.config["user"] = HUB
        postfix = Postfix(dovecot, next_port=lab.post.port)
        lab.config["smtp_port"] = str(postfix.port)
        yield lab
        postfix.close()

    channel = Conformance.channel

    def test_a_conversation_and_a_bounce(self, lab, channel):
        person = Correspondent(host="127.0.0.1", port=int(lab.config["smtp_port"]), hub=HUB)
        person.write(lab.person, "¿Dónde puedo dormir?", subject="Ayuda")
        lab.listen(Inbound.objects.exists)
        assert message().text == "Ayuda\n\n¿Dónde puedo dormir?"
        assert send(lab, channel, "En el albergue 🙏").state == Outbound.State.SENT
        ends = time.monotonic() + 10
        while not lab.post.mails and time.monotonic() < ends:
            time.sleep(0.02)
        assert lab.received() == [(lab.person, "En el albergue 🙏")]
        # Postfix takes it; the next server knows nobody of that name, and Postfix says so by mail.
        lab.answer_with("gone")
        bounced = send(lab, channel, "¿Llegó bien?")
        assert bounced.state == Outbound.State.SENT
        lab.listen(lambda: Outbound.objects.filter(state=Outbound.State.FAILED).exists())
        bounced.refresh_from_db()
        assert (bounced.state, bounced.problem) == (Outbound.State.FAILED, Problem.GONE)
        assert Inbound.objects.count() == 1

    def test_an_address_that_postfix_itself_knows_to_be_wrong(self, lab, channel):
        lab.person = f"nobody@{DOMAIN}"
        message = send(lab, channel, "uno")
        assert (message.state, message.problem) == (Outbound.State.FAILED, Problem.GONE)


def describe(**changes):
    whole = {"address": HUB, "user": HUB, "imap_host": "imap.example", "smtp_host": "smtp.example"}
    return {**whole, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "hub"}, {"imap_security": "rot13"}, {"imap_security": "none"}, {"smtp_security": "none"},
        {"imap_port": "0"}, {"smtp_port": "mail"}, {"after": "move"}, {"after": "burn"},
        {"after": "delete now"},
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_work_is_refused_in_words(changes):
    kinds["email"].check(describe())
    kinds["email"].check(describe(after="move Taken", imap_host="127.0.0.1", imap_security="none"))
    with pytest.raises(Misconfigured) as refused:
        kinds["email"].check(describe(**changes))
    assert str(refused.value)
