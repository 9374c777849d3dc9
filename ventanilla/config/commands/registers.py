"""Write the register of data assets and the record of processing of a country, as a page or in Markdown."""

import argparse
import sys
from pathlib import Path

from . import start_django

HELP = "write the record of processing of a country"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--country", default="", help="code such as cr; without it the network's defaults")
    parser.add_argument("--lang", choices=["es", "en"], default="es", help="default: es")
    parser.add_argument("--html", action="store_true", help="a page instead of Markdown")
    parser.add_argument("--output", type=Path, help="file to write; default: standard output")


def run(options: argparse.Namespace) -> int:
    start_django()
    from ventanilla.hubs.models import Country
    from ventanilla.privacy.registers import register

    country = Country.objects.filter(code=options.country).first() if options.country else None
    if options.country and country is None:
        print(f"There is no country {options.country!r} here.", file=sys.stderr)
        return 1
    name = country.name(options.lang) if country else ""
    made = register(country=options.country, country_name=name, language=options.lang)
    text = made.as_html() if options.html else made.as_markdown()
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0
