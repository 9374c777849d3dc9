"""Take over a partner's directory from an HSDS file: .json, or a .zip of CSV tables.

Everything is checked first; then all of it is written or nothing. Services come in as starter facts with the
partner as their source: nobody here has confirmed them. What people edited or verified here is left alone.
"""

import argparse
import sys
from pathlib import Path

from . import start_django

HELP = "take over a partner's HSDS directory"
# More than any reader accepts: it says so itself, without this process holding a huge file.
MOST_BYTES = 31_000_000


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the .json or .zip to read")
    parser.add_argument("--partner", required=True, help="whose directory it is: the source people will see")
    parser.add_argument("--source-url", required=True, metavar="URL", help="where the partner publishes it")
    parser.add_argument("--country", metavar="CC", help="country of organisations that name none, as in: cr")
    parser.add_argument("--lang", default="es", metavar="LL", help="language of the texts; default: es")
    parser.add_argument("--check", action="store_true", help="only check the file, write nothing")


def run(options: argparse.Namespace) -> int:
    if not options.source_url.startswith(("https://", "http://")):
        print("ventanilla import-directory: --source-url has to be a web address.", file=sys.stderr)
        return 2
    start_django()
    from ventanilla.directory import hsds

    try:
        with options.file.open("rb") as stream:
            data = stream.read(MOST_BYTES)
        read = hsds.read_csv if options.file.suffix == ".zip" else hsds.read_json
        lines = _written(read(data, file=options.file.name), options)
    except OSError as problem:
        print(f"ventanilla import-directory: {options.file}: {problem.strerror}.", file=sys.stderr)
        return 2
    except hsds.HsdsRefused as refusal:
        for problem in refusal.problems:
            print(problem, file=sys.stderr)
        print(f"Nothing was imported: {len(refusal.problems)} problem(s) to mend first.", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _written(dataset, options: argparse.Namespace) -> list[str]:
    from django.utils import timezone

    from ventanilla.directory.actions import Partner, import_directory

    if options.check:
        return [f"{len(dataset.rows('service'))} services: no problem found."]
    report = import_directory(
        dataset=dataset,
        partner=Partner(options.partner[:200], options.source_url),
        language=options.lang,
        country=options.country,
        at=timezone.now(),
    )
    return report.lines()
