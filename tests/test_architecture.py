"""Promises about the shape of the code that import-linter cannot see."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ventanilla"
LONGEST_MODULE = 600
LONGEST_FUNCTION = 60
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


def depth_of_apps() -> dict[str, int]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = enumerate(contracts[0]["layers"])
    return {name.strip(): depth for depth, line in layers for name in line.replace(":", "|").split("|")}


def our_modules(*, tests: bool = False) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts and (tests or "tests" not in path.parts):
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def test_foreign_keys_point_down():
    # A key given as a string hides from import-linter; the database has to obey the same arrows.
    depth = depth_of_apps()
    ours = [model for model in apps.get_models() if model.__module__.startswith("ventanilla.")]
    arrows = [
        (field, model._meta.app_label, field.related_model._meta.app_label)
        for model in ours
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in ours
    ]
    assert len(arrows) > 20
    assert [str(field) for field, start, end in arrows if start != end and depth[end] <= depth[start]] == []


def test_every_app_says_what_it_owns():
    silent = [
        app.label
        for app in apps.get_app_configs()
        if app.name.startswith("ventanilla.") and not (app.module.__doc__ or "").strip()
    ]
    assert silent == []


def test_every_app_has_its_place_among_the_layers():
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("ventanilla.")}
    assert ours <= depth_of_apps().keys()


def test_no_module_is_too_long():
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path, _ in our_modules(tests=True)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_too_long():
    long = {
        f"{path}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path, tree in our_modules(tests=True)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert long == {}


def test_only_the_command_prints():
    talking = [
        f"{path}:{node.lineno}"
        for path, tree in our_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        if path.parts[1] != "config" and path.stem != "bench"
    ]
    assert talking == []


def test_logs_hold_fixed_texts_and_named_references_only():
    # What is put into the text of a log line could be what somebody wrote; ids go into `extra`.
    loose = [
        f"{path}:{node.lineno}"
        for path, tree in our_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("logger", "log")
        and not (len(node.args) == 1 and isinstance(node.args[0], ast.Constant))
    ]
    assert loose == []


def test_nothing_is_called_utils():
    named = [
        str(path)
        for path, _ in our_modules(tests=True)
        if path.stem in ("utils", "helpers", "common", "core")
    ]
    assert named == []
