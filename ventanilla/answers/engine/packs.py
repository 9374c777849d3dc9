"""Read the starter packs' YAML into units, without a database."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from .units import Unit, units_of

PACKS = Path(__file__).parents[2] / "packs"
_NOT_SECTIONS = ("title", "summary", "ask_like")


def pack_units(*, folder: Path = PACKS, unsourced: bool = False) -> list[Unit]:
    """Units of every pack item; items without a source (confidence none) only with `unsourced`."""
    return [
        unit
        for path in sorted(folder.glob("facts/*.yaml"))
        for language, texts in _languages(folder, path.stem)
        for fact in _read(path)["items"]
        if fact["id"] in texts and (unsourced or fact["confidence"] != "none")
        for unit in _units(fact, path.stem, language, texts[fact["id"]])
    ]


def _languages(folder: Path, country: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(folder.glob(f"content/{country}.*.yaml")):
        yield path.stem.split(".")[1], _read(path)


def _units(fact: Mapping[str, Any], country: str, language: str, text: Mapping[str, Any]) -> list[Unit]:
    return units_of(
        item=fact["id"],
        language=language,
        country=country,
        kind=fact["kind"],
        title=text["title"],
        summary=text["summary"],
        ask_like=text["ask_like"],
        sections={name: value for name, value in text.items() if name not in _NOT_SECTIONS},
    )


def _read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as stream:
        loaded: dict[str, Any] = yaml.load(stream, Loader=loader)  # noqa: S506 - both are safe loaders
    return loaded
