"""The security documents are complete, and what they point at exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECURITY = ROOT / "docs" / "security"
NAMED = re.compile(r"`((?:ventanilla|tests|e2e|docs|script|benchmarks)/[\w./-]+)`")
# Requirements of levels 1 and 2 by section of ASVS 5.0.0; those of level 3 come last in each.
ASVS = {
    "1": (2, 9, 11, 3, 2), "2": (3, 3, 4, 1), "3": (0, 2, 4, 6, 5, 0, 2), "4": (3, 1, 2, 4),
    "5": (1, 3, 2, 3), "6": (3, 12, 4, 4, 5, 3, 0, 4), "7": (3, 4, 2, 5, 2, 2), "8": (2, 3, 1, 1),
    "9": (3, 4), "10": (2, 2, 4, 11, 5, 2, 3), "11": (2, 3, 3, 4, 1, 1), "12": (3, 2, 4),
    "13": (1, 5, 2, 5), "14": (2, 4, 3), "15": (3, 3, 7), "16": (1, 5, 4, 3, 3), "17": (1, 4, 2),
}  # fmt: skip


def test_every_requirement_of_the_standard_has_a_line():
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in ASVS.items()
        for section, count in enumerate(sections, start=1)
        for number in range(1, count + 1)
    ]
    rows = re.findall(r"^\| ([\d.]+) \| (met|not applicable|not met) \| (.+) \|$", _text("asvs.md"), re.M)
    assert [number for number, _state, _why in rows] == wanted
    assert [number for number, _state, why in rows if len(why) < 4] == []


def test_the_sums_at_the_head_are_those_of_the_lines():
    text = _text("asvs.md")
    states = re.findall(r"^\| [\d.]+ \| (met|not applicable|not met) \|", text, re.MULTILINE)
    told = re.search(r"(\d+) are met,\s+(\d+) do not apply, (\d+) are not met", text)
    assert told
    assert [int(n) for n in told.groups()] == [states.count(s) for s in ("met", "not applicable", "not met")]


def test_every_file_that_is_named_exists():
    documents = sorted(SECURITY.glob("*.md"))
    assert documents
    missing = {
        (file.name, name)
        for file in documents
        for name in NAMED.findall(file.read_text())
        if not (ROOT / name).exists()
    }
    assert missing == set()


def _text(name: str) -> str:
    return (SECURITY / name).read_text()
