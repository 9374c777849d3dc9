"""A scripted conversation on a channel whose provider is played: people write, wait, press and expect.

At the end everything that was said must be in the cases once and in order, and every answer must have come
once, whatever went wrong on the way. All people are invented; their words are printed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from textwrap import indent
from typing import Any
from uuid import uuid4

import yaml
from django.conf import settings
from django.utils import timezone

from ventanilla.channels import playing
from ventanilla.channels.contract import Problem
from ventanilla.channels.models import Channel, Outbound, lane
from ventanilla.channels.simulator import Caller, Sent
from ventanilla.enquiries.models import Attachment, Message

SCRIPTS = settings.PACKAGE / "channels" / "scripts"
DEFAULT = "es-refuge"
FAULTS = ("duplicates", "disorder", "busy", "down", "closed")
VERBS = ("says", "sends", "presses", "waits", "expects")
# Seconds: between two looks, between two steps, and for which an answer is expected.
LOOK, READING, PATIENCE = 0.25, 1.0, 60.0
SOMEBODY = "Ana"
# What people send; see `playing.sample_file`.
FILES = ("picture", "pdf")


class CannotPlay(Exception):
    """A script or a channel that cannot be played; the text says why, for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does; `verb` is one of VERBS, `what` is as it stands in the script."""

    verb: str
    what: Any
    who: str = SOMEBODY
    within: float = PATIENCE


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    about: str
    language: str
    steps: tuple[Step, ...]


def shipped() -> list[str]:
    """The names of the scripts that come with the house."""
    return sorted(file.stem for file in SCRIPTS.glob("*.yaml"))


def read_script(name: str) -> Script:
    """A script by its file, or by its name when it is shipped. Raises CannotPlay."""
    file = SCRIPTS / f"{name}.yaml" if name in shipped() else Path(name)
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        steps = tuple(_step(one) for one in told["talk"])
        return Script(file.stem, str(told["about"]), str(told["language"]), steps)
    except OSError as error:
        known = ", ".join(shipped())
        raise CannotPlay(f"{name}: {error.strerror}. Scripts that are shipped: {known}.") from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise CannotPlay(f"{name}: a script has about, language and talk, a list of steps.") from error


def _step(told: Mapping[str, Any]) -> Step:
    verbs = [verb for verb in VERBS if verb in told]
    if len(verbs) != 1 or told.keys() - {*VERBS, "who", "within"}:
        raise CannotPlay(f"A step has one of {', '.join(VERBS)}, and perhaps who and within: {dict(told)}")
    what = told[verbs[0]]
    if verbs[0] == "sends" and what not in FILES:
        raise CannotPlay(f"Nobody sends “{what}”, only one of: {', '.join(FILES)}.")
    if verbs[0] == "expects":
        what = [str(words) for words in (what if isinstance(what, list) else [what])]
    return Step(verbs[0], what, told.get("who", SOMEBODY), float(told.get("within", PATIENCE)))


@dataclass(slots=True)
class Person:
    """Somebody invented: where they write from, what they said, and up to where their answers were read."""

    name: str
    address: str
    said: list[str] = field(default_factory=list)
    files: int = 0
    read: int = 0
    last_at: datetime | None = None

    def moments(self, count: int, *, at: datetime) -> list[datetime]:
        """When so many words were written: a second apart, as exact as providers are, after the last one."""
        first = at - timedelta(seconds=count)
        if self.last_at:
            first = max(first, self.last_at + timedelta(seconds=1))
        found = [first + timedelta(seconds=number) for number in range(count)]
        self.last_at = found[-1]
        return found


@dataclass(slots=True)
class Play:
    """One script on one channel. `turn(seconds)` lets the system work; `tell` prints a line."""

    channel: Channel
    player: playing.Player
    turn: Callable[[float], None]
    tell: Callable[[str], None]
    faults: frozenset[str] = frozenset()
    speed: float = 1.0
    people: dict[str, Person] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seen: int = 0

    def run(self, script: Script) -> list[str]:
        """Play it; returns what did not hold, in sentences: nothing when all is well."""
        self.player.language = script.language
        self.tell(f"{self.channel.name} ({self.channel.kind}): {script.about}")
        if "closed" in self.faults:
            self.player.refuse("closed")
        for (verb, who), steps in groupby(script.steps, key=lambda step: (step.verb, step.who)):
            person = self._person(who)
            if verb == "says":
                self._say(person, [str(step.what) for step in steps])
                continue
            for step in steps:
                getattr(self, f"_{verb}")(person, step)
        for person in self.people.values():
            self._check(person)
        return self.problems

    def _person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = Person(name, self.player.somebody())
        return self.people[name]

    # What people do

    def _say(self, person: Person, texts: Sequence[str]) -> None:
        """Everything that somebody says in one go; with disorder, the provider brings the last word first."""
        self._make_trouble()
        moments = person.moments(len(texts), at=timezone.now())
        batch = [(uuid4().hex, person.address, *word) for word in zip(texts, moments, strict=True)]
        for text in texts:
            self.tell(f"{person.name} writes: {text}")
        person.said += texts
        for message in reversed(batch) if "disorder" in self.faults else batch:
            for _time in range(2 if "duplicates" in self.faults else 1):
                self._insist(lambda message=message: self.player.hand_over([message]))
        self._pass(READING / self.speed)

    def _sends(self, person: Person, step: Step) -> None:
        if not self.player.carries_files:
            raise CannotPlay(f"Nobody can send files over {self.channel.kind}.")
        self._make_trouble()
        file, ref, [at] = playing.sample_file(step.what), uuid4().hex, person.moments(1, at=timezone.now())
        self.tell(f"{person.name} sends: {file.name}")
        person.said.append("")
        person.files += 1
        for _time in range(2 if "duplicates" in self.faults else 1):
            self._insist(lambda: self.player.attach(person.address, file, ref=ref, at=at))
        self._pass(READING / self.speed)

    def _presses(self, person: Person, step: Step) -> None:
        code = str(step.what)
        offers = [sent for sent in self._answers(person) if code in dict(sent.choices)]
        if not offers:
            # Kinds without buttons write out the choices, and people type the number.
            self._say(person, [code])
            return
        self._make_trouble()
        label = dict(offers[-1].choices)[code]
        self.tell(f"{person.name} presses: {label}")
        person.said.append(label)
        person.last_at = timezone.now()
        self._insist(lambda: self.player.press(offers[-1], code))
        self._pass(READING / self.speed)

    def _waits(self, person: Person, step: Step) -> None:
        self.tell(f"{person.name} waits {step.what} seconds.")
        self._pass(float(step.what) / self.speed)

    def _expects(self, person: Person, step: Step) -> None:
        if not self._until(lambda: self._has_come(person, step.what), seconds=step.within):
            self._fail(f"{person.name} got no answer with “{'” and “'.join(step.what)}”.")

    def _has_come(self, person: Person, words: Sequence[str]) -> bool:
        answers = self._answers(person)
        for number, sent in enumerate(answers[person.read :], start=person.read + 1):
            if _holds(_text(sent), words):
                person.read = number
                return True
        return "closed" in self.faults and any(_holds(text, words) for text in self._dead(person))

    def _dead(self, person: Person) -> list[str]:
        """Answers that lie with the dead letters because the provider's window was closed."""
        rows = self._outbound(person).filter(state=Outbound.State.FAILED, problem=Problem.WINDOW_CLOSED)
        return [row.what().text for row in rows]

    # What the provider does

    def _make_trouble(self) -> None:
        self.player.refuse(*(fault for fault in ("busy", "down") if fault in self.faults))

    def _insist(self, hand_over: Callable[[], int]) -> None:
        """A provider that is not told "received" brings it again."""
        statuses = []

        def is_taken() -> bool:
            statuses.append(hand_over())
            return statuses[-1] in (0, 200)

        if not self._until(is_taken, seconds=PATIENCE / 4):
            self._fail(f"The hook of this channel answers {statuses[-1]}, not 200.")

    def _look(self) -> None:
        """Print what has come, and tell the house that it was delivered and read."""
        names = {person.address: person.name for person in self.people.values()}
        new = self.player.sent[self.seen :]
        self.seen += len(new)
        for sent in new:
            if sent.to in names:
                self.tell(f"The hub answers {names[sent.to]}:")
                self.tell(indent(_text(sent), "    "))
            report(self.player, sent, is_disorderly="disorder" in self.faults)

    # Time

    def _pass(self, seconds: float) -> None:
        for _turn in range(max(1, int(seconds / LOOK))):
            self.turn(LOOK)
            self._look()

    def _until(self, holds: Callable[[], bool], *, seconds: float) -> bool:
        for _turn in range(int(seconds / LOOK)):
            if holds():
                return True
            self._pass(LOOK)
        return holds()

    # What must hold

    def _answers(self, person: Person) -> list[Sent]:
        return [sent for sent in self.player.sent if sent.to == person.address]

    def _outbound(self, person: Person) -> Any:
        rows = Outbound.objects.filter(channel=self.channel, lane=lane(self.channel, person.address))
        return rows.order_by("position")

    def _check(self, person: Person) -> None:
        """Everything once, in the order in which it was said, and nothing left on its way."""
        self._until(lambda: len(self._filed(person)) >= len(person.said), seconds=PATIENCE)
        self._until(lambda: not self._outbound(person).unfinished().exists(), seconds=PATIENCE)
        self._until(lambda: self._kept(person) >= person.files, seconds=PATIENCE)
        self._pass(LOOK * 4)
        filed, said = self._filed(person), person.said
        if "disorder" in self.faults and not self.player.carries_time:
            filed, said = sorted(filed), sorted(said)
        if filed != said:
            self._fail(f"In the case of {person.name} stands {filed}, but they said {said}.")
        if self._kept(person) != person.files:
            self._fail(f"{person.name} sent {person.files} files, {self._kept(person)} are in the case.")
        done = self._outbound(person).filter(state__in=["sent", "delivered", "read"]).count()
        if done != len(self._answers(person)):
            self._fail(f"{person.name} got {len(self._answers(person))} answers, the desk shows {done} sent.")

    def _filed(self, person: Person) -> list[str]:
        mine = {"inbound__channel": self.channel, "inbound__lane": lane(self.channel, person.address)}
        rows = Message.objects.filter(direction=Message.Direction.IN, **mine).order_by("at", "pk")
        return [row.body for row in rows]

    def _kept(self, person: Person) -> int:
        mine = {"inbound__channel": self.channel, "inbound__lane": lane(self.channel, person.address)}
        rows = Attachment.objects.filter(message__in=Message.objects.filter(**mine))
        return rows.exclude(file=None).count()

    def _fail(self, sentence: str) -> None:
        self.problems.append(sentence)
        self.tell(f"✗ {sentence}")


def _text(sent: Sent) -> str:
    file = [f"[{sent.file[0]}]"] if sent.file else []
    return "\n".join([sent.text, *file, *(f"[{code}] {label}" for code, label in sent.choices)])


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(one.casefold() in text.casefold() for one in words)


def report(player: playing.Player, sent: Sent, *, is_disorderly: bool = False) -> None:
    """Tell the house what became of a message; a disorderly provider tells the end first."""
    if player.reports:
        for state in ("read", "delivered") if is_disorderly else ("delivered", "read"):
            player.report(sent, state)


@contextmanager
def played(channel: Channel, call: Caller, *, hook: str) -> Iterator[playing.Player]:
    """Let a channel lead to a player of ours until the end. Raises CannotPlay."""
    playing.load_players()
    if channel.kind not in playing.players:
        raise CannotPlay(f"{channel.kind} cannot be played. Kinds: {', '.join(sorted(playing.players))}.")
    if not playing.is_played(channel):
        raise CannotPlay(
            f"“{channel.name}” speaks with a real provider. Only a channel whose addresses lead to this "
            "machine, such as http://127.0.0.1:9, is played."
        )
    player = playing.players[channel.kind](channel, call)
    former = playing.point(channel, player.settings())
    try:
        channel.speaks.connect(channel, hook=hook)
        yield player
    finally:
        playing.point(channel, former)
        player.close()
