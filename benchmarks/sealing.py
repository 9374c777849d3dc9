"""What sealing costs: a message, a key, a list of fifty conversations, a file; beside named baselines.

`ventanilla bench sealing [REPETITIONS]`. Use an empty DATA_DIR: rows and keys stay.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ventanilla.config.migrating import migrate
from ventanilla.privacy.models import SealedFile
from ventanilla.privacy.sealing import cipher, keys, new_key, open_keys
from ventanilla.privacy.sealing.files import keep, read
from ventanilla.privacy.sealing.files.accepting import Accepted
from ventanilla.privacy.sealing.router import KEY_STORE

MESSAGE = ("Llegué ayer a Upala con mi hijo de siete años y quiero saber cómo pedir refugio. " * 7)[:500]
SHOWN = 50
FILE_MB = 8


def main(rest: list[str]) -> dict[str, float | int]:
    """Microseconds (median and 99th of a hundred) for one message of 500 characters; files in MB/s."""
    count = int(rest[0]) if rest else 20_000
    migrate(verbosity=0)
    settings.CLAMAV = ""
    return {
        "repetitions": count,
        **_message(count),
        **_baselines(count),
        **_key(min(count, 1_000)),
        **_list(),
        **_file(),
    }


def _message(count: int) -> dict[str, float]:
    """The path of a model field: find the key in the ring, bind to the place, seal; and back."""
    row: Any = SealedFile(sealed_under=new_key(scope="hub:bench"))
    field: Any = SealedFile._meta.get_field("name")

    def seal() -> None:
        row.name = MESSAGE
        field.pre_save(row, add=True)

    seal()
    sealed = row.__dict__["name"].sealed

    def unseal() -> None:
        row.__dict__["name"] = sealed
        _same(len(row.name), len(MESSAGE))

    return {**_timed("seal", seal, count), **_timed("open", unseal, count)}


def _baselines(count: int) -> dict[str, float]:
    """The same bytes by bare AES-256-GCM, and by Fernet, both of `cryptography`."""
    aes, fernet, plain = AESGCM(os.urandom(32)), Fernet(Fernet.generate_key()), MESSAGE.encode()
    nonce, token = os.urandom(12), fernet.encrypt(plain)
    sealed = aes.encrypt(nonce, plain, b"place")
    return {
        **_timed("aesgcm_seal", lambda: aes.encrypt(os.urandom(12), plain, b"place"), count),
        **_timed("aesgcm_open", lambda: aes.decrypt(nonce, sealed, b"place"), count),
        **_timed("fernet_seal", lambda: fernet.encrypt(plain), count),
        **_timed("fernet_open", lambda: fernet.decrypt(token), count),
    }


def _key(count: int) -> dict[str, float]:
    """Making a key (it is on the disk when made), and having one from the key store, alone or among fifty."""
    ids = [new_key(scope="hub:bench") for _ in range(SHOWN)]
    rows = [SealedFile(sealed_under=one) for one in ids]

    def fetch() -> None:
        keys.ring.clear()
        keys.key(ids[0])

    def fetch_many() -> None:
        keys.ring.clear()
        open_keys(rows)

    return {
        **_timed("key_make", lambda: new_key(scope="hub:bench"), min(count, 200)),
        **_timed("key_fetch", fetch, count),
        **_timed(f"key_fetch_{SHOWN}_together", fetch_many, count // 5),
    }


def _list() -> dict[str, float | int]:
    """Five hundred rows, each under its own key, of which a page of fifty is read."""
    now = timezone.now()
    made = []
    for _ in range(10 * SHOWN):
        row = SealedFile(sealed_under=new_key(scope="hub:bench"), content_type="x", size=1, kept_at=now)
        row.name = MESSAGE
        made.append(row)
    SealedFile.objects.bulk_create(made)
    keys.ring.clear()
    shown = SealedFile.objects.filter(pk__in=[row.pk for row in made]).order_by("pk")
    connection = connections[KEY_STORE]
    with CaptureQueriesContext(connection) as asked:
        start = time.perf_counter()
        page = list(shown[:SHOWN])
        open_keys(page)
        _same({row.name for row in page}, {MESSAGE})
        spent = time.perf_counter() - start
    return {
        "list_rows": len(page),
        "list_keys_opened": len(keys.ring),
        "list_key_queries": len(asked),
        "list_ms": round(spent * 1000, 1),
    }


def _file() -> dict[str, float]:
    content, at = os.urandom(FILE_MB * 1_000_000), timezone.now()
    aes, piece = cipher.cipher(cipher.fresh_key()), content[: 64 * 1024]
    start = time.perf_counter()
    file = keep(
        Accepted("x.bin", "application/octet-stream", content, is_scanned=True),
        sealed_under=new_key(scope="hub:bench"),
        at=at,
    )
    middle = time.perf_counter()
    _same(read(file, at=at), content)
    end = time.perf_counter()
    for _ in range(len(content) // len(piece)):
        cipher.unseal(aes, cipher.seal(aes, piece, at=b"place"), at=b"place")
    bare = (time.perf_counter() - end) / 2
    return {
        "file_keep_mb_s": round(FILE_MB / (middle - start)),
        "file_read_mb_s": round(FILE_MB / (end - middle)),
        "file_bare_aesgcm_mb_s": round(FILE_MB / bare),
    }


def _same(found: object, wanted: object) -> None:
    if found != wanted:
        raise ValueError("What was opened is not what was sealed.")


def _timed(name: str, step: Callable[[], object], count: int) -> dict[str, float]:
    step()
    spent = []
    for _ in range(count):
        start = time.perf_counter_ns()
        step()
        spent.append(time.perf_counter_ns() - start)
    spent.sort()
    return {
        f"{name}_us": round(spent[count // 2] / 1000, 1),
        f"{name}_p99_us": round(spent[count * 99 // 100] / 1000, 1),
    }
