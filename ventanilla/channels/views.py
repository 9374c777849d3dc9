"""Hooks: the addresses that providers call."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from . import hooks
from .contract import Webhook


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, kind: str, channel_id: UUID) -> HttpResponse:
    """Verify, commit, then acknowledge: a provider that gets no 200 sends again."""
    call = hooks.Call(kind=kind, channel=channel_id, webhook=as_webhook(request))
    return hooks.answer([call], lines=hooks.Lines(), at=timezone.now())[0]


def as_webhook(request: HttpRequest) -> Webhook:
    """A request in the form in which kinds of channels read it."""
    return Webhook(
        method=request.method or "",
        query=request.GET.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
