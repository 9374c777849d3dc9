"""Sending a text that the provider approved, where the time to write freely is over."""

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from ventanilla.channels.models import Template
from ventanilla.enquiries import windows
from ventanilla.lib.errors import DomainError

from .cases import case_for, of_the_desk, with_template


@require_POST
@of_the_desk
def template(request, pk):
    """Look at the text as the person will read it, then send it."""
    enquiry = case_for(request.user, pk)
    chosen, problem = request.POST.get("template", ""), ""
    rows = Template.objects.filter(channel=enquiry.channel, is_approved=True)
    row = rows.filter(pk=chosen if chosen.isdecimal() and len(chosen) < 18 else 0).first()
    if row is None:
        return with_template(request, enquiry, None, [], problem=str(windows.NotApproved()))
    values = [request.POST.get(f"blank{number}", "") for number in range(1, row.blanks() + 1)]
    try:
        whole = windows.filled(row, values)
        if "send" in request.POST:
            windows.send_template(
                enquiry=enquiry, template=row, values=whole, by=request.user, at=timezone.now()
            )
            return redirect("console:case", pk)
    except DomainError as refusal:
        problem = str(refusal)
    return with_template(request, enquiry, row, values, problem=problem)
