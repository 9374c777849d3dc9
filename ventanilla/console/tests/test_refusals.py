"""Doors of the console that stay shut are noted: which one and when, and nobody's name or record."""

import io
import logging
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string


@pytest.fixture
def told():
    """Lines of the log about refusals, as they reach standard error."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(import_string(settings.LOGGING["formatters"]["safe"]["()"])())
    logger = logging.getLogger("ventanilla.console.gate")
    logger.addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("name", "view", "args"),
    [
        ("luis", "console:oversight", []),
        ("luis", "console:network", []),
        ("elena", "console:case", [uuid4()]),
        ("elena", "wagtailusers_users:index", []),
    ],
)
def test_a_refusal_is_noted_by_its_view_alone(cast, told, name, view, args):
    address = reverse(view, args=args)
    answer = getattr(cast, name).get(address, {"q": "PersonalQuery"})
    assert answer.status_code == 404
    [line] = told()
    assert "Refused, or not there" in line
    for part in (f"view={view}", "status=404", f"error_id={answer.headers['Error-Id']}", "method=GET"):
        assert part in line
    user = cast.user(name)
    for private in (user.email, user.first_name or "?", f"{user.pk}@", address, "PersonalQuery"):
        assert private not in line


def test_what_is_allowed_leaves_no_line(cast, told):
    assert cast.luis.get(reverse("console:cases")).status_code == 200
    assert told() == []


def test_strangers_and_addresses_that_do_not_exist_leave_no_line(cast, told):
    assert Client().get(reverse("console:oversight")).status_code == 302
    assert cast.luis.get("/console/nothing-here/").status_code == 404
    assert cast.luis.get("/es/cr/nothing-here/").status_code == 404
    assert told() == []
