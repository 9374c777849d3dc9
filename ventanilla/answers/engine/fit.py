"""Fit the weights of the ranking and of its confidence on questions with known answers.

`python -m ventanilla.answers.engine.fit --questions questions.jsonl` writes `weights.json`, one set of
weights for each set of encoders, and reports what cross-validation says of them. A line of the file is
{"text": ..., "country": "cr" or null, "relevant": [item ids], "kind": "answerable"}; lines of the kind
"unanswerable" teach doubt, and a "weight" says how much a line counts in the order (1 if it says nothing).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .encoders import Encoder, default_encoders
from .index import Index
from .packs import pack_units
from .places import country_name
from .question import Question
from .ranking import WEIGHTS, Weights, doubts
from .signals import Signals

Floats = NDArray[np.float32]

_FOLDS = 8
_STEPS, _RATE = 300, 0.03
_RIDGE, _COUNTRY_RIDGE, _TRUST_RIDGE = 4.0, 0.05, 6.0
_MADE_UP, _MADE_UP_WEIGHT = 150, 0.1
# Questions of so many words are also measured by themselves: on a phone many type no more.
_SHORT = 5
_IN = {"es": "en", "en": "in"}
# Of answerable questions at most this share may be refused, of the others this share answered directly.
_REFUSED, _MISLED = 0.02, 0.06


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its candidates; `right` tells which of them answer it.

    Made-up examples (see `elsewhere`) weigh less and are never measured.
    """

    question: Question
    found: Signals
    right: NDArray[np.bool_]
    answerable: bool
    kind: str
    weight: float = 1.0


def examples(index: Index, lines: Sequence[dict[str, Any]]) -> Iterator[Example]:
    """Ask the index every question, keeping the signals of all candidates."""
    for line in lines:
        question = index.understood(line["text"])
        found = index.signals(question, index.evidence(question), page=line["country"])
        right = [index.corpus.items[item].id in line["relevant"] for item in found.items]
        answerable = line["kind"] != "unanswerable"
        weight = line.get("weight", 1.0)
        yield Example(question, found, np.array(right), answerable, line["kind"], weight)


def elsewhere(index: Index) -> Iterator[Example]:
    """The packs' own questions asked from another country, naming the right one: rare in real questions."""
    units = index.corpus.units()
    asked = [row for row, unit in enumerate(units) if unit.unit == "ask_like" and unit.language in _IN]
    countries = index.corpus.countries
    for turn, row in enumerate(asked[:: max(len(asked) // _MADE_UP, 1)]):
        unit = units[row]
        name = country_name(unit.country)
        page = countries[(countries.index(unit.country) + 1 + turn % (len(countries) - 1)) % len(countries)]
        question = index.understood(f"{unit.text} {_IN[unit.language]} {name}")
        evidence = index.evidence(question).without(np.array([row]))
        found = index.signals(question, evidence, page=page)
        right = np.array([index.corpus.items[item].id == unit.item for item in found.items])
        if right.any():
            yield Example(question, found, right, True, "made up", _MADE_UP_WEIGHT)


def fit(asked: Sequence[Example], made_up: Sequence[Example]) -> tuple[Weights, dict[str, Any]]:
    """Weights from all examples, and figures for examples the weights had not seen."""
    names = asked[0].found.names
    folds = np.random.default_rng(1).permutation(len(asked)) % _FOLDS
    unseen: list[Floats] = [np.empty(0, np.float32)] * len(asked)
    for fold in range(_FOLDS):
        learned = _ranking([*(e for e, f in zip(asked, folds, strict=True) if f != fold), *made_up])
        for at in np.flatnonzero(folds == fold).tolist():
            unseen[at] = asked[at].found.table @ learned
    ranking = _ranking([*asked, *made_up])
    held = _held_back_confidence(asked, unseen, folds)
    known = np.array([example.answerable for example in asked])
    weights = Weights(
        ranking=dict(zip(names, map(float, ranking), strict=True)),
        trust=_trust(asked, unseen, among=1),
        hope=_trust(asked, unseen, among=3),
        direct_from=float(np.quantile(held[1][~known], 1 - _MISLED)),
        none_below=float(np.quantile(held[3][known], _REFUSED)),
    )
    brief = np.array([len(example.question.text.split()) <= _SHORT for example in asked])
    return weights, {
        name: _figures(
            [asked[at] for at in rows.tolist()],
            [unseen[at] for at in rows.tolist()],
            {among: chances[rows] for among, chances in held.items()},
            weights,
        )
        for name, rows in (
            ("sentences", np.flatnonzero(~brief)),
            ("few words", np.flatnonzero(brief)),
        )
        if len(rows)
    }


def _ranking(asked: Sequence[Example]) -> Floats:
    """Maximum likelihood that a right candidate is picked (softmax), ridge towards zero."""
    taught = [example for example in asked if example.right.any()]
    width = max(len(example.right) for example in taught)
    tables = np.zeros((len(taught), width, len(taught[0].found.names)), dtype=np.float32)
    masks = np.full((len(taught), width), -1e9, dtype=np.float32)
    right = np.zeros((len(taught), width), dtype=bool)
    for at, example in enumerate(taught):
        count = len(example.right)
        tables[at, :count], masks[at, :count], right[at, :count] = example.found.table, 0, example.right
    spread = np.concatenate([example.found.table for example in taught]).std(axis=0) + 1e-6
    ridge = np.array([_COUNTRY_RIDGE if "country" in n else _RIDGE for n in taught[0].found.names])
    tables /= spread
    trusted = np.array([example.weight for example in taught], dtype=np.float32)[:, None]

    def slope(weights: Floats) -> Floats:
        scores = tables @ weights + masks
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        meant = chances * right
        pull = chances / chances.sum(axis=1, keepdims=True) - meant / meant.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("qc,qcs->s", trusted * pull, tables) + ridge * weights)

    return np.asarray(_descend(slope, len(spread)) / spread, dtype=np.float32)


def _trust(asked: Sequence[Example], scores: Sequence[Floats], *, among: int) -> dict[str, float]:
    """Logistic weights of the chance that one of the first so many candidates answers."""
    signs = [doubts(e.found, s, e.question) for e, s in zip(asked, scores, strict=True)]
    names = list(signs[0])
    table = np.array([[sign[name] for name in names] for sign in signs], dtype=np.float32)
    first = [np.argsort(-s, kind="stable")[:among] for s in scores]
    good = np.array([e.right[best].any() for e, best in zip(asked, first, strict=True)], dtype=np.float32)
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    inputs = np.concatenate([(table - middle) / spread, np.ones((len(table), 1), np.float32)], axis=1)
    ridge = np.full(len(names) + 1, _TRUST_RIDGE, dtype=np.float32)
    ridge[-1] = 0

    def slope(weights: Floats) -> Floats:
        chance = 1 / (1 + np.exp(-(inputs @ weights)))
        return np.asarray(inputs.T @ (chance - good) + ridge * weights)

    weights = _descend(slope, len(names) + 1)
    plain = weights[:-1] / spread
    return {"bias": float(weights[-1] - plain @ middle)} | dict(zip(names, map(float, plain), strict=True))


def _held_back_confidence(
    asked: Sequence[Example], scores: Sequence[Floats], folds: NDArray[np.intp]
) -> dict[int, NDArray[np.float64]]:
    """Each example's chance that the first, or one of three, answers, by weights fitted without it."""
    held = {1: np.zeros(len(asked)), 3: np.zeros(len(asked))}
    for fold in range(_FOLDS):
        kept = np.flatnonzero(folds != fold).tolist()
        examples, their = [asked[at] for at in kept], [scores[at] for at in kept]
        judge = Weights({}, _trust(examples, their, among=1), _trust(examples, their, among=3), 1, 0)
        for at in np.flatnonzero(folds == fold).tolist():
            signs = doubts(asked[at].found, scores[at], asked[at].question)
            held[1][at], held[3][at] = judge.confidence(signs), judge.among_three(signs)
    return held


def _descend(slope: Any, size: int) -> Floats:
    """Adam from zero; the problems are convex and small."""
    weights, speed, power = (np.zeros(size, dtype=np.float32) for _ in range(3))
    for step in range(1, _STEPS + 1):
        now = slope(weights)
        speed, power = 0.9 * speed + 0.1 * now, 0.99 * power + 0.01 * now * now
        move = (speed / (1 - 0.9**step)) / (np.sqrt(power / (1 - 0.99**step)) + 1e-8)
        weights = np.asarray(weights - _RATE * move, dtype=np.float32)
    return weights


def _figures(
    asked: Sequence[Example],
    scores: Sequence[Floats],
    held: dict[int, NDArray[np.float64]],
    weights: Weights,
) -> dict[str, float]:
    places = [
        int(np.argmax(e.right[np.argsort(-s, kind="stable")])) if e.right.any() else 99
        for e, s in zip(asked, scores, strict=True)
    ]
    cross = [place for place, example in zip(places, asked, strict=True) if example.kind == "cross"]
    places = [place for place, example in zip(places, asked, strict=True) if example.answerable]
    known = np.array([example.answerable for example in asked])
    direct = held[1] >= weights.direct_from
    none = ~direct & (held[3] < weights.none_below)
    figures = {
        "questions": len(asked),
        "first": np.mean([place == 0 for place in places]),
        "in_three": np.mean([place < 3 for place in places]),
        "cross_first": np.mean([place == 0 for place in cross]) if cross else 1,
        "cross_in_three": np.mean([place < 3 for place in cross]) if cross else 1,
        "answerable_direct": direct[known].mean(),
        "answerable_none": none[known].mean(),
        "unanswerable_direct": direct[~known].mean(),
        "unanswerable_none": none[~known].mean(),
        "unanswerable_told_apart": _told_apart(held[1][known], held[1][~known]),
    }
    return {name: round(float(figure), 4) for name, figure in figures.items()}


def _told_apart(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    """The chance that an answerable question gets more confidence than an unanswerable one."""
    return float((high[:, None] > low[None, :]).mean())


def main(argv: Sequence[str] | None = None) -> None:
    """Fit every set of encoders of this machine and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    options = parser.parse_args(argv)
    lines = [json.loads(line) for path in options.questions for line in path.read_text("utf-8").splitlines()]
    found: dict[str, Any] = {}
    for encoders in _sets(default_encoders()):
        name = "+".join(sorted(encoder.name for encoder in encoders))
        index = Index.build(pack_units(), encoders=encoders)
        weights, figures = fit(list(examples(index, lines)), list(elsewhere(index)))
        found[name] = asdict(weights)
        for kind, told in figures.items():
            sys.stderr.write(f"{name or 'words alone'}, {kind}: {json.dumps(told)}\n")
    WEIGHTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _sets(encoders: Sequence[Encoder]) -> Iterator[tuple[Encoder, ...]]:
    for bits in range(2 ** len(encoders)):
        yield tuple(encoder for at, encoder in enumerate(encoders) if bits >> at & 1)


if __name__ == "__main__":
    main()
