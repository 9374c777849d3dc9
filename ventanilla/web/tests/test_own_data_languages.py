"""What a person takes away and the receipts they get speak their language, and no other one."""

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry, Person
from ventanilla.enquiries.tests.factories import a_channel, a_user
from ventanilla.hubs.models import Hub, Role
from ventanilla.privacy import requests, retention
from ventanilla.privacy.consent import give_consent, text_for
from ventanilla.privacy.holds import place_hold
from ventanilla.privacy.models import Consent, Hold, PersonRequest
from ventanilla.privacy.models.consent import Part
from ventanilla.privacy.sealing.files import accept
from ventanilla.privacy.tests.files import a_photo_with_place

SAID, NAME, RECEIVER = "sentinel mwen pèdi paspò m", "Yolande", "Kay akèy"
OTHERS = {"fr": ("en", "es", "ht"), "ht": ("en", "es", "fr")}
# Words that two of the languages write alike.
ALIKE = {"message", "messages", "cause", "danger", "version", "notes", "2 messages"}


class Texts(HTMLParser):
    """What is read inside <main>, or in the whole body where there is none."""

    def __init__(self, page):
        super().__init__()
        self.found, self._inside, self._has_main = set(), False, "<main" in page
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._inside = self._inside or tag == ("main" if self._has_main else "body")

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "main"

    def handle_data(self, data):
        if self._inside and re.search(r"[^\W\d_]", data):
            self.found.add(data.strip())


@pytest.fixture
def code(site):
    """Somebody of whom there is everything that an export can hold, and who talked on the web chat."""
    hub, at = Hub.objects.get(ref="cr-hub-upala"), timezone.now()
    a_channel(hub, kind="web")
    page = Client().post("/ht/cr/chat/", {"say": SAID})
    enquiry, luis = Enquiry.objects.get(), a_user(hub=hub)
    actions.add_note(enquiry=enquiry, author=luis, body="nota-interna", at=at)
    photo = accept(BytesIO(a_photo_with_place()), name="foto.jpg")
    actions.attach(enquiry=enquiry, accepted=photo, at=at, by=luis)
    agreed_with(enquiry, luis, at)
    place_hold(
        ref=enquiry.pk, person=enquiry.person_id, label=enquiry.code, country="cr", hub=hub.ref,
        basis=Hold.Basis.COURT, reason="Proceso judicial abierto.", by=luis, at=at,
        until=at.date() + timedelta(days=99), review_on=at.date() + timedelta(days=9),
    )  # fmt: skip
    return re.search(r'name="code" value="(\d{16})"', page.content.decode())[1]


def agreed_with(enquiry, luis, at):
    text = text_for(about="share", country="cr", language="ht", at=at)
    give_consent(
        person=enquiry.person_id, country="cr", hub=enquiry.hub.ref, about="share", text=text,
        mode=Consent.Mode.SPOKEN, by=luis, at=at, receiver=RECEIVER, parts=Part.values,
        given_by=Consent.By.CAREGIVER, relation=Consent.Relation.PARENT, caregiver=NAME,
    )  # fmt: skip


def post(language, **form):
    return Client().post(f"/{language}/my-data/", form).content.decode()


def words_of(record):
    yield record["heading"]
    for value in record["values"]:
        yield from (value["label"], value["value"])
    for inner in record["records"]:
        yield from words_of(inner)


def taken(language, code):
    file = json.loads(post(language, code=code, deed="file"))
    assert file["language"] == language
    return {word for record in file["records"] for word in words_of(record) if re.search(r"[^\W\d_]", word)}


def told_by_people():
    """What is not ours to translate: what was said, names, codes, the text that was agreed to."""
    enquiry = Enquiry.objects.get()
    said = set(enquiry.messages.order_by("pk")) if not enquiry.words_erased_at else set()
    texts = {row.text.body for row in Consent.objects.all()}
    receipts = set(PersonRequest.objects.values_list("code", flat=True))
    names = {
        NAME,
        RECEIVER,
        enquiry.code,
        str(enquiry.channel),
        enquiry.hub.name("ht"),
        "foto.jpg",
        "Kreyòl ayisyen",
    }
    return names | texts | receipts | {message.body for message in said}


def left_over(found, others):
    return {word for word in found & set().union(*others) if word.lower() not in ALIKE} - told_by_people()


@pytest.mark.parametrize("language", ["fr", "ht"])
def test_the_file_has_no_label_of_another_language(code, language):
    with override("ht"):
        requests.ask_for(
            person=Person.objects.get().pk, kind="correct", wish=SAID, by=None, at=timezone.now()
        )
    mine, others = taken(language, code), [taken(other, code) for other in OTHERS[language]]
    assert {"fr": "Fichier", "ht": "Fichye"}[language] in mine
    assert left_over(mine, others) == set()


@pytest.mark.parametrize("language", ["fr", "ht"])
def test_the_page_to_take_along_has_no_word_of_another_language(code, language):
    pages = {one: Texts(post(one, code=code, deed="page")).found for one in ("en", "es", "fr", "ht")}
    assert {"fr": "Ce qui est gardé sur vous", "ht": "Sa yo kenbe sou ou"}[language] in pages[language]
    others = [pages[other] for other in OTHERS[language]]
    assert left_over(pages[language], others) == set()


@pytest.mark.parametrize("language", ["fr", "ht"])
@pytest.mark.parametrize("reason", list(requests.REFUSALS))
def test_a_refusal_is_told_in_the_language_of_the_reader(code, language, reason):
    at = timezone.now()
    row = requests.ask_for(person=Person.objects.get().pk, kind="correct", wish=SAID, by=None, at=at)
    focal = a_user(Role.DATA_PROTECTION, country="cr")
    requests.refuse_request(request=row, refused_for=reason, answer="No.", by=focal, at=at)
    pages = {one: Texts(post(one, receipt=row.code)).found for one in ("en", "es", "fr", "ht")}
    with override(language):
        assert any(str(requests.REFUSALS[reason]) in text for text in pages[language])
    assert left_over(pages[language], [pages[other] for other in OTHERS[language]]) == set()


@pytest.mark.parametrize("language", ["fr", "ht"])
@pytest.mark.parametrize(
    "deed", [{"deed": "see"}, {"deed": "correct", "name": NAME}, {"deed": "restrict"}, {"deed": "erase"}]
)
def test_receipts_and_refusals_have_no_word_of_another_language(code, language, deed):
    pages = {one: Texts(post(one, code=code, **deed)).found for one in ("en", "es", "fr", "ht")}
    assert left_over(pages[language], [pages[other] for other in OTHERS[language]]) == set()


@pytest.mark.parametrize(("language", "words"), [("fr", "a été effacé le"), ("ht", "Yo te efase tèks la")])
def test_the_chat_says_when_and_why_words_were_deleted(site, commits, language, words):
    a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="web")
    place = f"/{language}/cr/chat/"
    page = Client().post(place, {"say": SAID}).content.decode()
    code = re.search(r'name="code" value="(\d{16})"', page)[1]
    enquiry = Enquiry.objects.get()
    actions.close(enquiry=enquiry, by=a_user(hub=enquiry.hub), at=timezone.now())
    retention.set_period(
        record_class="identifiers", country="cr", hub=enquiry.hub.ref, days=200, at=timezone.now(),
        reason="La gente vuelve a preguntar meses después.", by=a_user(Role.DATA_PROTECTION, country="cr"),
    )  # fmt: skip
    retention.run(at=timezone.now() + timedelta(days=91))
    page = Client().post(place, {"code": code}).content.decode()
    assert SAID not in page
    assert words in page


@pytest.mark.parametrize(("language", "month"), [("fr", "novembre"), ("ht", "novanm")])
def test_days_are_written_as_the_language_writes_them(language, month):
    with override(language):
        assert date_format(datetime(2026, 11, 26, tzinfo=UTC), "DATE_FORMAT") == f"26 {month} 2026"
