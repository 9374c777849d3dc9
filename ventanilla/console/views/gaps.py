"""Questions without an answer, and conflicts between packs and what people here changed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ventanilla.answers.models import Gap
from ventanilla.hubs.rights import Right, countries_with, reach
from ventanilla.library.models import PAGE_OF_KIND
from ventanilla.library.texts import texts_of_pages
from ventanilla.verification.items import wordings
from ventanilla.verification.packs.conflicts import keep_ours, take_the_packs
from ventanilla.verification.packs.reading import LISTS, TEXTS

from .. import queries
from ..doors import conflicts_for, require
from ..titles import titles_of


@require_GET
def gaps(request):
    require(request.user, Right.READ)
    rows = queries.open_gaps(request.user)
    code = request.GET.get("country", "")
    if code:
        rows = rows.filter(country=code)
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("p")),
        "countries": countries_with(request.user, Right.READ).order_by("code"),
        "country": code,
        "may_start": bool(reach(request.user, Right.PROPOSE)),
    }
    return render(request, "console/gaps.html", context)


@require_POST
def dismiss(request, pk):
    """Take a question off the list: nonsense, or answered by other means."""
    where = require(request.user, Right.PROPOSE)
    gap = get_object_or_404(queries.open_gaps(request.user), pk=pk)
    if gap.country_id and not where.covers(gap.country_id):
        return redirect("console:gaps")
    Gap.objects.filter(pk=gap.pk).update(state=Gap.State.DISMISSED)
    messages.success(request, _("Taken off the list."))
    return redirect("console:gaps")


@require_GET
def conflicts(request):
    require(request.user, Right.READ)
    rows = list(conflicts_for(request.user).order_by("fact__country", "fact__ref"))
    titles = titles_of([row.fact for row in rows])
    may_choose = set(conflicts_for(request.user, Right.PROPOSE).values_list("pk", flat=True))
    context = {
        "rows": [
            {
                "conflict": row,
                "title": titles[row.fact.ref],
                "differences": list(_differences(row)),
                "may_choose": row.pk in may_choose,
            }
            for row in rows
        ]
    }
    return render(request, "console/conflicts.html", context)


def _differences(conflict):
    """The texts that differ, ours beside the pack's, by language and part."""
    fact = conflict.fact
    source = texts_of_pages if fact.kind in PAGE_OF_KIND else wordings
    ours = source([fact]).get(fact.ref, {})
    for language, theirs in conflict.item["texts"].items():
        for name in (*TEXTS, *LISTS):
            old, new = _words(getattr(ours.get(language), name, "")), _words(theirs.get(name, ""))
            if old != new:
                yield {"language": language, "part": name, "ours": old, "packs": new}


def _words(value):
    return "\n".join(value) if isinstance(value, list | tuple) else str(value or "")


@require_POST
def choose(request, ref):
    """Keep ours, or take the pack's text, which then is starter content again."""
    conflict = get_object_or_404(conflicts_for(request.user, Right.PROPOSE), fact__ref=ref)
    if "take" in request.POST:
        take_the_packs(conflict=conflict, by=request.user, at=timezone.now())
        messages.success(request, _("The pack's text is in place; somebody has to confirm it."))
    elif "keep" in request.POST:
        keep_ours(conflict=conflict)
        messages.success(request, _("Ours stays. This version of the pack will not ask again."))
    return redirect("console:conflicts")
