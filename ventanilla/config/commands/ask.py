"""Ask in your own words, as a person would, and get verified passages or an honest "none"."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from . import start_django

HELP = "ask a question and print the verified answer"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", help="the question, in any words")
    parser.add_argument("--country", metavar="CC", help="country of the page, as in: cr")
    parser.add_argument("--lang", metavar="LL", help="language of the page, as in: es")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--batch", type=Path, metavar="FILE", help="JSON lines with id, text, country, lang")


def run(options: argparse.Namespace) -> int:
    if (options.question is None) == (options.batch is None):
        print("ventanilla ask: give one question, or --batch FILE.", file=sys.stderr)
        return 2
    start_django()
    if options.batch:
        return _batch(options.batch)
    answer = _answer({"text": options.question, "country": options.country, "lang": options.lang})
    print(json.dumps(answer, ensure_ascii=False) if options.json else _for_people(answer))
    return 0


def _batch(file: Path) -> int:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as problem:
        print(f"ventanilla ask: {file} cannot be read: {problem.strerror}.", file=sys.stderr)
        return 2
    faults = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            question = {key: row.get(key) for key in ("id", "text", "country", "lang")}
        except (ValueError, AttributeError):
            print(f"ventanilla ask: line {number} is not a JSON object.", file=sys.stderr)
            faults += 1
            continue
        print(json.dumps(_answer(question), ensure_ascii=False), flush=True)
    return 1 if faults else 0


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    from ventanilla.answers.asking import ask

    def word(key: str) -> str | None:
        value = question.get(key)
        return value if isinstance(value, str) else None

    answer = ask(word("text") or "", language=word("lang"), country=word("country"))
    return {"id": question.get("id"), **answer.as_json()}


def _for_people(answer: dict[str, Any]) -> str:
    if answer["verdict"] == "none":
        return "No verified answer. A person will have to answer this."
    shown = answer["passages"][: 1 if answer["verdict"] == "direct" else 3]
    return "\n\n".join(
        f"{p['title']}\n{p['text']}\n{p['url']}\n[{p['state']}, checked: {p['checked_on'] or 'never'}] "
        + " ".join(source["url"] for source in p["sources"])
        for p in shown
    )
