"""`ventanilla simulate`: shipped conversations hold on every kind, with all that providers do wrong."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ventanilla.channels import intake, outbox, running
from ventanilla.channels.kinds.sms_http.simulator import JsonGateway
from ventanilla.channels.models import Channel, Outbound
from ventanilla.channels.playing import is_played
from ventanilla.config import simulating
from ventanilla.config.command import main
from ventanilla.config.simulating import CannotPlay, Play, played, read_script, shipped
from ventanilla.enquiries import automatic, fetching
from ventanilla.enquiries.models import Enquiry, Message
from ventanilla.hubs.models import Hub

NOWHERE = "http://127.0.0.1:9"
LINES = {
    "whatsapp": {
        "phone_number_id": "106540352242922", "graph": NOWHERE,
        "app_secret": "s", "access_token": "t", "verify_token": "v",
    },
    "telegram": {
        "bot_name": "@x_bot", "mode": "webhook", "server": NOWHERE, "bot_token": "1:t", "secret_token": "s",
    },
    "messenger": {
        "page_id": "108640352242922", "graph": NOWHERE, "human_agent": "no",
        "app_secret": "s", "access_token": "t", "verify_token": "v",
    },
    "sms_http": {
        **JsonGateway.CONFIG, "sender": "+50640000000", "send_url": f"{NOWHERE}/v1/messages",
        "key": "k", "hook_secret": "s",
    },
    "sms_smpp": {
        "host": "127.0.0.1", "port": "9", "system_id": "hub", "password": "p", "sender": "+50640000000",
    },
}  # fmt: skip


def a_line(kind: str, **settings: str) -> Channel:
    hub = Hub.objects.get(ref="cr-hub-upala")
    channel = running.set_up(kind=kind, hub=hub, name=f"Line of {kind}", at=timezone.now())
    running.configure(channel=channel, values={**LINES[kind], **settings})
    Channel.objects.filter(pk=channel.pk).update(state=Channel.State.OPEN)
    return Channel.objects.select_related("hub").get(pk=channel.pk)


def over_the_client(path, *, method, query, headers, body):
    address = f"{path}?{query}" if query else path
    if method == "GET":
        return Client().get(address, headers=headers).status_code
    return Client().post(address, body, content_type="application/json", headers=headers).status_code


class House:
    """The loops of the system, one round a turn; its clock for sending runs a minute a turn."""

    def __init__(self, channel, player):
        self.channel, self.player, self.turns = channel, player, 0

    def turn(self, seconds):
        self.turns += 1
        if not self.player.is_quiet:
            self.channel.speaks.listen(self.channel, self.take, lambda: self.player.is_quiet)
        intake.file_waiting(at=timezone.now())
        automatic.answer_due(now=timezone.now)
        fetching.fetch_due(now=timezone.now)
        outbox.deliver_waiting(now=lambda: timezone.now() + timedelta(minutes=self.turns))

    def take(self, parsed):
        intake.receive(channel=self.channel, parsed=parsed, at=timezone.now())


def play(channel, script, *faults):
    """(problems, lines that were printed)"""
    path, told = reverse("channels:hook", args=[channel.kind, channel.pk]), []
    with played(channel, partial(over_the_client, path), hook=f"https://hub.example.org{path}") as player:
        whole = Play(
            channel, player, turn=House(channel, player).turn, tell=told.append, faults=frozenset(faults)
        )
        return whole.run(script), told


@pytest.mark.parametrize("script", shipped())
def test_a_shipped_script_holds(site, script):
    problems, told = play(a_line("whatsapp"), read_script(script))
    assert problems == []
    assert any(line.startswith("The hub answers") for line in told)


@pytest.mark.parametrize("kind", sorted(LINES))
def test_a_conversation_holds_on_this_kind(site, kind):
    channel = a_line(kind)
    assert play(channel, read_script("es-visa-choices"))[0] == []
    assert Enquiry.objects.get().channel == channel
    assert set(Outbound.objects.values_list("state", flat=True)) <= {"sent", "delivered", "read"}


@pytest.mark.parametrize("kind", ["whatsapp", "telegram", "messenger", "sms_http"])
def test_everything_is_there_once_after_all_that_goes_wrong(site, kind):
    problems, _told = play(
        a_line(kind), read_script("es-two-people"), "duplicates", "disorder", "busy", "down"
    )
    assert problems == []
    assert Enquiry.objects.count() == 2
    assert Message.objects.filter(direction="in").count() == 5


def test_an_answer_that_came_too_late_lies_with_the_dead_letters(site):
    assert play(a_line("whatsapp"), read_script("es-refuge"), "closed")[0] == []
    [dead] = Outbound.objects.needing_somebody()
    assert dead.problem == "window-closed"


def test_says_what_did_not_come_true(site, tmp_path, monkeypatch):
    monkeypatch.setattr(simulating, "PATIENCE", 1)
    file = tmp_path / "wrong.yaml"
    file.write_text("about: x\nlanguage: es\ntalk:\n- says: visa\n- {expects: un caballo azul, within: 1}\n")
    problems, told = play(a_line("whatsapp"), read_script(str(file)))
    assert problems == ["Ana got no answer with “un caballo azul”."]
    assert told[-1] == "✗ Ana got no answer with “un caballo azul”."


def test_the_channel_leads_where_it_did_afterwards(site):
    channel = a_line("whatsapp")
    play(channel, read_script("es-refuge"))
    channel.refresh_from_db()
    assert channel.setting("graph") == NOWHERE


def test_never_plays_a_channel_with_a_real_provider(site, capsys):
    channel = a_line("whatsapp", graph="")
    assert not is_played(channel)
    assert main(["simulate", "whatsapp"]) == 2
    assert "speaks with a real provider" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Say which KIND"),
        (["whatsapp", "--faults", "thunder"], "No such fault: thunder"),
        (["whatsapp", "--script", "/nowhere.yaml"], "es-refuge"),
        (["telegram"], "There is no such open channel"),
        (["whatsapp", "--speed", "0"], "--speed is a number above 0"),
        (["sms_http", "--faults", "closed"], "sms_http does not know: closed"),
    ],
)
def test_a_mistake_of_who_types_it_is_told_in_a_sentence(site, capsys, arguments, words):
    a_line("whatsapp"), a_line("sms_http")
    assert main(["simulate", *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[]", "about: x", "about: x\nlanguage: es\ntalk: [{sings: la}]", "a: ["])
def test_a_script_that_is_none_is_refused(tmp_path, text):
    file = tmp_path / "none.yaml"
    file.write_text(text)
    with pytest.raises(CannotPlay):
        read_script(str(file))
