"""What speaks for an item: the numbers a ranking is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .corpus import ASKED, BODY, OFFER, Corpus
from .encoders import Matrix
from .lexicon import Lexicon
from .question import Question
from .vectors import Vectors

Scores = NDArray[np.float32]
Items = NDArray[np.intp]
Rows = NDArray[np.intp]

_FIRST_PASS = {"words": 0.3, "grams": 0.25, "dense": 0.6}
_ECHOES, _VOTERS = 8, 30
_PAGE_COUNTRY, _NAMED_COUNTRY = 0.3, 0.35


@dataclass(frozen=True)
class Evidence:
    """Scores of every unit, by words, by 4-grams and by each encoder, 1 being very good.

    `clauses` holds the vectors of the question's parts, for encoders light enough to read them.
    """

    words: Scores
    grams: Scores
    dense: Mapping[str, Scores]
    clauses: Mapping[str, Matrix]

    @cached_property
    def fused(self) -> Scores:
        """One number a unit: good enough to choose candidates and the best unit of an item."""
        lexical = _FIRST_PASS["words"] * _of_best(self.words) + _FIRST_PASS["grams"] * _of_best(self.grams)
        return np.asarray(lexical + _FIRST_PASS["dense"] * self.meant, dtype=np.float32)

    @cached_property
    def meant(self) -> Scores:
        """The mean of what the encoders say, whatever the words: finds texts in other languages."""
        total = np.zeros_like(self.words)
        for scores in self.dense.values():
            total += scores / len(self.dense)
        return total

    def without(self, rows: NDArray[np.intp]) -> "Evidence":
        """As if these units were not there."""
        return replace(
            self,
            words=_lowered(self.words, rows, 0.0),
            grams=_lowered(self.grams, rows, 0.0),
            dense={name: _lowered(scores, rows, -1.0) for name, scores in self.dense.items()},
        )


@dataclass(frozen=True, slots=True)
class Signals:
    """One row of numbers for each candidate item; `names` says what the columns are."""

    items: Items
    names: tuple[str, ...]
    table: Scores

    def column(self, name: str) -> Scores:
        """One signal of all candidates."""
        return np.asarray(self.table[:, self.names.index(name)])


def country_bonus(question: Question, corpus: Corpus, *, page: str | None) -> Scores:
    """First-pass bonus of each item for standing in a country the question names, or the page's."""
    named = question.named.strengths
    bonus = {country: _NAMED_COUNTRY * strength for country, strength in named.items()}
    if page:
        bonus[page] = bonus.get(page, 0.0) + _PAGE_COUNTRY
    return np.array([bonus.get(country, 0.0) for country in corpus.countries], dtype=np.float32)[
        corpus.country_of
    ]


def best_of_items(scores: Scores, corpus: Corpus) -> Scores:
    """The highest score of each item's units."""
    return np.asarray(np.maximum.reduceat(scores, corpus.starts[:-1]))


@dataclass(frozen=True, slots=True)
class Field:
    """What the signals of one question are computed from.

    `rows` are the units of all candidates one after the other, `starts` where each candidate's begin,
    `owners` the candidate of each row.
    """

    question: Question
    evidence: Evidence
    corpus: Corpus
    lexicon: Lexicon
    vectors: Sequence[Vectors]
    candidates: Items
    page: str | None
    rows: Rows = dataclass_field(init=False)
    starts: Rows = dataclass_field(init=False)
    owners: Rows = dataclass_field(init=False)

    def __post_init__(self) -> None:
        first = self.corpus.starts[self.candidates]
        sizes = self.corpus.starts[self.candidates + 1] - first
        starts = np.cumsum(sizes) - sizes
        owners = np.repeat(np.arange(len(sizes)), sizes)
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "owners", owners)
        object.__setattr__(self, "rows", np.arange(len(owners)) - starts[owners] + first[owners])

    def best(self, scores: Scores) -> Scores:
        """The highest of each candidate's rows."""
        return np.asarray(np.maximum.reduceat(scores, self.starts), dtype=np.float32)


def signals(field: Field) -> Signals:
    """All signals of the candidates, which never depend on hidden items."""
    if not len(field.candidates):
        return Signals(field.candidates, (), np.zeros((0, 0), dtype=np.float32))
    evidence = field.evidence
    columns: dict[str, Scores] = {}
    for name, scores in (("words", evidence.words), ("grams", evidence.grams), *evidence.dense.items()):
        columns |= _best_columns(field, name, scores[field.rows])
    for vectors in field.vectors:
        if vectors.name in evidence.dense:
            columns |= _vector_columns(field, vectors)
    columns |= _language_columns(field)
    columns |= _country_columns(field)
    columns["kind"] = _kind_vote(field)
    return Signals(
        field.candidates, tuple(columns), np.stack(list(columns.values()), axis=1).astype(np.float32)
    )


def _best_columns(field: Field, name: str, scores: Scores) -> dict[str, Scores]:
    best = field.best(scores)
    columns = {name: best, f"{name}_short": best - best.max(initial=0)}
    parts = field.corpus.parts[field.rows]
    for label, part in (("offer", OFFER), ("asked", ASKED), ("body", BODY)):
        columns[f"{name}_{label}"] = field.best(np.where(parts == part, scores, 0).astype(np.float32))
    columns[f"{name}_several"] = _several(field, scores)
    return columns


def _several(field: Field, scores: Scores, *, count: int = 4) -> Scores:
    """The mean of each candidate's best few units: an item that answers in more than one place."""
    turn = np.lexsort((-scores, field.owners))
    rank = np.arange(len(scores)) - field.starts[field.owners]
    kept = turn[rank < count]
    total = np.bincount(field.owners[kept], weights=scores[kept], minlength=len(field.starts))
    return np.asarray(total / np.bincount(field.owners[kept], minlength=len(field.starts)), dtype=np.float32)


def _vector_columns(field: Field, vectors: Vectors) -> dict[str, Scores]:
    """Signals that need the candidates' own vectors: the echo, and the question's clauses one by one."""
    name, scale = vectors.name, vectors.reach[0]
    scores = field.evidence.dense[name][field.rows]
    floats = vectors.floats(field.rows)
    columns = {f"{name}_echo": _echo(field, floats, scores) / scale}
    clauses = field.evidence.clauses.get(name)
    if clauses is None:
        columns[f"{name}_clause"] = columns[f"{name}_clauses"] = field.best(scores)
    else:
        heard = np.maximum.reduceat(floats @ clauses.T, field.starts, axis=0) / scale
        columns[f"{name}_clause"], columns[f"{name}_clauses"] = heard.max(axis=1), heard.mean(axis=1)
    return columns


def _echo(field: Field, floats: Matrix, scores: Scores) -> Scores:
    """How near each candidate is to what the best units of the other candidates say."""
    top = np.argsort(-scores, kind="stable")[:_ECHOES]
    near = (floats @ floats[top].T) * scores[top]
    near[field.owners[:, None] == field.owners[top][None, :]] = 0
    own = np.bincount(field.owners[top], minlength=len(field.starts))
    return np.asarray(field.best(near.sum(axis=1)) / np.maximum(len(top) - own, 1), dtype=np.float32)


def _language_columns(field: Field) -> dict[str, Scores]:
    """Words can only be found in the question's language, so items without it are told apart."""
    coverage = _coverage(field)
    foreign = np.array(
        [field.question.language not in field.corpus.items[item].groups for item in field.candidates],
        dtype=np.float32,
    )
    return {"coverage": coverage, "foreign": foreign, "foreign_coverage": foreign * coverage}


def _coverage(field: Field) -> Scores:
    """The share of the question's content, rare words weighing more, found anywhere in each item."""
    covered = np.zeros(len(field.candidates), dtype=np.float32)
    mass = 1e-6
    for token in field.question.content:
        rows, rarity = field.lexicon.rows_of(token, language=field.question.language)
        mass += rarity
        holds = np.zeros(len(field.corpus), dtype=bool)
        holds[rows] = True
        covered += rarity * np.logical_or.reduceat(holds[field.rows], field.starts)
    return covered / np.float32(mass)


def _country_columns(field: Field) -> dict[str, Scores]:
    named = field.question.named.strengths
    countries = [field.corpus.items[item].country for item in field.candidates]
    known = field.corpus.countries
    rivals = [strength for country, strength in named.items() if country in known and country != field.page]
    elsewhere = max(rivals, default=0.0)
    here = [float(country == field.page) for country in countries]
    meant = field.question.named.strongest(among=known) or field.page
    return {
        "meant_country": np.array([country == meant for country in countries], dtype=np.float32),
        "page_country": np.array(here, dtype=np.float32),
        "page_country_others_named": np.array([h * elsewhere for h in here], dtype=np.float32),
        "named_country": np.array([named.get(country, 0.0) for country in countries], dtype=np.float32),
    }


def _kind_vote(field: Field) -> Scores:
    """The share of votes for each candidate's kind among the units most like the question in other items."""
    fused = field.evidence.fused[field.rows]
    top = np.argsort(-fused, kind="stable")[:_VOTERS]
    votes = np.exp((fused[top] - fused[top[0]]) * 4)
    kinds = np.array([field.corpus.items[item].kind for item in field.candidates])
    others = field.owners[top][None, :] != np.arange(len(kinds))[:, None]
    same = kinds[field.owners[top]][None, :] == kinds[:, None]
    total = np.maximum((votes * others).sum(axis=1), 1e-6)
    return np.asarray((votes * (others & same)).sum(axis=1) / total, dtype=np.float32)


def _of_best(scores: Scores) -> Scores:
    return np.asarray(scores / max(float(scores.max(initial=0)), 1e-6))


def _lowered(scores: Scores, rows: NDArray[np.intp], floor: float) -> Scores:
    lowered = scores.copy()
    lowered[rows] = floor
    return lowered
