import pytest
from django.core.exceptions import ImproperlyConfigured

from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry


def test_a_thing_is_found_under_each_of_its_keys():
    socket = Registry()
    socket.add("a", "b")(len)
    assert socket["a"] is socket["b"] is len


def test_a_key_is_taken_only_once():
    socket = Registry()
    socket.add("a")(len)
    with pytest.raises(ImproperlyConfigured, match="registered twice"):
        socket.add("a")(max)


def test_a_refusal_says_its_own_sentence_unless_given_another():
    class Closed(DomainError):
        message = "It is closed."

    assert str(Closed()) == "It is closed."
    assert str(Closed("Closed until Monday.")) == "Closed until Monday."
    assert Closed(until="Monday").details == {"until": "Monday"}
