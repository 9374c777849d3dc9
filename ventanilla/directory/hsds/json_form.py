"""The JSON form: one document with every organisation, its services inside.

HSDS defines no file of many records; ours is `{"hsds": …, "profile": …, "organizations": […]}`. Read are
also a page of an HSDS API (`contents`, services or organisations) and a bare list of either.
"""

import json
from collections.abc import Iterator
from functools import partial
from json.decoder import JSONDecoder
from typing import Any

from ventanilla.verification.packs.marked_yaml import Problem

from .dataset import Dataset, HsdsRefused, Said, build
from .nesting import Flattener, Nester
from .tables import PROFILE, VERSION

MAX_BYTES = 30_000_000

Path = tuple[str | int, ...]


def export_json(dataset: Dataset) -> bytes:
    """The whole dataset as UTF-8 JSON; the same rows always give the same bytes."""
    document = {"hsds": VERSION, "profile": PROFILE, "organizations": Nester(dataset).organizations()}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(data: bytes, *, file: str = "json") -> Dataset:
    """Read and check a document. Raises HsdsRefused with the line of everything that is wrong."""
    text = _decoded(data, file)
    document = _parsed(text, file)
    flattener = Flattener(locate=lambda path: partial(_place, text, file, path))
    said = list(_said(flattener, document, file))
    if flattener.wrong:
        raise HsdsRefused([Problem(*place(), message) for place, message in flattener.wrong[:200]])
    return build(said, ignored=flattener.ignored)


def _decoded(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise HsdsRefused([Problem(file, 0, f"the file is larger than {MAX_BYTES:,} bytes")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise HsdsRefused([Problem(file, line, "this is not UTF-8 text")]) from None


def _parsed(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        raise HsdsRefused([Problem(file, problem.lineno, f"this is not JSON: {problem.msg}")]) from None
    except RecursionError:
        raise HsdsRefused([Problem(file, 0, "nested too deep")]) from None
    except ValueError:  # a number of thousands of digits
        raise HsdsRefused([Problem(file, 0, "holds a number that is too long")]) from None


def _said(flattener: Flattener, document: Any, file: str) -> Iterator[Said]:
    path, records = _records(document)
    if records is None:
        message = 'there is no list of "organizations", "services" or "contents" in it'
        raise HsdsRefused([Problem(file, 1, message)])
    for index, record in enumerate(records):
        # Only a service has a status: so files of either kind need no label.
        table = "service" if isinstance(record, dict) and "status" in record else "organization"
        yield from flattener.rows(table, record, (*path, index))


def _records(document: Any) -> tuple[Path, list[Any] | None]:
    if isinstance(document, list):
        return (), document
    if isinstance(document, dict):
        for name in ("organizations", "services", "contents"):
            if isinstance(document.get(name), list):
                return (name,), document[name]
    return (), None


def _place(text: str, file: str, path: Path) -> tuple[str, int]:
    """The line on which the value at a path begins, found by walking the text again."""
    offset = _after_blanks(text, 0)
    for step in path:
        offset = _inside(text, offset, step)
    return file, text.count("\n", 0, offset) + 1


def _inside(text: str, offset: int, step: str | int) -> int:
    """The offset of one member of the object or list that begins at `offset`."""
    decoder, position, found = JSONDecoder(), 0, offset
    offset = _after_blanks(text, offset + 1)
    while text[offset] not in "}]":
        key: str | int = position
        if isinstance(step, str):
            key, offset = decoder.raw_decode(text, offset)
            offset = _after_blanks(text, _after_blanks(text, offset) + 1)
        if key == step:
            found = offset  # of two equal keys the last one counts, as in the parser
            if isinstance(step, int):
                return found
        offset = _after_blanks(text, decoder.raw_decode(text, offset)[1])
        offset = _after_blanks(text, offset + 1) if text[offset] == "," else offset
        position += 1
    return found


def _after_blanks(text: str, offset: int) -> int:
    while offset < len(text) and text[offset] in " \t\r\n":
        offset += 1
    return offset
