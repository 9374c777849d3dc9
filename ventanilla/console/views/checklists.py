"""What to bring: a procedure is picked, its documents ticked, a draft of the answer stands in the case."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ventanilla.enquiries import actions, checklists, composing

from ..forms.checklists import BegunForm, DocumentsForm, ProcedureForm
from .cases import case_for, joined, of_the_desk, with_answer


@require_http_methods(["GET", "POST"])
@of_the_desk
def checklist(request, pk):
    """Nothing is kept here: what was picked travels in the form, the draft is sent from the case."""
    enquiry, at = case_for(request.user, pk), timezone.now()
    if not enquiry.is_open or enquiry.words_erased_at:
        refusal = actions.WordsErased if enquiry.words_erased_at else actions.EnquiryClosed
        messages.error(request, str(refusal()))
        return redirect("console:case", pk)
    actions.log(enquiry, "read", by=request.user, at=at)
    offered = checklists.procedures(enquiry, at=at)
    picked = next((one for one in offered if one.ref == request.POST.get("procedure")), None)
    documents = _documents(request, picked)
    if picked and documents.is_bound and documents.is_valid():
        return _drafted(request, enquiry, picked, documents.answers())
    return _page(request, enquiry, offered, picked, documents)


def _documents(request, picked):
    if picked is None:
        return None
    typed = request.POST if "draft" in request.POST else None
    return DocumentsForm(typed, checklist=picked, use_required_attribute=False)


def _drafted(request, enquiry, picked, answers):
    text = checklists.draft(picked, answers, enquiry)
    return with_answer(
        request, enquiry, body=joined(request.POST.get("body", ""), text),
        cites=[*request.POST.get("cites", "").split(), picked.ref], seen=request.POST.get("seen", ""),
    )  # fmt: skip


def _page(request, enquiry, offered, picked, documents):
    chosen = picked.ref if picked else _cited(request, offered)
    context = {
        "enquiry": enquiry,
        "offered": offered,
        "picked": picked,
        "procedure": ProcedureForm(checklists=offered, initial={"procedure": chosen}),
        "documents": documents,
        "begun": BegunForm(initial=request.POST.dict(), auto_id=False),
        "speaks_another": picked is not None and picked.language != composing.language_of(enquiry),
    }
    status = 422 if documents is not None and documents.is_bound else 200
    return render(request, "console/cases/checklist.html", context, status=status)


def _cited(request, offered):
    """The procedure of which the answer speaks already."""
    cites = request.POST.get("cites", "").split()
    return next((one.ref for one in offered if one.ref in cites), "")
