"""An answer takes a file along, on channels that carry files; on others that is said before."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from ventanilla.channels import outbox
from ventanilla.channels.contract import kinds
from ventanilla.channels.kinds.messenger import sending as messenger_sending
from ventanilla.channels.models import Outbound
from ventanilla.channels.playing import sample_file
from ventanilla.enquiries import actions, sending_files
from ventanilla.enquiries.erasing import erase_words
from ventanilla.enquiries.models import Attachment, Enquiry, Message
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models.files import SealedFile

ADDRESSES = {"whatsapp": "50688887777", "telegram": "7004002001", "messenger": "8017274251683420"}
LONG = "largo " * 300
NO_FILES = ("sms_http", "sms_smpp", "counter", "phone", "community")


@pytest.fixture
def begin(site):
    def of(kind):
        channel = a_channel(Hub.objects.get(ref="cr-hub-upala"), kind=kind)
        if kinds[kind].is_staffed:
            return actions.open_enquiry(
                hub=channel.hub, channel=channel, channel_kind=kind, at=timezone.now()
            )
        writes(channel, ADDRESSES.get(kind, "maria@correo.example"), "hola")
        return Enquiry.objects.get()

    return of


def page_of(enquiry):
    return f"/console/cases/{enquiry.pk}/"


def answers(client, enquiry, body="Aquí está.", file=None, **more):
    file = file or SimpleUploadedFile("carta.pdf", sample_file("pdf").body)
    return client.post(f"{page_of(enquiry)}say/", {"body": body, "file": file, **more})


def test_an_answer_takes_a_cleaned_and_sealed_file_along(cast, begin):
    enquiry = begin("whatsapp")
    photo = SimpleUploadedFile("foto.jpg", sample_file("picture").body)
    assert answers(cast.luis, enquiry, file=photo).status_code == 302
    message = Message.objects.get(direction="out")
    [row] = message.attachments.all()
    [outbound] = Outbound.objects.all()
    assert (message.body, outbound.what().text) == ("Aquí está.", "Aquí está.")
    assert SealedFile.objects.get(pk=outbound.what().file).pk == row.file
    sent = outbox.attached(outbound.what().file, kinds["whatsapp"], at=timezone.now())
    assert b"sentinel-camera" not in sent.content
    assert f"/console/cases/files/{row.pk}/" in cast.luis.get(page_of(enquiry)).content.decode()


def test_a_file_alone_is_an_answer(cast, begin):
    enquiry = begin("whatsapp")
    assert answers(cast.luis, enquiry, body="").status_code == 302
    enquiry.refresh_from_db()
    assert enquiry.state == Enquiry.State.ANSWERED


@pytest.mark.parametrize(
    ("kind", "body"),
    [("messenger", "Aquí está."), ("whatsapp", LONG), ("telegram", LONG)],
)
def test_words_that_do_not_go_with_a_file_go_before_it(cast, begin, kind, body):
    enquiry = begin(kind)
    assert answers(cast.luis, enquiry, body=body).status_code == 302
    first, second = Outbound.objects.order_by("position")
    assert (first.what().text, first.what().file) == (body.strip(), "")
    assert second.what().text == ""
    assert second.what().file
    assert [m.body for m in Message.objects.filter(direction="out").order_by("at")] == [body.strip(), ""]


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_channel_without_files_says_so_before_anything_is_sent(cast, begin, kind):
    enquiry = begin(kind)
    page = cast.luis.get(page_of(enquiry)).content.decode()
    composer = page[page.index('id="composer"') :].split("</form>")[0]
    assert 'type="file"' not in composer
    assert re.search("carries no files|no lleva archivos|given by hand|en mano", composer)
    with pytest.raises(sending_files.NoFilesHere):
        actions.reply(
            enquiry=enquiry, author=cast.user("luis"), body="", at=timezone.now(),
            file=sending_files.files.accept(BytesIO(b"texto"), name="x.txt"),
        )  # fmt: skip
    assert not Outbound.objects.exists()


def test_a_kind_of_file_that_the_channel_does_not_carry_is_refused_in_place(cast, begin):
    enquiry = begin("whatsapp")
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "WEBP")
    page = answers(cast.luis, enquiry, file=SimpleUploadedFile("x.webp", out.getvalue()))
    told = page.content.decode()
    assert page.status_code == 422
    assert re.search("does not carry files of this kind|no lleva archivos de este tipo", told)
    assert re.search("Choose the file again|Elija el archivo otra vez", told)
    assert "Aquí está." in told
    assert not Outbound.objects.exists()
    assert not SealedFile.objects.exists()


def test_a_file_that_is_too_large_for_the_channel_is_refused_in_place(cast, begin, monkeypatch):
    monkeypatch.setattr(messenger_sending.FILES.__class__, "room", lambda self, kind: 10)
    page = answers(cast.luis, begin("messenger"))
    assert page.status_code == 422
    assert re.search("too large for this channel|demasiado grande para este canal", page.content.decode())
    assert not Outbound.objects.exists()


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00\x03\x00\x00\x00 a program"])
def test_what_is_not_accepted_is_not_sent(cast, begin, content):
    page = answers(cast.luis, begin("whatsapp"), file=SimpleUploadedFile("carta.pdf", content))
    assert page.status_code == 422
    assert not Outbound.objects.exists()


def test_a_second_thought_asks_for_the_file_again(cast, begin):
    enquiry = begin("whatsapp")
    page = answers(cast.luis, enquiry, seen="something-else")
    assert page.status_code == 422
    assert re.search("Choose the file again|Elija el archivo otra vez", page.content.decode())
    assert not Outbound.objects.exists()
    assert answers(cast.luis, enquiry, seen="something-else", anyway="1").status_code == 302
    assert Outbound.objects.get().what().file


def test_a_file_on_its_way_goes_with_the_words(cast, begin, commits):
    enquiry = begin("whatsapp")
    answers(cast.luis, enquiry)
    erase_words(enquiry, reason="test", by=None, at=timezone.now())
    assert Outbound.objects.get().state == Outbound.State.CANCELLED
    assert not SealedFile.objects.exists()
    assert Attachment.objects.get().file is None


def test_a_neighbour_sends_nothing(cast, begin):
    enquiry = begin("whatsapp")
    for name in ("vera", "bruno", "daniel"):
        assert answers(getattr(cast, name), enquiry).status_code == 404
    assert not SealedFile.objects.exists()
