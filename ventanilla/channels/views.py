"""Hooks: the addresses that providers call."""

import logging
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .contract import NotAuthentic, Unreadable, Webhook
from .intake import receive
from .models import Channel

logger = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, kind: str, channel_id: UUID) -> HttpResponse:
    """Verify, commit, then acknowledge: a provider that gets no 200 sends again."""
    channel = get_object_or_404(Channel.objects.receiving().select_related("hub"), pk=channel_id, kind=kind)
    webhook = _read(request)
    try:
        greeting = channel.speaks.greet(webhook, channel)
        if greeting is not None:
            return HttpResponse(greeting, content_type="text/plain")
        channel.speaks.verify(webhook, channel)
    except NotAuthentic:
        logger.warning("Hook refused", extra={"channel": str(channel.pk)})
        return HttpResponse(status=403)
    try:
        parsed = channel.speaks.parse(webhook, channel)
    except Unreadable:
        # Sending it again would not make it readable; what the provider means is looked up by its log id.
        logger.warning("Hook not understood", extra={"channel": str(channel.pk)})
        return HttpResponse(status=400)
    receive(channel=channel, parsed=parsed, at=timezone.now())
    answer = channel.speaks.acknowledge(webhook, channel)
    return JsonResponse(answer) if answer else HttpResponse("OK", content_type="text/plain")


def _read(request: HttpRequest) -> Webhook:
    return Webhook(
        method=request.method or "",
        query=request.GET.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
