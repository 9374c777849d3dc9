"""Move messages: file what came in, send what waits, listen where there is no hook. Part of `serve`."""

import argparse
import signal
import threading

from . import start_django

HELP = "file, send and listen for messages until stopped"


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    start_django()
    from ventanilla.channels import loops

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    loops.run(stopped)
    return 0
