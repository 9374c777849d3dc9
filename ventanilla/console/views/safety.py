"""The safe word of who asks: agreed on, said, and made sure of."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.enquiries import safe_words
from ventanilla.lib.errors import DomainError

from .cases import act_on, case_page, of_the_desk, own_case_for


@require_POST
@of_the_desk
def safe_word(request, pk):
    """Keep the word that was agreed on, or note that it was said on the telephone or at the counter."""
    enquiry, by, at = own_case_for(request.user, pk), request.user, timezone.now()
    try:
        if "said" in request.POST:
            safe_words.note_said(enquiry=enquiry, by=by, at=at)
        else:
            safe_words.agree_by_staff(enquiry=enquiry, word=request.POST.get("word", ""), by=by, at=at)
            messages.success(request, _("Kept."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return case_page(request, enquiry, status=422)
    return redirect("console:case", pk)


@require_POST
@of_the_desk
def made_sure(request, pk):
    """They are safe again: people may write to them."""
    return act_on(request, own_case_for(request.user, pk), safe_words.make_sure)
