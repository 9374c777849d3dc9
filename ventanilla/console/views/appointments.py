"""The appointment book: a day of it, giving and moving a time, what came of it, and a file for a calendar."""

from datetime import timedelta

import segno
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries import appointment_notices, appointments
from ventanilla.enquiries.models import Appointment, Enquiry
from ventanilla.hubs.rights import Right, hubs_with
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.take_away import language_for

from ..forms.appointments import BookForm, SlotForm
from ..forms.hub_time import DayForm
from ..list_log import log_list
from .cases import case_for, of_the_desk


def hub_for(user, ref):
    """A hub where this person attends to people, else 404."""
    rows = hubs_with(user, Right.CASES).select_related("country").prefetch_related("hours", "holidays")
    return get_object_or_404(rows, ref=ref)


def appointment_for(user, pk):
    """An appointment of a hub where this person attends to people, else 404."""
    rows = Appointment.objects.visible_to(user).select_related("hub__country", "enquiry")
    return get_object_or_404(rows, pk=pk)


@require_GET
@of_the_desk
def book(request):
    """One day of the book of one hub: who comes when, and what is free."""
    at = timezone.now()
    form = DayForm(request.GET, by=request.user)
    hub = form.chosen_hub()
    on = form.chosen_day(hub, at=at)
    log_list(request.user, "appointment", at=at)
    context = {
        "form": DayForm(initial={"hub": hub.ref, "day": on}, by=request.user),
        "may_set_up": appointments.may_set_up(request.user, hub),
        **_day(hub, on, at),
    }
    return render(request, "console/appointments/book.html", context)


def _day(hub, on, at):
    return {
        "hub": hub,
        "zone": hub.country.timezone,
        "day": appointments.day_of(hub, on, at=at),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "next_open": appointments.next_open_day(hub, on),
    }


@require_http_methods(["GET", "POST"])
@of_the_desk
def set_up(request):
    """Open the book of a hub: how long an appointment lasts, how many desks attend."""
    hub, at = hub_for(request.user, request.POST.get("hub") or request.GET.get("hub", "")), timezone.now()
    if not appointments.may_set_up(request.user, hub):
        raise Http404
    form = BookForm(request.POST or None, instance=appointments.book_of(hub))
    if request.method == "POST" and form.is_valid():
        appointments.set_up_book(hub=hub, by=request.user, at=at, **form.cleaned_data)
        messages.success(request, _("The appointment book is open."))
        return redirect("console:appointments")
    status = 422 if request.method == "POST" else 200
    return render(request, "console/appointments/set_up.html", {"hub": hub, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@of_the_desk
def give(request):
    """A time for somebody without a case: the code is all they need."""
    hub = hub_for(request.user, request.POST.get("hub") or request.GET.get("hub", ""))

    def take(**chosen):
        return appointments.book(hub=hub, by=request.user, **chosen)

    return _choose(request, hub, take, {"heading": _("Give an appointment")})


@require_http_methods(["GET", "POST"])
@of_the_desk
def give_for_case(request, pk):
    """A time for the person of a case."""
    enquiry = case_for(request.user, pk)
    hub = hub_for(request.user, enquiry.hub.ref)

    def take(**chosen):
        return appointments.book(hub=hub, enquiry=enquiry, by=request.user, **chosen)

    context = {
        "heading": _("Give an appointment: %(code)s") % {"code": enquiry.code},
        "enquiry": enquiry,
        "may_remind": enquiry.channel is not None and not enquiry.channel.speaks.is_staffed,
    }
    return _choose(request, hub, take, context)


@require_http_methods(["GET", "POST"])
@of_the_desk
def move(request, pk):
    """Another time for an appointment; its code stays."""
    appointment = appointment_for(request.user, pk)

    def take(*, starts_at, at, wants_reminder):
        appointments.rebook(appointment=appointment, starts_at=starts_at, by=request.user, at=at)
        return appointment

    hub = hub_for(request.user, appointment.hub.ref)
    return _choose(request, hub, take, {"heading": _("Move %(code)s") % {"code": appointment.code}})


def _choose(request, hub, take, context):
    """The page on which a time is chosen; `take` is called with what was chosen."""
    at = timezone.now()
    form, day = SlotForm(request.POST or None), DayForm(request.GET, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            appointment = take(at=at, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("console:appointment", appointment.pk)
    context |= _day(hub, day.chosen_day(hub, at=at), at) | {"form": form, "day_form": day}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/appointments/choose.html", context, status=status)


@require_GET
@of_the_desk
def appointment(request, pk):
    """One appointment: its code, when, where, to take along as a file or with a telephone's camera."""
    row, at = appointment_for(request.user, pk), timezone.now()
    appointments.log(row, "read", by=request.user, at=at)
    entry = appointment_notices.calendar_entry(row, language=_language_of(row), at=at)
    picture = segno.make(entry, error="l").svg_inline(scale=3, border=4, light="#fff")
    seen = Enquiry.objects.visible_to(request.user).filter(pk=row.enquiry_id)
    context = {
        "appointment": row,
        "zone": row.hub.country.timezone,
        "place": appointment_notices.place_of(row.hub, language=get_language()),
        # Drawn by segno from our own bytes.
        "picture": mark_safe(picture),  # noqa: S308
        "enquiry": seen.first(),
        "has_begun": row.starts_at <= at,
    }
    return render(request, "console/appointments/appointment.html", context)


def _language_of(row):
    """The person's where the case tells it, else that of the screen."""
    return language_for(row.enquiry.language if row.enquiry else "", otherwise=get_language())


@require_GET
@of_the_desk
def appointment_file(request, pk):
    """For the calendar of the person: when and where, nothing else."""
    row, at = appointment_for(request.user, pk), timezone.now()
    appointments.log(row, "read", by=request.user, at=at)
    return appointment_notices.calendar_file(row, language=_language_of(row), at=at).response()


@require_POST
@of_the_desk
def settle(request, pk):
    """Cancel it, or note whether the person came."""
    row, at = appointment_for(request.user, pk), timezone.now()
    how = request.POST.get("how", "")
    if how not in ("cancelled", "came", "no-show"):
        raise Http404
    try:
        if how == "cancelled":
            appointments.cancel(appointment=row, by=request.user, at=at)
        else:
            appointments.note_outcome(appointment=row, came=how == "came", by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("console:appointment", pk)
