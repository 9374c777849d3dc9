"""What staff write in a case: answers with sources and files, what somebody says at the counter."""

from uuid import UUID

from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.enquiries import actions, claims, composing, queries, windows
from ventanilla.enquiries.models import CannedAnswer, Message
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.sealing import files

from ..forms.cases import LONGEST, SayForm
from .cases import BESIDE, case_for, case_page, joined, last_said, of_the_desk


@require_POST
@of_the_desk
def say(request, pk):
    """Answer, insert something into the answer, or type in what the person says at the counter."""
    enquiry = case_for(request.user, pk)
    form, at = SayForm(request.POST, request.FILES, channel=enquiry.channel), timezone.now()
    # A browser never keeps the file of a page that comes back.
    is_file_lost = bool(request.FILES)
    if "insert" in request.POST or "ready" in request.POST or "search" in request.POST:
        return case_page(request, enquiry, say=_inserted(request, enquiry, at=at), is_file_lost=is_file_lost)
    warnings = ()
    if form.is_valid():
        body, refs = form.cleaned_data["body"], form.cleaned_data["cites"].split()
        warnings = _second_thoughts(request, enquiry, form.cleaned_data)
        try:
            if warnings:
                pass
            elif request.POST.get("who") == "person":
                _note_said(enquiry, body, by=request.user, at=at)
            else:
                _refuse_late(enquiry, at=at)
                cites = composing.cites_of(enquiry, refs, at=at)
                file = _accepted(form.cleaned_data.get("file"))
                actions.reply(
                    enquiry=enquiry, author=request.user, body=body, at=at, cites=cites, file=file,
                    to=_answered(enquiry, form.cleaned_data.get("to")),
                    is_translated=form.cleaned_data.get("is_translated", False),
                )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            if not warnings:
                return redirect("console:case", pk)
    return case_page(request, enquiry, say=form, status=422, warnings=warnings, is_file_lost=is_file_lost)


def _answered(enquiry, pk):
    """The message of the person that was chosen to be answered."""
    theirs = Message.objects.filter(enquiry=enquiry, direction=Message.Direction.IN)
    return theirs.filter(pk=pk).first() if pk else None


def _refuse_late(enquiry, *, at):
    """Nothing is queued that the provider would refuse."""
    window = windows.window_of(enquiry, at=at)
    if window is not None and not window.is_open:
        raise windows.WindowClosed


def _accepted(upload):
    """A file to send along, looked at and cleaned; None where none was chosen."""
    return files.accept(upload, name=upload.name) if upload else None


def _note_said(enquiry, body, *, by, at):
    if not body.strip():
        raise actions.NothingWritten
    actions.receive_message(enquiry=enquiry, body=body, at=at, by=by)


def _inserted(request, enquiry, *, at):
    """The form again, with a passage or a ready answer added to what was typed."""
    body, cites = request.POST.get("body", ""), request.POST.get("cites", "").split()
    passage = composing.suggestion_of(enquiry, request.POST.get("insert", ""), at=at)
    if passage:
        body, cites = joined(body, passage.text), [*cites, passage.ref]
    if (ready := request.POST.get("ready")) and (answer := _ready(request.user, ready)):
        body, cites = joined(body, composing.filled(answer, enquiry)), [*cites, *answer.cites]
    values = {"body": body[:LONGEST], "cites": " ".join(dict.fromkeys(cites))}
    more = {name: request.POST.get(name, "") for name in BESIDE}
    return SayForm(channel=enquiry.channel, initial=values | more)


def _ready(user, typed):
    try:
        return CannedAnswer.objects.visible_to(user).filter(pk=UUID(typed)).first()
    except ValueError:
        return None


def _second_thoughts(request, enquiry, values):
    """What to look at before sending; nothing once the person has said "anyway"."""
    if "anyway" in request.POST or request.POST.get("who") == "person":
        return ()
    found = []
    if "seen" in request.POST and values["seen"] != last_said(queries.conversation(enquiry, request.user)):
        found.append(_("Something was said here after you began. Read it first."))
    stated = claims.claims(values["body"])
    if stated and not values["cites"]:
        found.append(
            _(
                "Your answer seems to state a requirement, a fee or a date, and quotes no checked page. "
                "Insert the passage that says so, or send it as it is."
            )
        )
    return tuple(found)
