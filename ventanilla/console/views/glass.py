"""Broken glass under review, and the table of rights that everybody may look at."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.hubs.models import Role
from ventanilla.hubs.rights import Right
from ventanilla.hubs.rights_table import rights_table
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, glass
from ventanilla.privacy.models import AccessEntry, Break
from ventanilla.privacy.sealing import open_keys

from ..doors import require
from ..forms.cases import ReviewForm


@require_GET
@cache_control(no_store=True, private=True)
def breaks(request):
    """Who opened what outside their reach; what is not reviewed yet comes first."""
    require(request.user, Right.OVERSIGHT)
    rows = Break.objects.visible_to(request.user).select_related("by", "reviewed_by")
    page = Paginator(rows.order_by("-reviewed_at", "-at", "pk"), 50).get_page(request.GET.get("p"))
    open_keys(page)
    return render(request, "console/oversight/breaks.html", {"page": page})


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def review(request, pk):
    """One of them with what was read meanwhile, and the judgement."""
    require(request.user, Right.OVERSIGHT)
    row = get_object_or_404(Break.objects.visible_to(request.user).select_related("by"), pk=pk)
    form, at = ReviewForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            glass.review(row=row, by=request.user, at=at, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:breaks")
    access_log.record(
        by=request.user,
        action="read",
        kind="break-glass",
        ref=row.pk,
        country=row.country,
        hub=row.hub,
        at=at,
    )
    read = AccessEntry.objects.visible_to(request.user).filter(
        by=row.by, ref=str(row.ref), at__gte=row.at, at__lte=row.until
    )
    context = {"row": row, "form": form, "read": read.order_by("at", "number")}
    return render(request, "console/oversight/break.html", context)


@require_GET
def rights(request):
    """Role × scope × action, as the code has it."""
    require(request.user, Right.READ)
    return render(request, "console/rights.html", {"table": rights_table(), "roles": list(Role)})
