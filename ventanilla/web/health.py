"""Addresses for load balancers: is the process alive, can it do all its work. Nothing personal in either."""

from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from ventanilla.answers import index

GetResponse = Callable[[HttpRequest], HttpResponse]


def live(request: HttpRequest) -> JsonResponse:
    """Whether the process answers. Baked pages are served even when this is all that works."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """Whether everything works: 200 and "ready", or 503 and which part does not."""
    parts = {"database": _database(), "index": _index()}
    is_ready = parts == {"database": "migrated", "index": "loaded"}
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", **parts}, status=200 if is_ready else 503
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "migrated" if _is_migrated() else "not migrated"
    except Error:
        return "away"


def _index() -> str:
    index.current()  # loads it now, so that the first person who asks does not wait for it
    return "loaded" if (settings.INDEX_ROOT / "current").exists() else "missing"


def _is_migrated() -> bool:
    """True stays true while this process runs: its migrations cannot become fewer."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


_migrated = False


PROBES = {"/health/live": live, "/health/ready": ready}


def probes_first(get_response: GetResponse) -> GetResponse:
    """Middleware: answer probes whatever host they name, since load balancers ask by number."""

    def serve(request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path)
        return probe(request) if probe else get_response(request)

    return serve
