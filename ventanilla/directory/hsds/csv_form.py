"""The tabular form: a zip of one CSV file per table, with a `datapackage.json` that describes them."""

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from ventanilla.verification.packs.marked_yaml import Problem

from .dataset import Dataset, HsdsRefused, Said, build
from .tables import LEFT_OUT, PROFILE, TABLES, VERSION, Column, Table

MAX_BYTES = 30_000_000
MAX_UNZIPPED = 60_000_000
MAX_FILES = 60
# Zip files carry the time of their parts; a fixed one makes equal data equal bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def export_csv(dataset: Dataset) -> bytes:
    """The dataset as a zip; the same rows always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _write(archive, "datapackage.json", json.dumps(_descriptor(dataset), indent=1) + "\n")
        for table in TABLES.values():
            if dataset.rows(table.name):
                _write(archive, table.path, _csv(table, dataset))
    return buffer.getvalue()


def _write(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, text.encode(), compresslevel=6)


def _csv(table: Table, dataset: Dataset) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in dataset.rows(table.name):
        writer.writerow([_cell(row.get(name)) for name in table.columns])
    return out.getvalue()


def _cell(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _descriptor(dataset: Dataset) -> dict[str, Any]:
    """The package descriptor of https://specs.frictionlessdata.io/tabular-data-package/."""
    return {
        "name": "human_services_data",
        "title": "Human Services Data Specification",
        "profile": "tabular-data-package",
        "version": VERSION,
        "homepage": PROFILE,
        "resources": [_resource(table) for table in TABLES.values() if dataset.rows(table.name)],
    }


def _resource(table: Table) -> dict[str, Any]:
    columns = table.columns.values()
    keys = [
        {"fields": c.name, "reference": {"resource": c.references, "fields": "id"}}
        for c in columns
        if c.references
    ]
    return {
        "name": table.name,
        "path": table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "profile": "tabular-data-resource",
        "schema": {"fields": [_field(c) for c in columns], "primaryKey": "id", "foreignKeys": keys},
    }


def _field(column: Column) -> dict[str, Any]:
    formats = {"uuid": "uuid", "uri": "uri", "email": "email"}
    kept = column.type if column.type in ("number", "boolean", "date") else "string"
    field: dict[str, Any] = {"name": column.name, "type": kept}
    if known := formats.get(column.format or column.type):
        field["format"] = known
    constraints: dict[str, Any] = {"unique": True} if column.name == "id" else {}
    if column.choices:
        constraints["enum"] = list(column.choices)
    return {**field, "constraints": constraints} if constraints else field


def read_csv(data: bytes, *, file: str = "zip") -> Dataset:
    """Read and check a zip of tables. Raises HsdsRefused with the file and line of everything wrong."""
    texts, ignored = _texts(data, file)
    said, problems = list[Said](), list[Problem]()
    for table in TABLES.values():
        if table.path in texts:
            said += _said(table, texts[table.path], problems)
    if problems:
        raise HsdsRefused(problems[:200])
    return build(said, ignored=ignored)


def _texts(data: bytes, file: str) -> tuple[dict[str, str], Counter[str]]:
    """The CSV files by their canonical names. An archive may state false sizes: reading is bounded."""
    if len(data) > MAX_BYTES:
        raise HsdsRefused([Problem(file, 0, f"the file is larger than {MAX_BYTES:,} bytes")])
    texts, ignored, left = dict[str, str](), Counter[str](), MAX_UNZIPPED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MAX_FILES:
                raise HsdsRefused([Problem(file, 0, f"holds more than {MAX_FILES} files")])
            for info in archive.infolist():
                name = _canonical(info.filename)
                if not name:
                    continue
                with archive.open(info) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise HsdsRefused([Problem(file, 0, f"unpacks to more than {MAX_UNZIPPED:,} bytes")])
                _sort_in(name, content, texts, ignored)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise HsdsRefused([Problem(file, 0, "this is not a zip file that can be read")]) from None
    if not texts:
        raise HsdsRefused([Problem(file, 0, "there is none of the tables of HSDS in it")])
    return texts, ignored


# Files of both spellings are about: services.csv and service.csv.
_NAMES = {
    spelling: path
    for name, path in [*((t.name, t.path) for t in TABLES.values()), *LEFT_OUT.items()]
    for spelling in (path, f"{name}.csv", f"{name}s.csv")
}


def _canonical(name: str) -> str:
    return _NAMES.get(PurePosixPath(name).name.lower(), "")


def _sort_in(name: str, content: bytes, texts: dict[str, str], ignored: Counter[str]) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise HsdsRefused([Problem(name, line, "this is not UTF-8 text")]) from None
    if name in LEFT_OUT.values():
        ignored[name.removesuffix(".csv")] += max(text.count("\n") - 1, 0)
    else:
        texts[name] = text


def _said(table: Table, text: str, problems: list[Problem]) -> Iterator[Said]:
    """Rows of a file with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header, seen = [name.strip() for name in next(reader, [])], set[str]()
    line = reader.line_num + 1
    if "id" not in header:
        problems.append(Problem(table.path, 1, "there is no column 'id'"))
        return
    try:
        for cells in reader:
            if cells:
                place = partial(_here, table.path, line)
                if len(cells) > len(header):
                    problems.append(Problem(table.path, line, "more cells than columns"))
                row = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
                if row.get("id", "") in seen:
                    problems.append(Problem(table.path, line, f"the id {row['id'][:40]} appears twice"))
                seen.add(row.get("id") or f"line {line}")
                yield Said(table.name, row, place)
            line = reader.line_num + 1
    except csv.Error as problem:
        problems.append(Problem(table.path, line, f"this row cannot be read: {problem}"))


def _here(file: str, line: int) -> tuple[str, int]:
    return file, line
