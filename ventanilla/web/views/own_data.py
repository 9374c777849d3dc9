"""One's own data by the return code: see, take along, correct, have left alone, erase. No account, no name.

The code travels in the body of a form, is kept as a digest only, and is tried slowly. A wrong one and one of
somebody who is gone look the same.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from ventanilla.enquiries import codes
from ventanilla.enquiries.models import Person
from ventanilla.lib.errors import DomainError
from ventanilla.lib.text import clean
from ventanilla.privacy import requests, take_away
from ventanilla.privacy.models import PersonRequest
from ventanilla.privacy.requests import LONGEST_WISH

from ..crowd import too_many
from ..public import PublicPage, public_page

LONGEST_NAME = 300


@public_page
def own_data(request: HttpRequest, language: str) -> PublicPage | HttpResponse:
    """The form for the code, what is held, and each thing a person can do with it."""
    if request.method != "POST":
        return PublicPage("web/own_data.html", is_private=True)
    if refusal := too_many(request, typed="", country=None):
        return refusal
    if typed := request.POST.get("receipt", ""):
        return _receipt(typed)
    typed = request.POST.get("code", "")
    code = codes.plain(typed)
    person = Person.objects.returning(code).first()
    if person is None:
        problem = _("We hold nothing under this code. Look at it again; or it has been erased already.")
        return _page({"problem": problem, "typed": typed}, status=404)
    deed = DEEDS.get(request.POST.get("deed", "see"), _see)
    try:
        return deed(request, person, code, language, timezone.now())
    except requests.Kept as kept:
        return _page({"receipt": kept.request, "why_not": requests.REFUSALS["hold"], "code": code})
    except DomainError as refusal:
        return _outline(person, code, at=timezone.now(), problem=str(refusal), status=422)


def _page(context: dict[str, Any], *, status: int = 200) -> PublicPage:
    return PublicPage("web/own_data.html", context, is_private=True, status=status)


def _receipt(typed: str) -> PublicPage:
    row = requests.receipt(typed)
    if row is None:
        return _page(
            {"problem": _("There is no receipt with this number."), "receipt_typed": typed}, status=404
        )
    return _page({"receipt": row, "why_not": requests.REFUSALS.get(row.refused_for)})


def _outline(person: Person, code: str, *, at: datetime, problem: str = "", status: int = 200) -> PublicPage:
    row, held = requests.read_own(person=person.pk, by=None, at=at)
    context = {"code": code, "held": held, "receipt_code": row.code, "problem": problem}
    if not held.is_restricted and person.erased_at is None:
        context["known"] = {"name": person.name, "safe_contact": person.safe_contact}
    return _page(context, status=status)


def _see(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> PublicPage:
    return _outline(person, code, at=at)


def _take_page(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> HttpResponse:
    row, records = requests.export_own(person=person.pk, by=None, at=at)
    content = take_away.as_html(records, language=language, receipt=row.code, at=at)
    return take_away.download(content, name=f"{row.code}.html", media_type="text/html")


def _take_file(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> HttpResponse:
    row, records = requests.export_own(person=person.pk, by=None, at=at)
    content = take_away.as_json(records, language=language, receipt=row.code, at=at)
    return take_away.download(content, name=f"{row.code}.json", media_type="application/json")


def _correct(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> PublicPage:
    values = {
        name: clean(request.POST[name], limit=LONGEST_NAME)
        for name in ("name", "safe_contact")
        if name in request.POST
    }
    return _done(requests.correct_own(person=person.pk, values=values, by=None, at=at), code)


def _ask(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> PublicPage:
    wish = clean(request.POST.get("wish", ""), limit=LONGEST_WISH)
    kind = PersonRequest.Kind.CORRECT
    return _done(requests.ask_for(person=person.pk, kind=kind, wish=wish, by=None, at=at), code)


def _restrict(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> PublicPage:
    return _done(requests.restrict_own(person=person.pk, is_restricted=True, by=None, at=at), code)


def _release(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> PublicPage:
    return _done(requests.restrict_own(person=person.pk, is_restricted=False, by=None, at=at), code)


def _erase(request: HttpRequest, person: Person, code: str, language: str, at: datetime) -> PublicPage:
    if not request.POST.get("sure"):
        problem = _("Tick the box if you really want everything erased.")
        return _outline(person, code, at=at, problem=problem, status=422)
    return _done(requests.erase_own(person=person.pk, by=None, at=at), "")


def _done(row: PersonRequest, code: str) -> PublicPage:
    return _page({"receipt": row, "code": code})


Deed = Callable[[HttpRequest, Person, str, str, datetime], PublicPage | HttpResponse]
DEEDS: dict[str, Deed] = {
    "see": _see,
    "page": _take_page,
    "file": _take_file,
    "correct": _correct,
    "ask": _ask,
    "restrict": _restrict,
    "release": _release,
    "erase": _erase,
}
