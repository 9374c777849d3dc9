"""The one command. Each sub-command is a module of `commands` with `HELP`, `arguments` and `run`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured

COMMANDS = (
    "demo",
    "serve",
    "migrate",
    "import-pack",
    "import-directory",
    "export-directory",
    "ask",
    "bench",
    "check",
    "verify-log",
    "retention",
    "registers",
    "assessment",
    "keys",
    "bake",
    "messages",
    "connect",
    "simulate",
    "index",
    "backup",
    "restore",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a sub-command; returns its exit code. Plain sentences on standard error when something is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    arguments = sys.argv[1:] if argv is None else list(argv)
    parser, modules = _parser()
    known, rest = parser.parse_known_args(arguments)
    module = modules[known.command]
    if rest and not getattr(module, "TAKES_REST", False):
        parser.error(f"not understood: {' '.join(rest)}")
    if rest:
        known.rest = [*getattr(known, "rest", []), *rest]
    try:
        return int(module.run(known) or 0)
    except (ImproperlyConfigured, ConnectionError) as problem:
        print(f"ventanilla: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> tuple[argparse.ArgumentParser, dict]:
    parser = argparse.ArgumentParser(
        prog="ventanilla",
        description="Ventanilla: verified answers and one desk for Information Hubs.",
        epilog="Start here: ventanilla demo. Settings are in docs/reference/settings.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name in COMMANDS:
        module = import_module(f"ventanilla.config.commands.{name.replace('-', '_')}")
        modules[name] = module
        sub = commands.add_parser(name, help=module.HELP, description=module.__doc__ or module.HELP)
        module.arguments(sub)
    return parser, modules


if __name__ == "__main__":
    sys.exit(main())
