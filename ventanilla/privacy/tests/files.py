"""Files made for tests, as telephones make them and as attackers do."""

import struct
from io import BytesIO

from PIL import Image

PLACE = "sentinel-place-10.8983-85.0153"


def a_picture(form="JPEG", size=(60, 40), **options):
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1] // 2))
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def a_photo_with_place(orientation=6):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = PLACE
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 53.0, 54.0), 3: "W", 4: (85.0, 0.0, 55.0)})
    return a_picture(exif=exif, comment=PLACE.encode())


def box(kind, content):
    return struct.pack(">I4s", 8 + len(content), kind) + content


def a_film_with_place():
    header = box(b"mvhd", bytes(4) + struct.pack(">II", 3_900_000_000, 3_900_000_001) + bytes(88))
    told = box(b"udta", box(b"\xa9xyz", PLACE.encode()))
    track = box(b"trak", box(b"tkhd", bytes(4) + struct.pack(">II", 7, 8) + bytes(76)) + told)
    film = box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2mp41") + box(b"moov", header + track + told)
    return film + box(b"uuid", b"x" * 16 + PLACE.encode()) + box(b"mdat", b"pictures" * 20)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + bytes(400)
OGG = b"OggS" + bytes(24) + b"OpusHead" + bytes(300)
AMR = b"#!AMR\n" + bytes(300)
M4A = box(b"ftyp", b"M4A \x00\x00\x00\x00M4A mp42") + box(b"mdat", bytes(300))
ZIP = b"PK\x03\x04" + bytes(300)
EXE = b"MZ" + bytes(300)
