"""The desk: the list of enquiries, one conversation, and what staff do with it.

No address, title or message holds a word of a person; what is shown is not kept by the browser.
"""

from functools import wraps
from itertools import groupby
from operator import itemgetter

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.accounts.models import User
from ventanilla.enquiries import actions, codes, queries
from ventanilla.enquiries.models import Attachment, Enquiry
from ventanilla.hubs.rights import Right, hubs_with, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, glass
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import files

from ..doors import require
from ..forms.cases import FileForm, FilterForm, GlassForm, NewCaseForm, NoteForm, SayForm
from ..undertaking import undertaking_required

ON_A_PAGE = 50


def of_the_desk(view):
    """For who answers people: role, undertaking, and nothing left in the browser."""

    @wraps(view)
    @cache_control(no_store=True, private=True)
    @undertaking_required
    def guarded(request, *args, **kwargs):
        require(request.user, Right.CASES)
        return view(request, *args, **kwargs)

    return guarded


def case_for(user, pk):
    """An enquiry that this person may see, else 404."""
    return get_object_or_404(_whole(Enquiry.objects.visible_to(user)), pk=pk)


def own_case_for(user, pk):
    """An enquiry of this person's own hubs: through the glass people read and answer, they settle nothing."""
    return get_object_or_404(_whole(Enquiry.objects.looked_after_by(user)), pk=pk)


def _whole(rows):
    return rows.select_related("hub__country", "person", "channel__hub", "assigned_to")


@require_GET
@of_the_desk
def inbox(request):
    """Everybody who waits, danger first; reading the list is logged once, not by line."""
    form = FilterForm(request.GET, by=request.user)
    rows = queries.queue(request.user, **form.chosen()).select_related("hub", "assigned_to")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("p"))
    _log_list(request.user)
    query = request.GET.copy()
    query.pop("p", None)
    context = {
        "form": form, "page": page, "lines": queries.lines(page), "now": timezone.now(),
        "query": query.urlencode(),
    }  # fmt: skip
    return render(request, "console/cases/list.html", context)


def _log_list(user):
    """One entry for each country in whose cases this person looked."""
    hubs = hubs_with(user, Right.CASES).order_by("country_id", "ref").values_list("country_id", "ref")
    for country, of_country in groupby(hubs, key=itemgetter(0)):
        refs = [ref for _code, ref in of_country]
        access_log.record(
            by=user, action="list", kind="enquiry", ref="", country=country,
            hub=refs[0] if len(refs) == 1 else "", at=timezone.now(),
        )  # fmt: skip


@require_http_methods(["GET", "POST"])
@of_the_desk
def new(request):
    """An enquiry at the counter or on the phone: one box, and everything else has a default."""
    form = NewCaseForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        enquiry = actions.take_down(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The enquiry is open. Its code is %(code)s.") % {"code": enquiry.code})
        return redirect("console:case", enquiry.pk)
    return render(request, "console/cases/new.html", {"form": form})


@require_GET
@of_the_desk
def case(request, pk):
    """One conversation. Who does not see it, but may break the glass, is offered that."""
    enquiry = _whole(Enquiry.objects.visible_to(request.user)).filter(pk=pk).first()
    if enquiry is None:
        behind_glass(request.user, pk)
        return redirect("console:break_glass", pk)
    actions.log(enquiry, "read", by=request.user, at=timezone.now())
    return _page(request, enquiry)


def _page(request, enquiry, *, say=None, note=None, file=None, status=200):
    is_ours = Enquiry.objects.looked_after_by(request.user).filter(pk=enquiry.pk).exists()
    context = {
        "enquiry": enquiry,
        "said": queries.conversation(enquiry, request.user),
        "hidden": queries.hidden_notes(enquiry, request.user),
        "files": queries.loose_attachments(enquiry),
        "say": say or SayForm(auto_id="say_%s"),
        "note": note or NoteForm(auto_id="note_%s", may_protect=_may_protect(request.user, enquiry)),
        "file": file or FileForm(auto_id="file_%s"),
        "is_ours": is_ours,
        "colleagues": queries.colleagues(enquiry) if is_ours else [],
        "is_by_hand": enquiry.channel is None or enquiry.channel.speaks.is_staffed,
    }
    return render(request, "console/cases/case.html", context, status=status)


def _may_protect(user, enquiry):
    return reach(user, Right.PROTECTED).covers(enquiry.country, hub=enquiry.hub.ref)


@require_POST
@of_the_desk
def say(request, pk):
    """Answer, or type in what the person says at the counter."""
    enquiry = case_for(request.user, pk)
    form, at = SayForm(request.POST, auto_id="say_%s"), timezone.now()
    if form.is_valid():
        body = form.cleaned_data["body"]
        try:
            if request.POST.get("who") == "person":
                actions.receive_message(enquiry=enquiry, body=body, at=at, by=request.user)
            else:
                actions.reply(enquiry=enquiry, author=request.user, body=body, at=at)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("console:case", pk)
    return _page(request, enquiry, say=form, status=422)


@require_POST
@of_the_desk
def note(request, pk):
    enquiry = case_for(request.user, pk)
    form = NoteForm(request.POST, auto_id="note_%s", may_protect=_may_protect(request.user, enquiry))
    if form.is_valid():
        try:
            actions.add_note(enquiry=enquiry, author=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("console:case", pk)
    return _page(request, enquiry, note=form, status=422)


@require_POST
@of_the_desk
def attach(request, pk):
    """Keep a file that somebody brought to the counter: looked at, cleaned, sealed."""
    enquiry, at = case_for(request.user, pk), timezone.now()
    form = FileForm(request.POST, request.FILES, auto_id="file_%s")
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            accepted = files.accept(upload, name=upload.name)
            actions.attach(enquiry=enquiry, accepted=accepted, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("console:case", pk)
    return _page(request, enquiry, file=form, status=422)


@require_GET
@of_the_desk
def attachment(request, pk):
    """A file of a case, as a download that no browser opens by itself."""
    rows = Attachment.objects.visible_to(request.user).exclude(file=None).select_related("enquiry__hub")
    row, at = get_object_or_404(rows, pk=pk), timezone.now()
    try:
        answer = files.download(get_object_or_404(SealedFile, pk=row.file), at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:case", row.enquiry_id)
    actions.log(row.enquiry, "read", by=request.user, at=at)
    return answer


@require_POST
@of_the_desk
def return_code(request, pk):
    """A new code for the person to come back with: on this page once, and nowhere else."""
    enquiry = case_for(request.user, pk)
    try:
        code = actions.give_return_code(enquiry=enquiry, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:case", pk)
    context = {"enquiry": enquiry, "code": codes.grouped(code)}
    return render(request, "console/cases/return_code.html", context)


@require_POST
@of_the_desk
def assign(request, pk):
    """Give it to a colleague, or back to everybody when nobody is chosen."""
    enquiry, chosen = own_case_for(request.user, pk), request.POST.get("to", "")
    to = get_object_or_404(User, pk=chosen, is_active=True) if chosen.isdecimal() else None
    return _do(request, enquiry, actions.assign, to=to)


@require_POST
@of_the_desk
def close(request, pk):
    enquiry = own_case_for(request.user, pk)
    return _do(request, enquiry, actions.close, is_spam="spam" in request.POST)


@require_POST
@of_the_desk
def reopen(request, pk):
    return _do(request, own_case_for(request.user, pk), actions.reopen)


def _do(request, enquiry, act, **more):
    try:
        act(enquiry=enquiry, by=request.user, at=timezone.now(), **more)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("console:case", enquiry.pk)


@require_POST
@of_the_desk
def find(request):
    """By the case code that somebody reads aloud; it stands in no address."""
    code = "".join(request.POST.get("code", "").upper().split())
    rows = Enquiry.objects.filter(code=code)
    pk = rows.values_list("pk", flat=True).first()
    seen = pk and (
        Enquiry.objects.visible_to(request.user).filter(pk=pk).exists() or _may_break(request.user, pk)
    )
    if not seen:
        messages.error(request, _("There is no case with this code in your hubs."))
        return redirect("console:cases")
    return redirect("console:case", pk)


# Behind the glass


def _may_break(user, pk):
    # Who wants to be left alone is left alone: no glass either.
    row = Enquiry.objects.filter(pk=pk, person__restricted_at=None).first()
    return row is not None and reach(user, Right.BREAK_GLASS).covers(row.country)


def behind_glass(user, pk):
    """An enquiry that this person could see by breaking the glass, else 404."""
    if not _may_break(user, pk):
        raise Http404
    return Enquiry.objects.select_related("hub").get(pk=pk)


@require_http_methods(["GET", "POST"])
@of_the_desk
def break_glass(request, pk):
    """Open a case of another hub, or its protected notes, for an hour: with a reason that is reviewed."""
    enquiry = behind_glass(request.user, pk)
    kind = "note" if Enquiry.objects.visible_to(request.user).filter(pk=pk).exists() else "enquiry"
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            glass.break_glass(
                by=request.user, kind=kind, ref=enquiry.pk, country=enquiry.country, hub=enquiry.hub.ref,
                reason=form.cleaned_data["reason"], at=timezone.now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error("reason", str(refusal))
        else:
            return redirect("console:case", pk)
    return render(request, "console/cases/break_glass.html", {"form": form, "kind": kind, "enquiry": enquiry})
