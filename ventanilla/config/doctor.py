"""What is unsafe or missing in this installation, each with its remedy in one sentence."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ventanilla.accounts.models import User
from ventanilla.answers.encoders import encoders
from ventanilla.answers.engine import Index, IndexMissing, IndexOutdated
from ventanilla.hubs.models import Country, Network
from ventanilla.privacy import append_only, tampering
from ventanilla.privacy.sealing.router import KEY_APP, KEY_STORE
from ventanilla.verification.actions import emergency_lines_missing
from ventanilla.verification.models import Fact
from ventanilla.web import baking

from .archive import LAST_BACKUP
from .commands.demo import PASSWORD
from .encoder_findings import findings_of_encoder
from .findings import LEVELS, Finding, missing, unsafe
from .key_findings import findings_of_keys
from .line_findings import findings_of_lines
from .sample_staff import SAMPLE_STAFF
from .sign_in_findings import findings_of_sign_in
from .translator_findings import findings_of_translator

FREE_NEEDED, FREE_WISHED = 200_000_000, 2_000_000_000
OLDEST_BACKUP = timedelta(days=7)
LONGEST_WAIT = timedelta(minutes=10)
CLOCK_SLACK = timedelta(minutes=2)
# The software was written after this day: a clock before it is wrong.
WRITTEN = datetime(2026, 1, 1, tzinfo=timezone.get_fixed_timezone(0))
# Places of damage in the access log that are named; more would not help.
MOST_DAMAGES = 20
# Superusers whose password is tried; each try takes a good part of a second, on purpose.
TRIED = 20


def findings(*, at: datetime | None = None) -> list[Finding]:
    """Everything that this installation should mend, the unsafe first, in the order of CHECKS."""
    at = at or timezone.now()
    found = list(_data_dir())
    blocked = list(_database())
    if not blocked:
        try:
            found = [finding for check in CHECKS for finding in check(at)] + found
        except Error:
            blocked = [unsafe("The database failed half-way.", "See its log, then check again.")]
    return sorted([*blocked, *found], key=lambda finding: LEVELS.index(finding.level))


def _database() -> Iterator[Finding]:
    for one, app, name, setting in (
        (connection, None, "database", "DATABASE_URL"),
        (connections[KEY_STORE], KEY_APP, "key store", "KEYS_DATABASE_URL"),
    ):
        try:
            one.ensure_connection()
            executor = MigrationExecutor(one)
            if executor.migration_plan(executor.loader.graph.leaf_nodes(app)):
                yield unsafe(f"The {name} is not up to date with this version.", "Run: ventanilla migrate")
        except Error:
            yield unsafe(f"The {name} does not answer.", f"Start it, or set {setting}.")


def _data_dir() -> Iterator[Finding]:
    folder = settings.DATA_DIR
    if not os.access(folder, os.W_OK | os.X_OK):
        yield unsafe(
            f"{folder} cannot be written.", "Make it, give it to the user that serves, or set DATA_DIR."
        )
        return
    free = shutil.disk_usage(folder).free
    if free < FREE_WISHED:
        level = unsafe if free < FREE_NEEDED else missing
        yield level(
            f"Only {free // 1_000_000} MB are free in {folder}.",
            "Make room, or set DATA_DIR to another disk.",
        )


def _emergency_numbers(at: datetime) -> Iterator[Finding]:
    for country in Country.objects.order_by("code"):
        lines = emergency_lines_missing(country, at=at.date())
        if not lines:
            continue
        named = "a first emergency line" if lines == ["*"] else ", ".join(lines)
        if country.is_open and not settings.DEMO:
            yield unsafe(
                f"{country} is open to the public and its emergency numbers are not verified.",
                f"Verify {named} in the console, or close the country.",
            )
        else:
            yield missing(
                f"The emergency numbers of {country} are not verified.",
                f"Verify {named} in the console before the country is opened to the public.",
            )


def _demo_people(at: datetime) -> Iterator[Finding]:
    if settings.DEMO:
        return
    samples = User.objects.filter(email__in=[person.email for person in SAMPLE_STAFF], is_active=True)
    if count := samples.count():
        yield unsafe(
            f"{count} sample people of the demonstration can sign in.",
            "Delete them in the console: their password is public.",
        )
    others = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")[:TRIED]
    if any(user.check_password(PASSWORD) for user in others):
        yield unsafe("A superuser has the password of the demonstration.", "Set another one: it is public.")


def _addresses(at: datetime) -> Iterator[Finding]:
    if settings.DEMO:
        yield missing(
            "This is a demonstration.", "For people, start with an empty DATA_DIR and 'ventanilla serve'."
        )
        return
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    allowed = settings.ALLOWED_HOSTS
    if not any(host == name or (name[:1] == "." and f".{host}".endswith(name)) for name in allowed):
        yield unsafe("Nobody can open PUBLIC_URL.", f"Add {host} to ALLOWED_HOSTS.")


def _starter(at: datetime) -> Iterator[Finding]:
    if Network.current().shows_starter and not settings.DEMO:
        yield missing(
            "Starter content is shown to the public.",
            "Verify it in the console, then switch it off in the network's settings.",
        )


def _several_machines(at: datetime) -> Iterator[Finding]:
    if not settings.VALKEY_URL:
        return
    if connection.vendor == "sqlite":
        yield unsafe(
            "VALKEY_URL is for several machines, and SQLite is for one.", "Set DATABASE_URL to PostgreSQL."
        )
    if not valkey_answers(settings.VALKEY_URL):
        yield unsafe("Valkey or Redis does not answer.", "Start it, or mend or remove VALKEY_URL.")


def valkey_answers(url: str) -> bool:
    """Whether the store answers within two seconds."""
    import redis

    try:
        return bool(redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).ping())
    except (redis.RedisError, ValueError):
        return False


def _clock(at: datetime) -> Iterator[Finding]:
    newest = Fact.objects.order_by("-changed_at").values_list("changed_at", flat=True).first()
    if at < WRITTEN or (newest and newest > at + CLOCK_SLACK):
        yield unsafe(
            "The clock of this machine is behind, so facts stay public past their day.",
            "Set it, best by NTP.",
        )
    if connection.vendor == "postgresql" and abs(_database_time() - timezone.now()) > CLOCK_SLACK:
        yield unsafe("The clocks of this machine and of the database differ.", "Set both, best by NTP.")
    for country in Country.objects.order_by("code"):
        try:
            ZoneInfo(country.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            yield unsafe(
                f"The time zone of {country} is not known here.",
                "Correct it in the console, or install the system's tzdata.",
            )


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _access_log(at: datetime) -> Iterator[Finding]:
    if append_only.unprotected_tables():
        yield unsafe("Tables that are only added to can be changed.", "Run: ventanilla migrate")
    damages = list(islice(tampering.verify(), MOST_DAMAGES))
    for damage in damages:
        level = missing if damage.is_explained else unsafe
        yield level(str(damage), "See docs/reference/access-log.md; report an incident in the console.")
    if all(damage.is_explained for damage in damages):
        tampering.note_ends(at=at)


def _index(at: datetime) -> Iterator[Finding]:
    if not Fact.objects.public(at=at.date()).exists():
        yield missing(
            "Nothing is public yet.", "Run 'ventanilla import-pack', then verify facts in the console."
        )
        return
    try:
        Index.load(settings.INDEX_ROOT, encoders=encoders())
    except IndexMissing:
        yield unsafe("There is no index, so no question is answered.", "Run: ventanilla index")
    except IndexOutdated:
        yield unsafe("The index is of another version, so no question is answered.", "Run: ventanilla index")


def _baked_pages(at: datetime) -> Iterator[Finding]:
    wanted = len(baking.all_paths())
    there = sum(1 for _ in settings.BAKED_ROOT.glob("??/*.baked"))
    if there < wanted / 2:
        yield missing(
            f"{there} of some {wanted} pages are rendered ahead; the rest needs the database.",
            "Wait for 'ventanilla serve' to render them, or run: ventanilla bake",
        )


def _worker(at: datetime) -> Iterator[Finding]:
    if DBTaskResult.objects.ready().filter(enqueued_at__lt=at - LONGEST_WAIT).exists():
        yield unsafe(
            "Background work has been waiting for more than ten minutes.",
            "Start 'ventanilla serve', or 'ventanilla serve --worker' on one machine.",
        )


def _backups(at: datetime) -> Iterator[Finding]:
    if settings.DEMO:
        return
    try:
        last = datetime.fromisoformat((settings.DATA_DIR / LAST_BACKUP).read_text())
    except (OSError, ValueError):
        yield missing("No backup was made from here yet.", "Run 'ventanilla backup FILE' every night.")
        return
    if at - last > OLDEST_BACKUP:
        yield missing(
            f"The last backup is {(at - last).days} days old.", "Run 'ventanilla backup FILE' every night."
        )


CHECKS: tuple[Callable[[datetime], Iterator[Finding]], ...] = (
    _emergency_numbers,
    _demo_people,
    _addresses,
    _several_machines,
    findings_of_lines,
    _clock,
    findings_of_keys,
    findings_of_sign_in,
    _access_log,
    _worker,
    _index,
    _baked_pages,
    _starter,
    _backups,
    findings_of_encoder,
    findings_of_translator,
)
