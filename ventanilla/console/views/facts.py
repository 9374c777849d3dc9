"""Facts: the lists, one fact, and the three things to do when a check is due."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.hubs.rights import Right, countries_with
from ventanilla.lib.errors import DomainError
from ventanilla.library.models import PAGE_OF_KIND
from ventanilla.verification import actions
from ventanilla.verification.powers import Powers

from .. import queries
from ..adding import kinds_to_add
from ..doors import fact_for, fact_to, readable_facts, require
from ..forms.facts import AuthorityForm, FilterForm, ReasonForm, SourceForm
from ..records import status_of
from ..titles import console_language, titles_of

PER_PAGE = 25


@require_GET
def content(request):
    """Everything within reach, with filters."""
    facts = readable_facts(request.user).order_by("country", "kind", "ref")
    return _list(request, facts, title=_("Content"), mode="content", text="")


@require_GET
def due(request):
    facts = queries.facts_to_check(readable_facts(request.user), at=_today())
    text = _("The check of these facts has run out. Look at the source and say what you found.")
    return _list(request, facts, title=_("Due for checking"), mode="due", text=text, without=("state",))


@require_GET
def starter(request):
    facts = queries.starter_facts(readable_facts(request.user), at=_today())
    text = _(
        "Each has a source, but nobody of the country has confirmed it yet. Emergency numbers come first."
    )
    return _list(
        request, facts, title=_("Starter content to confirm"), mode="starter", text=text, without=("state",)
    )


def _list(request, facts, *, title, mode, text, without=()):
    require(request.user, Right.READ)
    countries = countries_with(request.user, Right.READ)
    form = FilterForm(request.GET, countries=countries, without=without)
    facts = _filtered(facts, form, request.user)
    page = Paginator(facts, PER_PAGE).get_page(request.GET.get("p"))
    rows = _rows(page.object_list, request.user)
    query = request.GET.copy()
    query.pop("p", None)
    context = {
        "title": title, "mode": mode, "text": text, "form": form, "page": page, "rows": rows,
        "query": query.urlencode(), "here": request.get_full_path(),
        "may_add": mode == "content" and bool(kinds_to_add(request.user)),
        "any_to_confirm": any(row["may_confirm"] for row in rows),
    }  # fmt: skip
    return render(request, "console/facts.html", context)


def _filtered(facts, form, user):
    if not form.is_valid():
        return facts.none()
    wanted = form.cleaned_data
    if wanted["country"]:
        facts = facts.filter(country=wanted["country"])
    if wanted["kind"]:
        facts = facts.filter(kind=wanted["kind"])
    if wanted["owner"]:
        facts = facts.filter(authority=wanted["owner"])
    if wanted["mine"]:
        facts = facts.filter(checked_by=user)
    if wanted["topic"]:
        facts = queries.with_topic(facts, wanted["topic"])
    if wanted.get("state"):
        facts = facts.in_state(wanted["state"], at=_today())
    return queries.with_words(facts, wanted["q"]) if wanted["q"] else facts


def _rows(facts, user):
    facts = list(facts.prefetch_related("sources"))
    titles, powers, at = titles_of(facts), Powers.of(user), _today()
    return [
        {
            "fact": fact,
            "title": titles[fact.ref],
            "state": fact.state(at=at),
            "may_confirm": powers.may_confirm(fact),
            "may_change": powers.may_change(fact),
            "sources": list(fact.sources.all()),
        }
        for fact in facts
    ]


@require_GET
def fact(request, ref):
    """One fact: who says so, who answers, its texts, what happened to it, and what can be done."""
    found = fact_for(request.user, ref)
    powers = Powers.of(request.user)
    context = {
        "fact": found,
        "title": titles_of([found])[ref],
        "state": found.state(at=_today()),
        "sources": found.sources.order_by("position", "pk"),
        "checks": found.checks.select_related("by").order_by("-pk")[:30],
        "texts": _texts(found, powers.may_change(found)),
        "is_page": found.kind in PAGE_OF_KIND,
        "may_confirm": powers.may_confirm(found),
        "may_change": powers.may_change(found),
        "may_change_sources": powers.may_change_sources(found),
        "status": status_of(found),
        "waiting": [row for row in queries.waiting_changes(request.user) if row.fact.pk == found.pk],
        "public_url": f"/{console_language()}/{found.country_id}/{found.ref}/",
        "confirm_form": SourceForm(fact=found),
        "authority_form": AuthorityForm(fact=found),
    }
    return render(request, "console/fact.html", context)


def _texts(found, may_change):
    """The text in each of the country's languages, with where to read or change it."""
    pages = _pages(found)
    wordings = {row.language: row for row in found.wordings.all()} if not pages else {}
    known = dict.fromkeys([*found.country.languages, *pages, *wordings])
    return [_text(found, code, pages.get(code) or wordings.get(code), may_change) for code in known]


def _pages(found):
    model = PAGE_OF_KIND.get(found.kind)
    rows = model.objects.filter(fact=found).select_related("locale") if model else ()
    return {page.locale.language_code: page for page in rows}


def _text(found, code, text, may_change):
    is_page = found.kind in PAGE_OF_KIND
    url = reverse("console:text", args=[found.ref, code])
    if is_page and text:
        url = reverse("wagtailadmin_pages:edit", args=[text.pk])
    return {
        "language": code,
        "text": text,
        "is_draft": bool(is_page and text and not text.live),
        "is_reviewed": bool(text) and text.maker == "person",
        "edit_url": url if may_change and (text or not is_page) else "",
        "start_url": reverse("console:translate", args=[found.ref, code]) if is_page and not text else "",
    }


@require_http_methods(["GET", "POST"])
def confirm(request, ref):
    """Still correct: asks for the source looked at."""
    found = fact_to(request.user, ref, "may_confirm")
    form = SourceForm(request.POST or None, fact=found)
    if form.is_valid():
        try:
            actions.confirm_fact(fact=found, by=request.user, at=timezone.now(), source=form.looked_at)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Confirmed today: %(title)s") % {"title": titles_of([found])[ref]})
            return redirect(_back(request, found))
    context = {"form": form, "fact": found, "title": titles_of([found])[ref], "next": _next(request)}
    return render(request, "console/confirm.html", context)


@require_POST
def confirm_several(request):
    """Confirm the ticked rows of a list, each with its own source; says which were refused and why."""
    done, titles = 0, {}
    for ref in request.POST.getlist("ref")[:PER_PAGE]:
        found = fact_to(request.user, ref, "may_confirm")
        form = SourceForm(_of_row(request.POST, ref), fact=found)
        titles[ref] = titles_of([found])[ref]
        refusal = _confirmed(found, form, request.user)
        if refusal:
            messages.error(request, f"{titles[ref]}: {refusal}")
        else:
            done += 1
    if done:
        text = ngettext("%(n)s fact confirmed today.", "%(n)s facts confirmed today.", done) % {"n": done}
        messages.success(request, text)
    if not titles:
        messages.warning(request, _("Tick the facts that you looked up."))
    return redirect(_next(request) or "console:starter")


def _of_row(data, ref):
    return {name: data.get(f"{name}:{ref}", "") for name in ("source", "other")}


def _confirmed(found, form, by):
    """Try to confirm; returns the refusal in words, or nothing."""
    if not form.is_valid():
        return " ".join(error for errors in form.errors.values() for error in errors)
    try:
        actions.confirm_fact(fact=found, by=by, at=timezone.now(), source=form.looked_at)
    except DomainError as refusal:
        return str(refusal)
    return ""


@require_http_methods(["GET", "POST"])
def hide(request, ref):
    found = fact_to(request.user, ref, "may_change")
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        actions.hide_fact(fact=found, by=request.user, at=timezone.now(), reason=form.reason)
        messages.success(request, _("Hidden from everything public. You can undo it here."))
        return redirect("console:fact", ref)
    context = {"form": form, "fact": found, "title": titles_of([found])[ref], "next": _next(request)}
    return render(request, "console/hide.html", context)


@require_POST
def show(request, ref):
    found = fact_to(request.user, ref, "may_change")
    actions.show_fact(fact=found, by=request.user, at=timezone.now())
    messages.success(request, _("Shown again; its check goes on as it was."))
    return redirect("console:fact", ref)


@require_POST
def authority(request, ref):
    """Say who answers for a fact."""
    found = fact_to(request.user, ref, "may_confirm")
    form = AuthorityForm(request.POST, fact=found)
    if form.is_valid():
        actions.name_authority(fact=found, authority=form.cleaned_data["authority"])
        messages.success(request, _("Saved."))
    return redirect("console:fact", ref)


@require_GET
def change(request, ref):
    """Opens the editor that goes with the fact: the page in a language, or the record."""
    found = fact_to(request.user, ref, "may_change")
    pages = _pages(found)
    if pages:
        page = pages.get(console_language()) or next(iter(pages.values()))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return redirect("console:record", ref)


def _next(request):
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and address.startswith("/console/") else ""


def _back(request, found):
    return _next(request) or reverse("console:fact", args=[found.ref])


def _today():
    return timezone.now().date()
