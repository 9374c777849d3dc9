"""The table of how long data are kept stands in the documents as the code has it."""

from pathlib import Path

from django.utils.translation import override

from ventanilla.privacy.registers import period_of
from ventanilla.privacy.retention import schedule

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "retention.md"


def table() -> str:
    with override("en"):
        rows = [
            f"| {row.name('en')} | {row.what['en']} | {period_of(row, language='en')} | {row.reasons['en']} |"
            for row in schedule().values()
        ]
    return "\n".join(["| class | what | kept | why |", "|---|---|---|---|", *rows])


def test_the_schedule_stands_in_the_reference(db):
    assert table() in REFERENCE.read_text()
