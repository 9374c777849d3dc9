"""Write the database and the uploaded files into one archive, while everything goes on working.

It holds passwords (as hashes) and whatever staff wrote: keep it as safe as the database. SECRET_KEY is not
in it. Sessions are not in it either: after a restore, staff sign in again.
"""

import argparse
import sys
from pathlib import Path

from . import progress_line, start_django

HELP = "write everything into one file"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the .tar.gz to write; it must not exist yet")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.db import Error

    from ..archive import ArchiveRefused, backup

    try:
        contents = backup(options.file, progress=progress_line)
    except ArchiveRefused as refusal:
        print(f"ventanilla backup: {refusal}", file=sys.stderr)
        return 1
    except Error:
        print(
            "ventanilla backup: the database does not answer. Start it, or set DATABASE_URL.", file=sys.stderr
        )
        return 1
    size = options.file.stat().st_size / 1_000_000
    print(f"{options.file}: {sum(contents['rows'].values())} rows, {size:.1f} MB")
    return 0
