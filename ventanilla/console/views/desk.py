"""What surrounds a conversation: live news, lists, moving cases, codes, figures, ready answers."""

import json
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.accounts.models import User
from ventanilla.channels import outbox
from ventanilla.enquiries import (
    actions,
    clocks,
    coding,
    consulting,
    corrections,
    handling,
    live,
    merging,
    presence,
)
from ventanilla.enquiries.models import Absence, CannedAnswer, Consultation, Enquiry, Message, SavedView
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with, reach
from ventanilla.lib.errors import DomainError

from ..forms import desk as forms
from ..forms.cases import FilterForm
from .cases import case_for, case_page, of_the_desk, own_case_for

# Live


@require_GET
@of_the_desk
def news(request):
    """Server-sent events: which cases of this person's hubs changed. No word of anybody."""
    where = reach(request.user, Right.CASES)
    events = live.stream(live.for_staff(where), _written)
    answer = StreamingHttpResponse(events, content_type="text/event-stream")
    answer["X-Accel-Buffering"] = "no"
    return answer


def _written(news):
    return f"event: {news.what}\ndata: {json.dumps({'case': str(news.enquiry)})}\n\n"


@require_POST
@of_the_desk
def beat(request, pk):
    """This page of the case is open; answers who else has it open, and when it changed last."""
    enquiry = case_for(request.user, pk)
    if "leave" in request.POST:
        presence.leave(enquiry=enquiry, user=request.user)
        return JsonResponse({})
    others = presence.beat(
        enquiry=enquiry, user=request.user, is_typing="typing" in request.POST, at=timezone.now()
    )
    return JsonResponse({"others": [_here(one) for one in others]})


def _here(one):
    who = {"who": str(one.user)}
    return (
        _("%(who)s is writing an answer.") % who if one.is_typing else _("%(who)s has this case open.") % who
    )


# Lists


@require_POST
@of_the_desk
def save_view(request):
    """Keep what the list is narrowed to under a name; the same name again replaces it."""
    form, narrowed = forms.SaveViewForm(request.POST), FilterForm(request.POST, by=request.user)
    if not form.is_valid():
        messages.error(request, _("Give the list a name."))
        return redirect("console:cases")
    query = {name: request.POST[name] for name in narrowed.fields if request.POST.get(name)}
    SavedView.objects.update_or_create(
        owner=request.user, name=form.cleaned_data["name"],
        defaults={"query": query, "created_at": timezone.now()},
    )  # fmt: skip
    messages.success(request, _("The list is kept."))
    return redirect("console:cases")


@require_POST
@of_the_desk
def forget_view(request, pk):
    get_object_or_404(SavedView, pk=pk, owner=request.user).delete()
    messages.success(request, _("The list is forgotten."))
    return redirect("console:cases")


# Moving a case


def _try(request, pk, act, **more):
    try:
        act(by=request.user, at=timezone.now(), **more)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("console:case", pk)


@require_POST
@of_the_desk
def snooze(request, pk):
    enquiry, until = own_case_for(request.user, pk), _day(request.POST.get("until", ""))
    if until is None:
        messages.error(request, str(handling.NotADayAhead()))
        return redirect("console:case", pk)
    return _try(request, pk, handling.snooze, enquiry=enquiry, until=until)


@require_POST
@of_the_desk
def danger(request, pk):
    enquiry, chosen = own_case_for(request.user, pk), request.POST.get("danger", "")
    how_great = int(chosen) if chosen in {"0", "1", "2"} else -1
    return _try(request, pk, handling.note_danger, enquiry=enquiry, danger=how_great)


def _day(typed):
    try:
        return parse_date(typed)
    except ValueError:
        return None


@require_POST
@of_the_desk
def hand_over(request, pk):
    enquiry, chosen = own_case_for(request.user, pk), request.POST.get("to", "")
    to = get_object_or_404(User, pk=chosen if chosen.isdecimal() else 0, is_active=True)
    note = request.POST.get("note", "")
    try:
        handling.hand_over(enquiry=enquiry, to=to, note=note, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return case_page(request, enquiry, status=422)
    return redirect("console:case", pk)


@require_POST
@of_the_desk
def share(request, pk):
    """With another hub, or no longer."""
    enquiry = own_case_for(request.user, pk)
    hub = get_object_or_404(Hub, ref=request.POST.get("hub", ""))
    act = handling.unshare if "end" in request.POST else handling.share
    return _try(request, pk, act, enquiry=enquiry, hub=hub)


@require_POST
@of_the_desk
def join(request, pk):
    """Say that two cases are of one person; the other is named by its code."""
    enquiry = own_case_for(request.user, pk)
    code = "".join(request.POST.get("code", "").upper().split())
    into = Enquiry.objects.looked_after_by(request.user).filter(code=code).first()
    if into is None:
        messages.error(request, _("There is no case with this code in your hubs."))
        return redirect("console:case", pk)
    return _try(request, pk, merging.join, enquiry=enquiry, into=into)


@require_POST
@of_the_desk
def part(request, pk):
    return _try(request, pk, merging.part, enquiry=own_case_for(request.user, pk))


@require_http_methods(["GET", "POST"])
@of_the_desk
def codes(request, pk):
    """Topics and what the person told about themselves; everything can be skipped."""
    enquiry = own_case_for(request.user, pk)
    known = (enquiry.person.facts or {}) if enquiry.person and not enquiry.person.erased_at else {}
    topics = list(enquiry.codings.values_list("topic", flat=True))
    form = forms.CodesForm(request.POST or None, initial={"topics": topics, **known})
    if request.method == "POST" and form.is_valid():
        given = {"topics": form.cleaned_data["topics"], "facts": form.facts()}
        return _try(request, pk, coding.set_codes, enquiry=enquiry, **given)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/desk/codes.html", {"form": form, "enquiry": enquiry}, status=status)


# Among colleagues


@require_POST
@of_the_desk
def ask(request, pk):
    """Ask the editors or another hub; what was typed stays where it tells too much."""
    enquiry, form = case_for(request.user, pk), forms.AskForm(request.POST, auto_id="ask_%s")
    if form.is_valid():
        try:
            consulting.ask_colleagues(
                enquiry=enquiry, question=form.cleaned_data["question"], hub=form.cleaned_data["hub"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error("question", str(refusal))
        else:
            return redirect("console:case", pk)
    return case_page(request, enquiry, ask=form, status=422)


@require_GET
def questions(request):
    """What colleagues asked: for editors and for advisers of the hub asked."""
    if not (reach(request.user, Right.PROPOSE) or reach(request.user, Right.CASES)):
        raise Http404
    return _questions(request)


def _questions(request, *, begun=None, status=200):
    """`begun`: number of a question, form of its answer that was refused."""
    waiting = consulting.to_answer(request.user)[:100]
    rows = [(row, begun[1] if begun and begun[0] == row.pk else None) for row in waiting]
    return render(request, "console/desk/questions.html", {"rows": rows}, status=status)


@require_POST
def answer_question(request, pk):
    row, form = get_object_or_404(consulting.to_answer(request.user), pk=pk), forms.AnswerForm(request.POST)
    if form.is_valid():
        try:
            consulting.answer(
                consultation=Consultation.objects.get(pk=row.pk), text=form.cleaned_data["text"][:4000],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error("text", str(refusal))
        else:
            return redirect("console:questions")
    return _questions(request, begun=(row.pk, form), status=422)


# Corrected content


@require_GET
@of_the_desk
def corrected(request):
    """Who was told something that has been corrected or hidden since."""
    rows = corrections.told_old(request.user, at=timezone.now())
    return render(request, "console/desk/corrected.html", {"rows": rows})


@require_POST
@of_the_desk
def retold(request, pk):
    rows = Message.objects.visible_to(request.user).select_related("enquiry__hub")
    message = get_object_or_404(rows, pk=pk)
    cited = [(cite["ref"], cite.get("version", "")) for cite in message.cites]
    chosen = (request.POST.get("ref", ""), request.POST.get("version", ""))
    if chosen not in cited:
        raise Http404
    ref, version = chosen
    corrections.settle(message=message, ref=ref, version=version, by=request.user, at=timezone.now())
    return redirect("console:corrected")


# Figures


@require_GET
@of_the_desk
def figures(request):
    """How long people waited in the last days, with the rows behind each figure."""
    days = {"7": 7, "30": 30, "90": 90}.get(request.GET.get("days", ""), 30)
    until = timezone.now()
    mine = Enquiry.objects.looked_after_by(request.user)
    context = {
        "days": days,
        "figures": clocks.figures(mine, since=until - timedelta(days=days), until=until),
        "topics": _by_topic(mine, since=until - timedelta(days=days)),
    }
    return render(request, "console/desk/figures.html", context)


def _by_topic(enquiries, *, since):
    counted = coding.counts(enquiries, since=since)
    language = get_language() or "es"
    return [(coding.name_of(code, language), n) for code, n in counted]


# How the desk is run


@require_http_methods(["GET", "POST"])
@of_the_desk
def running(request):
    """Automatic answers, surge, who is away: for who manages the cases of a hub."""
    hubs = list(hubs_with(request.user, Right.MANAGE_CASES).order_by("ref"))
    if not hubs:
        raise Http404
    if request.method == "POST":
        hub = get_object_or_404(hubs_with(request.user, Right.MANAGE_CASES), ref=request.POST.get("hub", ""))
        form = forms.DeskForm(request.POST)
        if form.is_valid():
            handling.run_desk(hub=hub, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Kept. It holds from the next message on."))
            return redirect("console:desk")
        messages.error(request, _("Choose when automatic answers are given."))
    rows = [(hub, handling.desk_of(hub)) for hub in hubs]
    forms_of = [
        (hub, forms.DeskForm(
            initial={
                "automatic": desk.automatic,
                "is_surge": bool(desk.surge_since),
                "asks_if_helped": desk.asks_if_helped,
                "translates": desk.translates,
            },
            auto_id=f"{hub.ref}_%s",
        ))
        for hub, desk in rows
    ]  # fmt: skip
    return render(request, "console/desk/running.html", {"forms": forms_of})


@require_http_methods(["GET", "POST"])
@of_the_desk
def away(request):
    """I am away, or back."""
    if request.method == "GET":
        absence = Absence.objects.filter(user=request.user).first()
        return render(request, "console/desk/away.html", {"absence": absence})
    if "back" in request.POST:
        handling.come_back(user=request.user)
        messages.success(request, _("You are back."))
        return redirect("console:cases")
    until = _day(request.POST.get("until", ""))
    n = handling.go_away(user=request.user, until=until, by=request.user, at=timezone.now())
    messages.success(request, _("You are away. Cases given back to everybody: %(n)s.") % {"n": n})
    return redirect("console:cases")


# Ready answers


@require_http_methods(["GET", "POST"])
@of_the_desk
def canned(request):
    """All ready answers that this person can use, and a form for who manages the cases of a hub."""
    manages = hubs_with(request.user, Right.MANAGE_CASES).exists()
    form = forms.CannedForm(request.POST or None, by=request.user) if manages else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            _keep(form)
            messages.success(request, _("The ready answer is kept."))
            return redirect("console:canned")
    rows = CannedAnswer.objects.visible_to(request.user).order_by("country", "title", "pk")
    context = {"rows": rows, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/desk/canned.html", context, status=status)


def _keep(form):
    values = form.cleaned_data
    hub = values["hub"]
    CannedAnswer.objects.create(
        country=hub.country_id, hub=None if values["for_country"] else hub, title=values["title"],
        texts=form.texts(), cites=values["cites"].split(), created_at=timezone.now(),
    )  # fmt: skip


@require_POST
@of_the_desk
def drop_canned(request, pk):
    row = get_object_or_404(CannedAnswer.objects.visible_to(request.user), pk=pk)
    where = reach(request.user, Right.MANAGE_CASES)
    if not (where.covers(row.country, hub=row.hub.ref) if row.hub else where):
        raise Http404
    row.delete()
    messages.success(request, _("The ready answer is gone."))
    return redirect("console:canned")


@require_GET
@of_the_desk
def undelivered(request):
    """Dead letters: not delivered, or not known to be, until somebody has looked."""
    rows = (
        Message.objects.visible_to(request.user)
        .filter(outbound__state__in=["failed", "unsure"], outbound__settled_at=None)
        .select_related("enquiry__hub", "outbound__channel")
        .order_by("-at", "pk")
    )
    return render(request, "console/desk/undelivered.html", {"rows": rows[:200]})


@require_POST
@of_the_desk
def deal_with_letter(request, pk):
    """Send it again, leave it, or take back what has not left."""
    sent = Message.objects.visible_to(request.user).exclude(outbound=None)
    row = get_object_or_404(sent.select_related("outbound__channel__hub", "enquiry__hub"), pk=pk)
    letter = row.outbound
    try:
        if "again" in request.POST:
            outbox.send_again(message=letter, at=timezone.now())
        elif "take_back" in request.POST:
            outbox.take_back(message=letter)
        else:
            outbox.settle_dead_letter(message=letter, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    actions.log(row.enquiry, "write", by=request.user, at=timezone.now())
    back = request.POST.get("back") == "case"
    return redirect("console:case", row.enquiry_id) if back else redirect("console:undelivered")
