"""Render public pages into compressed files, once or for as long as it runs."""

import argparse
import os

from . import progress_line, start_django

HELP = "render public pages ahead of time"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="go on: render again what changes or expires")


def run(options: argparse.Namespace) -> int:
    start_django()
    from ventanilla.web import baking

    if options.watch:
        # Readers and staff come first: what is not baked yet is rendered when somebody asks for it.
        os.nice(10)
        baking.watch()
        return 0
    paths = baking.all_paths()
    step = progress_line("Rendering pages", len(paths))
    baking.bake_paths(paths, progress=step)
    return 0
