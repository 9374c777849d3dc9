"""Feeds: valid XML with identifiers that stay, nobody's name, and nothing that is hidden."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Network
from ventanilla.verification.actions import change_fact, confirm_fact, hide_fact
from ventanilla.verification.models import Fact, Wording

from .test_endpoints import an_alert

pytestmark = pytest.mark.usefixtures("site")

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def staff(db):
    return User.objects.create(email="a@hub.example", first_name="Rosalinda", last_name="Quesada")


def tree(client, path: str) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)  # noqa: S314


def entries(client, path="/feeds/es/cr/changes.atom") -> list[dict[str, str]]:
    return [
        {child.tag.removeprefix(ATOM): child.text or child.get("href", "") for child in entry}
        for entry in tree(client, path).findall(f"{ATOM}entry")
    ]


def test_what_was_checked_and_changed_is_told_once_each(client, staff):
    now = timezone.now()
    service, asylum = Fact.objects.get(ref="cr-hias"), Fact.objects.get(ref="cr-asylum")
    confirm_fact(fact=asylum, by=staff, at=now - timedelta(hours=2), source="https://x.example/")
    change_fact(fact=asylum, by=staff, at=now - timedelta(hours=1), note="por Rosalinda")
    confirm_fact(fact=service, by=staff, at=now, source="https://x.example/")
    found = entries(client)
    assert [entry["link"] for entry in found] == [
        "https://hub.example/es/cr/cr-hias/",
        "https://hub.example/es/cr/cr-asylum/",
    ]
    assert [entry["updated"][:16] for entry in found] == [
        moment.strftime("%Y-%m-%dT%H:%M") for moment in (now, now - timedelta(hours=1))
    ]


def test_identifiers_stay_and_a_new_check_is_a_new_entry(client, staff):
    fact, now = Fact.objects.get(ref="cr-hias"), timezone.now()
    confirm_fact(fact=fact, by=staff, at=now - timedelta(days=1), source="https://x.example/")
    (first,) = entries(client)
    assert first["id"] == entries(client, "/feeds/en/cr/changes.atom")[0]["id"]
    assert first["id"].startswith("tag:hub.example,2026:change/cr-hias/")
    confirm_fact(fact=fact, by=staff, at=now, source="https://x.example/")
    (second,) = entries(client)
    assert second["id"] != first["id"]


def test_staff_is_never_named_and_notes_stay_inside(client, staff):
    change_fact(fact=Fact.objects.get(ref="cr-hias"), by=staff, at=timezone.now(), note="llamó Rosalinda")
    for form in ("atom", "rss"):
        text = client.get(f"/feeds/es/cr/changes.{form}").text
        assert "Rosalinda" not in text
        assert "hub.example" in text
        assert "a@hub.example" not in text


def test_what_is_hidden_leaves_the_feed(client, staff):
    fact = Fact.objects.get(ref="cr-hias")
    confirm_fact(fact=fact, by=staff, at=timezone.now(), source="https://x.example/")
    hide_fact(fact=fact, by=staff, at=timezone.now(), reason="Cerró")
    assert entries(client) == []


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_whatever_a_title_holds_the_xml_is_valid(client, staff, form):
    fact = Fact.objects.get(ref="cr-hias")
    # PostgreSQL stores no NUL at all.
    nul = "" if connection.vendor == "postgresql" else "\x00"
    nasty = f'A & B <script>alert("1")</script> ]]> \x0b{nul} ñ'
    Wording.objects.filter(fact=fact).update(title=nasty, summary=nasty)
    Network.objects.update(name="Red <b>&</b>")
    confirm_fact(fact=fact, by=staff, at=timezone.now(), source="https://x.example/")
    text = ElementTree.tostring(
        tree(client, f"/feeds/es/cr/changes.{form}"), encoding="unicode", method="text"
    )
    assert '<script>alert("1")</script> ]]>' in text
    assert "Red <b>&</b>" in text


@pytest.mark.parametrize(("form", "kind"), [("atom", "application/atom+xml"), ("rss", "application/rss+xml")])
def test_alerts_that_hold_are_told(client, form, kind):
    an_alert(title="Frontera cerrada")
    an_alert("cr-alert-over", ends=timedelta(minutes=-1), title="Ya pasó")
    response = client.get(f"/feeds/es/cr/alerts.{form}")
    assert response["Content-Type"] == f"{kind}; charset=utf-8"
    assert "Frontera cerrada" in response.text
    assert "Ya pasó" not in response.text
    assert "tag:hub.example,2026:alert/cr-alert-closed" in response.text


def test_a_feed_without_entries_does_not_look_changed_each_time(client):
    first, second = (client.get("/feeds/es/bz/alerts.atom").content for _ in range(2))
    assert first == second
    assert tree(client, "/feeds/es/bz/alerts.atom").findtext(f"{ATOM}updated") == "2020-01-01T00:00:00+00:00"


def test_a_feed_names_itself(client):
    links = {
        link.get("rel"): link.get("href")
        for link in tree(client, "/feeds/es/cr/alerts.atom").iter(f"{ATOM}link")
    }
    assert links["self"] == "https://hub.example/feeds/es/cr/alerts.atom"
    assert links["alternate"] == "https://hub.example/es/cr/"


@pytest.mark.parametrize("path", ["/feeds/de/cr/alerts.atom", "/feeds/es/zz/alerts.atom"])
def test_there_is_no_feed_of_what_is_not_open(client, path):
    assert client.get(path).status_code == 404
