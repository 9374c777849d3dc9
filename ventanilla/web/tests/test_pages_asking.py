"""Asking from a page: the answer whole, or honestly none; the question nowhere but on the page."""

import pytest

from ventanilla.answers.models import Gap

pytestmark = pytest.mark.usefixtures("site")


def ask(client, question: str, path: str = "/es/cr/ask/"):
    response = client.post(path, {"q": question})
    assert response.status_code == 200
    return response


def test_a_question_as_people_write_it_gets_the_whole_procedure_in_one_round_trip(client):
    html = ask(client, "q nesesito pa pedir refujio").content.decode()
    for part in ("Pedir refugio en Costa Rica", "Cuatro fotos", "Llene el cuestionario", "help.unhcr.org"):
        assert part in html
    assert "800-7338446" in html


def test_the_question_stays_on_the_page_and_out_of_title_address_and_caches(client):
    response = ask(client, "quiero pedir refugio zanahoria")
    html = response.content.decode()
    assert 'value="quiero pedir refugio zanahoria"' in html
    assert "zanahoria" not in html.split("</title>")[0]
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "noindex" in html


def test_without_an_answer_it_says_so_and_names_people_to_reach(client):
    html = ask(client, "cuanto pesa la luna azul de queso", "/en/cr/ask/").content.decode()
    assert "We have no checked answer to this" in html
    assert 'href="tel:911"' in html
    assert 'href="/en/cr/hubs/"' in html


def test_an_unanswered_question_is_kept_without_names_and_numbers(client):
    ask(client, "cuanto pesa la luna azul de queso, soy Pedro Rojas 8888-1234")
    kept = Gap.objects.get().text
    assert "Pedro" not in kept
    assert "8888" not in kept


def test_names_typed_without_a_capital_are_not_kept_and_known_words_are(client):
    ask(client, "soy mujer, soy zulmarita quispe, cuanto pesa la luna azul de queso")
    kept = Gap.objects.get().text
    assert "soy mujer" in kept
    assert "zulmarita" not in kept
    assert "quispe" not in kept


def test_a_question_in_another_language_is_answered_and_offers_the_site_in_it(client):
    html = ask(client, "What do I need to ask for asylum?").content.decode()
    assert 'lang="en"' in html
    assert 'href="/en/cr/"' in html


def test_asking_without_a_country_works_from_the_first_page(client):
    html = ask(client, "cómo pido refugio en Costa Rica", "/es/ask/").content.decode()
    assert "/es/cr/cr-asylum/" in html


def test_an_empty_question_shows_the_box_again(client):
    assert 'name="q"' in ask(client, "   ").content.decode()
    assert client.get("/es/cr/ask/").status_code == 200
