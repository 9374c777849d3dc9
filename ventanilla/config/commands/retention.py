"""Erase what has run out and is not kept back; killed at any point, it is simply run again.

The worker of `ventanilla serve` does this once a day by itself.
"""

import argparse
import sys

from . import start_django

HELP = "erase what has run out"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what would be erased, and what is kept and why"
    )


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.utils import timezone

    from ventanilla.privacy import retention

    at = timezone.now()
    if options.dry_run:
        _print_what_would_go(at)
    report = retention.run(at=at, is_rehearsal=options.dry_run, progress=None if options.dry_run else _tell)
    for code, count in report.erased.items():
        print(f"{retention.schedule()[code].name('en')}: {count}")
    done = "would be erased" if options.dry_run else "erased"
    print(f"{report.total} {done}, {report.postponed} kept back, {report.failed} failed.")
    return 1 if report.failed else 0


def _print_what_would_go(at) -> None:
    from ventanilla.privacy import retention

    for line in retention.upcoming(at=at, days=0):
        why = (
            f"kept: {line.postponed.why}, until {line.postponed.until or 'it ends'}"
            if line.postponed
            else "goes"
        )
        print(f"{line.row.record_class:<16} {line.row.label:<14} due {line.due_at:%Y-%m-%d}  {why}")


def _tell(report) -> None:
    print(f"  erased {report.total}", file=sys.stderr, flush=True)
