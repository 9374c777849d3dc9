"""The turn to write: one after the other, and never waited for by who has the database already."""

from threading import Event, Thread

import pytest

from ventanilla.channels import turns


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "_place", lambda: tmp_path / "db.sqlite3.turn")
    return tmp_path / "db.sqlite3.turn"


def run(work):
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_who_comes_second_waits_for_the_first(place):
    has_it, said = Event(), []

    def second():
        has_it.set()
        with turns.turn():
            said.append("second")

    with turns.turn():
        waiting = run(second)
        assert has_it.wait(5)
        waiting.join(0.2)
        said.append("first")
    waiting.join(5)
    assert said == ["first", "second"]


def test_who_is_in_a_transaction_does_not_wait(place, db):
    came = Event()

    def other():
        with turns.turn():
            came.wait(5)

    holding = run(other)
    with turns.turn():
        came.set()
    holding.join(5)
    assert not holding.is_alive()


def test_there_is_no_turn_where_many_may_write(db):
    with turns.turn():
        assert turns._place() is None
