"""What to bring: a draft of checked documents in the person's language, quoted and not kept."""

import html
import re

import pytest
from django.utils import timezone

from ventanilla.channels.models import Outbound
from ventanilla.enquiries import actions, corrections
from ventanilla.enquiries.models import Enquiry, Message
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models import AccessEntry
from ventanilla.verification.models import Fact

from .case_rows import a_case

PHOTOS, PRINTS = (
    "Cuatro fotos recientes tamaño pasaporte",
    "Comprobante de toma de huellas (archivo policial)",
)


@pytest.fixture
def enquiry(cast):
    return a_case()


def address(enquiry):
    return f"/console/cases/{enquiry.pk}/checklist/"


def field_of(page, label):
    """The name of the question about one document."""
    text = html.unescape(page)
    return re.search(r'name="(document_\w+)"', text[text.index(label) :])[1]


def drafted(answer):
    """The answer that stands in the case, and what is noted as quoted."""
    page = html.unescape(answer.content.decode())
    body = re.search(r'<textarea name="body"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)[1]
    return body, re.search(r'name="cites" value="([^"]*)"', page)[1]


def test_what_the_person_lacks_is_numbered_and_what_they_have_is_not(cast, enquiry):
    page = cast.luis.post(address(enquiry), {"procedure": "cr-asylum"}).content.decode()
    said = {"procedure": "cr-asylum", "draft": "1", field_of(page, PRINTS): "has"}
    body, cites = drafted(cast.luis.post(address(enquiry), said))
    assert "Pedir refugio en Costa Rica. Todavía le falta:\n1. Estar dentro de Costa Rica\n" in body
    assert f"2. {PHOTOS}" in body
    assert f"Ya tiene:\n– {PRINTS}" in body
    assert "Dónde: Unidad de Refugio" in body
    assert "/es/cr/cr-asylum/" in body
    assert re.search(r"(visto|vista|Revisado|consultad)", body)
    assert cites == "cr-asylum"


def test_what_was_begun_in_the_answer_stays_above_the_list(cast, enquiry):
    begun = {"body": "Buenos días.", "cites": "cr-dgme", "seen": "x"}
    page = cast.luis.post(address(enquiry), begun).content.decode()
    assert "Buenos días." in page
    body, cites = drafted(cast.luis.post(address(enquiry), {**begun, "procedure": "cr-asylum", "draft": "1"}))
    assert body.startswith("Buenos días.\n\nPedir refugio")
    assert cites == "cr-dgme cr-asylum"


def test_the_list_is_in_the_language_of_the_person(cast, enquiry):
    Enquiry.objects.filter(pk=enquiry.pk).update(language="en")
    body, _cites = drafted(cast.luis.post(address(enquiry), {"procedure": "cr-asylum", "draft": "1"}))
    assert "You still need:" in body
    assert "/en/cr/cr-asylum/" in body


def test_who_was_told_is_found_when_the_procedure_is_corrected(cast, enquiry):
    body, cites = drafted(cast.luis.post(address(enquiry), {"procedure": "cr-asylum", "draft": "1"}))
    cast.luis.post(f"/console/cases/{enquiry.pk}/say/", {"body": body, "cites": cites})
    message = Message.objects.get(direction=Message.Direction.OUT)
    assert message.cites[0]["ref"] == "cr-asylum"
    Fact.objects.filter(ref="cr-asylum").update(changed_at=timezone.now())
    assert [row.message for row in corrections.told_old(cast.user("luis"), at=timezone.now())] == [message]


def test_only_what_may_be_quoted_is_offered(cast, enquiry):
    Fact.objects.filter(ref="cr-asylum").update(hidden_on=timezone.now().date())
    page = cast.luis.get(address(enquiry)).content.decode()
    assert "cr-asylum" not in page
    assert "cr-cet" in page
    assert "bz-" not in page
    answer = cast.luis.post(address(enquiry), {"procedure": "cr-asylum", "draft": "1"})
    assert PHOTOS not in answer.content.decode()


def test_a_short_message_gets_the_short_form(cast):
    line = a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="sms_http")
    writes(line, "50688887777", "hola")
    enquiry = Enquiry.objects.get()
    Enquiry.objects.filter(pk=enquiry.pk).update(language="es")
    sent = {"procedure": "cr-residence-permanent-link", "draft": "1"}
    body, _cites = drafted(cast.luis.post(address(enquiry), sent))
    assert len(body) <= 600
    assert "11. " in body
    assert "/es/cr/cr-residence-permanent-link/" in body
    cast.luis.post(
        f"/console/cases/{enquiry.pk}/say/", {"body": body, "cites": "cr-residence-permanent-link"}
    )
    assert Outbound.objects.get().what().text == body


def test_leaving_everything_out_is_refused_in_place(cast, enquiry):
    page = cast.luis.post(address(enquiry), {"procedure": "cr-asylum"}).content.decode()
    names = set(re.findall(r'name="(document_\w+)"', page))
    answer = cast.luis.post(
        address(enquiry), {"procedure": "cr-asylum", "draft": "1", **dict.fromkeys(names, "leave")}
    )
    assert answer.status_code == 422


def test_a_closed_case_gets_no_list(cast, enquiry):
    actions.close(enquiry=enquiry, by=cast.user("carmen"), at=timezone.now())
    assert cast.luis.get(address(enquiry)).headers["Location"] == f"/console/cases/{enquiry.pk}/"


def test_opening_it_is_logged_and_it_is_not_there_for_others(cast, enquiry):
    cast.luis.get(address(enquiry))
    assert AccessEntry.objects.filter(action="read", ref=str(enquiry.pk), by=cast.user("luis")).exists()
    for name in ("vera", "daniel", "oscar", "fabiola", "bruno"):
        assert getattr(cast, name).post(address(enquiry), {"procedure": "cr-asylum"}).status_code == 404
