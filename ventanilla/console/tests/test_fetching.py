"""What people send over a channel: fetched from its provider, and seen by the desk, or why not."""

import logging
import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ventanilla.channels import intake
from ventanilla.channels.kinds.email.tests.servers import free_port
from ventanilla.channels.kinds.whatsapp.simulator import Meta
from ventanilla.channels.playing import sample_file
from ventanilla.enquiries import fetching
from ventanilla.enquiries.erasing import erase_words
from ventanilla.enquiries.models import Attachment, Enquiry
from ventanilla.enquiries.tests.factories import a_channel
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.tests import clamav

ANA = "50688887777"
SECRET, TOKEN, NUMBER = "app-secret", "EAAG-sentinel-token", "106540352242922"


@pytest.fixture
def meta(site):
    channel = a_channel(Hub.objects.get(ref="cr-hub-upala"))
    path = reverse("channels:hook", args=["whatsapp", channel.pk])
    provider = Meta(call=partial(over_the_client, path), app_secret=SECRET, access_token=TOKEN, number=NUMBER)
    channel.config = {"phone_number_id": NUMBER, "graph": provider.url}
    channel.secrets = {"app_secret": SECRET, "access_token": TOKEN, "verify_token": "v"}
    channel.save()
    yield provider
    provider.close()


def over_the_client(path, *, method, query, headers, body):
    return Client().post(path, body, content_type="application/json", headers=headers).status_code


def sends(meta, body=None, *, kind="image", mime_type="image/jpeg", **about):
    """Ana sends a file, and its message is filed."""
    body = sample_file("picture").body if body is None else body
    assert meta.attach(ANA, kind, body, mime_type=mime_type, **about) == 200
    intake.file_waiting(at=timezone.now())


def fetch(*, after=timedelta()):
    return fetching.fetch_due(now=lambda: timezone.now() + after)


def page(cast):
    enquiry = Enquiry.objects.get()
    told = cast.luis.get(f"/console/cases/{enquiry.pk}/", headers={"X-Desk": "said"}).content.decode()
    return " ".join(told.split())


def test_a_photo_is_expected_at_once_and_there_when_it_was_fetched(cast, meta):
    sends(meta, caption="mi carta")
    before = page(cast)
    assert "mi carta" in before
    assert "/console/cases/files/" not in before
    since = Enquiry.objects.get().touched_at
    assert fetch() == 1
    row = Attachment.objects.get()
    assert f"/console/cases/files/{row.pk}/" in page(cast)
    assert Enquiry.objects.get().touched_at > since
    photo = cast.luis.get(f"/console/cases/files/{row.pk}/")
    assert (photo.headers["Content-Type"], photo.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert b"sentinel-camera" in sample_file("picture").body
    assert b"sentinel-camera" not in photo.content
    assert (row.reference, row.fetch_at) == (None, None)
    assert fetch() == 0


def test_nobody_else_gets_what_was_sent(cast, meta):
    sends(meta)
    fetch()
    row = Attachment.objects.get()
    for name in ("vera", "bruno", "daniel"):
        assert getattr(cast, name).get(f"/console/cases/files/{row.pk}/").status_code == 404


def test_a_file_waits_for_a_provider_that_is_down(cast, meta):
    sends(meta)
    meta.ways.append("down")
    fetch()
    assert Attachment.objects.get().file is None
    assert fetch() == 0
    fetch(after=timedelta(minutes=1))
    assert Attachment.objects.get().file is not None


def test_an_address_that_ended_is_asked_for_anew(cast, meta):
    sends(meta)
    meta.address_holds = 0
    fetch()
    meta.address_holds = 300
    fetch(after=timedelta(minutes=1))
    assert Attachment.objects.get().file is not None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"x" * (1024 * 1024 + 1), "too large|demasiado grande"),
        (b"PK\x03\x04 an archive", "not accepted|no se acepta"),
        (b"MZ\x90\x00\x03\x00\x00\x00 a program", "not accepted|no se acepta"),
        (b"", "damaged|dañado"),
        (b"\xff\xd8\xff\xe0" + b"x" * 300, "damaged|dañado"),
    ],
)
def test_why_a_file_is_not_taken_stands_in_the_conversation(cast, meta, settings, body, words):
    settings.FILE_MAX_MB = 1
    sends(meta, body, kind="document", mime_type="application/pdf", filename="sentinel.pdf")
    fetch()
    assert re.search(words, page(cast))
    row = Attachment.objects.get()
    assert (row.file, row.fetch_at, row.reference) == (None, None, None)
    assert not SealedFile.objects.exists()
    assert fetch(after=timedelta(days=1)) == 0


def test_what_the_provider_has_no_more_is_said_at_once(cast, meta):
    sends(meta)
    meta.media.clear()
    fetch()
    assert re.search("does not hand this file out any more|ya no entrega", page(cast))


@clamav.needs_clamd
def test_what_a_scanner_found_is_not_kept(cast, meta, settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clamd")
    for one in (folder, *folder.parents[:2]):
        one.chmod(0o755)
    serving = clamav.running(folder, free_port())
    next(serving)
    settings.CLAMAV = str(folder / "clamd.sock")
    sends(meta, b"text " + clamav.VIRUS, kind="document", mime_type="text/plain")
    fetch()
    assert re.search("could harm a computer|podría dañar", page(cast))
    assert not SealedFile.objects.exists()
    serving.close()


def test_without_a_scanner_that_must_look_it_waits(cast, meta, settings):
    settings.CLAMAV, settings.CLAMAV_AWAY = "127.0.0.1:1", "refuse"
    sends(meta)
    fetch()
    assert Attachment.objects.get().fetch_at is not None
    fetch(after=timedelta(days=4))
    assert re.search("checked for viruses|comprobar si tiene virus", page(cast))


def test_it_is_given_up_after_three_days(cast, meta):
    sends(meta)
    for days in (1, 2, 4):
        meta.ways.append("down")
        fetch(after=timedelta(days=days))
    assert re.search("could not be fetched for three days|no se pudo traer", page(cast))
    assert fetch(after=timedelta(days=9)) == 0


def test_who_dies_while_fetching_leaves_it_to_others(cast, meta):
    sends(meta)
    assert fetching._claim(at=timezone.now()) is not None
    assert fetch(after=timedelta(minutes=9)) == 0
    assert fetch(after=timedelta(minutes=11)) == 1
    assert Attachment.objects.get().file is not None


def test_nothing_is_fetched_for_words_that_were_deleted(cast, meta, commits):
    sends(meta)
    row = fetching._claim(at=timezone.now())
    erase_words(Enquiry.objects.get(), reason="test", by=None, at=timezone.now())
    fetching.fetch(row, now=timezone.now)
    assert not SealedFile.objects.exists()
    assert fetch(after=timedelta(hours=1)) == 0
    assert Attachment.objects.get().fetch_at is None


def test_more_files_than_are_taken_at_once_are_told(cast, meta, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_FILES", 0)
    sends(meta)
    assert re.search("More files came at once|más archivos", page(cast))
    assert fetch() == 0


def test_the_key_and_the_reference_stand_in_no_log_and_in_no_row_in_the_clear(cast, meta, caplog):
    caplog.set_level(logging.DEBUG)
    sends(meta, kind="document", mime_type="application/pdf", filename="sentinel-nombre.pdf")
    [number] = meta.media
    raw = _raw()
    meta.ways.append("down")
    fetch()
    fetch(after=timedelta(minutes=1))
    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    for secret in (TOKEN, "sentinel-nombre"):
        assert secret not in written
    assert number not in raw
    assert "sentinel-nombre" not in raw


def _raw():
    """The row as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM enquiries_attachment")
        return str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
