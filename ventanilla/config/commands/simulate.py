"""Play the provider of a channel of this system: people who write, wait, press buttons and expect answers.

Nobody real is reached: only channels whose addresses lead to this machine are played, as those of
`ventanilla demo`. The system must be served meanwhile. Ends with 0 when all that the script expects came
true.
docs/how-to/simulate.md describes scripts.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from . import start_django

HELP = "play the provider of a channel, with a scripted conversation"
# Seconds between two looks at what was sent, while standing by.
LOOK = 0.3


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", nargs="?", metavar="KIND", help="such as whatsapp, telegram, sms_http")
    parser.add_argument("--channel", type=UUID, metavar="UUID", help="default: the first open one of KIND")
    parser.add_argument(
        "--script", metavar="FILE", default="", help="a file, or the name of a shipped script"
    )
    parser.add_argument(
        "--faults", default="", metavar="LIST",
        help="what goes wrong, with commas: duplicates, disorder, busy, down, closed",
    )  # fmt: skip
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="2: pauses of half the length")
    parser.add_argument("--url", default="", help="where the system is served; default: PUBLIC_URL")
    parser.add_argument(
        "--stand-by", action="store_true",
        help="instead: take what is sent on all such channels and report it read, until stopped",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    start_django()
    from ..simulating import CannotPlay

    try:
        return _stand_by(options) if options.stand_by else _play(options)
    except CannotPlay as reason:
        print(f"ventanilla simulate: {reason}", file=sys.stderr)
        return 2


def _play(options: argparse.Namespace) -> int:
    from .. import simulating

    script = simulating.read_script(options.script or simulating.DEFAULT)
    faults, channel = _faults(options), _channel(options)
    if options.speed <= 0:
        raise simulating.CannotPlay("--speed is a number above 0.")
    with ExitStack() as stack:
        player = stack.enter_context(_player(channel, options))
        if unknown := faults - {"duplicates", "disorder", *player.refusals}:
            raise simulating.CannotPlay(f"{channel.kind} does not know: {', '.join(sorted(unknown))}.")
        play = simulating.Play(
            channel, player, turn=time.sleep, tell=_tell, faults=faults, speed=options.speed
        )
        problems = play.run(script)
    _tell("All as expected." if not problems else f"{len(problems)} expectation(s) did not hold.")
    return 1 if problems else 0


def _tell(line: str) -> None:
    print(line, flush=True)


def _faults(options: argparse.Namespace) -> frozenset[str]:
    from ..simulating import FAULTS, CannotPlay

    given = frozenset(word.strip() for word in options.faults.split(",") if word.strip())
    if unknown := given - set(FAULTS):
        raise CannotPlay(f"No such fault: {', '.join(sorted(unknown))}. Faults: {', '.join(FAULTS)}.")
    return given


def _channel(options: argparse.Namespace):
    from ventanilla.channels.models import Channel

    from ..simulating import CannotPlay

    rows = Channel.objects.select_related("hub").filter(state=Channel.State.OPEN)
    if options.channel:
        rows = rows.filter(pk=options.channel)
    elif options.kind:
        rows = rows.filter(kind=options.kind)
    else:
        raise CannotPlay("Say which KIND, or which --channel; `ventanilla connect` lists the channels.")
    channel = rows.order_by("created_at", "pk").first()
    if channel is None or options.kind not in (None, channel.kind):
        raise CannotPlay("There is no such open channel here; `ventanilla connect` lists the channels.")
    return channel


@contextmanager
def _player(channel, options: argparse.Namespace) -> Iterator:
    from django.conf import settings
    from django.urls import reverse

    from ventanilla.channels.simulator import over_http

    from ..simulating import played

    path = reverse("channels:hook", args=[channel.kind, channel.pk])
    hook = f"{options.url.rstrip('/') or settings.PUBLIC_URL}{path}"
    with played(channel, over_http(hook), hook=hook) as player:
        yield player


def _stand_by(options: argparse.Namespace) -> int:
    """Be the provider of every channel that leads to this machine."""
    from ventanilla.channels import playing
    from ventanilla.channels.models import Channel

    from ..simulating import report

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    playing.load_players()
    rows = Channel.objects.receiving().select_related("hub").filter(kind__in=playing.players)
    with ExitStack() as stack:
        channels = [channel for channel in rows.order_by("pk") if playing.is_played(channel)]
        reported = [[stack.enter_context(_player(channel, options)), 0] for channel in channels]
        while not stopped.wait(LOOK):
            for one in reported:
                player, count = one
                for sent in player.sent[count:]:
                    report(player, sent)
                    one[1] += 1
    return 0
