"""The engine on a handful of hand-made items: found as people write, refused when nothing fits."""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.answers.engine import Index, IndexMissing, IndexOutdated, Unit, units_of
from ventanilla.answers.engine.units import PIECE_CHARS, pieces


class Pretender:
    """An encoder whose vectors are counts of letter triples: cheap, repeatable, and counts what it embeds."""

    name = "pretender"
    dimensions = 64
    light = True
    reach = 0.4

    def __init__(self, *, version: str = "1") -> None:
        self.version = version
        self.embedded: list[str] = []

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
        return self.questions(texts)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.full((len(texts), self.dimensions), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for at in range(len(text) - 2):
                rows[row, crc32(text[at : at + 3].lower().encode()) % self.dimensions] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def an_item(item: str, title: str, *asked: str, language: str = "es", **overrides: object) -> list[Unit]:
    values: dict[str, object] = {
        "country": item.split("-")[0],
        "kind": "procedure",
        "summary": f"{title}.",
        "sections": {},
    }
    return units_of(item=item, language=language, title=title, ask_like=asked, **(values | overrides))


ITEMS = [
    *an_item("cr-refuge", "Pedir refugio en Costa Rica", "cómo pido refugio", "me persiguen en mi país"),
    *an_item("cr-refuge", "Asking for asylum in Costa Rica", "how do I ask for asylum", language="en"),
    *an_item(
        "cr-passport", "Renovar el pasaporte", "se me venció el pasaporte", "cuánto cuesta el pasaporte"
    ),
    *an_item("pa-passport", "Sacar el pasaporte en Panamá", "cuánto cuesta el pasaporte"),
    *an_item("cr-shelter", "Albergue para migrantes", "dónde puedo dormir esta noche", "casa para familias"),
    *an_item("cr-wages", "Reclamar el salario", "mi patrón no me paga", "me despidieron sin pagarme"),
    *an_item("cr-birth", "Inscribir a un bebé", "dónde inscribo a mi hija recién nacida"),
    *an_item("cr-women", "Línea para mujeres", "mi marido me pega", kind="hotline"),
]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(ITEMS, encoders=[Pretender()])


@pytest.fixture(scope="module")
def words_only() -> Index:
    return Index.build(ITEMS, encoders=[])


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("¿Cómo pido refugio?", "cr-refuge"),
        ("como pido refujio", "cr-refuge"),
        ("kiero pedir refugio xq me persigen", "cr-refuge"),
        ("cuanto bale renobar el pasaporte", "cr-passport"),
        ("CUÁNTO CUESTA RENOVAR MI PASAPORTE", "cr-passport"),
        ("donde puedo drmir esta noche", "cr-shelter"),
        ("posada pa migrantes", "cr-shelter"),
        ("el patron no m paga la quincena", "cr-wages"),
        ("mi marido me pega q hago", "cr-women"),
    ],
)
def test_found_as_people_write(question: str, item: str, index: Index, words_only: Index) -> None:
    for engine in (index, words_only):
        assert engine.ask(question, language="es", country="cr").hits[0].item == item


def test_country_named_in_the_question_wins(index: Index) -> None:
    ranking = index.ask("sacar el pasaporte en Panamá", language="es", country="cr")
    assert ranking.country == "pa"
    assert ranking.hits[0].item == "pa-passport"


def test_page_country_counts_when_none_is_named(index: Index) -> None:
    assert index.ask("cuánto cuesta el pasaporte", country="pa").hits[0].item == "pa-passport"
    assert index.ask("cuánto cuesta el pasaporte", country="CR").hits[0].item == "cr-passport"


def test_where_somebody_is_from_is_not_where_they_ask_about(index: Index) -> None:
    assert index.ask("soy de Panamá, cuánto cuesta el pasaporte", country="cr").country == "cr"


def test_hit_speaks_the_question_language_where_the_item_does(index: Index) -> None:
    english = index.ask("how do I ask for asylum please", language="es", country="cr")
    assert english.language == "en"
    assert (english.hits[0].language, english.hits[0].unit.language) == ("en", "en")
    other = next(hit for hit in english.hits if hit.item == "cr-shelter")
    assert other.language == "es"


def test_page_language_decides_when_the_words_do_not(index: Index) -> None:
    assert index.ask("taxi", language="ht").language == "ht"
    assert index.ask("taxi", language="fr").language == "fr"


def test_one_hit_for_each_item(index: Index) -> None:
    items = [hit.item for hit in index.ask("pasaporte refugio albergue", country="cr").hits]
    assert len(items) == len(set(items))


def test_nonsense_is_not_answered(index: Index, words_only: Index) -> None:
    for engine in (index, words_only):
        assert engine.ask("zxqv wkrt plmb", language="es", country="cr").verdict != "direct"
        assert engine.ask("", language="es").verdict == "none"
        assert engine.ask("🙂🙂🙂", language="es").hits == ()


def test_exact_question_gets_more_confidence_than_nonsense(index: Index) -> None:
    exact = index.ask("cómo pido refugio", language="es", country="cr").confidence
    assert exact > index.ask("precio del oro en Londres", language="es", country="cr").confidence


def test_hidden_items_vanish_without_a_trace(index: Index) -> None:
    hidden = index.ask("cómo pido refugio", country="cr", visible=lambda item: item != "cr-refuge")
    without = index.updated(removed_items=["cr-refuge"], units=[]).ask("cómo pido refugio", country="cr")
    assert "cr-refuge" not in {hit.item for hit in hidden.hits}
    assert [hit.item for hit in hidden.hits] == [hit.item for hit in without.hits]
    assert hidden.confidence < index.ask("cómo pido refugio", country="cr").confidence


def test_nothing_visible_is_none(index: Index) -> None:
    ranking = index.ask("cómo pido refugio", visible=lambda item: False)
    assert (ranking.verdict, ranking.hits) == ("none", ())


def test_limit(index: Index) -> None:
    assert len(index.ask("pasaporte", limit=2).hits) == 2


def test_empty_index_answers_none() -> None:
    assert Index.build([], encoders=[]).ask("cómo pido refugio").verdict == "none"


QUESTIONS = (
    "cómo pido refugio",
    "cuánto cuesta el pasaporte en Panamá",
    "how do I ask for asylum",
    "pasaprte",
)


def test_saved_and_loaded_answers_the_same(index: Index, tmp_path: Path) -> None:
    index.save(tmp_path)
    loaded = Index.load(tmp_path, encoders=[Pretender()])
    for question in QUESTIONS:
        assert loaded.ask(question, country="cr") == index.ask(question, country="cr")


def test_saving_again_swaps_and_keeps_the_version_being_read(index: Index, tmp_path: Path) -> None:
    index.save(tmp_path)
    reader = Index.load(tmp_path, encoders=[Pretender()])
    for _ in range(3):
        index.updated(removed_items=["cr-refuge"], units=[]).save(tmp_path)
    loaded = Index.load(tmp_path, encoders=[Pretender()])
    assert "cr-refuge" not in {hit.item for hit in loaded.ask("cómo pido refugio").hits}
    assert reader.ask("cómo pido refugio").hits[0].item == "cr-refuge"
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2


def test_missing_and_outdated_are_told_apart(index: Index, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        Index.load(tmp_path / "nowhere", encoders=[])
    index.save(tmp_path)
    with pytest.raises(IndexOutdated):
        Index.load(tmp_path, encoders=[Pretender(version="2")])


def test_updated_equals_built_from_scratch(index: Index) -> None:
    item = an_item("cr-school", "Matricular a los hijos en la escuela", "cómo entra mi hijo a la escuela")
    again = an_item("cr-wages", "Cobrar el salario", "no me pagan lo que me deben")
    kept = [unit for unit in ITEMS if unit.item not in ("cr-birth", "cr-wages")]
    updated = index.updated(removed_items=["cr-birth"], units=[*item, *again])
    built = Index.build([*kept, *item, *again], encoders=[Pretender()])
    for question in (*QUESTIONS, "escuela para mi hijo", "no me pagan", "inscribir bebé"):
        assert updated.ask(question, country="cr") == built.ask(question, country="cr")


def test_update_embeds_only_new_texts() -> None:
    encoder = Pretender()
    index = Index.build(ITEMS, encoders=[encoder])
    encoder.embedded.clear()
    index.updated(removed_items=[], units=an_item("cr-bus", "Bus a la frontera", "a qué hora sale el bus"))
    assert encoder.embedded == [
        "Bus a la frontera",
        "a qué hora sale el bus",
        "Bus a la frontera. Bus a la frontera.",
    ]


def test_large_index_reads_fewer_rows_and_finds_the_same(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ventanilla.answers.engine.vectors.FEW_ROWS", 5)
    monkeypatch.setattr("ventanilla.answers.engine.index.POOL_ROWS", 12)
    large = Index.build(ITEMS, encoders=[Pretender()])
    for question in ("cómo pido refugio", "how do I ask for asylum", "mi marido me pega"):
        assert (
            large.ask(question, country="cr").hits[0].unit == index.ask(question, country="cr").hits[0].unit
        )


NASTY = [
    '"unbalanced',
    "'; DROP TABLE items; --",
    "<script>alert(1)</script>",
    "\u202eoiguferr odip",
    "\0\0refugio\0",
    "a" * 10_000,
    "refugio " * 2_000,
    "\ud800",
    "NEAR(refugio) AND * OR -",
    "١٢٣ 你好 कैसे",
    "?" * 500,
]


@pytest.mark.parametrize("question", NASTY)
def test_nasty_input_is_answered_calmly(question: str, index: Index) -> None:
    assert index.ask(question, language="es", country="cr").verdict in ("direct", "choices", "none")


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from([None, "es", "ht", "xx", ""]),
    st.sampled_from([None, "cr", "zz", ""]),
)
def test_any_text_is_a_question(
    index: Index, question: str, language: str | None, country: str | None
) -> None:
    ranking = index.ask(question, language=language, country=country)
    assert 0 <= ranking.confidence <= 1


@given(st.text(max_size=3_000))
def test_pieces_keep_every_word_and_stay_short(text: str) -> None:
    cut = list(pieces(text))
    assert all(0 < len(piece) <= PIECE_CHARS for piece in cut)
    assert [w for w in text.split() if len(w) < 500] == [w for p in cut for w in p.split() if len(w) < 500]


def test_units_of_an_item() -> None:
    units = an_item(
        "CR-x".lower(),
        "Título",
        "¿pregunta?",
        sections={"steps": ["Uno.", "Dos."], "body": "", "fee": "Gratis."},
    )
    assert [unit.unit for unit in units] == ["title", "ask_like", "summary", "steps", "fee"]
    assert units[3].text == "Uno. Dos."
