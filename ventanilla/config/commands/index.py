"""Build the index of answers and the search of the console anew from the database.

Needed when the folder `index` of DATA_DIR was lost or is of another version; both are copies.
"""

import argparse
import sys

from . import start_django

HELP = "build the index of answers anew"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="print nothing when all is well")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.core.management import call_command

    from ventanilla.answers.actions import rebuild_index

    if not options.quiet:
        print("Building the index of answers and the search of the console", file=sys.stderr)
    units = rebuild_index()
    call_command("update_index", verbosity=0)
    if not options.quiet:
        print(f"{units} passages can be found.")
    return 0
