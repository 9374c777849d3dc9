"""A day at the sample hub, invented: what people asked, what the house and the advisers answered.

Told in `sample_day.yaml` and done through the same actions as in real life. Nothing is handed to a provider:
what became of each answer is written down here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.channels import intake, outbox
from ventanilla.channels.contract import (
    Accepted,
    Arrived,
    Delivery,
    DeliveryState,
    Parsed,
    Problem,
    SendRefused,
)
from ventanilla.channels.models import Channel, Inbound, Outbound
from ventanilla.enquiries import actions, automatic, coding, composing, counter, filing, handling
from ventanilla.enquiries.codes import new_return_code
from ventanilla.enquiries.models import Enquiry, Message, return_digest
from ventanilla.hubs.models import Hub

from .sample_lines import HUB

FILE = Path(__file__).with_suffix(".yaml")
# How far providers of each kind tell that an answer has come.
TOLD = {
    "whatsapp": DeliveryState.READ,
    "sms_http": DeliveryState.DELIVERED,
    "telegram": DeliveryState.SENT,
    "web": DeliveryState.READ,
}
# Minutes between two steps that do not say.
BETWEEN = 3


@dataclass(slots=True)
class Scene:
    """One conversation while it is told; `moment` moves on with each step."""

    hub: Hub
    told: Mapping[str, Any]
    moment: datetime
    sender: str
    enquiry: Enquiry | None = None

    @property
    def case(self) -> Enquiry:
        """The enquiry with everything that actions ask of it, as it is now."""
        assert self.enquiry is not None, "A conversation begins with what somebody says."  # noqa: S101
        whole = Enquiry.objects.select_related("hub__country", "person", "channel__hub", "assigned_to")
        return whole.get(pk=self.enquiry.pk)

    @property
    def line(self) -> Channel:
        return Channel.objects.select_related("hub").get(hub=self.hub, kind=self.told["line"])


def tell_sample_day(*, at: datetime) -> int:
    """Make the conversations of the day before `at`; returns how many: 0 where the hub has cases already."""
    hub = Hub.objects.select_related("country").filter(ref=HUB).first()
    if hub is None or Enquiry.objects.filter(hub=hub).exists():
        return 0
    conversations = yaml.safe_load(FILE.read_text(encoding="utf-8"))["conversations"]
    with transaction.atomic():
        for number, told in enumerate(conversations):
            _tell(hub, told, number=number, at=at)
    return len(conversations)


def _tell(hub: Hub, told: Mapping[str, Any], *, number: int, at: datetime) -> None:
    begins = at - timedelta(minutes=told["minutes_ago"])
    scene = Scene(hub, told, begins, _address(told["line"], number))
    for step in told["steps"]:
        verb = next(name for name in STEPS if name in step)
        STEPS[verb](scene, step)
        scene.moment += timedelta(minutes=step.get("then_minutes", BETWEEN))
    _close_books(scene)


def _address(kind: str, number: int) -> str:
    """An address of nobody, such as people have on this kind of line."""
    if kind == "web":
        return return_digest(new_return_code())
    return {"telegram": f"70040020{number:02}", "sms_http": f"+506888801{number:02}"}.get(
        kind, f"506888801{number:02}"
    )


def _close_books(scene: Scene) -> None:
    """What stands over the whole conversation; nothing is left for the house to answer later."""
    case = scene.case
    Message.objects.filter(enquiry=case).update(to_answer=False)
    if danger := scene.told.get("danger"):
        how_great = Enquiry.Danger[danger.upper()]
        handling.note_danger(enquiry=case, danger=how_great, by=_staff("luis"), at=scene.moment)
    if topics := scene.told.get("topics"):
        coding.set_codes(enquiry=case, topics=topics, facts=None, by=_staff("luis"), at=scene.moment)


def _staff(name: str) -> User:
    return User.objects.get(email=f"{name}@ventanilla.example")


# Steps: each key is a word of the YAML


def _says(scene: Scene, step: Mapping[str, Any]) -> None:
    """The person writes; the first time, this opens the enquiry."""
    message = Arrived(
        external_id=uuid4().hex, sender=scene.sender, at=scene.moment, text=step["says"],
        language=scene.told["language"],
    )  # fmt: skip
    intake.receive(channel=scene.line, parsed=Parsed(messages=(message,)), at=scene.moment)
    row = Inbound.objects.select_related("channel__hub").get(
        channel=scene.line, external_id=message.external_id
    )
    # Not `intake.file_one`: what was asked hours ago was filed hours ago.
    scene.enquiry = actions.file_inbound(row, message, at=scene.moment)
    for watch in filing.watchers.values():
        watch(scene.enquiry, message)
    Inbound.objects.filter(pk=row.pk).update(payload=None, filed_at=scene.moment)


def _tells(scene: Scene, step: Mapping[str, Any]) -> None:
    """The person speaks at the counter or on the telephone, and somebody takes it down."""
    scene.enquiry = counter.take_down(
        hub=scene.hub, body=step["tells"], channel_kind=scene.told["line"],
        language=scene.told["language"], by=_by(step), at=scene.moment, answer=step.get("answered", ""),
    )  # fmt: skip


def _house_answers(scene: Scene, step: Mapping[str, Any]) -> None:
    said = Message.objects.filter(enquiry=scene.case, direction=Message.Direction.IN)
    message = said.order_by("-at", "-pk").first()
    message.enquiry = scene.case
    _deliver(automatic.answer(message, at=scene.moment), scene, step)


def _replies(scene: Scene, step: Mapping[str, Any]) -> None:
    case = scene.case
    cites = composing.cites_of(case, step.get("cites", ()), at=scene.moment)
    body = step["replies"]
    message = actions.reply(enquiry=case, author=_by(step), body=body, cites=cites, at=scene.moment)
    _deliver(message, scene, step)


def _deliver(message: Message | None, scene: Scene, step: Mapping[str, Any]) -> None:
    """What the provider said about an answer of ours: how far it came, or why it did not."""
    sent = message.outbound if message else None
    if sent is None:
        return
    if problem := step.get("not_delivered"):
        outbox.settle(sent, SendRefused(Problem(problem), is_final=True), at=scene.moment)
        return
    reference, state = uuid4().hex, TOLD[scene.told["line"]]
    outbox.note_accepted(sent, Accepted(reference), at=scene.moment)
    if state != DeliveryState.SENT:
        told = Delivery(reference, state, scene.moment + timedelta(minutes=1), token=sent.pk.hex)
        outbox.note_delivery(channel=Outbound.objects.get(pk=sent.pk).channel, delivery=told)


def _takes(scene: Scene, step: Mapping[str, Any]) -> None:
    somebody = _staff(step["takes"])
    actions.assign(enquiry=scene.case, to=somebody, by=somebody, at=scene.moment)


def _notes(scene: Scene, step: Mapping[str, Any]) -> None:
    is_protected = step.get("protected", False)
    actions.add_note(
        enquiry=scene.case, author=_by(step), body=step["notes"], is_protected=is_protected, at=scene.moment
    )


def _hands_over(scene: Scene, step: Mapping[str, Any]) -> None:
    to = _staff(step["hands_over_to"])
    handling.hand_over(enquiry=scene.case, to=to, note=step["saying"], by=_by(step), at=scene.moment)


def _sets_aside(scene: Scene, step: Mapping[str, Any]) -> None:
    until = scene.moment.date() + timedelta(days=step["sets_aside_days"])
    handling.snooze(enquiry=scene.case, until=until, by=_by(step), at=scene.moment)


def _closes(scene: Scene, step: Mapping[str, Any]) -> None:
    actions.close(enquiry=scene.case, by=_by(step), at=scene.moment)


def _by(step: Mapping[str, Any]) -> User:
    return _staff(step.get("by", "luis"))


STEPS = {
    "says": _says,
    "tells": _tells,
    "house_answers": _house_answers,
    "replies": _replies,
    "takes": _takes,
    "notes": _notes,
    "hands_over_to": _hands_over,
    "sets_aside_days": _sets_aside,
    "closes": _closes,
}
