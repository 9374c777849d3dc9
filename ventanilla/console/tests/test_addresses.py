"""Every address of the console as every role, compared with a table: a new address fails until it is in it.

To bring the table up to date after looking at what changed: `REWRITE_ADDRESSES=1 pytest -k addresses`.
"""

import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from django.utils import timezone
from wagtail.models import Locale, Site, Workflow

from ventanilla.answers.gaps import note_gap
from ventanilla.answers.models import Gap
from ventanilla.verification.proposals import change_record

from .editor import submit

TABLE = Path(__file__).with_name("addresses.txt")
ROLES = ("nobody", "nadie", "oscar", "luis", "carmen", "elena", "daniel", "rosa", "marie")


def patterns(resolver, prefix="", names=()):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route, (*names, *([pattern.namespace] if pattern.namespace else [])))
        else:
            yield route, ":".join((*names, pattern.name or "")), pattern


def test_every_address_answers_every_role_as_the_table_says(cast, procedure, hotline, agreement):
    submit(cast.elena, procedure, fee="999 colones")
    change_record(
        fact=agreement, part="text:es", values={"title": "x"}, by=cast.user("elena"), at=timezone.now()
    )
    note_gap("una pregunta", language="es", country="cr", at=timezone.now())
    arguments = known_arguments(cast, procedure, hotline)
    clients = {name: Client() if name == "nobody" else getattr(cast, name) for name in ROLES}
    found = [
        f"{route:<95} {' '.join(str(_status(cast, clients, role, address)) for role in ROLES)}"
        for route, name, pattern in sorted(patterns(get_resolver()), key=lambda row: row[:2])
        if route.startswith("console/")
        for address in [_address(route, pattern, arguments, name)]
    ]
    header = f"{'# address':<95} {' '.join(ROLES)}"
    if os.environ.get("REWRITE_ADDRESSES"):
        TABLE.write_text("\n".join([header, *found]) + "\n")
    assert [header, *found] == TABLE.read_text().splitlines()


def known_arguments(cast, procedure, hotline):
    """One row of each thing, of Costa Rica, to fill the addresses with."""
    from ventanilla.verification.models import Proposal

    by_route = {
        "changes/record/": {"pk": Proposal.objects.get().pk},
        "changes/page/": {"pk": procedure.pk},
        "facts/": {"pk": hotline.sources.first().pk},
        "gaps/": {"pk": Gap.objects.get().pk},
        "staff/roles/": {"pk": cast.user("elena").memberships.get().pk},
        "groups/": {"pk": cast.user("elena").groups.first().pk},
        "users/": {"pk": cast.user("daniel").pk},
        "sites/": {"pk": Site.objects.first().pk},
        "locales/": {"pk": Locale.objects.first().pk},
        "workflows/": {"pk": Workflow.objects.first().pk},
        "collections/": {"pk": 1},
    }
    everywhere = {
        "pk": procedure.pk,
        "page_id": procedure.pk,
        "parent_page_id": procedure.get_parent().pk,
        "page_to_move_id": procedure.pk,
        "destination_id": procedure.get_parent().pk,
        "page_pk": procedure.pk,
        "revision_id": procedure.latest_revision_id,
        "revision_id_a": "live",
        "revision_id_b": "latest",
        "task_state_id": procedure.current_workflow_task_state.pk,
        "task_id": 1,
        "workflow_pk": 1,
        "workflow_state_id": procedure.current_workflow_state.pk,
        "object_id": procedure.pk,
        "ref": hotline.ref,
        "code": "cr",
        "language": "es",
        "kind": "service",
        "app_label": "library",
        "model_name": "procedurepage",
        "app_name": "library",
        "content_type_app_name": "library",
        "content_type_model_name": "procedurepage",
        "action_name": "approve",
        "action": "publish",
        "filter_spec": "original",
        "mode": "x",
        "uidb64": "x",
        "token": "x",
    }
    return by_route, everywhere


def _address(route, pattern, arguments, name):
    by_route, everywhere = arguments
    values = dict(everywhere)
    for start, more in by_route.items():
        if route.removeprefix("console/").startswith(start):
            values |= more
    address = route
    for argument, converter in getattr(pattern.pattern, "converters", {}).items():
        kind = type(converter).__name__.removesuffix("Converter").lower().removesuffix("ing")
        for form in (f"<{kind}:{argument}>", f"<{argument}>"):
            address = address.replace(form, str(values.get(argument, 1)))
    if "<pk" in address or "(?P<" in address:
        address = f"console/pages/{values['pk']}/revisions/compare/live...latest/"
    for noise, plain in (("^", ""), ("$", ""), ("(\\d+)", "1"), ("(.*)", "1"), (".*", "no-such-place")):
        address = address.replace(noise, plain)
    return f"/{address}"


def _status(cast, clients, role, address):
    status = clients[role].get(address).status_code
    if address == "/console/logout/" and role != "nobody":
        clients[role].force_login(cast.user(role))
    return status


@pytest.mark.parametrize("name", ["daniel", "elena", "rosa"])
def test_no_address_of_wagtails_generic_views_is_open_to_staff(cast, name):
    for place in ("users", "groups", "sites", "locales", "images", "documents", "snippets", "collections"):
        assert getattr(cast, name).get(f"/console/{place}/").status_code == 404
    for report in ("site-history", "aging-pages", "workflow", "locked"):
        assert getattr(cast, name).get(f"/console/reports/{report}/").status_code == 404
