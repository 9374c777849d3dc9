"""Documents tell the truth about settings, commands and files, or a test fails."""

import ast
import re
from pathlib import Path

import pytest

from ventanilla.config.command import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
READERS = ("text", "flag", "number", "items")
REFERENCE = ROOT / "docs" / "reference" / "settings.md"
COMMAND = re.compile(r"(?:bin/|`|\$ |&& |^)ventanilla ([a-z][a-z-]+)", re.MULTILINE)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _read_settings(file: Path) -> set[str]:
    """Names that a module reads through lib.env or from os.environ.get."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        owner, first = ast.unparse(node.func.value), node.args[0]
        is_reader = (owner == "env" and node.func.attr in READERS) or (
            owner == "os.environ" and node.func.attr == "get"
        )
        if is_reader and isinstance(first, ast.Constant):
            found.add(str(first.value))
    return found


def settings_of_the_code() -> set[str]:
    modules = (path for path in (ROOT / "ventanilla").rglob("*.py") if "tests" not in path.parts)
    return set().union(*map(_read_settings, modules)) - {"DJANGO_SETTINGS_MODULE"}


def test_the_code_reads_settings_at_all():
    assert {"SECRET_KEY", "DATABASE_URL", "PORT"} <= settings_of_the_code()


def test_every_setting_stands_in_the_reference_and_no_other():
    described = set(re.findall(r"^### `([A-Z_]+)`", REFERENCE.read_text(), re.MULTILINE))
    assert described == settings_of_the_code()


def test_every_setting_stands_in_the_example_and_no_other():
    example = (ROOT / ".env.example").read_text()
    shown = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert {name.removesuffix("_FILE") for name in shown} == settings_of_the_code()


def test_commands_in_documents_exist():
    mentioned = {
        (document.name, command)
        for document in DOCUMENTS
        for command in COMMAND.findall(document.read_text())
    }
    assert {(name, command) for name, command in mentioned if command not in COMMANDS} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_in_documents_exist(document):
    named = re.findall(r"`((?:ventanilla|docs|script|tests|benchmarks)/[\w./-]+)`", document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []
