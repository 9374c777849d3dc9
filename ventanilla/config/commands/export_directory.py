"""Write the public directory (organisations, services, places) in the shapes of HSDS 3.1.

The ending of the file chooses the form: .json for one document, .zip for CSV tables. Confidential places
are in it with their area and nothing else.
"""

import argparse
import sys
from pathlib import Path

from . import start_django

HELP = "write the directory as HSDS JSON or CSV"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the .json or .zip to write")
    parser.add_argument("--country", metavar="CC", help="only this country, as in: cr")
    parser.add_argument("--lang", default="es", metavar="LL", help="language of the texts; default: es")


def run(options: argparse.Namespace) -> int:
    if options.file.suffix not in (".json", ".zip"):
        print("ventanilla export-directory: the file has to end in .json or .zip.", file=sys.stderr)
        return 2
    start_django()
    from django.utils import timezone

    from ventanilla.directory import hsds
    from ventanilla.directory.queries import whole_directory

    dataset = whole_directory(language=options.lang, at=timezone.now(), country=options.country)
    write = hsds.export_json if options.file.suffix == ".json" else hsds.export_csv
    try:
        options.file.write_bytes(write(dataset))
    except OSError as problem:
        print(f"ventanilla export-directory: {options.file}: {problem.strerror}.", file=sys.stderr)
        return 2
    services, organizations = (len(dataset.rows(name)) for name in ("service", "organization"))
    print(f"{services} services of {organizations} organisations are in {options.file}.")
    return 0
