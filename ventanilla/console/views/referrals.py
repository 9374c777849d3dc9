"""Handing a case to another service: the form, the gate, the link shown once, and what the receiver answers.

Only who looks after a case does this; through broken glass nothing is handed on.
"""

from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries import referral_answers, referral_files, referral_texts, referrals
from ventanilla.enquiries.models import Referral
from ventanilla.enquiries.queries import readable
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import consent as consents
from ventanilla.privacy.models.consent import About
from ventanilla.privacy.sealing import open_keys

from .. import mail
from ..forms.referrals import (
    AnswerForm,
    OverrideForm,
    ReferralConsentForm,
    ReferralForm,
    ReplyForm,
    SendForm,
    TellForm,
    filled,
)
from ..list_log import log_list
from .cases import of_the_desk
from .consent import case_of_somebody

ON_A_PAGE = 50


def of_a_referral(view):
    """For who looks after the case: the view gets the referral, anybody else 404."""

    @wraps(view)
    @of_the_desk
    def guarded(request, pk, **kwargs):
        rows = Referral.objects.looked_after_by(request.user)
        whole = ("enquiry__hub__country", "enquiry__person", "enquiry__channel", "receiver__organization")
        return view(request, get_object_or_404(rows.select_related(*whole), pk=pk), **kwargs)

    return guarded


@require_GET
@of_the_desk
def listed(request):
    """Referrals of one's hubs: what waits, what is overdue, what has to be told."""
    at, view = timezone.now(), request.GET.get("view", "waiting")
    if view not in referrals.VIEWS:
        raise Http404
    rows = referrals.listed(request.user, view, at=at).select_related("enquiry__hub__country", "receiver")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("p"))
    log_list(request.user, "referral", at=at)
    counts = referrals.counts(request.user, at=at)
    context = {
        "page": page,
        "rows": [(row, row.is_overdue(at=at)) for row in page],
        "views": [(code, label, counts[code]) for code, label in referrals.VIEWS.items()],
        "view": view,
        "query": f"view={view}",
        "keeps_receivers": bool(reach(request.user, Right.HUB)),
    }
    return render(request, "console/referrals/list.html", context)


# The form


@require_http_methods(["GET", "POST"])
@of_the_desk
def refer(request, pk):
    """Begin a referral of a case; it is kept as a draft and looked at before anything leaves."""
    enquiry, at = case_of_somebody(request.user, pk), timezone.now()
    form = ReferralForm(request.POST or None, hub=enquiry.hub, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            row = referrals.draft(enquiry=enquiry, by=request.user, at=at, **form.values())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("console:referral", row.pk)
    return _form(request, form, enquiry)


@require_http_methods(["GET", "POST"])
@of_a_referral
def edit(request, row):
    """Change a draft."""
    if not row.is_draft:
        raise Http404
    at = timezone.now()
    form = ReferralForm(request.POST or None, hub=row.enquiry.hub, at=at, initial=filled(row))
    if request.method == "POST" and form.is_valid():
        try:
            referrals.redraft(referral=row, by=request.user, at=at, **form.values())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("console:referral", row.pk)
    return _form(request, form, row.enquiry, row=row)


def _form(request, form, enquiry, *, row=None):
    context = {"form": form, "enquiry": enquiry, "row": row}
    status = 422 if form.is_bound else 200
    return render(request, "console/referrals/form.html", context, status=status)


# One referral


@require_GET
@of_a_referral
def referral(request, row):
    """A draft with what is still missing, or what became of one that was sent."""
    referrals.log(row, "read", by=request.user, at=timezone.now())
    return _page(request, row)


def _page(request, row, *, status=200, **forms):
    if row.is_draft:
        return _draft(request, row, status=status, **forms)
    steps = list(row.steps.select_related("by").order_by("at", "pk"))
    open_keys([row, *steps])
    gone = row.is_erased
    at = timezone.now()
    context = {
        "row": row,
        "steps": [(step, readable(step, "words")) for step in steps],
        "lines": [] if gone else _lines(row, row.shared or {}),
        "gone": gone,
        "is_overdue": row.is_overdue(at=at),
        "has_link": row.has_live_link(at=at),
        "send_form": SendForm(receiver=row.receiver, mails=mail.is_configured(), prefix="link"),
        "answer_form": forms.get("answer") or AnswerForm(auto_id="answer_%s"),
        "reply_form": forms.get("reply") or ReplyForm(auto_id="reply_%s"),
        "tell_form": forms.get("tell") or _tell_form(row),
    }
    return render(request, "console/referrals/referral.html", context, status=status)


def _tell_form(row):
    if not row.is_to_tell:
        return None
    said = referral_texts.message_for(row, language=referral_texts.language_of(row.enquiry))
    return TellForm(initial={"body": said}, auto_id="tell_%s")


def _lines(row, values):
    return referral_texts.lines(row, values, language=row.receiver.language)


def _draft(request, row, *, status, **forms):
    at, enquiry = timezone.now(), row.enquiry
    found = referrals.gate(row, at=at)
    person = enquiry.person
    text = consents.text_for(
        about=About.REFER, country=enquiry.country, language=person.language or enquiry.language, at=at
    )
    mails = {"receiver": row.receiver, "mails": mail.is_configured()}
    context = {
        "row": row,
        "lines": _lines(row, referral_texts.content(row)),
        "gate": found,
        "text": text,
        "may_override": reach(request.user, Right.MANAGE_CASES).covers(enquiry.country, hub=enquiry.hub.ref),
        "consent_form": forms.get("consent") or ReferralConsentForm(hub=enquiry.hub, auto_id="consent_%s"),
        "send_form": forms.get("send") or SendForm(**mails),
        "override_form": forms.get("override") or OverrideForm(**mails, auto_id="override_%s"),
    }
    return render(request, "console/referrals/draft.html", context, status=status)


@require_POST
@of_a_referral
def consent(request, row):
    """Note that the person agrees to exactly this: this receiver and the parts that are ticked."""
    form, at = ReferralConsentForm(request.POST, hub=row.enquiry.hub, auto_id="consent_%s"), timezone.now()
    person, enquiry = row.enquiry.person, row.enquiry
    if not row.is_draft or person is None:
        raise Http404
    if form.is_valid():
        values = dict(form.cleaned_data)
        values.pop("certified")
        text = consents.text_for(
            about=About.REFER, country=enquiry.country, language=person.language or enquiry.language, at=at
        )
        try:
            consents.give_consent(
                person=person.pk, country=enquiry.country, hub=enquiry.hub.ref, about=About.REFER, text=text,
                receiver=row.receiver.name, parts=referrals.gate(row, at=at).parts, by=request.user, at=at,
                **values,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("console:referral", row.pk)
    return _page(request, row, consent=form, status=422)


# The link


@require_POST
@of_a_referral
def send(request, row):
    """Hand it over; an override comes with its reason."""
    is_override = "why" in request.POST
    kind, auto_id = (OverrideForm, "override_%s") if is_override else (SendForm, "id_%s")
    form = kind(request.POST, receiver=row.receiver, mails=mail.is_configured(), auto_id=auto_id)
    if form.is_valid():
        try:
            return _handed_over(request, row, form, why=form.cleaned_data.get("why", ""))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _page(request, row, status=422, **{"override" if is_override else "send": form})


@transaction.atomic
def _handed_over(request, row, form, *, why):
    secret = referrals.send(referral=row, by=request.user, at=timezone.now(), why=why)
    return _link(request, row, form, secret)


@require_POST
@of_a_referral
def renew_link(request, row):
    form = SendForm(request.POST, receiver=row.receiver, mails=mail.is_configured(), prefix="link")
    try:
        with transaction.atomic():
            form.is_valid()
            secret = referrals.renew_link(referral=row, by=request.user, at=timezone.now())
            return _link(request, row, form, secret)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:referral", row.pk)


def _link(request, row, form, secret):
    """Mailed, or shown once to be handed over; in the transaction that made it, so that no link gets lost."""
    row.refresh_from_db()
    receiver = row.receiver
    address = mail.absolute(reverse("referral", args=[receiver.language, secret]))
    if form.cleaned_data.get("by_mail"):
        subject, body = referral_texts.mail_for(row, address, language=receiver.language)
        mail.send("referral", to=receiver.email, language=receiver.language, subject=subject, body=body)
        messages.success(request, _("The link was sent to %(email)s.") % {"email": receiver.email})
        return redirect("console:referral", row.pk)
    return render(request, "console/referrals/link.html", {"row": row, "address": address})


# Deeds without a form of their own

DEEDS = {
    "discard": referrals.discard,
    "revoke": referrals.revoke_link,
    "take-back": referrals.take_back,
    "unreached": referrals.note_unreached,
}


@require_POST
@of_a_referral
def deed(request, row, name):
    """Throw a draft away, end the link, take it back, note that the person could not be reached."""
    if name not in DEEDS:
        raise Http404
    try:
        DEEDS[name](referral=row, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:referral", row.pk)
    messages.success(request, _("Noted."))
    return (
        redirect("console:case", row.enquiry_id)
        if name == "discard"
        else redirect("console:referral", row.pk)
    )


# Answers, questions, and the person


@require_POST
@of_a_referral
def answer(request, row):
    """What the receiver said on the telephone or on paper."""
    form = AnswerForm(request.POST, auto_id="answer_%s")
    if form.is_valid():
        try:
            _answer(row, form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("console:referral", row.pk)
    return _page(request, row, answer=form, status=422)


def _answer(row, said, **who):
    if said["answer"] == "accept":
        referral_answers.accept(referral=row, **who)
    elif said["answer"] == "wait":
        referral_answers.put_on_waiting_list(referral=row, until=said["until"], **who)
    elif said["answer"] == "decline":
        referral_answers.decline(referral=row, refusal=said["refusal"], words=said["words"], **who)
    else:
        referral_answers.finish(referral=row, outcome=said["outcome"], words=said["words"], **who)


@require_POST
@of_a_referral
def reply(request, row):
    """Answer what the receiver asked."""
    form = ReplyForm(request.POST, auto_id="reply_%s")
    return _write(request, row, form, "reply", referrals.reply)


@require_POST
@of_a_referral
def tell(request, row):
    """Write to the person what came of it, in the words of the adviser."""
    form = TellForm(request.POST, auto_id="tell_%s")
    return _write(request, row, form, "tell", referrals.tell)


def _write(request, row, form, name, act):
    if form.is_valid():
        try:
            act(referral=row, by=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Sent."))
            return redirect("console:referral", row.pk)
    return _page(request, row, status=422, **{name: form})


# Paper


@require_GET
@of_a_referral
def slip(request, row):
    """A slip of paper for the person, A6: where to go and the code, and nothing about them."""
    if not row.is_open:
        raise Http404
    language = referral_texts.language_of(row.enquiry)
    referrals.log(row, "read", by=request.user, at=timezone.now())
    return render(
        request, "console/referrals/slip.html", {"slip": referral_texts.slip(row, language=language)}
    )


@require_POST
@of_a_referral
def file(request, row, form):
    """The form as a file for a receiver without our link."""
    if form not in ("json", "pdf"):
        raise Http404
    try:
        made = referral_files.make(referral=row, form=form, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:referral", row.pk)
    return made.response()
