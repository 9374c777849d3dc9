from hypothesis import given
from hypothesis import strategies as st

from ventanilla.lib.text import best_language, clean, fold, in_language


def test_a_text_comes_in_the_language_asked_for():
    assert in_language({"es": "hola", "ht": "bonjou"}, "ht") == "bonjou"


def test_a_missing_language_falls_back_to_spanish_then_to_anything():
    assert best_language({"en": "hello", "es": "hola"}, "fr") == "es"
    assert best_language({"pt": "olá"}, "fr") == "pt"


def test_an_empty_text_is_no_text():
    assert in_language({"ht": "", "en": "hello"}, "ht") == "hello"
    assert in_language({}, "es") is None


def test_direction_marks_and_nul_bytes_are_dropped():
    assert clean("a\u202eb\x00c\u200bd", limit=10) == "abcd"


def test_accents_and_case_do_not_matter_when_comparing():
    assert fold("ÑANDÚ") == fold("nandu")


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_whatever_is_sent_comes_out_short_and_storable(text, limit):
    cleaned = clean(text, limit=limit)
    assert len(cleaned) <= limit
    assert "\x00" not in cleaned
    cleaned.encode()
