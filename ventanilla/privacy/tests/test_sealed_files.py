"""Files that people send: what is accepted, what is left of it, how it is kept and handed out."""

import socket
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from ventanilla.privacy.models import SealedFile, SealedPiece
from ventanilla.privacy.sealing import KeyDestroyed, NotGenuine, destroy_key, keys, new_key
from ventanilla.privacy.sealing.files import accept, download, keep, read, refusals, remove
from ventanilla.privacy.sealing.files.store import PIECE

from . import clamav, files

NOW = timezone.now()


def accepted(content, name="x.bin"):
    return accept(BytesIO(content), name=name)


def kept(content, name="x.bin", key=None):
    file = keep(accepted(content, name), sealed_under=key or new_key(scope="hub:cr-hub-upala"), at=NOW)
    keys.ring.clear()
    return SealedFile.objects.get(pk=file.pk)


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (files.a_picture(), "image/jpeg", "x.jpg"),
        (files.a_picture("PNG"), "image/png", "x.png"),
        (files.a_picture("WEBP"), "image/webp", "x.webp"),
        (files.PDF, "application/pdf", "x.pdf"),
        (files.MP3, "audio/mpeg", "x.mp3"),
        (files.OGG, "audio/ogg", "x.ogg"),
        (files.AMR, "audio/amr", "x.amr"),
        (files.M4A, "audio/mp4", "x.m4a"),
        (files.a_film_with_place(), "video/mp4", "x.mp4"),
        ("Me llamo Ñandú.\n".encode(), "text/plain", "x.txt"),
    ],
)
def test_what_telephones_send_is_accepted_by_its_content(content, kind, name):
    found = accepted(content, "x.exe")
    assert (found.content_type, found.name) == (kind, name)


@pytest.mark.parametrize(
    "content",
    [
        files.ZIP,
        files.EXE,
        files.a_picture("GIF"),
        files.a_picture("BMP"),
        b"\x7fELF" + bytes(60),
        b"junk before\n" + files.PDF + b"\x00\xff",
        b"\xff\xfe\x00text",
        b"text with \x00 in it",
        b"text with \x1b[31m in it",
    ],
    ids=["zip", "exe", "gif", "bmp", "elf", "hidden pdf", "no utf-8", "nul", "escape"],
)
def test_all_else_is_refused_whatever_its_name(content):
    with pytest.raises(refusals.KindRefused):
        accepted(content, "harmless.jpg")


def test_nothing_is_not_a_file():
    with pytest.raises(refusals.Empty):
        accepted(b"")


def test_a_file_above_the_limit_is_not_even_read_to_its_end(settings):
    settings.FILE_MAX_MB = 1
    upload = BytesIO(bytes(3 * 1024 * 1024))
    with pytest.raises(refusals.TooLarge):
        accept(upload, name="x")
    assert upload.tell() == 1024 * 1024 + 1


def test_a_photo_keeps_its_picture_and_tells_no_place():
    photo = files.a_photo_with_place()
    assert b"sentinel" in photo
    cleaned = accepted(photo).content
    assert b"sentinel" not in cleaned
    assert b"Exif" not in cleaned
    with Image.open(BytesIO(cleaned)) as image:
        assert not image.getexif()
        assert "comment" not in image.info
        # Its telephone was held upright: turned by the telephone's own remark, which is gone.
        assert image.size == (40, 60)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_lose_their_remarks_too(form):
    exif = Image.Exif()
    exif[0x010E] = files.PLACE
    options = {"exif": exif}
    if form == "WEBP":
        options["xmp"] = files.PLACE.encode()
    picture = files.a_picture(form, **options)
    assert b"sentinel" in picture
    assert b"sentinel" not in accepted(picture).content


def test_what_hides_behind_a_picture_is_gone():
    both = files.a_picture() + files.ZIP + b"<script>alert(1)</script>"
    assert accepted(both).content_type == "image/jpeg"
    assert b"script" not in accepted(both).content
    assert b"PK" not in accepted(both).content[-200:]


def test_transparency_survives():
    image = Image.new("RGBA", (9, 9), (1, 2, 3, 0))
    out = BytesIO()
    image.save(out, "PNG")
    with Image.open(BytesIO(accepted(out.getvalue()).content)) as cleaned:
        assert cleaned.getpixel((4, 4))[3] == 0


def test_a_large_picture_is_made_smaller():
    with Image.open(BytesIO(accepted(files.a_picture(size=(6000, 300))).content)) as image:
        assert image.size == (4096, 205)


@pytest.mark.parametrize("side", [8_000, 12_000, 20_000])
def test_a_picture_that_would_fill_the_memory_is_refused(side):
    small = BytesIO()
    Image.new("1", (side, side)).save(small, "PNG")
    assert len(small.getvalue()) < 100_000
    with pytest.raises(refusals.TooLarge):
        accepted(small.getvalue())


def test_half_a_picture_is_refused_in_words():
    with pytest.raises(refusals.Damaged):
        accepted(files.a_picture(size=(400, 400), quality=100)[:900])


def test_a_film_tells_no_place_and_no_time_and_keeps_its_length():
    film = files.a_film_with_place()
    cleaned = accepted(film).content
    assert len(cleaned) == len(film)
    assert b"sentinel" not in cleaned
    assert (3_900_000_000).to_bytes(4, "big") not in cleaned
    assert b"pictures" * 20 in cleaned


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Users\\x\\carta.doc", "carta.txt"),
        ("/etc/cron.d/evil.sh", "evil.txt"),
        ("..", "file.txt"),
        ("", "file.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
        ("photo\u202egpj.exe", "photogpj.txt"),
        ("x" * 300 + ".txt", "x" * 80 + ".txt"),
        ("cédula de José.pdf", "cédula de José.txt"),
        ("<img src=x>.html", "img src=x.txt"),
    ],
)
def test_a_name_is_only_a_name(said, name):
    assert accepted(b"hola", said).name == name


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 40 * PIECE + 7])
def test_a_kept_file_reads_as_before_and_stands_sealed_in_the_database(size):
    text = (b"sentinel-words " * (size // 15 + 1))[:size]
    file = kept(text, "sentinel.txt")
    assert read(file, at=NOW) == text
    assert file.name == "sentinel.txt"
    assert all(b"sentinel" not in bytes(piece.sealed) for piece in SealedPiece.objects.all())


@pytest.mark.django_db
def test_pieces_cannot_be_moved_left_out_changed_or_taken_from_another_file():
    file, other = kept(b"a" * 3 * PIECE), kept(b"b" * 3 * PIECE)
    pieces = list(SealedPiece.objects.filter(file=file).order_by("number"))
    whole = [bytes(piece.sealed) for piece in pieces]
    foreign = bytes(SealedPiece.objects.get(file=other, number=1).sealed)
    flipped = whole[1][:-1] + bytes([whole[1][-1] ^ 1])
    for changed in (
        [whole[1], whole[0], whole[2]],
        [whole[0], whole[0], whole[2]],
        [whole[0], foreign, whole[2]],
        [whole[0], flipped, whole[2]],
        [whole[0], whole[2]],
        whole[:2],
        [],
    ):
        SealedPiece.objects.filter(file=file).delete()
        SealedPiece.objects.bulk_create(
            SealedPiece(file=file, number=number, sealed=sealed) for number, sealed in enumerate(changed)
        )
        with pytest.raises(NotGenuine):
            read(file, at=NOW)


@pytest.mark.django_db
def test_a_shorter_size_in_the_row_is_found_too():
    file = kept(b"a" * 3 * PIECE)
    SealedFile.objects.update(size=2 * PIECE)
    with pytest.raises(NotGenuine):
        read(SealedFile.objects.get(pk=file.pk), at=NOW)


@pytest.mark.django_db
def test_a_file_is_gone_with_its_key(commits):
    key = new_key(scope="hub:cr-hub-upala")
    file = kept(b"sentinel", key=key)
    destroy_key(key, reason="test", by=None, at=NOW)
    with pytest.raises(KeyDestroyed):
        read(file, at=NOW)
    with pytest.raises(KeyDestroyed):
        _ = file.name
    assert remove(files=[file.pk]) == 1
    assert not SealedPiece.objects.exists()


@pytest.mark.django_db
def test_a_download_is_never_shown_on_our_own_origin():
    response = download(kept(b"<script>alert(1)</script>", "cédula.html"), at=NOW)
    assert response.content == b"<script>alert(1)</script>"
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''c%C3%A9dula.txt"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_an_accepted_file_does_not_tell_its_name_or_content():
    assert repr(accepted(b"sentinel", "sentinel.txt")) == "<Accepted text/plain>"


# With a scanner


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("clamd"), free_port()
    for one in (folder, *folder.parents[:2]):
        one.chmod(0o755)
    serving = clamav.running(folder, port)
    next(serving)
    yield {"socket": str(folder / "clamd.sock"), "port": f"127.0.0.1:{port}"}
    serving.close()


@clamav.needs_clamd
@pytest.mark.parametrize("way", ["socket", "port"])
def test_what_the_scanner_finds_is_refused(settings, clamd, way):
    settings.CLAMAV = clamd[way]
    assert accepted(b"harmless").is_scanned
    assert accepted(files.a_picture()).is_scanned
    for carrier in (clamav.VIRUS, files.PDF + clamav.VIRUS, files.a_picture() + clamav.VIRUS):
        with pytest.raises(refusals.Infected):
            accepted(carrier)


@clamav.needs_clamd
@pytest.mark.django_db
def test_what_came_while_the_scanner_was_away_is_scanned_before_it_is_opened(settings, clamd):
    settings.CLAMAV = f"127.0.0.1:{free_port()}"
    good, bad = kept(b"harmless"), kept(b"text " + clamav.VIRUS)
    with pytest.raises(refusals.NotScanned):
        read(good, at=NOW)
    settings.CLAMAV = clamd["socket"]
    assert read(good, at=NOW) == b"harmless"
    with pytest.raises(refusals.Infected):
        read(bad, at=NOW)
    assert list(SealedFile.objects.values_list("pk", "scanned_at")) == [(good.pk, NOW)]


def test_without_its_scanner_a_hub_may_refuse_files(settings):
    settings.CLAMAV, settings.CLAMAV_AWAY = f"127.0.0.1:{free_port()}", "refuse"
    with pytest.raises(refusals.NotScanned):
        accepted(b"harmless")
    settings.CLAMAV = "/nowhere/clamd.sock"
    with pytest.raises(refusals.NotScanned):
        accepted(b"harmless")


@clamav.needs_clamd
def test_a_file_the_scanner_will_not_take_counts_as_not_scanned(settings, clamd):
    settings.CLAMAV, settings.CLAMAV_AWAY, settings.FILE_MAX_MB = clamd["port"], "refuse", 30
    with pytest.raises(refusals.NotScanned):
        accepted(b"a" * 25 * 1024 * 1024)
