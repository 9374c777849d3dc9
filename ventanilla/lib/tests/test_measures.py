from uuid import uuid4

import pytest
from prometheus_client import generate_latest

from ventanilla.lib.measures import NAMES, Clock, Counter, registry


@pytest.fixture
def name():
    """A name of its own for each measure: the registry lives as long as the process."""
    return f"test_{uuid4().hex}"


def figures(name: str) -> list[str]:
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if line.startswith(f"ventanilla_{name}") and "_created" not in line]


def test_a_counter_counts_by_label(name, db):
    counter = Counter(name, "For this test", verdict=("direct", "none"))
    counter.add(verdict="none")
    counter.add(verdict="none")
    assert figures(name) == [f'ventanilla_{name}_total{{verdict="none"}} 2.0']


def test_what_is_not_on_the_list_counts_as_other(name, db):
    counter = Counter(name, "For this test", language=("es", "en"))
    counter.add(language="Rosa Méndez")
    assert figures(name) == [f'ventanilla_{name}_total{{language="other"}} 1.0']


def test_an_open_label_takes_names_of_the_code_and_nothing_people_write(name, db):
    counter = Counter(name, "For this test", view=NAMES)
    counter.add(view="wagtailadmin_pages:edit")
    counter.add(view="rosa@hub.example")
    assert sorted(figures(name)) == [
        f'ventanilla_{name}_total{{view="other"}} 1.0',
        f'ventanilla_{name}_total{{view="wagtailadmin_pages:edit"}} 1.0',
    ]


def test_a_clock_puts_durations_in_buckets(name, db):
    Clock(name, "For this test", view=NAMES).took(0.3, view="web:home")
    lines = figures(name)
    assert f'ventanilla_{name}_seconds_bucket{{le="0.25",view="web:home"}} 0.0' in lines
    assert f'ventanilla_{name}_seconds_bucket{{le="0.5",view="web:home"}} 1.0' in lines
