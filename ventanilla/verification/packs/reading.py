"""Reads a folder or zip of country packs and checks every line of it.

Layout: `facts/<cc>.yaml`, `content/<cc>.<language>.yaml`, `structure/<cc>.yaml`; see docs/reference/packs.md.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..models import Kind, Source, Topic
from .marked_yaml import Map, Problem, Unreadable, load
from .structure import country_problems, item_problems

MAX_FILES = 200
MAX_UNZIPPED = 20_000_000
CONFIDENCES = ("high", "medium", "low", "none")
LANGUAGE = re.compile(r"^[a-z]{2,3}$")
REF = re.compile(r"^[a-z]{2}-[a-z0-9][a-z0-9-]{0,100}$")
TEXTS = (
    "title",
    "summary",
    "audience",
    "eligibility",
    "fee",
    "deadline",
    "duration",
    "where",
    "hours",
    "body",
)
LISTS = ("requirements", "steps", "offers", "ask_like")
KNOWN_LANGUAGES = ("es", "en", "fr", "ht", "pt")
# What these kinds say of themselves stays in the fact's details, as it was written.
_SKIP_DETAILS = {"id", "kind", "name", "sources", "seen", "confidence", "lat", "lon"}


class PackRefused(Exception):
    """Nothing was imported; `problems` says why, line by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class SourceSeen:
    url: str
    seen_on: date | None
    precision: str


@dataclass(slots=True)
class PackItem:
    """One fact with its texts by language and its structure, all checked."""

    ref: str
    kind: str
    names: dict[str, str]
    details: dict[str, Any]
    sources: list[SourceSeen]
    confidence: str
    latitude: float | None
    longitude: float | None
    structure: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def topics(self) -> list[str]:
        return self.structure.get("topics") or [DEFAULT_TOPIC.get(self.kind, Topic.SERVICES)]

    def digest(self) -> str:
        """A fingerprint of everything that the pack says of this item."""
        content = [
            self.kind, self.names, self.details, self.confidence, self.latitude, self.longitude,
            self.structure, self.texts, [(s.url, str(s.seen_on), s.precision) for s in self.sources],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(slots=True)
class CountryPack:
    code: str
    names: dict[str, str]
    currency: str
    languages: list[str]
    timezone: str
    emergency: list[str]
    items: dict[str, PackItem]


DEFAULT_TOPIC: dict[str, str] = {
    Kind.PROCEDURE: Topic.PROCEDURES,
    Kind.RISK: Topic.RISKS,
    Kind.RUMOUR: Topic.RISKS,
    Kind.FRAUD_WARNING: Topic.WORK,
    Kind.AGREEMENT: Topic.WORK,
    Kind.PROGRAMME: Topic.WORK,
    Kind.JOB_BOARD: Topic.WORK,
    Kind.AGENCY_REGISTER: Topic.WORK,
    Kind.ENTREPRENEURSHIP: Topic.WORK,
    Kind.RIGHT: Topic.LIVING,
}

Files = Mapping[str, Callable[[], bytes]]


def read_packs(path: Path, *, only: Sequence[str] = ()) -> list[CountryPack]:
    """Read every country of a folder or zip, or only those named by their codes.

    Raises PackRefused with every problem of every file.
    """
    files = _zip_files(path) if path.suffix == ".zip" else _folder_files(path)
    codes = sorted({Path(name).stem for name in files if name.startswith("facts/")})
    wanted = [code for code in codes if not only or code in only]
    missing = sorted(set(only) - set(codes))
    problems = [Problem(str(path), 0, f"there is no facts/{code}.yaml") for code in missing]
    if not codes:
        problems.append(Problem(str(path), 0, "there is no facts/<country>.yaml in it"))
    packs = []
    for code in wanted:
        reader = _Reader(code, files)
        packs.append(reader.read())
        problems += reader.problems
    if problems:
        raise PackRefused(problems)
    return packs


def _folder_files(path: Path) -> Files:
    if not path.is_dir():
        raise PackRefused([Problem(str(path), 0, "there is no such folder or zip file")])
    names = [
        file for sub in ("facts", "content", "structure") for file in sorted((path / sub).glob("*.yaml"))
    ]
    return {str(file.relative_to(path)): file.read_bytes for file in names}


def _zip_files(path: Path) -> Files:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        raise PackRefused([Problem(str(path), 0, "this is not a zip file that can be read")]) from None
    entries = [info for info in archive.infolist() if info.filename.endswith(".yaml")]
    # The sizes that an archive states can be false: reading is bounded too.
    if len(archive.infolist()) > MAX_FILES or sum(info.file_size for info in entries) > MAX_UNZIPPED:
        limit = f"at most {MAX_FILES} files and {MAX_UNZIPPED:,} bytes unpacked"
        raise PackRefused([Problem(str(path), 0, f"the archive is too large: {limit}")])

    def reader(info: zipfile.ZipInfo) -> Callable[[], bytes]:
        def read() -> bytes:
            with archive.open(info) as stream:
                return stream.read(MAX_UNZIPPED)

        return read

    return {_inner_name(info.filename): reader(info) for info in entries}


def _inner_name(name: str) -> str:
    """Archives often hold one folder around everything; only the last two parts count."""
    return "/".join(Path(name).parts[-2:])


class _Reader:
    """Reads one country; collects problems instead of stopping at the first."""

    def __init__(self, code: str, files: Files) -> None:
        self.code = code
        self.files = files
        self.problems: list[Problem] = []

    def read(self) -> CountryPack:
        file = f"facts/{self.code}.yaml"
        facts = self._load(file)
        if str(facts.get("country", "")).lower() != self.code or not re.fullmatch("[a-z]{2}", self.code):
            self._problem(file, facts, "country", "country does not match the name of the file")
        if not isinstance(facts.get("name", {}), dict):
            self._problem(file, facts, "name", "name has to give a text by language")
            facts["name"] = {}
        structure = self._structure()
        pack = CountryPack(
            code=self.code,
            names=self._country_names(facts, structure),
            currency=str(structure.get("currency") or str(facts.get("currency") or "")[:3]),
            languages=list(structure.get("languages") or self._content_languages() or ["es"]),
            timezone=str(structure.get("timezone") or "UTC"),
            emergency=list(structure.get("emergency") or []),
            items=self._items(file, facts),
        )
        self._structure_of_items(structure, pack)
        for language in self._content_languages():
            self._content(language, pack)
        return pack

    def _load(self, file: str, *, optional: bool = False) -> Map:
        if file not in self.files and optional:
            return _empty_map()
        try:
            document, problems = load(self.files[file](), file=file)
        except Unreadable as refusal:
            self.problems.append(refusal.problem)
            return _empty_map()
        self.problems += problems
        if not isinstance(document, Map):
            self.problems.append(Problem(file, 1, "the file has to be a mapping"))
            return _empty_map()
        return document

    def _problem(self, file: str, where: Map, key: str, message: str) -> None:
        self.problems.append(Problem(file, where.lines.get(key, where.line), message))

    @staticmethod
    def _country_names(facts: Map, structure: Map) -> dict[str, str]:
        names = dict(structure.get("name") or facts.get("name") or {})
        local = names.pop("local", None)
        return names or ({"es": local} if local else {})

    def _content_languages(self) -> list[str]:
        prefix = f"content/{self.code}."
        found = [name[len(prefix) : -len(".yaml")] for name in self.files if name.startswith(prefix)]
        return sorted(
            found, key=lambda code: (KNOWN_LANGUAGES.index(code) if code in KNOWN_LANGUAGES else 99, code)
        )

    def _items(self, file: str, facts: Map) -> dict[str, PackItem]:
        rows = facts.get("items")
        if not isinstance(rows, list):
            self._problem(file, facts, "items", "items has to be a list")
            return {}
        items: dict[str, PackItem] = {}
        for row in rows:
            item = self._item(file, facts, row)
            if item and item.ref in items:
                self._problem(file, row, "id", f"the id {item.ref!r} appears twice")
            elif item:
                items[item.ref] = item
        return items

    def _item(self, file: str, facts: Map, row: Any) -> PackItem | None:
        if not isinstance(row, Map):
            self._problem(file, facts, "items", "each item has to be a mapping")
            return None
        found = len(self.problems)
        for problem_key, message in _fact_problems(row, self.code):
            self._problem(file, row, problem_key, message)
        if len(self.problems) > found:
            return None
        seen_on, precision = read_seen(row.get("seen"))
        return PackItem(
            ref=row["id"],
            kind=row["kind"],
            names=dict(row.get("name") or {}),
            details={key: value for key, value in row.items() if key not in _SKIP_DETAILS},
            sources=[SourceSeen(url, seen_on, precision) for url in dict.fromkeys(row["sources"])],
            confidence=row["confidence"],
            latitude=row.get("lat"),
            longitude=row.get("lon"),
        )

    def _structure(self) -> Map:
        """The structure where its head is sound; an empty one otherwise, so that reading can go on."""
        file = f"structure/{self.code}.yaml"
        structure = self._load(file, optional=True)
        problems = list(country_problems(structure))
        for key, message in problems:
            self._problem(file, structure, key, message)
        return _empty_map() if problems else structure

    def _structure_of_items(self, structure: Map, pack: CountryPack) -> None:
        file = f"structure/{self.code}.yaml"
        rows = structure.get("items") or _empty_map()
        for ref, row in rows.items():
            if ref not in pack.items:
                self._problem(file, rows, ref, f"{ref!r} is not an id of facts/{self.code}.yaml")
            elif not isinstance(row, Map):
                self._problem(file, rows, ref, "has to be a mapping")
            else:
                for key, message in item_problems(row):
                    self._problem(file, row, key, message)
                pack.items[ref].structure = dict(row)
        for ref in pack.emergency:
            if ref not in pack.items:
                self._problem(file, structure, "emergency", f"{ref!r} is not an id of this country")

    def _content(self, language: str, pack: CountryPack) -> None:
        file = f"content/{self.code}.{language}.yaml"
        texts = self._load(file)
        if language not in KNOWN_LANGUAGES:
            self.problems.append(Problem(file, 0, f"{language!r} is not a language code that is known here"))
            return
        for ref, row in texts.items():
            if ref not in pack.items:
                self._problem(file, texts, ref, f"{ref!r} is not an id of facts/{self.code}.yaml")
            elif not isinstance(row, Map):
                self._problem(file, texts, ref, "has to be a mapping")
            else:
                self._text(file, row, pack.items[ref], language)

    def _text(self, file: str, row: Map, item: PackItem, language: str) -> None:
        found = len(self.problems)
        for key, message in _text_problems(row):
            self._problem(file, row, key, message)
        if len(self.problems) == found:
            item.texts[language] = dict(row)


def _empty_map() -> Map:
    empty = Map()
    empty.line, empty.lines = 1, {}
    return empty


def _fact_problems(row: Map, code: str) -> Iterator[tuple[str, str]]:
    ref, sources = row.get("id"), row.get("sources")
    if not isinstance(ref, str) or not REF.fullmatch(ref) or not ref.startswith(f"{code}-"):
        yield "id", f"id {str(ref)[:40]!r}: use {code}- and small letters, digits and hyphens"
    if row.get("kind") == Kind.ALERT:
        yield "kind", "alerts are written in the console: they need a beginning and an end"
    elif row.get("kind") not in Kind.values:
        yield "kind", f"unknown kind {str(row.get('kind'))[:40]!r}"
    if row.get("confidence") not in CONFIDENCES:
        yield "confidence", f"confidence has to be one of {', '.join(CONFIDENCES)}"
    if not isinstance(sources, list) or not all(_is_web_address(url) for url in sources):
        yield "sources", "sources has to be a list of web addresses"
    elif not sources and row.get("confidence") != "none":
        yield "sources", "a source is missing: a fact without one needs confidence: none and is never public"
    if not isinstance(row.get("name", {}), dict):
        yield "name", "name has to give a text by language"
    if not _is_place(row.get("lat"), row.get("lon")):
        yield "lat", "lat and lon have to be given together, as degrees"


def _is_web_address(url: Any) -> bool:
    if not isinstance(url, str) or len(url) > 1000:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _is_place(latitude: Any, longitude: Any) -> bool:
    if latitude is None and longitude is None:
        return True
    numbers = isinstance(latitude, int | float) and isinstance(longitude, int | float)
    return numbers and abs(latitude) <= 90 and abs(longitude) <= 180


def _text_problems(row: Map) -> Iterator[tuple[str, str]]:
    for key in row:
        if key not in TEXTS and key not in LISTS:
            yield key, f"unknown field {key!r}"
    for key in TEXTS:
        if key in row and not isinstance(row[key], str):
            yield key, f"{key} has to be a text"
    for key in LISTS:
        if key in row and not (isinstance(row[key], list) and all(isinstance(v, str) for v in row[key])):
            yield key, f"{key} has to be a list of texts"
    for key in ("title", "summary"):
        if not row.get(key):
            yield key, f"{key} is missing"
    if isinstance(row.get("title"), str) and len(row["title"]) > 255:
        yield "title", "title is longer than 255 characters"


_DATE = re.compile(r"\b((?:19|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?\b")


def read_seen(words: Any) -> tuple[date | None, str]:
    """Return the last day that "2018", "2021-08 (approx.)" or "2023/2024" can mean, and how exact it is."""
    found = list(_DATE.finditer(str(words or "")))
    if not found:
        return None, Source.Precision.YEAR
    return max((_last_day(*match.groups()) for match in found), key=lambda pair: pair[0])


def _last_day(year: str, month: str | None, day: str | None) -> tuple[date, str]:
    try:
        if month and day:
            return date(int(year), int(month), int(day)), Source.Precision.DAY
        if month:
            following = date(int(year) + int(month) // 12, int(month) % 12 + 1, 1)
            return date.fromordinal(following.toordinal() - 1), Source.Precision.MONTH
    except ValueError:
        pass
    return date(int(year), 12, 31), Source.Precision.YEAR
