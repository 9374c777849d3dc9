"""Each machine keeps its own index in step with what all of them changed."""

import json
import shutil

import pytest

from ventanilla.answers import index
from ventanilla.answers.asking import ask
from ventanilla.answers.encoders import endpoint
from ventanilla.verification.models import Fact, Wording
from ventanilla.web import baking
from ventanilla.web.indexing import follow_index

QUESTION = "zanahorias moradas de Talamanca"


@pytest.fixture
def machines(site, settings, tmp_path):
    """Two disks with the same index; `use(name)` is that machine."""
    for name in ("one", "two"):
        shutil.copytree(settings.INDEX_ROOT, tmp_path / name)

    def use(name):
        settings.INDEX_ROOT = tmp_path / name
        index._loaded = None

    for name in ("one", "two"):
        use(name)
        follow_index()
    yield use
    index._loaded = None


def change(fact, title):
    Wording.objects.filter(fact=fact, language="es").update(title=title, summary=title)
    baking.note_change(refs=frozenset({fact.ref}))


def best():
    passages = ask(QUESTION, language="es", country="cr").passages
    return passages[0].item.ref if passages else ""


def test_another_machine_finds_what_was_published_on_this_one(machines):
    fact = (
        Fact.objects.filter(country="cr", kind="agreement", wordings__language="es").order_by("ref").first()
    )
    machines("one")
    change(fact, QUESTION)
    assert follow_index() == 1
    assert best() == fact.ref
    machines("two")
    assert best() != fact.ref
    assert follow_index() == 1
    index._loaded = None
    assert best() == fact.ref


def test_a_second_process_of_a_machine_finds_it_done(machines):
    machines("one")
    change(Fact.objects.filter(country="cr", kind="agreement").order_by("ref").first(), QUESTION)
    assert follow_index() == 1
    assert follow_index() == 0


def test_a_new_machine_builds_its_index(machines, settings, tmp_path):
    settings.INDEX_ROOT = tmp_path / "three"
    index._loaded = None
    follow_index()
    assert index.is_ready()
    assert ask("cómo pido refugio", country="cr").passages


def test_an_index_of_another_model_is_built_again_by_itself(machines, settings):
    machines("one")
    (folder,) = [path for path in settings.INDEX_ROOT.iterdir() if path.name.startswith("v-")]
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps(meta | {"models": [["e5", "of last year", 384]]}))
    index._loaded = None
    index._is_usable.cache_clear()
    assert not index.is_ready()
    follow_index()
    assert index.is_ready()
    assert ask("cómo pido refugio", country="cr").passages


def test_what_changed_waits_while_the_model_is_away(machines, settings, caplog):
    machines("one")
    settings.ENCODER_URL, settings.ENCODER_MODEL = "http://127.0.0.1:9", "mini"
    settings.ENCODER_DIMENSIONS = 8
    endpoint.cache_clear()
    index._is_usable.cache_clear()
    try:
        assert follow_index() == 0
        assert "what changed is not in the index yet" in caplog.text
    finally:
        endpoint.cache_clear()
        index._is_usable.cache_clear()
