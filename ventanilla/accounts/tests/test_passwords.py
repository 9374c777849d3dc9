"""No password that a program tries first."""

import gzip
from pathlib import Path

import django.contrib.auth
import pytest
from django.core.exceptions import ValidationError

from ventanilla.accounts.passwords import NotBreached, bloom
from ventanilla.accounts.passwords.validator import is_known


@pytest.mark.parametrize(
    "password",
    [
        "1q2w3e4r5t6y", "qwertyuiop123", "Password2024!", "P@ssw0rd123456", "administrator", "ilovemyfamily",
        "111111111111", "123456789012", "abababababab", "dragondragon", "2024liverpool!!", "Contrasena1234",
    ],
)  # fmt: skip
def test_published_passwords_and_simple_changes_of_them_are_refused(password):
    with pytest.raises(ValidationError):
        NotBreached().validate(password)


@pytest.mark.parametrize(
    "password",
    [
        "grulla lenta canta verde", "un largo paseo por Upala", "Vx9#ktLq2mZr", "correct horse battery",
        "la abuela teje en abril", "kJ8-wq2-PPz-01", "ñandú azul 37 sillas",
    ],
)  # fmt: skip
def test_long_and_uncommon_ones_pass(password):
    NotBreached().validate(password)


def test_every_long_password_of_djangos_own_list_is_in_it():
    path = Path(django.contrib.auth.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(path, "rt") as words:
        listed = [word.strip() for word in words if len(word.strip()) >= 12]
    assert len(listed) > 50
    assert [word for word in listed if not is_known(word)] == []


def test_few_others_are_taken_for_one_of_them():
    made_up = [f"zq{number:06d}-xw{number * 7919 % 99991:05d}-k" for number in range(4000)]
    assert sum(is_known(word) for word in made_up) < 40


def test_a_filter_is_read_as_it_was_written():
    words = {"one", "two", "three"}
    read = bloom.from_bytes(bloom.of(words, wrongly=0.001).to_bytes())
    assert all(word in read for word in words)
    assert "four" not in read


@pytest.mark.parametrize("data", [b"", b"VBF1", b"PK\x03\x04....."])
def test_another_file_is_no_filter(data):
    with pytest.raises(ValueError, match="not a filter"):
        bloom.from_bytes(data)
