"""Consent: what a person allowed, given and withdrawn on the page of a case; its texts."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.hubs.rights import Right
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import consent as consents
from ventanilla.privacy.models import Consent, ConsentText
from ventanilla.privacy.models.consent import About
from ventanilla.privacy.sealing import open_keys

from ..doors import require
from ..forms.subjects import ConsentForm, TextForm
from .cases import of_the_desk, own_case_for


def case_of_somebody(user, pk):
    """A case of this person's hubs that still has its person, else 404: nothing of this through the glass."""
    enquiry = own_case_for(user, pk)
    if enquiry.person is None:
        raise Http404
    return enquiry


def _about(request):
    about = request.GET.get("about", About.CONTACT)
    if about not in About.values:
        raise Http404
    return about


@require_http_methods(["GET", "POST"])
@of_the_desk
def consent(request, pk):
    """What was allowed, and a form for one more: `about` chooses of which kind."""
    enquiry, about, at = case_of_somebody(request.user, pk), _about(request), timezone.now()
    text = consents.text_for(
        about=about, country=enquiry.country, language=enquiry.person.language or enquiry.language, at=at
    )
    form = ConsentForm(request.POST or None, about=about, hub=enquiry.hub)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values.pop("certified")
        try:
            consents.give_consent(
                person=enquiry.person.pk, country=enquiry.country, hub=enquiry.hub.ref, about=about,
                text=text, by=request.user, at=at, **values,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("console:consent", pk)
    rows = Consent.objects.visible_to(request.user).filter(person=enquiry.person.pk)
    shown = list(rows.select_related("text", "recorded_by", "confirmed_by").order_by("-given_at", "pk"))
    open_keys(shown)
    context = {
        "enquiry": enquiry, "rows": shown, "form": form, "about": about, "text": text, "kinds": About.choices,
    }  # fmt: skip
    return render(request, "console/consent/case.html", context, status=422 if form.errors else 200)


def _consent_of(request, pk, consent_pk):
    enquiry = case_of_somebody(request.user, pk)
    rows = Consent.objects.visible_to(request.user).filter(person=enquiry.person.pk)
    return get_object_or_404(rows, pk=consent_pk)


@require_POST
@of_the_desk
def withdraw(request, pk, consent_pk):
    """One press: it holds from now on, and whoever relied on it hears of it."""
    return _do(request, pk, consents.withdraw_consent, _consent_of(request, pk, consent_pk), _("Withdrawn."))


@require_POST
@of_the_desk
def confirm(request, pk, consent_pk):
    """The second person of a decision in the best interest of a minor."""
    return _do(
        request, pk, consents.confirm_best_interest, _consent_of(request, pk, consent_pk), _("Confirmed.")
    )


def _do(request, pk, act, row, done):
    try:
        act(consent=row, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("console:consent", pk)


@require_GET
@cache_control(no_store=True, private=True)
def texts(request):
    """Every text that people agree to, the newest first, and what ships."""
    require(request.user, Right.OVERSIGHT)
    rows = ConsentText.objects.exclude(written_by=None).order_by(
        "about", "country", "language", "-valid_from"
    )
    shipped = [
        (label, [(language, body) for language, body in consents.shipped()[about].items()])
        for about, label in About.choices
    ]
    context = {
        "rows": rows, "shipped": shipped, "version": consents.shipped()["version"],
        "form": TextForm(by=request.user),
    }  # fmt: skip
    return render(request, "console/consent/texts.html", context)


@require_POST
def write_text(request):
    """Put a new version into use; the former stays as it was agreed to."""
    require(request.user, Right.OVERSIGHT)
    form = TextForm(request.POST, by=request.user)
    if form.is_valid():
        values = dict(form.cleaned_data)
        country, _hub = values.pop("place")
        try:
            consents.write_text(country=country, by=request.user, at=timezone.now(), **values)
        except DomainError as refusal:
            form.add_error("version", str(refusal))
        else:
            messages.success(request, _("In use from now on."))
            return redirect("console:consent_texts")
    return render(request, "console/consent/write.html", {"form": form}, status=422)
