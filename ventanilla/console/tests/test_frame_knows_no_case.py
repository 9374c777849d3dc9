"""Wagtail's generic views, log, search, references and choosers know no case, for a superuser either."""

import pytest
from django.apps import apps
from django.db import connection
from wagtail.models import ModelLogEntry, PageLogEntry, ReferenceIndex
from wagtail.search.index import get_indexed_models
from wagtail.snippets.models import get_snippet_models

from ventanilla.enquiries import actions

from .case_rows import a_file, a_full_case
from .sweep import addresses, filled

PRIVATE = ("accounts", "channels", "enquiries", "privacy")


@pytest.fixture
def lived(cast, site):
    """A case that went through everything staff do with one."""
    enquiry = a_full_case(cast)
    a_file(cast, enquiry)
    page = f"/console/cases/{enquiry.pk}/"
    cast.luis.get(page)
    cast.luis.post(f"{page}say/", {"body": "sentinel venga a las diez"})
    cast.luis.post(f"{page}assign/", {"to": cast.user("luis").pk})
    cast.luis.post(f"{page}close/")
    cast.luis.post(f"{page}reopen/")
    return enquiry


def telling(enquiry):
    """What must stand nowhere: words, code, ids."""
    return (b"sentinel", enquiry.code.encode(), str(enquiry.pk).encode(), str(enquiry.person_id).encode())


def test_no_view_of_the_frame_tells_a_superuser_of_a_case(cast, lived, procedure):
    cast.root.raise_request_exception = False
    known = {"pk": procedure.pk, "page_id": procedure.pk, "object_id": lived.pk}
    known |= dict.fromkeys(("app_label", "app_name", "content_type_app_name"), "enquiries")
    known |= dict.fromkeys(("model_name", "content_type_model_name"), "enquiry")
    seen = 0
    for route, name, pattern in addresses():
        if not name.startswith("wagtail"):
            continue
        answer = cast.root.get(filled(route, pattern, by_route={}, everywhere=known) + "?q=sentinel&p=1")
        body = b"".join(answer) if answer.streaming else answer.content
        said = body.replace(b"?q=sentinel", b"").replace(b'value="sentinel"', b"")
        assert [word for word in telling(lived)[1:] if word in said] == [], route
        seen += answer.status_code == 200
    assert seen > 40


@pytest.mark.parametrize("place", ["site-history/", "site-history/results/"])
def test_the_history_of_the_site_holds_no_case(cast, lived, place):
    page = cast.root.get(f"/console/reports/{place}").content
    assert [word for word in telling(lived) if word in page] == []


def test_the_log_of_the_frame_holds_no_entry_about_people(lived):
    assert not ModelLogEntry.objects.filter(content_type__app_label__in=PRIVATE).exists()
    for entry in [*ModelLogEntry.objects.all(), *PageLogEntry.objects.all()]:
        assert "sentinel" not in f"{entry.label} {entry.data}"


def test_nothing_about_people_is_indexed_referenced_or_offered_in_choosers(lived):
    private = {model for label in PRIVATE for model in apps.get_app_config(label).get_models()}
    assert not private & set(get_indexed_models())
    assert not private & set(get_snippet_models())
    assert not private & ReferenceIndex.tracked_models
    assert not ReferenceIndex.objects.filter(base_content_type__app_label__in=PRIVATE).exists()
    assert not ReferenceIndex.objects.filter(to_content_type__app_label__in=PRIVATE).exists()


def test_the_tables_of_the_frame_hold_no_word_of_a_case(lived):
    """Sessions with their messages, revisions, comments, tasks: everything that is not ours."""
    tables = [
        name
        for name in connection.introspection.table_names()
        if name.startswith(("wagtail", "django_", "taggit", "auth_", "mfa_"))
    ]
    assert len(tables) > 20
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608 (names of tables)
            held = str(cursor.fetchall())
            assert "sentinel" not in held, name
            assert lived.code not in held, name


def test_the_search_of_the_frame_is_for_content_alone(cast, lived):
    page = cast.luis.get("/console/facts/", {"q": lived.code}).content.decode()
    assert f"/console/cases/{lived.pk}/" not in page
    page = cast.luis.get("/console/facts/", {"q": "pasaporte"}).content.decode()
    assert "sentinel" not in page


@pytest.mark.parametrize("name", ["daniel", "elena", "rosa", "luis", "fabiola"])
def test_no_address_of_wagtails_generic_views_is_open_to_staff(cast, name):
    for place in ("users", "groups", "sites", "locales", "images", "documents", "snippets", "collections"):
        assert getattr(cast, name).get(f"/console/{place}/").status_code == 404
    for report in ("site-history", "aging-pages", "workflow", "locked"):
        assert getattr(cast, name).get(f"/console/reports/{report}/").status_code == 404


def test_home_counts_who_waits_in_the_own_hub_alone(cast, lived):
    actions.receive_message(enquiry=lived, body="sentinel", at=lived.opened_at)
    tile = "/console/cases/?state=waiting"
    assert "<strong>1</strong> " in _tile(cast.luis.get("/console/").content.decode(), tile)
    assert "<strong>0</strong> " in _tile(cast.vera.get("/console/").content.decode(), tile)
    for name in ("daniel", "elena", "rosa", "fabiola", "root"):
        assert tile not in getattr(cast, name).get("/console/").content.decode()


def _tile(page, address):
    return page.split(address)[1][:120]
