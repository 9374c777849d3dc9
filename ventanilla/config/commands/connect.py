"""Tell a provider where the hook of a channel is, and print that address.

Without an id: list the channels. It may be done again at any time; do it after each change of a channel's
settings and when PUBLIC_URL has changed.
"""

import argparse
import sys
from uuid import UUID

from . import start_django

HELP = "tell a provider where the hook of a channel is"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("channel", nargs="?", type=UUID, metavar="ID", help="id of a channel")


def run(options: argparse.Namespace) -> int:
    start_django()
    from ventanilla.channels.models import Channel

    if options.channel is None:
        for one in Channel.objects.order_by("kind", "name", "pk"):
            print(f"{one.pk}  {one.kind:<12} {one.state:<7} {one.name}")
        return 0
    channel = Channel.objects.select_related("hub").filter(pk=options.channel).first()
    if channel is None:
        print("There is no such channel here.", file=sys.stderr)
        return 1
    return _connect(channel)


def _connect(channel) -> int:
    from django.conf import settings
    from django.urls import reverse

    from ventanilla.channels.contract import Misconfigured, Problem, SendRefused

    hook = settings.PUBLIC_URL + reverse("channels:hook", args=[channel.kind, channel.pk])
    try:
        channel.speaks.check(channel.config)
        channel.speaks.connect(channel, hook=hook)
    except Misconfigured as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except SendRefused as refusal:
        print(Problem(refusal.problem).label, file=sys.stderr)
        return 1
    print(f"Done. Where the provider wants the address of the hook: {hook}")
    return 0
