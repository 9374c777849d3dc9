"""What an adviser does with a person about the person's own data: read it with them, correct, erase, hold."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import holds, requests, take_away
from ventanilla.privacy.holders import Subject, find, holders_of
from ventanilla.privacy.models import Hold, PersonRequest
from ventanilla.privacy.sealing import open_keys

from ..forms.subjects import CorrectForm, EraseForm, HoldForm, WishForm
from .cases import of_the_desk
from .consent import case_of_somebody


@require_GET
@of_the_desk
def own_data(request, pk):
    """The outline of what is held, the requests so far, and what can be done."""
    return _page(request, case_of_somebody(request.user, pk))


def _page(request, enquiry, *, status=200, **bound):
    person = enquiry.person
    forms = {
        "correct": CorrectForm(initial=_correctable(person)),
        "ask": WishForm(),
        "erase": EraseForm(code=enquiry.code),
        "hold": HoldForm(),
    } | bound
    asked = PersonRequest.objects.visible_to(request.user).filter(person=person.pk)
    held_back = list(
        Hold.objects.visible_to(request.user).filter(person=person.pk, ended_at=None).order_by("until")
    )
    open_keys(held_back)
    context = {
        "enquiry": enquiry,
        "held": find(Subject.of_person(person.pk)),
        "is_known": person.erased_at is None,
        "forms": forms,
        "requests": asked.order_by("-received_at", "pk"),
        "holds": held_back,
        "may_hold": _may_hold(request.user, enquiry),
    }
    return render(request, "console/own_data/case.html", context, status=status)


def _correctable(person):
    if person.erased_at:
        return {}
    return {"name": person.name, "safe_contact": person.safe_contact, "language": person.language}


def _may_hold(user, enquiry):
    lead = reach(user, Right.MANAGE_CASES).covers(enquiry.country, hub=enquiry.hub.ref)
    return lead or reach(user, Right.OVERSIGHT).covers(enquiry.country)


@require_POST
@of_the_desk
def deed(request, pk, name):
    """One of DEEDS, by its name in the address."""
    if name not in DEEDS:
        raise Http404
    enquiry = case_of_somebody(request.user, pk)
    try:
        return DEEDS[name](request, enquiry)
    except requests.Kept as kept:
        messages.error(request, str(kept))
        return redirect("console:person_request", kept.request.pk)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:own_data", pk)


def _take(request, enquiry, write, ending, media_type):
    at = timezone.now()
    language = take_away.language_for(enquiry.person.language or enquiry.language, otherwise=get_language())
    with override(language):
        row, records = requests.export_own(person=enquiry.person.pk, by=request.user, at=at)
        content = write(records, language=language, receipt=row.code, at=at)
    return take_away.download(content, name=f"{row.code}.{ending}", media_type=media_type)


def _page_to_take(request, enquiry):
    return _take(request, enquiry, take_away.as_html, "html", "text/html")


def _file_to_take(request, enquiry):
    return _take(request, enquiry, take_away.as_json, "json", "application/json")


def _correct(request, enquiry):
    form = CorrectForm(request.POST)
    if not form.is_valid():
        return _page(request, enquiry, status=422, correct=form)
    row = requests.correct_own(
        person=enquiry.person.pk, values=form.cleaned_data, by=request.user, at=timezone.now()
    )
    return _received(request, row)


def _ask(request, enquiry):
    form = WishForm(request.POST)
    if not form.is_valid():
        return _page(request, enquiry, status=422, ask=form)
    row = requests.ask_for(
        person=enquiry.person.pk, kind=PersonRequest.Kind.CORRECT, wish=form.cleaned_data["wish"],
        by=request.user, at=timezone.now(),
    )  # fmt: skip
    return _received(request, row)


def _restrict(request, enquiry):
    row = requests.restrict_own(
        person=enquiry.person.pk, is_restricted=True, by=request.user, at=timezone.now()
    )
    return _received(request, row)


def _erase(request, enquiry):
    form = EraseForm(request.POST, code=enquiry.code)
    if not form.is_valid():
        return _page(request, enquiry, status=422, erase=form)
    row = requests.erase_own(person=enquiry.person.pk, by=request.user, at=timezone.now())
    return _received(request, row)


def _hold(request, enquiry):
    if not _may_hold(request.user, enquiry):
        raise Http404
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            holds.place_hold(
                ref=enquiry.pk, person=enquiry.person.pk, label=enquiry.code, country=enquiry.country,
                hub=enquiry.hub.ref, by=request.user, at=timezone.now(), **form.cleaned_data,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept, with the reason you gave."))
            return redirect("console:own_data", enquiry.pk)
    return _page(request, enquiry, status=422, hold=form)


def _received(request, row):
    messages.success(request, _("Done. Receipt for the person: %(code)s") % {"code": row.code})
    return redirect("console:person_request", row.pk)


DEEDS = {
    "page": _page_to_take,
    "file": _file_to_take,
    "correct": _correct,
    "ask": _ask,
    "restrict": _restrict,
    "erase": _erase,
    "hold": _hold,
}


@require_GET
@cache_control(no_store=True, private=True)
def own_account(request):
    """What is held about somebody of the staff, for themselves, to take along."""
    at, language = timezone.now(), get_language()
    subject = Subject.of_staff(request.user)
    records = [row for holder in holders_of(subject) for row in holder.export(subject, for_staff=False)]
    content = take_away.as_html(records, language=language, receipt="", at=at)
    return take_away.download(content, name="ventanilla-account.html", media_type="text/html")
