"""Talking with a hub on its own page: no account, no name, no cookie, no script needed.

The return code is the only key to a conversation. It travels in the body of a form, never in an address, and
the database knows only its digest.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ventanilla.channels.contract import DeliveryState
from ventanilla.channels.models import Channel, Outbound
from ventanilla.enquiries import chatting, codes, composing, helped, live, queries, safe_words
from ventanilla.enquiries.models import Attachment, Message, Person, return_digest
from ventanilla.hubs.models import Country
from ventanilla.lib.errors import DomainError
from ventanilla.lib.text import clean
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.retention import tombstones
from ventanilla.privacy.sealing import KeyDestroyed, files, open_keys

from ..assets import asset_path
from ..crowd import too_many
from ..marks import first_code, message_number, new_mark
from ..public import HEADERS, PublicPage, public_page
from ..reading import open_country
from ..writing import can_write, chat_of

LONGEST = 4_000
# Tries a minute from one network to give a code together with a safe word.
WORDS = 10


@public_page
def chat(request: HttpRequest, language: str, country_code: str) -> PublicPage | HttpResponse:
    """The first form, a conversation found by its code, one message more, or a file of it."""
    country, at = open_country(country_code), timezone.now()
    channel = chat_of(country)
    if channel is None:
        context = {"can_write": can_write(country)}
        return PublicPage("web/chat_closed.html", context, country=country)
    if request.method != "POST":
        return _page(country, {"is_paused": channel.state == Channel.State.PAUSED})
    if "file" in request.POST:
        return _file(request, country, at=at)
    return _conversation(request, language, country, channel, at=at)


@csrf_exempt
@require_POST
def follow(request: HttpRequest, language: str, country_code: str) -> HttpResponseBase:
    """Server-sent events for who shows the code of a conversation: that there is something new, not what."""
    country, code = open_country(country_code), codes.plain(request.POST.get("code", ""))
    if too_many(request, typed="", country=country):
        return HttpResponse(status=429)
    people = frozenset(Person.objects.returning(code).values_list("pk", flat=True))
    if not people:
        return HttpResponse(status=404)
    events = live.stream(live.of_people(people), lambda news: "event: case\ndata: {}\n\n")
    answer = StreamingHttpResponse(events, content_type="text/event-stream", headers=HEADERS)
    answer["Cache-Control"], answer["X-Accel-Buffering"] = "no-store", "no"
    return answer


def _file(request: HttpRequest, country: Country, *, at: datetime) -> PublicPage | HttpResponse:
    """A file that the hub has sent, for who shows the code of the conversation."""
    if refusal := too_many(request, typed="", country=country):
        return refusal
    try:
        kept = _sealed(codes.plain(request.POST.get("code", "")), UUID(request.POST["file"]))
        return files.download(kept, at=at)
    except (ValueError, SealedFile.DoesNotExist, KeyDestroyed):
        problem = _("This file is not there any more.")
    except files.FileRefused as refused:
        problem = str(refused)
    return _page(country, {"problem": problem}, status=404)


def _sealed(code: str, number: UUID) -> SealedFile:
    """Raises DoesNotExist where nobody with this code was sent such a file."""
    sent = Attachment.objects.filter(message__direction=Message.Direction.OUT, file__isnull=False)
    mine = sent.filter(pk=number, enquiry__person__in=Person.objects.returning(code))
    return SealedFile.objects.get(pk__in=mine.values("file"))


def _conversation(
    request: HttpRequest, language: str, country: Country, channel: Channel, *, at: datetime
) -> PublicPage | HttpResponse:
    typed, said = request.POST.get("code", ""), clean(request.POST.get("say", ""), limit=LONGEST)
    if refusal := too_many(request, typed=said, country=country):
        return refusal
    mark, upload = request.POST.get("mark", ""), request.FILES.get("attached")
    code, kept = codes.plain(typed), {"typed": typed, "said": said, "is_file_lost": bool(upload)}
    if typed and (refusal := _refused(request, code, country, kept)):
        return refusal
    if not (code or said or upload):
        return _page(country, {"problem": _("Write something first.")}, status=422)
    is_new = not code
    code = code or first_code(mark, said)
    try:
        word = None if is_new else request.POST.get("safe_word")
        notice = "" if word is None else _agree(code, word, at=at)
        if said or upload:
            _take(channel, code, said, upload, mark=mark, language=language)
        problem = ""
    except DomainError as refused:
        notice, problem = "", str(refused)
        if is_new:
            return _page(country, {**kept, "problem": problem}, status=422)
    if not (is_new or _opens(code)):
        # The safe word was said: whoever looks on sees what anybody sees.
        return HttpResponseRedirect(f"/{language}/{country.code}/", status=303)
    context = {
        "code": code,
        "grouped": codes.grouped(code),
        "is_new": is_new,
        "is_paused": channel.state == Channel.State.PAUSED,
        "lines": _lines(code, at=at),
        "notice": notice,
    }
    if problem:
        context |= {**kept, "problem": problem}
    return _page(country, context, status=422 if problem else 200)


def _refused(request: HttpRequest, code: str, country: Country, kept: dict[str, object]) -> PublicPage | None:
    """The page for a code that opens nothing; one that needs a safe word opens with it."""
    if _opens(code):
        return None
    word = clean(request.POST.get("word", ""), limit=LONGEST)
    if word and (refusal := too_many(request, typed="", country=country, purpose="word", most=WORDS)):
        return refusal
    if safe_words.come_back(return_digest(code), word):
        return None
    problem = _("We find no conversation with this code. Look at it again, or begin anew.")
    return _page(country, {**kept, "problem": problem}, status=404)


def _opens(code: str) -> bool:
    return bool(code) and Person.objects.returning(code).exists()


def _agree(code: str, word: str, *, at: datetime) -> str:
    """Keep the safe word that the person chose; returns what to tell them. Raises UnfitWord."""
    person, word = Person.objects.returning(code).get(), clean(word, limit=LONGEST)
    safe_words.agree(person=person, word=word, at=at)
    return _("Your word is kept. It is shown nowhere here.") if word else _("Your word is forgotten.")


def _page(country: Country, context: dict[str, object], *, status: int = 200) -> PublicPage:
    context = {
        **context,
        "chat_script": asset_path("chat.js"),
        "mark": new_mark(),
        "megabytes": settings.FILE_MAX_MB,
    }
    return PublicPage(
        "web/chat.html", context, country=country, status=status, is_private=True, uses_script=True
    )


def _take(
    channel: Channel, code: str, said: str, upload: "UploadedFile[bytes] | None", *, mark: str, language: str
) -> None:
    """File and answer what was said at once, so that the answer comes with this page.

    Raises FileRefused, TooManyFiles and NotTaken.
    """
    file = files.accept(upload, name=upload.name or "") if upload else None
    number = message_number(mark, code, said, file.content if file else b"")
    chatting.take(channel, code, said, number=number, language=language, now=timezone.now, file=file)


def _lines(code: str, *, at: datetime) -> list[dict[str, object]]:
    """The person's own conversations, oldest first; what the hub wrote counts as read now."""
    people = Person.objects.returning(code)
    rows = list(
        Message.objects.filter(enquiry__person__in=people)
        .select_related("enquiry__hub", "outbound", "help_question")
        .prefetch_related("attachments")
        .order_by("at", "pk")
    )
    open_keys(rows)
    gone = tombstones(row.sealed_under for row in rows if row.is_erased)
    sent = [row.outbound_id for row in rows if row.outbound_id]
    Outbound.objects.filter(pk__in=sent, state=DeliveryState.SENT).update(
        state=DeliveryState.READ, read_at=at, delivered_at=at
    )
    return [
        {
            "is_mine": row.direction == Message.Direction.IN,
            "is_automatic": row.direction == Message.Direction.AUTO,
            "hub": row.enquiry.hub.name(get_language() or "es"),
            "text": queries.readable(row, "body"),
            "gone": gone.get(row.sealed_under, ""),
            "choices": _choices(row),
            "files": _files(row),
            "sent": [one for one in row.attachments.all() if row.direction == Message.Direction.IN],
            "at": row.at,
        }
        for row in rows
    ]


def _choices(row: Message) -> list[tuple[int, str]]:
    """What an automatic answer offered by number, or the question whether it helped."""
    if asked := getattr(row, "help_question", None):
        return [] if asked.answer else helped.choices_in(composing.language_of(row.enquiry))
    return [(cite["number"], cite["title"]) for cite in row.cites if "number" in cite]


def _files(row: Message) -> list[Attachment]:
    """What the hub has sent along; what people send themselves they have."""
    return [one for one in row.attachments.all() if one.file and row.direction == Message.Direction.OUT]
