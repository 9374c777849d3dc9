"""The desk: the list of enquiries, one conversation, and what staff do with it.

No address, title or message holds a word of a person; what is shown is not kept by the browser.
"""

from functools import wraps
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.accounts.models import User
from ventanilla.enquiries import (
    actions,
    codes,
    coding,
    composing,
    consulting,
    interpreting,
    presence,
    queries,
    referrals,
    safe_words,
    threads,
    translating,
    windows,
)
from ventanilla.enquiries.models import Attachment, Enquiry, SavedView
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, glass
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import files

from .. import on_case_page
from ..doors import require
from ..forms.cases import LONGEST, FileForm, FilterForm, GlassForm, NoteForm, SayForm
from ..forms.desk import AskForm, DayForm, JoinForm, ShareForm
from ..undertaking import undertaking_required

ON_A_PAGE = 50
# Messages of the person of which one can be answered by name.
QUOTABLE = 8
# What stays in the form of the answer when something else is done on the page.
BESIDE = ("seen", "to", "original", "is_translated")


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
    rows = queries.queue(request.user, **form.chosen()).select_related("hub", "assigned_to", "person")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("p"))
    is_fragment, now = request.headers.get("X-Desk") == "lines", timezone.now()
    if not is_fragment:
        _log_list(request.user, form.hubs)
    query = request.GET.copy()
    query.pop("p", None)
    context = {
        "form": form, "page": page, "lines": queries.lines(page), "now": now, "query": query.urlencode(),
        "here": presence.here([row.pk for row in page], request.user, at=now),
    }  # fmt: skip
    if is_fragment:
        return render(request, "console/cases/_lines.html", context)
    context |= {
        "views": [(view, urlencode(view.query)) for view in _views(request.user)],
        "asked_to_interpret": interpreting.unanswered(request.user),
        "manages": bool(reach(request.user, Right.MANAGE_CASES)),
    }
    return render(request, "console/cases/list.html", context)


def _views(user):
    return SavedView.objects.filter(owner=user).order_by("name", "pk")


def _log_list(user, hubs):
    """One entry for each country in whose cases this person looked."""
    places = sorted((hub.country_id, hub.ref) for hub in hubs)
    for country, of_country in groupby(places, key=itemgetter(0)):
        refs = [ref for _code, ref in of_country]
        access_log.record(
            by=user, action="list", kind="enquiry", ref="", country=country,
            hub=refs[0] if len(refs) == 1 else "", at=timezone.now(),
        )  # fmt: skip


@require_GET
@of_the_desk
def case(request, pk):
    """One conversation. Who does not see it, but may break the glass, is offered that."""
    enquiry = _whole(Enquiry.objects.visible_to(request.user)).filter(pk=pk).first()
    if enquiry is None:
        behind_glass(request.user, pk)
        return redirect("console:break_glass", pk)
    if request.headers.get("X-Desk") == "said":
        return render(request, "console/cases/_conversation.html", _told(request, enquiry))
    actions.log(enquiry, "read", by=request.user, at=timezone.now())
    return case_page(request, enquiry)


def with_answer(request, enquiry, *, body, cites, seen):
    """The page of a case with an answer begun, to be edited and sent as any other."""
    values = {"body": body[:LONGEST], "cites": " ".join(dict.fromkeys(cites)), "seen": seen}
    values["to"] = request.POST.get("to", "")
    return case_page(request, enquiry, say=SayForm(channel=enquiry.channel, initial=values))


def with_template(request, enquiry, chosen, values, *, problem):
    """The page of a case with an approved text as the person will read it, or what is wrong with it."""
    return case_page(
        request, enquiry, status=422 if problem else 200,
        template={
            "chosen": chosen, "problem": problem, "values": values,
            "text": "" if problem else chosen.fill([" ".join(value.split()) for value in values]),
        },
    )  # fmt: skip


def with_translations(request, enquiry, texts, *, problem="", answer=None, answer_problem=""):
    """The page of a case with what a machine made of some messages beside them, or what went wrong.

    `answer`: what it made of the answer begun, which is then kept below for comparison.
    """
    typed = {name: request.POST.get(name, "") for name in ("body", *BESIDE, "cites") if name in request.POST}
    if answer is not None:
        typed |= {"body": answer[:LONGEST], "original": typed.get("body", ""), "is_translated": "on"}
    if "seen" not in typed:
        typed["seen"] = last_said(queries.conversation(enquiry, request.user))
    return case_page(
        request, enquiry, say=SayForm(channel=enquiry.channel, initial=typed),
        status=422 if problem or answer_problem else 200, is_file_lost=bool(request.FILES),
        translations={"texts": texts, "problem": problem, "answer_problem": answer_problem},
    )  # fmt: skip


def joined(body, more):
    """What was typed, and below it what is added."""
    return f"{body.rstrip()}\n\n{more}" if body.strip() else more


def _told(request, enquiry, *, translations=None):
    said = queries.conversation(enquiry, request.user)
    return {
        "translating": _translatable(enquiry, said, translations),
        "enquiry": enquiry, "said": said, "hidden": queries.hidden_notes(enquiry, request.user),
        "last": last_said(said),
        "window": windows.window_of(enquiry, at=timezone.now()) if enquiry.is_open else None,
    }  # fmt: skip


def _translatable(enquiry, said, translations):
    """Which messages a machine can translate here and what it made of them; None where that is off."""
    if not translating.is_on(enquiry.hub):
        return None
    rows = translating.offered(said, reads=get_language())
    shown = translations or {"texts": {}, "problem": ""}
    return shown | {"rows": [one.row.pk for one in rows], "reads": get_language(), "host": translating.host()}


def last_said(said):
    """The last thing that was said to or by the person, as a mark of what had been seen."""
    return next((str(one.row.pk) for one in reversed(said) if one.what in ("in", "out")), "")


def case_page(
    request,
    enquiry,
    *,
    say=None,
    note=None,
    ask=None,
    file=None,
    status=200,
    warnings=(),
    is_file_lost=False,
    template=None,
    translations=None,
):
    is_ours = Enquiry.objects.looked_after_by(request.user).filter(pk=enquiry.pk).exists()
    at, told = timezone.now(), _told(request, enquiry, translations=translations)
    say = say or SayForm(channel=enquiry.channel, initial={"seen": told["last"]})
    say.offer_to_quote(_quotable(enquiry, told["said"]))
    searched = request.POST.get("q", "") or request.GET.get("q", "")
    context = told | {
        "warnings": warnings,
        "template": template,
        "approved": _approved(enquiry, told["window"], template),
        "is_file_lost": is_file_lost,
        "searched": searched,
        "suggestions": _suggested(enquiry, searched, at=at),
        "canned": composing.canned_for(enquiry, request.user) if enquiry.is_open else [],
        "others": presence.others(enquiry, request.user, at=at),
        "writes_theirs": told["translating"] and translating.can_answer(enquiry, writes=get_language()),
        "codings": [coding.name_of(row.topic, get_language()) for row in enquiry.codings.order_by("topic")],
        "moving": _moving(request, enquiry) if is_ours else None,
        "consultations": consulting.of_case(enquiry),
        "ask": ask or AskForm(auto_id="ask_%s"),
        "referrals": referrals.of(enquiry, request.user, at=at),
        **on_case_page.promised(enquiry, request.user),
        "files": queries.loose_attachments(enquiry),
        "say": say,
        "note": note or NoteForm(auto_id="note_%s", may_protect=_may_protect(request.user, enquiry)),
        "file": file or FileForm(auto_id="file_%s"),
        "is_ours": is_ours,
        "colleagues": queries.colleagues(enquiry) if is_ours else [],
        "is_by_hand": enquiry.channel is None or enquiry.channel.speaks.is_staffed,
    }
    return render(request, "console/cases/case.html", context, status=status)


def _quotable(enquiry, said):
    """What the person said of late, for channels on which an answer can name one message."""
    if not threads.can_quote(enquiry):
        return []
    theirs = [one for one in said if one.what == "in" and one.text is not None and one.row.inbound_id]
    return [(str(one.row.pk), _line(one)) for one in reversed(theirs[-QUOTABLE:])]


def _line(one):
    when = date_format(timezone.localtime(one.at), "SHORT_DATETIME_FORMAT")
    return f"{when} · {queries.begun(one.text)}"


def _approved(enquiry, window, template):
    """(text, its blanks) that can be sent where the window is closed: number, and what was typed there."""
    if window is None or window.is_open or not window.has_agreed:
        return []
    return [(row, _blanks(row, template)) for row in windows.approved(enquiry)]


def _blanks(row, template):
    typed = template["values"] if template and template["chosen"] == row else []
    return [(number, "".join(typed[number - 1 : number])) for number in range(1, row.blanks() + 1)]


def _suggested(enquiry, searched, *, at):
    if not enquiry.is_open or enquiry.words_erased_at:
        return []
    return composing.suggestions(enquiry, searched or composing.last_question(enquiry), at=at)


def _moving(request, enquiry):
    """What can be done with a case of one's own hubs."""
    colleagues = queries.colleagues(enquiry)
    return {
        "colleagues": colleagues,
        "dangers": Enquiry.Danger.choices,
        "safe_word": request.POST.get("word", safe_words.word_of(enquiry.person)),
        "note": request.POST.get("note", ""),
        "day": DayForm(auto_id="day_%s"),
        "share": ShareForm(auto_id="share_%s", enquiry=enquiry),
        "shared_with": list(enquiry.shared_with.order_by("ref")),
        "join": JoinForm(auto_id="join_%s"),
    }


def _may_protect(user, enquiry):
    return reach(user, Right.PROTECTED).covers(enquiry.country, hub=enquiry.hub.ref)


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
    return case_page(request, enquiry, note=form, status=422)


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
    return case_page(request, enquiry, file=form, status=422)


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
    return act_on(request, enquiry, actions.assign, to=to)


@require_POST
@of_the_desk
def close(request, pk):
    enquiry = own_case_for(request.user, pk)
    return act_on(request, enquiry, actions.close, is_spam="spam" in request.POST)


@require_POST
@of_the_desk
def reopen(request, pk):
    return act_on(request, own_case_for(request.user, pk), actions.reopen)


def act_on(request, enquiry, act, **more):
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
