"""Serve the public site and the console, and do the work of the background, until stopped."""

import argparse
import os

from . import start_django

HELP = "serve the site (web and worker)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--web", action="store_true", help="only the web server and the baker of pages")
    parser.add_argument("--worker", action="store_true", help="only the background worker")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; default: 127.0.0.1")
    parser.add_argument(
        "--port", type=int, default=os.environ.get("PORT", "8000"), help="default: PORT or 8000"
    )
    parser.add_argument("--workers", type=int, default=1, help="web processes; default: 1")


def run(options: argparse.Namespace) -> int:
    start_django()
    from ..serve import serve

    both = options.web == options.worker
    return serve(
        web=both or options.web,
        worker=both or options.worker,
        host=options.host,
        port=options.port,
        workers=options.workers,
    )
