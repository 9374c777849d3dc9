"""What people said, in the language of who reads it: a machine translates it, nothing of that is kept.

Off unless the installation has a translator (TRANSLATE_URL, which speaks as LibreTranslate does) and the hub
wants it. Words leave for that address and no other. Neither they nor what came back are ever in a log or in
what an error says.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Hub
from ventanilla.lib.errors import DomainError

from . import actions
from .models import DeskSetting, Enquiry
from .queries import Said

# Seconds until somebody takes the call; TRANSLATE_SECONDS is for the whole answer.
CONNECT = 3.0
# Letters and messages that leave at once, and bytes that may come back.
MOST_LETTERS, MOST_MESSAGES, MOST_BYTES = 20_000, 60, 1_000_000
# Where the language of what was said is not known, the translator guesses.
GUESS = "auto"
# Codes of LibreTranslate that are not those of the house.
_CODES = {"zh": ("zh-Hans", "zh"), "pt": ("pt", "pt-BR", "pb")}
# Languages of the house that share two letters with none of a translator.
_LETTERS = 2

# No key and no word stands in an address, but whom the hub asks is nobody's business either.
logging.getLogger("httpx").addFilter(lambda record: False)

# The machine's own proxy settings are not asked: words go to the translator and nowhere else.
_client = httpx.Client(
    follow_redirects=False, trust_env=False, headers={"Accept-Encoding": "identity"},
    limits=httpx.Limits(max_connections=10, max_keepalive_connections=2),
)  # fmt: skip


class TranslatorAway(DomainError):
    message = _("The translator does not answer. Try again later, or ask for an interpreter.")


class TranslatorSlow(DomainError):
    message = _("The translator took too long. Try again, one message at a time.")


class TranslatorBusy(DomainError):
    message = _("The translator has too much to do. Wait a minute and try again.")


class TranslatorRefuses(DomainError):
    message = _("The translator does not take our key. Tell who runs this installation.")


class PairUnknown(DomainError):
    message = _("The translator does not know this pair of languages. Ask for an interpreter.")


class TooLongToTranslate(DomainError):
    message = _("This is too long to be translated at once. Try one message at a time.")


def host() -> str:
    """Where words leave for, as people read it; empty where no translator is set up."""
    parts = urlsplit(settings.TRANSLATE_URL)
    return parts.netloc


def is_on(hub: Hub) -> bool:
    """Whether the installation has a translator and this hub wants it; both are off by default."""
    return bool(settings.TRANSLATE_URL) and DeskSetting.objects.filter(hub=hub, translates=True).exists()


def offered(said: Sequence[Said], *, reads: str) -> list[Said]:
    """What the person said in another language than `reads`; notes and our own words are never among it."""
    theirs = [one for one in said if one.what == "in" and (one.text or "").strip()]
    return [one for one in theirs if one.row.language != reads and _is_translatable(one.row.language)]


def _is_translatable(language: str) -> bool:
    return not language or len(language) == _LETTERS


def translate_said(
    *, enquiry: Enquiry, chosen: Sequence[Said], reads: str, by: User, at: datetime
) -> dict[Any, str]:
    """What was said in the language of who reads it, by message. Kept nowhere; noted in the access log.

    Raises TranslatorAway, TranslatorSlow, TranslatorBusy, TranslatorRefuses, PairUnknown, TooLongToTranslate.
    """
    _refuse_too_long(chosen)
    known = _known_pairs()
    by_language: dict[str, list[Said]] = {}
    for one in chosen:
        by_language.setdefault(one.row.language, []).append(one)
    pairs = {language: _pair(language, reads, known) for language in by_language}
    # Before they leave: what is said twice is better than what left unseen.
    actions.log(enquiry, "translate", by=by, at=at)
    texts: dict[Any, str] = {}
    for language, rows in by_language.items():
        translated = _translate([one.text or "" for one in rows], *pairs[language])
        texts |= {one.row.pk: text for one, text in zip(rows, translated, strict=True)}
    return texts


def can_answer(enquiry: Enquiry, *, writes: str) -> bool:
    """Whether an answer in `writes` could be put into the person's language, where the hub has it on."""
    language = enquiry.language
    return enquiry.is_open and language not in ("", writes) and _is_translatable(language)


def translate_answer(*, enquiry: Enquiry, body: str, writes: str, by: User, at: datetime) -> str:
    """What a colleague wrote in the person's language, to be looked at before it is sent.

    Raises NothingWritten and what `translate_said` raises.
    """
    if not body.strip():
        raise actions.NothingWritten
    if len(body) > MOST_LETTERS:
        raise TooLongToTranslate
    pair = _pair(writes, enquiry.language, _known_pairs())
    actions.log(enquiry, "translate", by=by, at=at)
    return _translate([body], *pair)[0]


def _refuse_too_long(chosen: Sequence[Said]) -> None:
    letters = sum(len(one.text or "") for one in chosen)
    if letters > MOST_LETTERS or len(chosen) > MOST_MESSAGES:
        raise TooLongToTranslate


# What the translator knows


def _known_pairs() -> dict[str, frozenset[str]]:
    """Codes that the translator reads, each with those that it writes from there."""
    found = _ask("GET", "languages")
    try:
        return {str(row["code"]): frozenset(map(str, row["targets"])) for row in found}
    except (KeyError, TypeError):
        raise TranslatorAway from None


def _pair(language: str, reads: str, known: Mapping[str, frozenset[str]]) -> tuple[str, str]:
    """The translator's codes for two languages of the house. Raises PairUnknown."""
    for source in _codes(language) if language else ():
        for target in _codes(reads):
            if target in known.get(source, ()):
                return source, target
    writes = frozenset().union(*known.values())
    for target in _codes(reads):
        if not language and target in writes:
            return GUESS, target
    raise PairUnknown


def _codes(language: str) -> tuple[str, ...]:
    return _CODES.get(language, (language,))


# The line


def _translate(texts: Sequence[str], source: str, target: str) -> list[str]:
    sent: dict[str, Any] = {"q": list(texts), "source": source, "target": target, "format": "text"}
    if settings.TRANSLATE_KEY:
        sent["api_key"] = settings.TRANSLATE_KEY
    found = _ask("POST", "translate", sent)
    translated = found.get("translatedText") if isinstance(found, dict) else None
    if not isinstance(translated, list) or len(translated) != len(texts):
        raise TranslatorAway
    return [str(text) for text in translated]


def _ask(method: str, path: str, sent: Mapping[str, Any] | None = None) -> Any:
    """One request and what was answered. Nothing of either is in what is raised."""
    until = time.monotonic() + settings.TRANSLATE_SECONDS
    timeout = httpx.Timeout(settings.TRANSLATE_SECONDS, connect=CONNECT)
    address = f"{settings.TRANSLATE_URL}/{path}"
    try:
        with _client.stream(method, address, json=sent, timeout=timeout) as response:
            _refuse_by_status(response.status_code)
            return json.loads(_read(response, until=until))
    except (httpx.ReadTimeout, httpx.WriteTimeout):
        raise TranslatorSlow from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        raise TranslatorAway from None


def _read(response: httpx.Response, *, until: float) -> bytes:
    """The answer as it travels, no longer and no larger than is sensible."""
    found = bytearray()
    for piece in response.iter_raw(16 * 1024):
        found += piece
        if len(found) > MOST_BYTES:
            raise TranslatorAway
        if time.monotonic() > until:
            raise TranslatorSlow
    return bytes(found)


def _refuse_by_status(status: int) -> None:
    if status == httpx.codes.OK:
        return
    if status in (400, 413):
        # Whether it knows the languages was asked before: what remains is a limit of its own.
        raise TooLongToTranslate
    if status in (401, 403):
        raise TranslatorRefuses
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise TranslatorBusy
    raise TranslatorAway
