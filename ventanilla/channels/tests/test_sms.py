"""Alphabets, lengths and numbers of text messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.channels.contract import Choice, Content
from ventanilla.channels.kinds import plain, sms


@pytest.mark.parametrize(
    ("text", "count", "left", "alphabet"),
    [
        ("", 1, 160, sms.GSM7),
        ("a" * 160, 1, 0, sms.GSM7),
        ("a" * 161, 2, 145, sms.GSM7),
        ("a" * 306, 2, 0, sms.GSM7),
        ("a" * 307, 3, 152, sms.GSM7),
        ("€" * 80, 1, 0, sms.GSM7),
        # 76 of two septets in the first part: half of one would not fit.
        ("€" * 81, 2, 143, sms.GSM7),
        ("ñéà" * 53, 1, 1, sms.GSM7),
        ("á" * 70, 1, 0, sms.UCS2),
        ("á" * 71, 2, 63, sms.UCS2),
        ("🙏" * 35, 1, 0, sms.UCS2),
        ("🙏" * 36, 2, 61, sms.UCS2),
        ("a\x1b", 1, 68, sms.UCS2),
    ],
)
def test_texts_are_counted_as_networks_do(text, count, left, alphabet):
    assert sms.segments(text) == sms.Segments(count, left, alphabet)


@given(st.text(max_size=400))
def test_no_part_is_too_long_and_nothing_is_lost(text):
    parts = sms.cut(text)
    assert "".join(parts) == text
    alphabet = sms.alphabet_of(text)
    if len(parts) > 1:
        assert all(sms._length(part, alphabet) <= {sms.GSM7: 153, sms.UCS2: 67}[alphabet] for part in parts)


@given(st.text(alphabet=st.sampled_from(sorted(sms._GSM_SIGNS)), max_size=200))
def test_what_is_written_in_gsm_7_is_read_again(text):
    assert sms.decode_gsm7(sms.encode(text)) == text


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("50688887777", "+50688887777"), ("88887777", "+50688887777"), ("+506 8888-7777", "+50688887777"),
        ("0050570001111", "+50570001111"), ("+50570001111", "+50570001111"), ("2468", "2468"),
        ("BANCO", "BANCO"), ("", ""),
    ],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_written(typed, number):
    assert sms.number_of(typed, country="cr") == number


def test_choices_are_lines_to_answer_with_their_number():
    content = Content(text="¿Qué necesita?", choices=(Choice("1", "Refugio"), Choice("2", "Trabajo")))
    assert plain.written(content) == "¿Qué necesita?\n\n1 Refugio\n2 Trabajo"
    assert plain.written(Content(text="Hola")) == "Hola"
