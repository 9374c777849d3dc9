"""The pages for an address that leads nowhere and for a failure of ours."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from ventanilla.web.views.errors import not_found

pytestmark = pytest.mark.usefixtures("site")


def page(path: str) -> str:
    response = not_found(RequestFactory().get(path))
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def test_it_offers_the_ask_box_and_the_topics_of_the_country_in_the_language_of_the_address():
    html = page("/fr/cr/nothing/")
    assert '<html lang="fr"' in html
    assert 'action="/fr/cr/ask/"' in html
    assert 'href="/fr/cr/procedures/"' in html


@pytest.mark.parametrize(
    "path", ["/", "/xx/yy/", "/es/zz/", "/es/\x00\x00/", "/console/nothing/", "//", "/es/é́/"]
)
def test_it_stands_for_any_address(path):
    assert 'action="/es/ask/"' in page(path)


def test_the_page_of_a_failure_gives_its_number_and_reads_no_database(django_assert_num_queries):
    with django_assert_num_queries(1):  # the network's colour, for which there is a substitute
        html = render_to_string("web/500.html", {"language": "es", "error_id": "c0ffee00", "status": 500})
    assert "c0ffee00" in html
    assert 'href="/es/"' in html


def test_the_plain_page_for_nowhere_offers_the_ask_box():
    html = render_to_string("web/404.html", {"language": "fr", "error_id": "", "status": 404})
    assert 'action="/fr/ask/"' in html
