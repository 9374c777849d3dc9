"""Set up sample data of eleven countries and sample staff on this machine, then serve it."""

import argparse
import hashlib
import logging
import os
import sys
import time
from collections.abc import Sequence

from . import start_django

HELP = "set up the demonstration and serve it"

# The password of all sample people is for the demonstration only.
PASSWORD = "ventanilla-demo-2026"  # noqa: S105 - sample people of a demonstration


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--load-only", action="store_true", help="load everything and exit")
    parser.add_argument(
        "--port", type=int, default=os.environ.get("PORT", "8000"), help="default: PORT or 8000"
    )
    parser.add_argument(
        "--country", action="append", default=[], metavar="CC", help="only this country, as in: cr"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--busy-day",
        action="store_true",
        help="also make staff for every hub and invented enquiries, to see the desk at work",
    )
    parser.add_argument(
        "--enquiries", type=int, default=2_000, metavar="N", help="with --busy-day; default: 2000"
    )


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("VENTANILLA_MODE", "demo")
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{options.port}")
    start_django()
    from django.conf import settings

    if not settings.DEMO:
        print("ventanilla demo: this data is not a demonstration; use 'ventanilla serve'.", file=sys.stderr)
        return 2
    started = time.monotonic()
    # Invented people: where their access log stands is nobody's proof, and would hide the progress.
    logging.getLogger("ventanilla.privacy.access_log").setLevel(logging.WARNING)
    load_everything(countries=options.country)
    if options.busy_day:
        make_busy_day(options.enquiries)
    print(f"  Loaded in {time.monotonic() - started:.0f} s, in {settings.DATA_DIR}", file=sys.stderr)
    if options.load_only:
        return 0
    return _serve(options)


def load_everything(*, countries: Sequence[str] = ()) -> None:
    """Migrate, load the packs and make the sample staff; does nothing where the same was done before."""
    from django.conf import settings
    from django.utils import timezone

    from ventanilla.config.migrating import migrate
    from ventanilla.hubs.models import Country, Network
    from ventanilla.verification.packs.reading import read_packs

    from ..sample_day import tell_sample_day
    from ..sample_lines import open_sample_lines
    from ..sample_staff import make_sample_staff
    from . import import_pack

    fingerprint = _fingerprint(countries)
    if settings.DEMO_MARK.exists() and settings.DEMO_MARK.read_text() == fingerprint and _is_there():
        return
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    settings.DEMO_MARK.touch()
    print("Preparing the database", file=sys.stderr)
    migrate(verbosity=0)
    Network.objects.update_or_create(pk=1, defaults={"shows_starter": True})
    print("Loading countries", file=sys.stderr)
    import_pack.load(read_packs(settings.PACKS_ROOT, only=countries))
    Country.objects.update(is_open=True)
    make_sample_staff(password=PASSWORD)
    open_sample_lines(at=timezone.now())
    tell_sample_day(at=timezone.now())
    settings.DEMO_MARK.write_text(fingerprint)


def make_busy_day(count: int) -> None:
    """Fill up to `count` invented enquiries; does nothing where there are so many."""
    from django.utils import timezone

    from ventanilla.enquiries.models import Enquiry

    from .. import busy_day
    from . import progress_line

    wanted = max(0, count - Enquiry.objects.count())
    if wanted:
        busy_day.fill(count=wanted, at=timezone.now(), step=progress_line("Filling a busy day", wanted))


def _fingerprint(countries: Sequence[str]) -> str:
    """What the demonstration is made of: packs, migrations, and where it is loaded to."""
    from django.conf import settings

    parts = hashlib.sha256(repr((settings.DATABASES["default"]["NAME"], sorted(countries))).encode())
    for pattern in ("packs/**/*.yaml", "*/migrations/0*.py", "config/sample_*.*"):
        for file in sorted(settings.PACKAGE.glob(pattern)):
            parts.update(file.read_bytes())
    return parts.hexdigest()


def _is_there() -> bool:
    from django.conf import settings
    from django.db import Error

    from ventanilla.hubs.models import Country

    try:
        return Country.objects.exists() and (settings.INDEX_ROOT / "current").exists()
    except Error:
        return False


def _serve(options: argparse.Namespace) -> int:
    from django.conf import settings

    from ..sample_staff import SAMPLE_STAFF
    from ..serve import HEAD_START, Child, serve

    url = f"http://localhost:{options.port}"

    def announce() -> None:
        width = max(len(person.email) for person in SAMPLE_STAFF)
        print(f"\nVentanilla is ready at {url}\n")
        print(f"Staff sign in at {url}/console/ with the password {PASSWORD}:")
        for person in SAMPLE_STAFF:
            print(f"  {person.email:<{width}}  {person.what}")
        print("The second step shows the code that their app would show: in this demonstration only.")
        print(f"Mails are not sent; they lie in {settings.EMAIL_FILE_PATH}")
        print("\nCtrl-C stops everything.", flush=True)

    providers = Child("simulated providers", _providers_command(), restart_at=time.monotonic() + HEAD_START)
    return serve(
        beside=[providers],
        web=True,
        worker=True,
        host=options.host,
        port=options.port,
        workers=1,
        on_ready=announce,
        ready_path="/health/ready",
    )


def _providers_command() -> list[str]:
    """Takes what the desk sends on the sample lines: in a demonstration nothing leaves this machine."""
    return [sys.executable, "-P", "-m", "ventanilla.config.command", "simulate", "--stand-by"]
