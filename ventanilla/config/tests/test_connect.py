"""`ventanilla connect`: the provider learns where the hook is, or a sentence says why not."""

from uuid import uuid4

import pytest
from django.utils import timezone

from ventanilla.channels.contract import Problem
from ventanilla.channels.kinds.telegram.kind import NoSecret
from ventanilla.channels.kinds.telegram.simulator import BotApi
from ventanilla.channels.models import Channel
from ventanilla.config.command import main
from ventanilla.privacy.sealing import new_key

TOKEN = "123456789:AAE-key_for-tests"


@pytest.fixture
def bot():
    made = BotApi(token=TOKEN, call=lambda **_: 200, longest_wait=0)
    yield made
    made.close()


@pytest.fixture
def line(db, bot, settings):
    settings.PUBLIC_URL = "https://hub.example.org"
    channel = Channel(
        kind="telegram", country="cr", name="Bot of Upala", state=Channel.State.OPEN,
        config={"mode": "webhook", "server": bot.url}, sealed_under=new_key(scope="country:cr"),
        created_at=timezone.now(),
    )  # fmt: skip
    channel.secrets = {"bot_token": TOKEN, "secret_token": "our-own-Secret"}
    channel.save()
    return channel


def test_lists_the_channels(line, capsys):
    assert main(["connect"]) == 0
    assert f"{line.pk}  telegram     open    Bot of Upala" in capsys.readouterr().out


def test_tells_the_provider_and_prints_the_address(line, bot, capsys):
    assert main(["connect", str(line.pk)]) == 0
    assert bot.hook == f"https://hub.example.org/hooks/telegram/{line.pk}"
    assert bot.hook in capsys.readouterr().out


def test_takes_the_hook_away_where_we_ask_ourselves(line, bot):
    assert main(["connect", str(line.pk)]) == 0
    line.config = {**line.config, "mode": "polling"}
    line.save()
    assert main(["connect", str(line.pk)]) == 0
    assert bot.hook == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bot_token": "1:wrong", "secret_token": "x"}, Problem.NOT_ALLOWED.label),
        ({"bot_token": TOKEN}, NoSecret.message),
    ],
)
def test_says_why_it_cannot_and_never_the_key(line, capsys, change, reason):
    line.secrets = change
    line.save()
    assert main(["connect", str(line.pk)]) == 1
    said = capsys.readouterr()
    assert str(reason) in said.err
    assert change["bot_token"] not in said.err + said.out


def test_knows_no_other_channel(db, capsys):
    assert main(["connect", str(uuid4())]) == 1
    assert capsys.readouterr().err == "There is no such channel here.\n"
