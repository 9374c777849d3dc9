"""Load or update country packs: a folder or zip with facts/, content/ and structure/.

Each country is all or nothing. What people edited here is never overwritten: it is listed instead.
"""

import argparse
import sys
from pathlib import Path

from . import progress_line, start_django

HELP = "load or update country packs"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, nargs="?", help="folder or .zip; default: the packs that ship with it"
    )
    parser.add_argument(
        "--country", action="append", default=[], metavar="CC", help="only this country, as in: cr"
    )
    parser.add_argument("--check", action="store_true", help="only check the files, write nothing")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings

    from ventanilla.verification.packs.reading import PackRefused, read_packs

    try:
        packs = read_packs(options.path or settings.PACKS_ROOT, only=[c.lower() for c in options.country])
    except PackRefused as refusal:
        for problem in refusal.problems:
            print(problem, file=sys.stderr)
        print(f"Nothing was imported: {len(refusal.problems)} problem(s) to mend first.", file=sys.stderr)
        return 1
    if options.check:
        print(f"{sum(len(pack.items) for pack in packs)} facts of {len(packs)} countries: no problem found.")
        return 0
    load(packs)
    return 0


def load(packs: list) -> None:
    """Import packs that were read, with a progress line, and bring the index up to date."""
    from ventanilla.answers import actions as answers
    from ventanilla.verification.packs.importing import import_packs

    step = progress_line("Loading facts", sum(len(pack.items) for pack in packs))
    with answers.one_rebuild():
        for report in import_packs(packs, progress=step):
            print(f"  {report}")
