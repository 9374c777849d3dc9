"""Measure how well and how fast the engine answers; `ventanilla bench answers` runs this.

Public sets: `--passages F --queries F` (JSON lines with id, lang, text; queries name `relevant` passages).
Packs: `--pack-questions F` asks the starter packs (lines with text, lang, country, kind, relevant items).
Progress goes to stderr, one JSON object to stdout.
"""

import argparse
import json
import random
import resource
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .engine import Encoder, Index, Ranking, Unit, default_encoders
from .engine.packs import pack_units
from .engine.spelling import fold, wordlists, words

_SEED = 20
_DEPTH = 10
_SHORT = {"que": "q", "por": "x", "porque": "xq", "para": "pa", "de": "d", "you": "u", "are": "r", "and": "n"}
_SHORT |= {"please": "pls", "quoi": "koi", "pour": "pr", "est": "e", "nao": "n", "und": "u", "nicht": "nich"}
_RESPELLED = (("qui", "ki"), ("que", "ke"), ("ce", "se"), ("ci", "si"), ("v", "b"), ("h", ""), ("ll", "y"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a bench, the items that answer it, and the groups its result counts in."""

    text: str
    relevant: frozenset[str]
    country: str | None
    groups: tuple[str, ...]
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine made of one question; `place` counts from 0, None when not among the first ten."""

    asked: Asked
    place: int | None
    verdict: str
    seconds: float


def main(argv: list[str]) -> dict[str, Any]:
    """Run the benches asked for and return (and print) their figures."""
    options = _parser().parse_args(argv)
    encoders = default_encoders()
    if options.encoders is not None:
        encoders = tuple(encoder for encoder in encoders if encoder.name in options.encoders)
    report: dict[str, Any] = {"encoders": [encoder.name for encoder in encoders]}
    if options.pack_questions:
        report["packs"] = _packs(options.pack_questions, encoders)
    for passages, queries in zip(options.passages, options.queries, strict=True):
        for lang, result in _public(passages, queries, encoders, options.limit):
            report.setdefault("public", {}).setdefault(passages.parent.name, {})[lang] = result
    if "public" in report:
        report["macro"] = _macro(report["public"])
    report["memory_mb"] = round(_resident_mb(), 1)
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return report


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench answers", description=__doc__)
    parser.add_argument("--passages", type=Path, nargs="+", default=[])
    parser.add_argument("--queries", type=Path, nargs="+", default=[])
    parser.add_argument("--pack-questions", type=Path)
    parser.add_argument("--encoders", nargs="*", help="only these (e5, use); none given means words alone")
    parser.add_argument("--limit", type=int, help="at most so many queries of each language")
    return parser


def chat(text: str, *, seed: int = _SEED) -> str:
    """The text as typed in haste on a phone: no accents, short words, sound spelling, a slip now and then.

    The same text always gives the same noise.
    """
    chance = random.Random(f"{seed}{text}")  # noqa: S311 - noise, not a secret
    return " ".join(_hasty(word, chance) for word in fold(text).replace("¿", "").replace("¡", "").split())


def _hasty(word: str, chance: random.Random) -> str:
    if word in _SHORT:
        return _SHORT[word]
    if len(word) > 3 and chance.random() < 0.25:
        sound, spelled = chance.choice(_RESPELLED)
        word = word.replace(sound, spelled, 1)
    if len(word) > 4 and chance.random() < 0.1:
        at = chance.randrange(1, len(word) - 1)
        slips = (word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :])
        word = chance.choice(slips)
    return word


def _packs(path: Path, encoders: Sequence[Encoder]) -> dict[str, Any]:
    units = pack_units()
    index, seconds = _built(units, encoders)
    asked = [_pack_question(json.loads(line)) for line in path.read_text("utf-8").splitlines()]
    _say(f"{path.name}: {len(asked)} questions, {len(units)} units\n")
    outcomes = list(_outcomes(index, asked))
    return {
        **_figures(outcomes),
        **_verdicts(outcomes),
        "chat": _figures([*_outcomes(index, [_in_haste(question) for question in asked])])["all"],
        "baseline_fts5_any_word": _figures([*_baseline(units, asked)])["all"],
        "index_seconds_per_1000": round(seconds / len(units) * 1000, 3),
        "units": len(units),
    }


def _pack_question(line: dict[str, Any]) -> Asked:
    return Asked(
        text=line["text"],
        relevant=frozenset(line["relevant"]),
        country=line["country"],
        groups=("all", line["lang"], line["kind"]),
        answerable=line["kind"] != "unanswerable",
    )


def _public(
    passages: Path, queries: Path, encoders: Sequence[Encoder], limit: int | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each language of a set by itself: questions of a language against passages of that language."""
    texts: dict[str, list[Unit]] = defaultdict(list)
    for line in map(json.loads, passages.read_text("utf-8").splitlines()):
        texts[line["lang"]].append(_passage(line))
    asked: dict[str, list[Asked]] = defaultdict(list)
    for line in map(json.loads, queries.read_text("utf-8").splitlines()):
        question = Asked(line["text"], frozenset(line["relevant"]), None, ("all", line["lang"]))
        asked[line["lang"]].append(question)
    for lang in sorted(asked):
        units, questions = texts[lang], asked[lang][:limit]
        _say(f"{passages.parent.name} {lang}: {len(questions)} questions, {len(units)} passages\n")
        index, seconds = _built(units, encoders)
        clean = _figures([*_outcomes(index, questions)])["all"]
        yield (
            lang,
            {
                **clean,
                "chat": _figures([*_outcomes(index, [_in_haste(question) for question in questions])])["all"],
                "baseline_fts5_any_word": _figures([*_baseline(units, questions)])["all"],
                "index_seconds_per_1000": round(seconds / len(units) * 1000, 3),
            },
        )


def _passage(line: dict[str, Any]) -> Unit:
    return Unit(item=line["id"], language=line["lang"], country="", kind="", unit="body", text=line["text"])


def _in_haste(asked: Asked) -> Asked:
    return Asked(chat(asked.text), asked.relevant, asked.country, asked.groups, asked.answerable)


def _built(units: Sequence[Unit], encoders: Sequence[Encoder]) -> tuple[Index, float]:
    start = time.process_time()
    index = Index.build(
        units, encoders=encoders, progress=lambda done, total: _say(f"\r  embedded {done}/{total}  ")
    )
    return index, time.process_time() - start


def _outcomes(index: Index, asked: Iterable[Asked]) -> Iterator[Outcome]:
    for question in asked:
        start = time.process_time()
        ranking = index.ask(question.text, country=question.country, limit=_DEPTH)
        yield _outcome(question, ranking, time.process_time() - start)


def _outcome(asked: Asked, ranking: Ranking, seconds: float) -> Outcome:
    place = next((at for at, hit in enumerate(ranking.hits) if hit.item in asked.relevant), None)
    return Outcome(asked, place, ranking.verdict, seconds)


def _figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[int | None]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.asked.answerable:
            for group in outcome.asked.groups:
                groups[group].append(outcome.place)
    figures = {group: _recalls(places) for group, places in groups.items()}
    spent = [outcome.seconds * 1000 for outcome in outcomes]
    figures["all"] |= {
        "p50_ms": _rounded(np.percentile(spent, 50)),
        "p99_ms": _rounded(np.percentile(spent, 99)),
    }
    return figures


def _recalls(places: Sequence[int | None]) -> dict[str, float]:
    return {
        "recall@1": _rounded(np.mean([place == 0 for place in places])),
        "recall@3": _rounded(np.mean([place is not None and place < 3 for place in places])),
        "mrr@10": _rounded(np.mean([0.0 if place is None else 1 / (place + 1) for place in places])),
        "questions": len(places),
    }


def _verdicts(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Unanswerable questions are refused when not answered directly, answerable ones when shown nothing."""
    known = [outcome.verdict for outcome in outcomes if outcome.asked.answerable]
    unknown = [outcome.verdict for outcome in outcomes if not outcome.asked.answerable]
    return {
        "unanswerable_refused": _rounded(np.mean([verdict != "direct" for verdict in unknown])),
        "unanswerable_none": _rounded(np.mean([verdict == "none" for verdict in unknown])),
        "answerable_refused": _rounded(np.mean([verdict == "none" for verdict in known])),
        "answerable_direct": _rounded(np.mean([verdict == "direct" for verdict in known])),
    }


def _baseline(units: Sequence[Unit], asked: Iterable[Asked]) -> Iterator[Outcome]:
    """SQLite's full-text search with any word: what a site search does when it is kind."""
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE VIRTUAL TABLE t USING fts5(item UNINDEXED, country UNINDEXED, text)")
        rows = ((unit.item, unit.country, unit.text) for unit in units)
        base.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        stops = {word for stop in wordlists()["stop"].values() for word in stop}
        for question in asked:
            start = time.process_time()
            found = _matches(base, question, stops)
            place = next((at for at, item in enumerate(found) if item in question.relevant), None)
            yield Outcome(question, place, "choices", time.process_time() - start)


def _matches(base: sqlite3.Connection, asked: Asked, stops: set[str]) -> list[str]:
    tokens = [token for token in words(asked.text) if token not in stops]
    if not tokens:
        return []
    match = " OR ".join(f'"{token}"' for token in tokens)
    sql = "SELECT item FROM t WHERE t MATCH ? AND (? IS NULL OR country = ?) ORDER BY rank LIMIT 200"
    rows = base.execute(sql, (match, asked.country, asked.country))
    return list(dict.fromkeys(item for (item,) in rows))[:_DEPTH]


def _macro(public: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Means over all sets and languages, each counting the same."""
    results = [result for languages in public.values() for result in languages.values()]
    return {
        "recall@3": _rounded(np.mean([result["recall@3"] for result in results])),
        "mrr@10": _rounded(np.mean([result["mrr@10"] for result in results])),
        "chat_recall@3": _rounded(np.mean([result["chat"]["recall@3"] for result in results])),
        "baseline_recall@3": _rounded(np.mean([r["baseline_fts5_any_word"]["recall@3"] for r in results])),
    }


def _resident_mb() -> float:
    """Memory this process holds now (Linux), else the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1e6


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
