"""Files that leave: whatever writes one stands in the register of exports with its class."""

import ast
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from django.utils.module_loading import import_string

from ventanilla.privacy import exports

PACKAGE = Path(__file__).resolve().parent.parent / "ventanilla"
# What makes an answer a file to keep, or writes one of a form that people keep.
SIGNS = (
    "Content-Disposition",
    "text/csv",
    "FileResponse",
    "as_attachment",
    "application/zip",
    "zipfile",
    "tarfile",
)
# They read such files and write none.
READERS = {"ventanilla.verification.packs.reading"}


def modules_that_write_files():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if "tests" in parts or "migrations" in parts:
            continue
        if any(sign in name for name in _names(ast.parse(path.read_text())) for sign in SIGNS):
            yield ".".join(parts).removesuffix(".__init__")


def _names(tree):
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_every_module_that_writes_files_is_declared_or_goes_through_the_one_door():
    declared = tuple(name for kind in exports.kinds.values() for name in kind.made_by if ":" not in name)
    undeclared = [
        module
        for module in modules_that_write_files()
        if module != "ventanilla.privacy.exports"
        and module not in READERS
        and not any(module == name or module.startswith(f"{name}.") for name in declared)
    ]
    assert undeclared == []


def test_the_signs_find_something():
    assert {"ventanilla.privacy.exports", "ventanilla.config.archive"} <= set(modules_that_write_files())


def _view_names(resolver, names=()):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _view_names(pattern, (*names, *([pattern.namespace] if pattern.namespace else [])))
        elif pattern.name:
            yield ":".join((*names, pattern.name))


@pytest.mark.parametrize("kind", sorted(exports.kinds))
def test_what_an_export_names_exists(kind):
    views = set(_view_names(get_resolver()))
    for name in exports.kinds[kind].made_by:
        if ":" in name:
            assert name in views
        else:
            assert _exists(name)


def _exists(name):
    try:
        __import__(name)
    except ImportError:
        import_string(name)
    return True
