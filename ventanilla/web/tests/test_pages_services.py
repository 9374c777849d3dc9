"""Finding help by need and by distance from a typed town."""

import re

import pytest

pytestmark = pytest.mark.usefixtures("site")


def read(client, query: str, country: str = "cr") -> str:
    response = client.get(f"/en/{country}/services/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def rows(html: str) -> list[str]:
    return re.findall(
        r"<li[^>]*>(?:<b>\d+</b>)?<a href=\"/en/../([a-z0-9-]+)/\"", html.split('class="rows near"')[1]
    )


def test_places_come_nearest_first_and_carry_the_numbers_of_the_map(client):
    html = read(client, "town=Upala")
    kilometres = [int(km) for km in re.findall(r"about (\d+) km", html.split('class="rows near"')[1])]
    assert kilometres == sorted(kilometres)
    assert set(rows(html)[:2]) == {"cr-hub-upala", "cr-migramovil"}
    numbers = re.findall(r'<li id="n(\d+)">', html)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert set(re.findall(r'href="#n(\d+)"', html)) <= set(numbers)


def test_a_need_leaves_only_places_and_lines_that_answer_it(client):
    html = read(client, "need=children")
    assert "8989-1147" in html
    assert "cr-hub-upala" not in html


def test_typing_errors_and_missing_accents_still_find_the_town(client):
    assert "San José" in read(client, "town=san+jose")
    assert "Upala" in read(client, "town=upalla").split("nearest to")[1][:40]


def test_a_town_nobody_knows_keeps_what_was_typed_and_still_lists_places(client):
    html = read(client, "town=Xyzzyqqq&need=legal")
    assert 'value="Xyzzyqqq"' in html
    assert "We do not know a town called “Xyzzyqqq” here." in html
    assert rows(html)


def test_an_unknown_need_is_no_filter(client):
    assert 'class="rows near"' not in read(client, "need=%3Cscript%3E")


def test_filtered_lists_stay_out_of_search_engines(client):
    assert "noindex" in read(client, "town=Upala")
    assert "noindex" not in read(client, "")
