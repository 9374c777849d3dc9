"""/metrics for Prometheus: off unless METRICS_TOKEN is set. Figures only, nothing about a reader.

Reads of baked pages do not pass through Django and are not counted.
"""

import secrets
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from ventanilla.lib.measures import NAMES, Clock, Counter, registry
from ventanilla.verification.models import Fact

REQUESTS = Counter(
    "requests", "Requests that reached Django", view=NAMES, status=("1xx", "2xx", "3xx", "4xx", "5xx")
)
LATENCY = Clock("request", "Time until the answer was ready", view=NAMES)

GetResponse = Callable[[HttpRequest], HttpResponse]


def measured(get_response: GetResponse) -> GetResponse:
    """Middleware: count each request and its time under the name of its view."""

    def serve(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else ""
        REQUESTS.add(view=view, status=f"{response.status_code // 100}xx")
        LATENCY.took(time.perf_counter() - started, view=view)
        return response

    return serve


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures, for whoever holds the token; no page at all where none is set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Stock(Collector):
    """What lies about at this moment, read when Prometheus asks."""

    def describe(self) -> list[Metric]:
        # An empty list tells the registry not to read everything once at start-up.
        return []

    def collect(self) -> Iterator[Metric]:
        baked = sum(1 for _ in settings.BAKED_ROOT.glob("??/*.baked"))
        yield GaugeMetricFamily("ventanilla_baked_pages", "Pages rendered ahead on this machine", baked)
        try:
            figures = [_tasks_waiting(), _facts()]
        except Error:
            figures = []
        yield GaugeMetricFamily("ventanilla_database_up", "Whether the database answers", bool(figures))
        yield from figures


def _tasks_waiting() -> Metric:
    waiting = DBTaskResult.objects.ready().count()
    return GaugeMetricFamily("ventanilla_tasks_waiting", "Background tasks not started yet", waiting)


def _facts() -> Metric:
    today = timezone.now().date()
    dates = Fact.objects.only("country", "hidden_on", "has_source", "checked_on", "hide_on", "check_again_on")
    tally = Tally((fact.country_id, fact.state(at=today).value) for fact in dates.iterator())
    family = GaugeMetricFamily("ventanilla_facts", "Facts by state", labels=["country", "state"])
    for labels, count in sorted(tally.items()):
        family.add_metric(labels, count)
    return family


registry.register(Stock())
