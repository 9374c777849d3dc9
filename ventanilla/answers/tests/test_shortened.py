"""What a heavy encoder reads of a long question: its beginning and, above all, its end."""

import pytest

from ventanilla.answers.engine.encoders import E5_READS, shortened


def test_a_short_question_is_read_whole():
    assert shortened("¿Cuánto cuesta?", 20) == "¿Cuánto cuesta?"


def test_a_long_one_keeps_whole_words_of_both_ends():
    text = "Llegué ayer a Upala " + "con mucha gente " * 40 + "¿y dónde pido refugio?"
    read = shortened(text, 60)
    assert read.startswith("Llegué ayer a ")
    assert read.endswith("¿y dónde pido refugio?")
    assert set(read.split()) <= set(text.split())


@pytest.mark.parametrize("text", ["x" * 5_000, " " * 400, "🙏" * 400, "", "a b " * 1_000])
def test_nothing_makes_it_longer_than_it_may_be(text):
    assert len(shortened(text, E5_READS)) <= E5_READS + 1
