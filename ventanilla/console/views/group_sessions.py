"""Talks and workshops: the list with its sums, and the form of one."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries import group_sessions
from ventanilla.enquiries.facts import questions
from ventanilla.enquiries.models import GroupSession
from ventanilla.lib.errors import DomainError
from ventanilla.verification.models import Topic

from ..forms.group_sessions import GroupSessionForm, PeriodForm, initial_of
from .cases import of_the_desk

# What is shown when nobody asks for another period.
QUARTER = timedelta(days=90)


@require_GET
@of_the_desk
def sessions(request):
    """The sessions of a period, the last one first, and how many people they reached."""
    today = timezone.now().date()
    form = PeriodForm(request.GET, by=request.user, empty_label=_("all"))
    form.is_valid()
    asked = form.cleaned_data
    since, until = asked.get("since") or today - QUARTER, asked.get("until") or today
    rows = GroupSession.objects.visible_to(request.user).between(since, until)
    if hub := asked.get("hub"):
        rows = rows.filter(hub=hub)
    listed = group_sessions.with_people(rows.select_related("hub")).order_by("-held_on", "pk")
    context = {
        "form": form, "sessions": listed, "since": since, "until": until,
        **_sums(group_sessions.totals(rows)),
    }  # fmt: skip
    return render(request, "console/groups/list.html", context)


def _sums(totals):
    language = get_language()
    names = {
        code: [(one, label) for _number, one, label in questions()[code].numbered(language)[:-1]]
        + [("", _("not noted"))]
        for code in ("sex", "age_band")
    }
    table = [
        (
            label,
            [totals.by_both.get((sex, band), 0) for band, _label in names["age_band"]],
            totals.of_sex(sex),
        )
        for sex, label in names["sex"]
    ]
    return {
        "totals": totals,
        "bands": [label for _code, label in names["age_band"]],
        "table": table,
        "by_band": [totals.of_age(band) for band, _label in names["age_band"]],
        "by_topic": [(Topic(code).label, people) for code, people in sorted(totals.by_topic.items())],
    }


@require_http_methods(["GET", "POST"])
@of_the_desk
def new(request):
    form = GroupSessionForm(request.POST or None, by=request.user)
    return _note(request, form, {})


@require_http_methods(["GET", "POST"])
@of_the_desk
def session(request, pk):
    """Correct a session that was noted."""
    row = session_for(request.user, pk)
    form = GroupSessionForm(request.POST or None, by=request.user, initial=initial_of(row))
    return _note(request, form, {"session": row})


def session_for(user, pk):
    """A session of a hub where this person attends to people, else 404."""
    return get_object_or_404(GroupSession.objects.visible_to(user).select_related("hub__country"), pk=pk)


def _note(request, form, context):
    if request.method == "POST" and form.is_valid():
        try:
            group_sessions.note_session(**form.note(), **context, by=request.user, at=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The session is noted."))
            return redirect("console:group_sessions")
    status = 422 if request.method == "POST" else 200
    return render(request, "console/groups/session.html", {"form": form, **context}, status=status)


@require_POST
@of_the_desk
def remove(request, pk):
    """Take back a session that was noted by mistake."""
    group_sessions.remove_session(session=session_for(request.user, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The session is taken back."))
    return redirect("console:group_sessions")
