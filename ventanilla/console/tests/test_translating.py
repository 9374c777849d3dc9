"""Machine translation beside the original: off by default, on request alone, and kept nowhere."""

import logging
from html import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ventanilla.enquiries import actions
from ventanilla.enquiries.erasing import erase_words
from ventanilla.enquiries.models import DeskSetting, Message
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models import AccessEntry

from .translator import Translator

WORDS = "sentinel on m'a pris le passeport"
BUTTON = 'name="message"'


@pytest.fixture
def translator(settings):
    found = Translator()
    settings.TRANSLATE_URL = found.url
    yield found
    found.close()


@pytest.fixture
def upala(site):
    return Hub.objects.get(ref="cr-hub-upala")


@pytest.fixture
def enquiry(upala):
    row = actions.open_enquiry(hub=upala, channel_kind="counter", language="fr", at=timezone.now())
    actions.receive_message(enquiry=row, body=WORDS, at=timezone.now())
    return row


@pytest.fixture
def on(translator, upala):
    DeskSetting.objects.create(hub=upala, translates=True)
    return translator


def page_of(enquiry):
    return f"/console/cases/{enquiry.pk}/"


def page(client, enquiry):
    return client.get(page_of(enquiry)).content.decode()


def translated(client, enquiry, **sent):
    sent = sent or {"message": Message.objects.get(enquiry=enquiry).pk}
    return client.post(f"{page_of(enquiry)}translate/", sent)


def is_offered(client, enquiry):
    is_there = BUTTON in page(client, enquiry)
    assert is_there == (translated(client, enquiry).status_code != 404)
    return is_there


def test_it_is_off_by_default(cast, enquiry):
    assert not is_offered(cast.luis, enquiry)


def test_the_hub_alone_does_not_switch_it_on(cast, enquiry, upala):
    DeskSetting.objects.create(hub=upala, translates=True)
    assert not is_offered(cast.luis, enquiry)


def test_the_installation_alone_does_not_switch_it_on(cast, enquiry, translator):
    assert not is_offered(cast.luis, enquiry)
    assert translator.asked == []


def test_both_switch_it_on(cast, enquiry, on):
    assert is_offered(cast.luis, enquiry)


def test_the_coordinator_switches_it_on_where_there_is_a_translator(cast, enquiry, translator, settings):
    sent = {"hub": "cr-hub-upala", "automatic": "always", "translates": "on"}
    assert translator.url.removeprefix("http://") in cast.carmen.get("/console/cases/desk/").content.decode()
    cast.carmen.post("/console/cases/desk/", sent)
    assert DeskSetting.objects.get(hub__ref="cr-hub-upala").translates
    assert "checked" in cast.carmen.get("/console/cases/desk/").content.decode()
    cast.carmen.post("/console/cases/desk/", {"hub": "cr-hub-upala", "automatic": "always"})
    assert not DeskSetting.objects.get(hub__ref="cr-hub-upala").translates
    settings.TRANSLATE_URL = ""
    assert "translates" not in cast.carmen.get("/console/cases/desk/").content.decode()
    cast.carmen.post("/console/cases/desk/", sent)
    assert not DeskSetting.objects.get(hub__ref="cr-hub-upala").translates


def test_nothing_leaves_when_a_case_is_only_read(cast, enquiry, on):
    page(cast.luis, enquiry)
    assert on.asked == []


def test_the_translation_stands_beside_the_original_and_says_what_it_is(cast, enquiry, on):
    answer = translated(cast.luis, enquiry)
    found = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert escape(WORDS) in found
    assert f"[es] {escape(WORDS)}" in found
    assert "Traducción automática, puede tener errores" in found
    [sent] = on.asked
    assert sent == {"q": [WORDS], "source": "fr", "target": "es", "format": "text"}


def test_it_is_kept_nowhere(cast, enquiry, on):
    translated(cast.luis, enquiry)
    assert "[es]" not in page(cast.luis, enquiry)
    assert Message.objects.get(enquiry=enquiry).body == WORDS


def test_that_words_left_is_written_down(cast, enquiry, on):
    translated(cast.luis, enquiry)
    entry = AccessEntry.objects.filter(action="translate").get()
    assert (entry.by_id, entry.kind, entry.ref) == (cast.user("luis").pk, "enquiry", str(enquiry.pk))


def test_the_whole_conversation_goes_in_one_request(cast, enquiry, on):
    actions.receive_message(enquiry=enquiry, body="sentinel deux", at=timezone.now())
    found = translated(cast.luis, enquiry, whole="1").content.decode()
    assert "[es] sentinel deux" in found
    assert f"[es] {escape(WORDS)}" in found
    assert [sent["q"] for sent in on.asked] == [[WORDS, "sentinel deux"]]


def test_only_what_the_person_said_leaves(cast, enquiry, on):
    actions.add_note(enquiry=enquiry, author=cast.user("luis"), body="nota", at=timezone.now())
    actions.add_note(
        enquiry=enquiry, author=cast.user("paula"), body="secreta", is_protected=True, at=timezone.now()
    )
    ours = actions.reply(enquiry=enquiry, author=cast.user("luis"), body="Venez.", at=timezone.now())
    translated(cast.paula, enquiry, whole="1")
    assert [sent["q"] for sent in on.asked] == [[WORDS]]
    for pk in (ours.pk, *enquiry.notes.values_list("pk", flat=True), "nonsense", ""):
        assert translated(cast.paula, enquiry, message=pk).status_code == 404
    assert len(on.asked) == 1


@pytest.mark.parametrize(
    ("language", "is_shown"), [("es", False), ("fr", True), ("", True), ("quc", False), ("sgn", False)]
)
def test_what_can_be_read_already_or_has_no_translator_is_not_offered(cast, enquiry, on, language, is_shown):
    Message.objects.update(language=language)
    assert is_offered(cast.luis, enquiry) == is_shown


def test_where_the_language_is_not_known_the_translator_guesses(cast, enquiry, on):
    Message.objects.update(language="")
    assert "[es]" in translated(cast.luis, enquiry).content.decode()
    assert on.asked[0]["source"] == "auto"


def test_codes_of_the_translator_may_be_others(cast, enquiry, on):
    Message.objects.update(language="zh")
    translated(cast.luis, enquiry)
    assert on.asked[0]["source"] == "zh-Hans"


def test_a_pair_that_is_not_known_lets_nothing_leave(cast, enquiry, on):
    Message.objects.update(language="ht")
    answer = translated(cast.luis, enquiry)
    assert answer.status_code == 422
    assert "no conoce este par de idiomas" in answer.content.decode()
    assert on.asked == []
    assert not AccessEntry.objects.filter(action="translate").exists()


def test_what_was_typed_comes_back_with_the_page(cast, enquiry, on):
    message = Message.objects.get()
    sent = {"message": message.pk, "body": "Venga a las", "cites": "cr-asylum", "seen": str(message.pk)}
    for way in ("ok", "busy"):
        on.ways.append(way)
        found = translated(cast.luis, enquiry, **sent).content.decode()
        assert "Venga a las" in found
        assert 'value="cr-asylum"' in found
    file = SimpleUploadedFile("carta.txt", b"x")
    assert translated(cast.luis, enquiry, **sent, file=file).status_code == 200


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("busy", "demasiado trabajo"),
        ("broken", "no responde"),
        ("elsewhere", "no responde"),
        ("too few", "no responde"),
        ("no json", "no responde"),
        ("huge", "no responde"),
        ("slow", "tardó demasiado"),
    ],
)
def test_what_goes_wrong_is_said_in_plain_words_and_in_no_log(cast, enquiry, on, settings, caplog, way, said):
    caplog.set_level(logging.DEBUG)
    settings.TRANSLATE_SECONDS = 0.3 if way == "slow" else 20
    on.ways.append(way)
    answer = translated(cast.luis, enquiry)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert escape(WORDS) in answer.content.decode()
    assert "sentinel" not in caplog.text


def test_a_translator_that_is_not_there_is_said(cast, enquiry, on, caplog):
    caplog.set_level(logging.DEBUG)
    on.close()
    assert "no responde" in translated(cast.luis, enquiry).content.decode()
    assert "sentinel" not in caplog.text


def test_the_key_goes_along_and_a_wrong_one_is_said(cast, enquiry, on, settings):
    on.key = "our-own-key"
    assert "no acepta nuestra clave" in translated(cast.luis, enquiry).content.decode()
    settings.TRANSLATE_KEY = "our-own-key"
    answer = translated(cast.luis, enquiry)
    assert "[es]" in answer.content.decode()
    assert "our-own-key" not in answer.content.decode()


@pytest.mark.parametrize("letters", [6_000, 21_000])
def test_too_much_is_said(cast, enquiry, on, letters):
    actions.receive_message(enquiry=enquiry, body="a" * letters, at=timezone.now())
    answer = translated(cast.luis, enquiry, whole="1")
    assert "demasiado largo" in answer.content.decode()
    assert len(on.asked) == (1 if letters < 20_000 else 0)


def test_markup_in_a_translation_is_shown_and_not_obeyed(cast, enquiry, on):
    on.says = lambda text, target: "<script>alert(1)</script><img src=x onerror=alert(2)>"
    found = translated(cast.luis, enquiry).content.decode()
    assert "<script>alert" not in found
    assert "<img src=x" not in found
    assert "&lt;script&gt;alert(1)" in found


def test_a_closed_case_can_be_read_so_too(cast, enquiry, on):
    actions.close(enquiry=enquiry, by=cast.user("carmen"), at=timezone.now())
    found = translated(cast.luis, enquiry).content.decode()
    assert "[es]" in found
    assert found.count('id="composer"') == 1


def test_what_was_deleted_is_not_offered(cast, enquiry, on, commits):
    actions.close(enquiry=enquiry, by=cast.user("carmen"), at=timezone.now())
    erase_words(enquiry, reason="test", by=None, at=timezone.now())
    assert BUTTON not in page(cast.luis, enquiry)
    assert translated(cast.luis, enquiry).status_code == 404


def test_nobody_translates_a_case_that_they_do_not_see(cast, enquiry, on):
    for name in ("vera", "bruno", "daniel", "oscar", "elena", "fabiola"):
        assert translated(getattr(cast, name), enquiry).status_code == 404
    assert on.asked == []


def test_the_page_asks_the_database_once_more_however_long_it_is(cast, enquiry, on, settings):
    costs = []
    for url in ("", on.url):
        settings.TRANSLATE_URL = url
        page(cast.luis, enquiry)
        with CaptureQueriesContext(connection) as asked:
            page(cast.luis, enquiry)
        costs.append(len(asked))
    for _number in range(5):
        actions.receive_message(enquiry=enquiry, body=WORDS, at=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        page(cast.luis, enquiry)
    assert costs[1] - costs[0] == 1
    assert len(asked) == costs[1]


# Writing in one's own language


def begun(client, enquiry, body="Venga a las diez.", **more):
    seen = str(Message.objects.filter(enquiry=enquiry).latest("at").pk)
    return translated(client, enquiry, answer="1", body=body, seen=seen, **more)


def test_an_answer_comes_back_in_the_persons_language_to_be_looked_at(cast, enquiry, on):
    assert "Traducir mi respuesta con la máquina" in page(cast.luis, enquiry)
    found = begun(cast.luis, enquiry).content.decode()
    assert "[fr] Venga a las diez.</textarea>" in found
    assert "Venga a las diez.</textarea>" in found.replace("[fr] Venga", "")
    assert Message.objects.filter(enquiry=enquiry).count() == 1
    assert on.asked == [{"q": ["Venga a las diez."], "source": "es", "target": "fr", "format": "text"}]
    assert AccessEntry.objects.filter(action="translate").count() == 1


def test_what_is_sent_is_marked_and_the_original_is_not_kept(cast, enquiry, on):
    sent = {"body": "Venez à dix heures.", "original": "sentinel diez", "is_translated": "on"}
    assert cast.luis.post(f"{page_of(enquiry)}say/", sent).status_code == 302
    message = Message.objects.get(direction="out")
    assert (message.body, message.is_translated) == ("Venez à dix heures.", True)
    found = page(cast.luis, enquiry)
    assert "traducido por una máquina" in found
    assert "sentinel diez" not in found


def test_the_mark_can_be_taken_off_and_is_not_set_by_itself(cast, enquiry, on):
    cast.luis.post(f"{page_of(enquiry)}say/", {"body": "Venez.", "original": "Venga."})
    assert not Message.objects.get(direction="out").is_translated
    assert "traducido por una máquina" not in page(cast.luis, enquiry)


def test_what_was_translated_stays_beside_the_answer_when_it_is_refused(cast, enquiry, on):
    sent = {"body": " ", "original": "Venga a las diez.", "is_translated": "on"}
    found = cast.luis.post(f"{page_of(enquiry)}say/", sent)
    assert found.status_code == 422
    assert "Venga a las diez.</textarea>" in found.content.decode()
    found = cast.luis.post(f"{page_of(enquiry)}say/", sent | {"search": "1"}).content.decode()
    assert "Venga a las diez.</textarea>" in found


def test_a_line_for_the_person_is_translated_with_it(cast, enquiry, on):
    begun(cast.luis, enquiry, tells="1")
    [text] = on.asked[0]["q"]
    assert text == "Venga a las diez.\n\nEste mensaje lo tradujo una máquina y puede tener errores."


@pytest.mark.parametrize("way", ["busy", "broken"])
def test_an_answer_that_could_not_be_translated_is_kept(cast, enquiry, on, way):
    on.ways.append(way)
    answer = begun(cast.luis, enquiry, body="sentinel diez")
    assert answer.status_code == 422
    assert "sentinel diez</textarea>" in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_nothing_written_is_not_sent_away(cast, enquiry, on):
    assert begun(cast.luis, enquiry, body="  ").status_code == 422
    assert on.asked == []


@pytest.mark.parametrize("language", ["es", "", "quc"])
def test_it_is_not_offered_where_it_would_do_nothing(cast, enquiry, on, language):
    type(enquiry).objects.update(language=language)
    assert "Traducir mi respuesta" not in page(cast.luis, enquiry)
    assert begun(cast.luis, enquiry).status_code == 404


def test_nor_where_it_is_off_or_the_case_is_closed(cast, enquiry, on, settings):
    actions.close(enquiry=enquiry, by=cast.user("carmen"), at=timezone.now())
    assert begun(cast.luis, enquiry).status_code == 404
    actions.reopen(enquiry=enquiry, by=cast.user("carmen"), at=timezone.now())
    settings.TRANSLATE_URL = ""
    assert "Traducir mi respuesta" not in page(cast.luis, enquiry)
    assert begun(cast.luis, enquiry).status_code == 404
    assert on.asked == []
