"""Changes that wait for a second pair of eyes: the list, and the decision on each."""

import difflib

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.models import Page

from ventanilla.hubs.rights import Right, countries_with
from ventanilla.lib.errors import DomainError
from ventanilla.library import actions as library
from ventanilla.library.models import FACT_PAGES
from ventanilla.library.workflows import authors_of_change, may_approve
from ventanilla.verification.models import Wording
from ventanilla.verification.powers import Powers
from ventanilla.verification.proposals import approve_proposal, reject_proposal

from .. import queries
from ..doors import fact_for, proposals_for, require
from ..forms.facts import ReasonForm, SourceForm
from ..records import record_of
from ..titles import titles_of


@require_GET
def changes(request):
    require(request.user, Right.READ)
    rows = queries.waiting_changes(request.user)
    today = timezone.now().date()
    context = {
        "mine": [(row, row.is_overdue(today)) for row in rows if row.may_decide],
        "others": [(row, row.is_overdue(today)) for row in rows if not row.may_decide],
        "decides": countries_with(request.user, Right.APPROVE).exists(),
    }
    return render(request, "console/changes.html", context)


@require_http_methods(["GET", "POST"])
def decide_page(request, pk):
    """Old and new side by side; approving publishes the page and confirms its fact in one."""
    page = get_object_or_404(Page, pk=pk).specific
    if not isinstance(page, FACT_PAGES):
        raise Http404
    fact = fact_for(request.user, page.fact.ref)
    state = page.current_workflow_task_state
    if state is None:
        raise Http404
    proposed = state.revision.as_object()
    return _decide(
        request,
        fact=fact,
        title=proposed.title,
        language=page.locale.language_code,
        rows=_page_rows(page, proposed),
        may_decide=may_approve(page, request.user),
        proposed_source=proposed.source_url,
        older=queries.older_languages(page),
        deeds={
            "approve": lambda source: library.approve_change(
                page=page, by=request.user, at=timezone.now(), source=source
            ),
            "reject": lambda reason: library.send_back(page=page, by=request.user, reason=reason),
            "withdraw": lambda: library.take_back(page=page, by=request.user),
        },
        may_withdraw=request.user.pk in authors_of_change(page),
        made_by=state.workflow_state.requested_by,
    )


@require_http_methods(["GET", "POST"])
def decide_record(request, pk):
    proposal = get_object_or_404(proposals_for(request.user).open(), pk=pk)
    own = proposal.author_id == request.user.pk
    return _decide(
        request,
        fact=proposal.fact,
        title=titles_of([proposal.fact])[proposal.fact.ref],
        language=proposal.part.removeprefix("text:") if proposal.part.startswith("text:") else "",
        rows=_record_rows(proposal),
        may_decide=Powers.of(request.user).may_approve(proposal.fact) and not own,
        proposed_source="",
        older=[],
        deeds={
            "approve": lambda source: approve_proposal(
                proposal=proposal, by=request.user, at=timezone.now(), source=source
            ),
            "reject": lambda reason: reject_proposal(
                proposal=proposal, by=request.user, at=timezone.now(), reason=reason
            ),
            "withdraw": lambda: reject_proposal(
                proposal=proposal, by=request.user, at=timezone.now(), reason=""
            ),
        },
        may_withdraw=own,
        made_by=proposal.author,
    )


def _decide(request, *, fact, deeds, may_decide, may_withdraw, proposed_source, **shown):
    """Show a change with what this person may do about it, and do what was posted.

    `deeds` maps the button's name to what it does: approve(source), reject(reason), withdraw().
    """
    forms = {
        "approve": SourceForm(_if(request, "approve"), fact=fact, proposed=proposed_source),
        "reject": ReasonForm(_if(request, "reject")),
    }
    if request.method == "POST":
        allowed = {"approve": may_decide, "reject": may_decide, "withdraw": may_withdraw}
        button = next((name for name in allowed if name in request.POST), "")
        if not allowed.get(button):
            raise Http404
        if _done(request, button, forms.get(button), deeds[button]):
            return redirect("console:changes")
    context = {
        "fact": fact, "source_form": forms["approve"], "reason_form": forms["reject"],
        "may_decide": may_decide, "may_withdraw": may_withdraw,
        "sources": fact.sources.order_by("position", "pk"), **shown,
    }  # fmt: skip
    return render(request, "console/decide.html", context)


def _if(request, button):
    return request.POST if button in request.POST else None


_SAID = {
    "approve": _("Approved: people read it from now on, checked today by you."),
    "reject": _("Sent back with your reason."),
    "withdraw": _("Taken back. You can change it and submit it again."),
}


def _done(request, button, form, deed):
    """Carry out the decision that was posted; errors stay on the form."""
    if form is not None and not form.is_valid():
        return False
    said = {"approve": "looked_at", "reject": "reason"}
    try:
        deed(*([getattr(form, said[button])] if form is not None else []))
    except DomainError as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, str(refusal))
        return False
    messages.success(request, str(_SAID[button]))
    return True


_SKIP = {"slug", "url_path", "draft_title", "seo_title", "search_description", "show_in_menus", "page_ptr"}


def _page_rows(page, proposed):
    """What differs; where the page never said its source or topics, those of the fact count as its own."""
    live = page if page.live else None
    if live:
        _fill_from_fact(live)
    own = {field.name for field in page._meta.local_fields} | {"title"}
    for field in page._meta.concrete_fields:
        if field.name in own and field.name not in _SKIP and field.name != "fact":
            yield from _row(
                field.verbose_name,
                _plain(getattr(live, field.name, "")),
                _plain(getattr(proposed, field.name)),
            )


def _fill_from_fact(page):
    source = page.fact.sources.order_by("position", "pk").first()
    if source and not page.source_url:
        page.source_url, page.source_publisher = source.url, source.publisher
        page.source_title, page.source_seen_on = source.title, source.seen_on
    page.topics = page.topics or page.fact.topics


def _record_rows(proposal):
    fact = proposal.fact
    if proposal.part.startswith("text:"):
        now = Wording.objects.filter(fact=fact, language=proposal.part.removeprefix("text:")).first()
        fields = {field.name: field.verbose_name for field in Wording._meta.concrete_fields}
    else:
        now = record_of(fact)
        fields = {field.name: field.verbose_name for field in now._meta.concrete_fields}
    for name, value in proposal.values.items():
        yield from _row(fields[name], _plain(getattr(now, name, "")), _plain(value))


def _row(label, old, new):
    if old != new:
        yield {"label": label, "old": _marked(old, new, "-"), "new": _marked(old, new, "+")}


def _marked(old, new, sign):
    """Pieces of one side, each with whether the other side lacks it."""
    words = [word for word in difflib.ndiff(old.split(" "), new.split(" ")) if word[0] in f" {sign}"]
    return [(word[2:], word[0] == sign) for word in words]


def _plain(value):
    if value is None:
        return ""
    if hasattr(value, "stream_block"):
        return "\n".join(str(block.value) for block in value)
    lines = map(str, value) if isinstance(value, list | tuple) else str(value).splitlines()
    return "\n".join(lines)
