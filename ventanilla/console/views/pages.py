"""Starting pages: a new one with its source, or one more language of a page that exists."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.answers.models import Gap
from ventanilla.hubs.rights import Right, countries_with
from ventanilla.lib.errors import DomainError
from ventanilla.library import actions
from ventanilla.library.models import PAGE_OF_KIND

from .. import queries
from ..doors import fact_to, require
from ..fields import LANGUAGE_NAMES
from ..forms.pages import PAGE_KINDS, StartPageForm
from ..titles import console_language


@require_http_methods(["GET", "POST"])
def start(request):
    """Start a page, perhaps from a question that had no answer (`?gap=`)."""
    require(request.user, Right.PROPOSE)
    gap = _gap(request)
    countries = countries_with(request.user, Right.PROPOSE)
    form = StartPageForm(request.POST or None, countries=countries, initial=_initial(request, gap))
    if request.method == "POST" and form.is_valid():
        page = _start(form, request.user, gap)
        messages.success(request, _("The draft is saved. Finish it here, then submit it for approval."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return render(request, "console/start_page.html", {"form": form, "gap": gap})


def _gap(request):
    pk = request.GET.get("gap", "")
    return get_object_or_404(queries.open_gaps(request.user), pk=pk) if pk.isdecimal() else None


def _initial(request, gap):
    asked = {
        name: request.GET[name] for name in ("country", "topic", "kind", "language") if name in request.GET
    }
    initial = {"language": console_language(), **asked}
    if gap:
        initial |= {"ask_like": [gap.text], "language": gap.language}
        initial |= {"country": gap.country_id} if gap.country_id else {}
    return initial


@transaction.atomic
def _start(form, by, gap):
    data = form.cleaned_data
    page = actions.start_page(
        model=PAGE_KINDS[data["kind"]],
        country=data["country"],
        language=data["language"],
        topic=data["topic"],
        topics=data["more_topics"],
        title=data["title"],
        summary=data["summary"],
        ask_like=data["ask_like"],
        source=form.source,
        by=by,
        at=timezone.now(),
    )
    if gap:
        Gap.objects.filter(pk=gap.pk).update(state=Gap.State.STARTED)
    return page


@require_POST
def translate(request, ref, language):
    """Start a page's text in one more language, as a draft to write over."""
    fact = fact_to(request.user, ref, "may_change")
    model = PAGE_OF_KIND.get(fact.kind)
    page = model.objects.filter(fact=fact).order_by("pk").first() if model else None
    if page is None or language not in LANGUAGE_NAMES or language not in fact.country.languages:
        raise Http404
    try:
        translated = actions.start_translation(page=page, language=language, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:fact", ref)
    return redirect("wagtailadmin_pages:edit", translated.pk)
