"""What mails say, as programs and servers of all kinds write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.channels.contract import DeliveryState, Parsed, Problem
from ventanilla.channels.kinds.email import html, problems, reading
from ventanilla.channels.models import Channel
from ventanilla.channels.tests.conformance import now

TOKEN = "0123456789abcdef0123456789abcdef"
pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    return Channel(kind="email", country="cr", config={"address": "Hub@hub.example"})


def read(text, channel):
    return reading.read(text.encode(), channel, place="1 2", at=now())


def a_mail(body="hola", *, kind="text/plain; charset=utf-8", **headers):
    whole = {"From": "Maria <Maria@Correo.Example>", "Message-ID": "<1@correo.example>", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in whole.items()]
    return "\n".join([*lines, f"Content-Type: {kind}", "", body])


def text_of(mail, channel):
    [message] = read(mail, channel).messages
    return message.text


def test_a_sender_is_the_same_in_capitals_and_with_a_name(channel):
    [message] = read(a_mail(), channel).messages
    assert message.sender == "maria@correo.example"


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 3 Aug 2026 at 10:00, Hub <hub@hub.example> wrote:\n> ¿Dónde está?\n> Aquí\n",
        "El lun, 3 ago 2026 a las 10:00, Hub (<hub@hub.example>) escribió:\n\n> ¿Dónde está?\n",
        "El 3/8/26 a las 10:00, Hub escribió:\n> ¿Dónde está?\n",
        "Le lun. 3 août 2026 à 10:00, Hub <hub@hub.example> a écrit :\n> Où êtes-vous ?\n",
        "-----Original Message-----\nFrom: Hub <hub@hub.example>\nSent: Monday\nTo: Maria\n\n¿Dónde?",
        "________________________________\nDe: Hub <hub@hub.example>\nEnviado: lunes\nPara: Maria\n\nx",
        "El lun, 3 ago 2026 a las 10:00, Hub (<hub@hub.example>)\nescribió:\n> ¿Dónde está?\n",
    ],
)
def test_what_is_quoted_is_cut(quoted, channel):
    body = f"Estoy en Upala.\n\nNecesito ayuda.\n\n{quoted}"
    assert (
        text_of(a_mail(body, In_Reply_To="<x@hub.example>"), channel) == "Estoy en Upala.\n\nNecesito ayuda."
    )


def test_a_first_mail_is_never_cut(channel):
    body = "Voy así:\nDe: Managua\nPara: San José\nFecha: lunes"
    assert text_of(a_mail(body), channel) == body


def test_the_whole_is_kept_where_only_quoted_words_are(channel):
    body = "> ¿Dónde está?\n> Aquí"
    assert text_of(a_mail(body, In_Reply_To="<x@hub.example>"), channel) == body


def test_an_answer_between_quoted_lines_is_kept(channel):
    text = text_of(a_mail("> ¿Dónde está?\nEn Upala.\n> ¿Cuántos son?\nTres.", In_Reply_To="<x@h>"), channel)
    assert "En Upala." in text
    assert "Tres." in text


def test_the_subject_opens_a_new_conversation_and_no_answer(channel):
    assert (
        text_of(a_mail("hola", Subject="=?utf-8?q?Ayuda_con_mi_visa=3F?="), channel)
        == "Ayuda con mi visa?\n\nhola"
    )
    assert text_of(a_mail("hola", Subject="Re: x", In_Reply_To="<x@h>"), channel) == "hola"
    assert text_of(a_mail("", Subject="Ayuda"), channel) == "Ayuda"


def test_a_mail_in_html_only_is_read_as_text(channel):
    page = (
        "<html><head><style>p {color: red}</style></head><body><p>Hola,</p><p>tengo&nbsp;<b>dos</b> "
        "ni&ntilde;os<br>y no papeles</p><ul><li>uno<li>dos</ul><img src='https://x.example/pixel.gif'>"
        "<script>alert(1)</script></body></html>"
    )
    assert (
        text_of(a_mail(page, kind="text/html"), channel)
        == "Hola,\n\ntengo dos niños\ny no papeles\n\nuno\ndos"
    )


def test_a_quote_in_html_is_cut(channel):
    page = (
        "<div>Estoy en Upala</div><div>El lun, 3 ago 2026 a las 10:00, Hub (&lt;h@h.example&gt;) "
        "escribió:<br></div><blockquote><div>¿Dónde está?</div></blockquote>"
    )
    assert text_of(a_mail(page, kind="text/html", In_Reply_To="<x@h>"), channel) == "Estoy en Upala"


@pytest.mark.parametrize(
    ("headers", "reference", "answered"),
    [
        ({}, "<1@correo.example>", ""),
        ({"Message-ID": "<a@x>"}, "<a@x>", ""),
        ({"Message-ID": "<b@x>", "In_Reply_To": "<ours@h>"}, "<ours@h> <b@x>", "<ours@h>"),
        (
            {"Message-ID": "<c@x>", "In_Reply_To": "<b@x>", "References": "<a@x>\n <ours@h> <b@x>"},
            "<a@x> <ours@h> <b@x> <c@x>", "<b@x>",
        ),
        ({"Message-ID": "no id", "References": "<a@x>"}, "", ""),
        ({"Message-ID": "<d@x>", "In_Reply_To": "your mail of <date>"}, "<date> <d@x>", "<date>"),
    ],
)  # fmt: skip
def test_an_answer_names_a_mail_and_those_before_it(headers, reference, answered, channel):
    [message] = read(a_mail(**headers), channel).messages
    assert (message.reference, message.replies_to) == (reference, answered)


def test_of_a_long_thread_the_newest_are_named(channel):
    before = " ".join(f"<{number}@x>" for number in range(40))
    [message] = read(a_mail(**{"Message-ID": "<last@x>"}, References=before), channel).messages
    assert message.reference.split() == [*(f"<{number}@x>" for number in range(31, 40)), "<last@x>"]


@pytest.mark.parametrize(
    ("said", "language"), [("es-CR, en", "es"), ("FR", "fr"), ("", ""), ("x-klingon", "")]
)
def test_the_language_is_what_the_mail_says(said, language, channel):
    [message] = read(a_mail(Content_Language=said), channel).messages
    assert message.language == language


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; x=y"}, {"Precedence": "bulk"},
        {"Precedence": "LIST"}, {"List_Id": "<n.example>"}, {"List_Unsubscribe": "<https://n.example>"},
        {"Return_Path": "<>"}, {"X_Autoreply": "yes"}, {"From": "hub@HUB.example"},
        {"X_Loop": "hub@hub.example"},
        {"From": "MAILER-DAEMON@mx.example"}, {"From": "no-reply@bank.example"},
        {"From": "noreply+7@x.example"},
        {"From": "nobody at all"}, {"From": ""},
    ],
)  # fmt: skip
def test_machines_get_no_answer(headers, channel):
    assert read(a_mail(**headers), channel) == Parsed()


def test_a_person_who_says_so_gets_one(channel):
    assert read(a_mail(Auto_Submitted="no", Return_Path="<maria@correo.example>"), channel).messages


def a_bounce(*, status="5.1.1", action="failed", token=TOKEN, returned="message/rfc822"):
    return a_mail(
        f"""--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; maria@correo.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User unknown

--b
Content-Type: {returned}

From: hub@hub.example
Message-ID: <{token}@hub.example>
Subject: Respuesta a su mensaje

--b--
""",
        kind='multipart/report; report-type=delivery-status; boundary="b"',
        From="MAILER-DAEMON@mx.example",
        Return_Path="<>",
    )


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("5.1.1", Problem.GONE), ("5.1.10", Problem.GONE), ("5.2.1", Problem.GONE), ("5.4.4", Problem.GONE),
        ("5.7.1", Problem.BLOCKED), ("5.3.4", Problem.TOO_LONG), ("4.4.7", Problem.EXPIRED),
        ("5.0.0", Problem.REFUSED), ("5.2.2", Problem.REFUSED),
    ],
)  # fmt: skip
def test_a_bounce_tells_what_became_of_our_mail(status, problem, returned, channel):
    parsed = read(a_bounce(status=status, returned=returned), channel)
    [delivery] = parsed.deliveries
    assert not parsed.messages
    assert (delivery.state, delivery.problem) == (DeliveryState.FAILED, problem)
    assert (delivery.provider_id, delivery.token) == (f"<{TOKEN}@hub.example>", TOKEN)


@pytest.mark.parametrize("changes", [{"action": "delayed"}, {"action": "delivered"}, {"token": "not-ours"}])
def test_a_word_about_anything_else_changes_nothing(changes, channel):
    assert read(a_bounce(**changes), channel) == Parsed()


def test_a_bounce_without_a_report_is_known_by_our_id(channel):
    body = f"Hi. This is the qmail-send program.\n550 5.1.1 no such user\nMessage-ID: <{TOKEN}@hub.example>\n"
    [delivery] = read(a_mail(body, From="MAILER-DAEMON@mx.example"), channel).deliveries
    assert delivery.problem == Problem.GONE


@pytest.mark.parametrize(
    ("code", "said", "of_person", "problem", "is_final"),
    [
        (550, b"5.1.1 unknown", True, Problem.GONE, True),
        (550, b"no such user", True, Problem.GONE, True),
        (550, b"5.7.1 blocked", True, Problem.BLOCKED, True),
        (554, b"5.7.1 Relay access denied", True, Problem.NOT_ALLOWED, False),
        (554, b"5.7.1 spam", False, Problem.REFUSED, True),
        (552, b"5.3.4 too big", False, Problem.TOO_LONG, True),
        (552, b"5.2.2 full", True, Problem.REFUSED, True),
        (452, b"4.2.2 full", True, Problem.PROVIDER_DOWN, False),
        (452, b"4.5.3 too many", True, Problem.RATE_LIMITED, False),
        (421, b"", False, Problem.RATE_LIMITED, False),
        (451, b"4.7.1 greylisted", True, Problem.PROVIDER_DOWN, False),
        (535, b"5.7.8 bad", False, Problem.NOT_ALLOWED, False),
        (530, b"5.7.0 authenticate", False, Problem.NOT_ALLOWED, False),
    ],
)
def test_a_refusal_is_told_in_our_words(code, said, of_person, problem, is_final):
    refusal = problems.refusal_of(code, said, is_about_recipient=of_person)
    assert (refusal.problem, refusal.is_final) == (problem, is_final)


@pytest.mark.parametrize(
    "mail",
    [
        a_mail("h\xf1", kind="text/plain; charset=klingon"), a_mail(Subject="=?utf-8?b?broken"),
        a_mail(Subject="=?klingon?q?x?="), a_mail(Date="yesterday"),
        a_mail(Date="Mon, 99 Foo 20206 99:99:99 +9999"),
        a_mail(kind="multipart/mixed; boundary=x"), a_mail(kind="multipart/mixed"), a_mail(kind=""),
        a_mail(kind='multipart/report; boundary="b"', From="MAILER-DAEMON@x.example"),
        a_mail("--b\nContent-Type: message/rfc822\n\nFrom: x\n\ny\n--b--",
               kind='multipart/mixed; boundary="b"'),
        a_mail("\x00\x01hola"),
    ],
)  # fmt: skip
def test_odd_mails_are_read(mail, channel):
    read(mail, channel)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_whatever_bytes_come_are_read(raw):
    channel = Channel(kind="email", country="cr", config={"address": "hub@hub.example"})
    try:
        reading.read(b"From: a@b.example\n" + raw, channel, place="1 2", at=now())
    except (ValueError, LookupError, TypeError, AttributeError):
        pytest.fail("A mail of a person could not be read.")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>/pbrdivlockqutea& ñ\n", max_size=300))
def test_whatever_page_comes_is_read(page):
    assert isinstance(html.as_text(page), str)


@pytest.mark.parametrize(
    "line", ["> " * 50, "a " * 100, "-" * 80, "_" * 80, "From: x", "El escribió ", "On wrote "]
)
def test_a_long_mail_is_cut_in_reasonable_time(line, channel):
    import time

    began = time.process_time()
    reading.without_quotes(f"{line}\n" * (reading.LONGEST // (len(line) + 1)))
    assert time.process_time() - began < 5
