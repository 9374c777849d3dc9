"""What people answered to the question whether it helped: with cases for the hub, in sums for its country."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from ventanilla.enquiries import helped
from ventanilla.hubs.rights import Right, hubs_with
from ventanilla.privacy import access_log

from ..undertaking import undertaking_required

LOOK_BACK = timedelta(days=365)


@require_GET
@cache_control(no_store=True, private=True)
@undertaking_required
def figures(request):
    """By hub and month; outside of the hub numbers of few people are not shown."""
    own = hubs_with(request.user, Right.MANAGE_CASES)
    others = hubs_with(request.user, Right.COUNTRY).exclude(pk__in=own.values("pk"))
    if not own.exists() and not others.exists():
        raise Http404
    at = timezone.now()
    since = (at.date() - LOOK_BACK).replace(day=1)
    months = helped.with_rows(helped.months(own, since=since), request.user, since=since)
    sums = [helped.for_others(one) for one in helped.months(others, since=since)]
    _log(request.user, months, at=at)
    context = {"months": months, "sums": sums, "smallest": helped.SMALLEST}
    return render(request, "console/desk/helped.html", context)


def _log(user, months, *, at):
    """Codes of cases were shown: one entry for each hub."""
    for hub in {one.hub.ref: one.hub for one in months if one.rows}.values():
        access_log.record(
            by=user, action="list", kind="enquiry", ref="", country=hub.country_id, hub=hub.ref, at=at
        )
