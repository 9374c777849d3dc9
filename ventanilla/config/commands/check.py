"""The configuration doctor: says what is unsafe or missing, each with its remedy.

Exits with 1 when something is unsafe, else with 0.
"""

import argparse
import json
from dataclasses import asdict
from typing import Any

from . import start_django

HELP = "say what is unsafe or missing"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="print only what is wrong")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object with unsafe, missing, findings"
    )


def run(options: argparse.Namespace) -> int:
    found = _findings()
    unsafe = sum(finding["level"] == "unsafe" for finding in found)
    if options.json:
        counts = {
            level: sum(finding["level"] == level for finding in found) for level in ("unsafe", "missing")
        }
        print(json.dumps(counts | {"findings": found}, ensure_ascii=False))
    else:
        _print(found, quiet=options.quiet)
    return 1 if unsafe else 0


def _findings() -> list[dict[str, Any]]:
    from django.core.exceptions import ImproperlyConfigured

    try:
        start_django()
    except ImproperlyConfigured as problem:
        remedies = str(problem).splitlines()
        return [{"level": "unsafe", "what": "A setting is unsafe.", "remedy": remedy} for remedy in remedies]
    from ..doctor import findings

    return [asdict(finding) for finding in findings()]


def _print(found: list[dict[str, Any]], *, quiet: bool) -> None:
    faults = [finding for finding in found if finding["level"] != "note"]
    for finding in faults if quiet else found:
        print(f"{finding['level'].upper():<8} {finding['what']}\n         → {finding['remedy']}")
    if not faults and not quiet:
        print("Nothing unsafe or missing was found.")
