"""Every address of the console as every role, compared with a table: a new address fails until it is in it.

A cell holds the answers to GET and POST; where every role of the staff gets 404 from a view of Wagtail, POST
is asked as some roles only. To bring the table up to date after looking at what changed:
`REWRITE_ADDRESSES=1 pytest ventanilla/console/tests/test_addresses.py`.
"""

import os
from pathlib import Path

from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Site, Workflow

from ventanilla.accounts.models import StaffSession
from ventanilla.accounts.testing import session_in
from ventanilla.answers.gaps import note_gap
from ventanilla.answers.models import Gap
from ventanilla.hubs.invitations import invite
from ventanilla.hubs.models import Hub
from ventanilla.verification.models import Proposal
from ventanilla.verification.proposals import change_record

from .case_rows import of_cases
from .desk_rows import of_the_lines
from .editor import submit
from .oversight_rows import of_the_desk
from .sweep import addresses, filled, get, post

TABLE = Path(__file__).with_name("addresses.txt")
OWN_HUB = ("luis", "carmen", "paula")
ROLES = (
    *("nobody", "nadie"),
    *OWN_HUB,
    # The neighbour hub, the country, another country, the network.
    *("vera", "elena", "daniel", "oscar", "fabiola"),
    *("bruno", "marie", "rosa"),
)
SOME = ("nobody", "luis", "daniel", "rosa")


def test_every_address_answers_every_role_as_the_table_says(cast, procedure, hotline, agreement):
    by_route, everywhere = known_arguments(cast, procedure, hotline, agreement)
    clients = {name: Client() if name == "nobody" else getattr(cast, name) for name in ROLES}
    for client in clients.values():
        client.raise_request_exception = False
    found = [f"{'# address':<80} {' '.join(f'{role:<7}' for role in ROLES)}".rstrip()]
    for route, name, pattern in addresses():
        # What a request does is put back, that somebody was active too: a slow machine would lock them out.
        StaffSession.objects.update(active_at=timezone.now())
        address = filled(route, pattern, by_route=by_route, everywhere=everywhere)
        found.append(f"{route:<80} {' '.join(_cells(clients, address, name))}".rstrip())
    if os.environ.get("REWRITE_ADDRESSES"):
        TABLE.write_text("\n".join(found) + "\n")
    assert found == TABLE.read_text().splitlines()


def _cells(clients, address, name):
    got = {role: get(client, address) for role, client in clients.items()}
    is_closed = name.startswith("wagtail") and {got[role] for role in ROLES[1:]} == {404}
    asked = SOME if is_closed else ROLES
    sent = {role: post(clients[role], address) for role in asked}
    return [f"{got[role]}/{sent[role]}" if role in sent else f"{got[role]:<7}" for role in ROLES]


def known_arguments(cast, procedure, hotline, agreement):
    """One row of each thing, of Costa Rica, to fill the addresses with."""
    submit(cast.elena, procedure, fee="999 colones")
    change_record(
        fact=agreement, part="text:es", values={"title": "x"}, by=cast.user("elena"), at=timezone.now()
    )
    note_gap("una pregunta", language="es", country="cr", at=timezone.now())
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
        "staff/invitations/": {"pk": an_invitation(cast).pk},
        "security/sessions/": {"pk": session_in(cast.elena).pk},
        "security/passkeys/": {"pk": 1},
        **of_the_desk(cast),
        **of_cases(cast),
        **of_the_lines(cast),
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
        "secret": "x",
    }
    return by_route, everywhere


def an_invitation(cast):
    """Of the coordinator, to somebody who has no account."""
    hub = Hub.objects.get(ref="cr-hub-upala")
    return invite(
        email="new@example.org", role="adviser", hub=hub, by=cast.user("carmen"), at=timezone.now()
    )[0]


def table():
    """The table: (address, {role: (GET, POST)})."""
    head, *lines = TABLE.read_text().splitlines()
    roles = head.split()[2:]
    for line in lines:
        route, *cells = line.split()
        yield route, {role: (*cell.split("/"), "")[:2] for role, cell in zip(roles, cells, strict=True)}


def test_the_table_shows_no_failure():
    assert [route for route, row in table() if any("500" in cell for cell in row.values())] == []


def test_the_table_opens_no_case_outside_its_hub():
    """From a neighbour hub a case can be opened with a reason; from anywhere else it is not there at all."""
    cases = [(route, row) for route, row in table() if route.startswith("console/cases/<uuid:pk>/")]
    assert len(cases) > 8
    for route, row in cases:
        for role in set(ROLES) - {"nobody", "nadie", "vera", *OWN_HUB}:
            assert set(row[role]) <= {"404", "405"}, (route, role)
        # Without a role in the console one is led to the entrance.
        assert set(row["nobody"]) == set(row["nadie"]) == {"302"}, route
        is_glass = route.endswith("break-glass/")
        assert row["vera"][0] != "200" or is_glass, route
        assert row["vera"][1] in {"404", "405"} or is_glass, route
