"""The lines on which people can write to a person or call one, as the public reads of them.

A line is there while its channel is open or paused and its kind knows what opens it; the chat opens here.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.channels.contract import Words
from ventanilla.channels.models import Channel, ChannelQuerySet
from ventanilla.hubs.models import Country
from ventanilla.privacy.assessments import Assessment, all_assessments


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of line in the reader's words: its name and what its button does."""

    name: Words
    action: Words
    is_spoken: bool = False


CHAT = "web"
# By the name of their assessment, in the order of the page.
WAYS: Mapping[str, Way] = {
    CHAT: Way(gettext_lazy("Chat on this site"), gettext_lazy("Open the chat")),
    "whatsapp": Way("WhatsApp", gettext_lazy("Write on WhatsApp")),
    "telegram": Way("Telegram", gettext_lazy("Write on Telegram")),
    "messenger": Way("Messenger", gettext_lazy("Write on Messenger")),
    "sms": Way(gettext_lazy("Text message (SMS)"), gettext_lazy("Send a text message")),
    "email": Way(gettext_lazy("E-mail"), gettext_lazy("Write an e-mail")),
    "phone": Way(gettext_lazy("Telephone"), gettext_lazy("Call"), is_spoken=True),
}
_ORDER = list(WAYS)
# What tells that a page about lines is not as it was.
_TOLD = ("pk", "kind", "state", "address", "config", "hub")


def chat_of(country: Country) -> Channel | None:
    """The web chat of a country: an open one, else one that is paused and still receives."""
    chats = _receiving(country).filter(kind=CHAT).order_by("created_at", "pk")
    return min(chats, key=_is_paused, default=None)


def lines_of(country: Country) -> list[Channel]:
    """The lines that the public may know, in the order of the page; of chats, the one that opens here."""
    chat = chat_of(country)
    others = _receiving(country).exclude(kind=CHAT).order_by("created_at", "pk")
    rows = [row for row in others if row.speaks.assessed_as() in WAYS and row.speaks.link(row)]
    return sorted([*([chat] if chat else []), *rows], key=lambda row: (_rank(row), _is_paused(row)))


def can_write(country: Country) -> bool:
    """Whether a line of the country is open, so that a link to them helps."""
    return any(not _is_paused(line) for line in lines_of(country))


def fingerprints() -> dict[str, str]:
    """By country, something that changes when its lines do."""
    told: dict[str, str] = {}
    for country, *line in Channel.objects.receiving().order_by("pk").values_list("country", *_TOLD):
        whole = f"{told.get(country, '')}{line}"
        told[country] = hashlib.sha256(whole.encode()).hexdigest()[:16]
    return told


def line_groups(country: Country, language: str, hubs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines under their way, with who answers and who sees what is written; `hubs` are the public ones."""
    cards, lines = {card["hub"].pk: card for card in hubs}, lines_of(country)
    return [
        {
            "key": key,
            "way": WAYS[key],
            "is_chat": key == CHAT,
            "lines": [_line(row, language, cards) for row in rows],
            **_sight(all_assessments()[key], language, is_spoken=WAYS[key].is_spoken),
        }
        for key, rows in groupby(lines, key=lambda row: row.speaks.assessed_as())
    ]


def _line(row: Channel, language: str, cards: Mapping[int | None, Mapping[str, Any]]) -> dict[str, Any]:
    """`hub` is the public card of who answers, "" where only its name may be told."""
    return {
        "href": row.speaks.link(row),
        "address": row.address,
        "hub": cards.get(row.hub_id, ""),
        "hub_name": row.hub.name(language) if row.hub else "",
        "is_paused": _is_paused(row),
    }


def _sight(known: Assessment, language: str, *, is_spoken: bool) -> dict[str, Any]:
    """Who sees what is written, as the assessment of the kind has it."""
    sees = _hears() if is_spoken else _reads()
    return {
        "how": known.how[language],
        "seen_by": [
            {
                "who": seer.who[language],
                "sees": sees[seer.content],
                "traces": seer.traces[language],
                "kept": seer.kept[language],
            }
            for seer in known.seen_by
        ],
        "not_here": [text[language] for text in known.not_here],
    }


def _reads() -> dict[str, str]:
    return {
        "all": _("What you write: all of it can be seen."),
        "passing": _("What you write: can be seen while it passes through."),
        "none": _("What you write: cannot be seen."),
    }


def _hears() -> dict[str, str]:
    return {
        "all": _("What you say: all of it can be heard."),
        "passing": _("What you say: parts of it can be heard."),
        "none": _("What you say: is not heard."),
    }


def _receiving(country: Country) -> ChannelQuerySet:
    return Channel.objects.receiving().filter(country=country.pk).select_related("hub__country")


def _is_paused(row: Channel) -> bool:
    return row.state == Channel.State.PAUSED


def _rank(row: Channel) -> int:
    return _ORDER.index(row.speaks.assessed_as())
