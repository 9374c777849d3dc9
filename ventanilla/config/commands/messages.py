"""Move messages: file what came in, send what waits, listen where there is no hook. Part of `serve`."""

import argparse
import os
import signal
import threading

from . import start_django

# What people hand over at the door goes before what is done with it afterwards.
GIVES_WAY = 5
HELP = "file, send and listen for messages until stopped"


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    start_django()
    from ventanilla.channels import loops

    os.nice(GIVES_WAY)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    loops.run(stopped)
    return 0
