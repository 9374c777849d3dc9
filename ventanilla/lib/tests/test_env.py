import pytest
from django.core.exceptions import ImproperlyConfigured

from ventanilla.lib import env


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("  s3cret\n")
    monkeypatch.setenv("SOME_KEY", "ignored")
    monkeypatch.setenv("SOME_KEY_FILE", str(tmp_path / "key"))
    assert env.text("SOME_KEY") == "s3cret"


def test_a_missing_file_of_a_secret_stops_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("SOME_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(ImproperlyConfigured, match="SOME_KEY_FILE=.*cannot be read"):
        env.text("SOME_KEY", "default")


def test_what_has_no_default_must_be_set(monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="Set the environment variable SOME_KEY"):
        env.text("SOME_KEY")


@pytest.mark.parametrize("value", ["True", "1", "yes", "", "false "])
def test_a_flag_is_true_or_false_and_nothing_else(monkeypatch, value):
    monkeypatch.setenv("SOME_FLAG", value)
    with pytest.raises(ImproperlyConfigured, match="use 'true' or 'false'"):
        env.flag("SOME_FLAG")


def test_the_word_false_is_false(monkeypatch):
    monkeypatch.setenv("SOME_FLAG", "false")
    assert env.flag("SOME_FLAG", "true") is False


@pytest.mark.parametrize("value", ["-1", "1.5", "many"])
def test_a_number_is_whole(monkeypatch, value):
    monkeypatch.setenv("SOME_NUMBER", value)
    with pytest.raises(ImproperlyConfigured, match="use a whole number"):
        env.number("SOME_NUMBER", "7")


def test_a_list_has_no_empty_parts(monkeypatch):
    monkeypatch.setenv("SOME_LIST", " a.example, ,b.example,")
    assert env.items("SOME_LIST") == ["a.example", "b.example"]
