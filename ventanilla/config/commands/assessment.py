"""Write the data-protection impact assessment of a kind of channel for a hub or a country."""

import argparse
import sys
from pathlib import Path

from . import start_django

HELP = "write the impact assessment of a channel"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", help="as in: web, whatsapp, sms; a wrong one gets the list")
    parser.add_argument("--country", default="", help="code such as cr; without it there are no signatures")
    parser.add_argument("--hub", default="", help="reference of a hub, as in: cr-hub-upala")
    parser.add_argument("--lang", choices=["es", "en"], default="es", help="default: es")
    parser.add_argument("--html", action="store_true", help="a page instead of Markdown")
    parser.add_argument("--output", type=Path, help="file to write; default: standard output")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.utils import timezone

    from ventanilla.privacy.assessments import all_assessments, document

    place = _place(options)
    if options.kind not in all_assessments():
        print(f"Kinds: {', '.join(all_assessments())}.", file=sys.stderr)
        return 1
    if place is None:
        print("There is no such country or hub here.", file=sys.stderr)
        return 1
    country, name = place
    made = document(
        options.kind,
        country=country,
        hub=options.hub,
        place=name,
        language=options.lang,
        at=timezone.now(),
    )
    _write(made.as_html() if options.html else made.as_markdown(), options.output)
    return 0


def _place(options: argparse.Namespace) -> tuple[str, str] | None:
    """(code of the country, name to print); None where there is no such place."""
    from ventanilla.hubs.models import Country, Hub

    if options.hub:
        hub = Hub.objects.filter(ref=options.hub).first()
        is_there = hub is not None and options.country in ("", hub.country_id)
        return (hub.country_id, str(hub)) if is_there else None
    if options.country:
        country = Country.objects.filter(code=options.country).first()
        return (country.code, country.name(options.lang)) if country else None
    return "", ""


def _write(text: str, output: Path | None) -> None:
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
