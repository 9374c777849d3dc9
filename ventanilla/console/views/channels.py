"""Channels of a hub: set up, assessed, opened, paused; for coordinators and national authorities."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.channels import running
from ventanilla.channels.contract import SendRefused
from ventanilla.channels.models import Channel, Inbound, OptIn, Outbound
from ventanilla.hubs.rights import Right, hubs_with
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.assessments import all_assessments

from ..doors import require
from ..forms.channels import ConfigForm, SetUpForm, TemplateForm


def channels_for(user):
    """Channels of hubs over which this person holds the right."""
    return Channel.objects.filter(hub__in=hubs_with(user, Right.HUB)).select_related("hub__country")


def channel_for(user, pk):
    return get_object_or_404(channels_for(user), pk=pk)


@require_http_methods(["GET", "POST"])
def channels(request):
    """All channels of this person's hubs, and the beginning of a new one."""
    require(request.user, Right.HUB)
    form = SetUpForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        channel = running.set_up(at=timezone.now(), **form.cleaned_data)
        return redirect("console:channel", channel.pk)
    rows = channels_for(request.user).order_by("country", "hub__ref", "kind", "pk")
    status = 422 if request.method == "POST" else 200
    return render(request, "console/channels/list.html", {"rows": rows, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def channel(request, pk):
    """One channel: what its provider needs, who sees what, and what is missing before it opens."""
    row = channel_for(request.user, pk)
    form = ConfigForm(request.POST or None, channel=row)
    if request.method == "POST" and form.is_valid():
        try:
            running.configure(channel=row, values=form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("console:channel", pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/channels/channel.html", _about(row, form), status=status)


def _about(row, form, *, template_form=None):
    at = timezone.now()
    lacking = running.lacking(row)
    names = {setting.name: setting.label for setting in row.speaks.settings}
    hook = reverse("channels:hook", args=(row.kind, row.pk))
    return {
        "channel": row,
        "form": form,
        "lacking": [names[name] for name in lacking],
        "is_assessed": running.is_assessed(row, at=at),
        "assessment": all_assessments().get(row.speaks.assessed_as()),
        "language": get_language() or "es",
        "hook": f"{settings.PUBLIC_URL}{hook}",
        "templates": row.templates.order_by("name", "language"),
        "template_form": template_form or TemplateForm(auto_id="template_%s"),
        "stuck": Inbound.objects.filter(channel=row, stuck_at__isnull=False, filed_at=None).count(),
        "waiting": Outbound.objects.unfinished().filter(channel=row).count(),
        "agreed": OptIn.objects.filter(correspondence__channel=row, is_given=True).count(),
        "stopped": OptIn.objects.filter(correspondence__channel=row, is_given=False).count(),
    }


@require_POST
def change_channel(request, pk, deed):
    """Open, pause, close; connect with the provider; file anew what got stuck."""
    row = channel_for(request.user, pk)
    try:
        _deed(row, deed)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    except SendRefused as refusal:
        messages.error(request, str(refusal.problem.label))
    else:
        messages.success(request, _("Done."))
    return redirect("console:channel", pk)


def _deed(row, deed):
    if deed == "open":
        running.open_channel(channel=row, at=timezone.now())
    elif deed == "pause":
        running.pause(channel=row)
    elif deed == "close":
        running.close(channel=row)
    elif deed == "connect":
        hook = reverse("channels:hook", args=(row.kind, row.pk))
        row.speaks.connect(row, hook=f"{settings.PUBLIC_URL}{hook}")
    elif deed == "file":
        stuck = Inbound.objects.filter(channel=row, filed_at=None).exclude(stuck_at=None)
        stuck.update(stuck_at=None, attempts=0, retry_at=None)
    else:
        raise Http404


@require_POST
def keep_template(request, pk):
    """A text that the provider approved, or the same one in its present state."""
    row = channel_for(request.user, pk)
    there = row.templates.filter(
        name=request.POST.get("name", ""), language=request.POST.get("language", "")
    ).first()
    form = TemplateForm(request.POST, instance=there, auto_id="template_%s")
    form.instance.channel = row
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return redirect("console:channel", pk)
    about = _about(row, ConfigForm(channel=row), template_form=form)
    return render(request, "console/channels/channel.html", about, status=422)


@require_GET
def risk_card(request, kind):
    """Who sees content and metadata of one kind of channel."""
    require(request.user, Right.READ)
    assessment = all_assessments().get(kind)
    if assessment is None:
        raise Http404
    context = {"assessment": assessment, "language": get_language() or "es"}
    return render(request, "console/channels/risk_card.html", context)
