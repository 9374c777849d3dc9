"""Bring back what `ventanilla backup` wrote: everything or nothing.

Stop `ventanilla serve` first. The archive must be of the version installed here.
"""

import argparse
import sys
from pathlib import Path

from . import index, progress_line, start_django

HELP = "bring everything back from one file"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the .tar.gz that 'ventanilla backup' wrote")
    parser.add_argument("--replace", action="store_true", help="overwrite what is there now")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.db import Error

    from ventanilla.web import baking

    from ..archive import ArchiveRefused, restore

    try:
        contents = restore(options.file, replace=options.replace, progress=progress_line)
    except ArchiveRefused as refusal:
        print(f"ventanilla restore: {refusal}", file=sys.stderr)
        return 1
    except Error:
        print(
            "ventanilla restore: the database does not answer. Start it, or set DATABASE_URL.",
            file=sys.stderr,
        )
        return 1
    # What was rendered or indexed from the former contents must not be read any more.
    baking.store().clear()
    index.run(argparse.Namespace(quiet=False))
    print(f"Restored {sum(contents['rows'].values())} rows of {contents['at'][:16]} UTC.")
    return 0
