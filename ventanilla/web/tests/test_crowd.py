"""A network that sends too much waits a little; a whole shelter behind one address does not."""

import pytest
from django.test import Client

from ventanilla.enquiries.models import Message
from ventanilla.enquiries.tests.factories import a_channel
from ventanilla.hubs.models import Hub
from ventanilla.lib import limits


@pytest.fixture(autouse=True)
def nobody_counted_before(settings):
    limits._buckets.cache_clear()
    settings.SITE_RATE = 6
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"KEY_PREFIX": "crowd"}}


def ask(address="192.0.2.7", place="/es/cr/ask/", **form):
    return Client(REMOTE_ADDR=address).post(place, form or {"q": "cómo pido refugio"})


def test_too_many_questions_wait_and_keep_what_was_typed(site):
    statuses = [ask().status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = ask(q="mi pregunta es larga")
    text = refused.content.decode()
    assert "mi pregunta es larga" in text
    assert int(refused["Retry-After"]) >= 1
    assert "/es/cr/hubs/" in text
    assert not refused.cookies


def test_another_network_is_not_made_to_wait(site):
    for _time in range(5):
        ask()
    assert ask(address="192.0.2.8").status_code == 200


def test_reading_is_never_limited(site):
    for _time in range(5):
        ask()
    assert Client(REMOTE_ADDR="192.0.2.7").get("/es/cr/").status_code == 200


def test_return_codes_cannot_be_tried_quickly(site):
    a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="web")
    answers = [ask(place="/es/cr/chat/", code=f"{n:016}", say="").status_code for n in range(6)]
    assert answers[:2] == [404, 404]
    assert set(answers[2:]) == {429}
    assert not Message.objects.exists()


def test_one_hundred_and_fifty_people_behind_one_address_are_all_heard(site, settings):
    settings.SITE_RATE = 600
    limits._buckets.cache_clear()
    assert {ask(q="0").status_code for _person in range(150)} == {200}
