"""Set up sample data of eleven countries and sample staff on this machine, then serve it."""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from . import start_django

HELP = "set up the demonstration and serve it"

# One sample person per role; the password is for the demonstration only.
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


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("VENTANILLA_MODE", "demo")
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{options.port}")
    start_django()
    from django.conf import settings

    if not settings.DEMO:
        print("ventanilla demo: this data is not a demonstration; use 'ventanilla serve'.", file=sys.stderr)
        return 2
    started = time.monotonic()
    load_everything(countries=options.country)
    print(f"  Loaded in {time.monotonic() - started:.0f} s, in {settings.DATA_DIR}", file=sys.stderr)
    if options.load_only:
        return 0
    return _serve(options)


def load_everything(*, countries: Sequence[str] = ()) -> None:
    """Migrate, load the packs and make the sample staff; quick where it was done before."""
    from django.conf import settings
    from django.core.management import call_command

    from ventanilla.hubs.models import Country, Network
    from ventanilla.verification.packs.reading import read_packs

    from . import import_pack

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    settings.DEMO_MARK.touch()
    print("Preparing the database", file=sys.stderr)
    call_command("migrate", interactive=False, verbosity=0)
    Network.objects.update_or_create(pk=1, defaults={"shows_starter": True})
    print("Loading countries", file=sys.stderr)
    import_pack.load(read_packs(settings.PACKS_ROOT, only=countries))
    Country.objects.update(is_open=True)
    from ..sample_staff import make_sample_staff

    make_sample_staff(password=PASSWORD)


def _serve(options: argparse.Namespace) -> int:
    from ..sample_staff import SAMPLE_STAFF
    from ..serve import serve

    url = f"http://localhost:{options.port}"

    def announce() -> None:
        width = max(len(person.email) for person in SAMPLE_STAFF)
        print(f"\nVentanilla is ready at {url}\n")
        print(f"Staff sign in at {url}/console/ with the password {PASSWORD}:")
        for person in SAMPLE_STAFF:
            print(f"  {person.email:<{width}}  {person.what}")
        print("\nCtrl-C stops everything.", flush=True)

    return serve(
        web=True,
        worker=True,
        host=options.host,
        port=options.port,
        workers=1,
        on_ready=announce,
        ready_path="/health/ready",
    )
