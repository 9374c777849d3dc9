"""Bring the database up to date with this version."""

import argparse

from . import start_django

HELP = "bring the database up to date"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="print nothing when all is well")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings

    from ventanilla.config.migrating import migrate

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    migrate(verbosity=0 if options.quiet else 1)
    return 0
