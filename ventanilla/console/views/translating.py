"""What a person said, in the language of who reads it: shown once beside the original, kept nowhere."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.enquiries import queries, translating
from ventanilla.lib.errors import DomainError

from ..forms.cases import LONGEST
from .cases import case_for, joined, of_the_desk, with_translations


@require_POST
@of_the_desk
def translate(request, pk):
    """One message, or the whole conversation. What was being written comes back with the page."""
    enquiry = case_for(request.user, pk)
    if not translating.is_on(enquiry.hub):
        raise Http404
    if "answer" in request.POST:
        return _answer(request, enquiry)
    reads, wanted = get_language(), request.POST.get("message", "")
    said = translating.offered(queries.conversation(enquiry, request.user), reads=reads)
    chosen = said if "whole" in request.POST else [one for one in said if str(one.row.pk) == wanted]
    if not chosen:
        raise Http404
    texts, problem = {}, ""
    try:
        texts = translating.translate_said(
            enquiry=enquiry, chosen=chosen, reads=reads, by=request.user, at=timezone.now()
        )
    except DomainError as refusal:
        problem = str(refusal)
    return with_translations(request, enquiry, texts, problem=problem)


def _answer(request, enquiry):
    """What was being written, in the person's language, in the box: it is sent from there as any other."""
    writes, body = get_language(), request.POST.get("body", "")[:LONGEST]
    if not translating.can_answer(enquiry, writes=writes):
        raise Http404
    if "tells" in request.POST and body.strip():
        body = joined(body, _("This message was translated by a machine and may contain errors."))
    made, problem = None, ""
    try:
        made = translating.translate_answer(
            enquiry=enquiry, body=body, writes=writes, by=request.user, at=timezone.now()
        )
    except DomainError as refusal:
        problem = str(refusal)
    return with_translations(request, enquiry, {}, answer=made, answer_problem=problem)
