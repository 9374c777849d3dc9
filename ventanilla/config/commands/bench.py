"""Measure. Prints one JSON object of figures as its last line; `ventanilla bench NAME --help` says what."""

import argparse
import json
import sys
from importlib import import_module

from . import start_django

HELP = "measure answers, pages, serving or a desk; kill it at work"
TAKES_REST = True
BENCHES = ("answers", "pages", "serving", "access_log", "sealing", "desk", "kill")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="what the benchmark itself takes; try --help")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings

    # Benchmarks belong to the checkout, not to what is installed.
    sys.path.insert(0, str(settings.CHECKOUT))
    figures = import_module(f"benchmarks.{options.name}").main(options.rest)
    print(json.dumps(figures, ensure_ascii=False), flush=True)
    return 0
