"""YAML that remembers the line of everything, so that an error can say where it is."""

from dataclasses import dataclass
from typing import Any

import yaml

MAX_BYTES = 3_000_000
MAX_TEXT = 20_000
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a pack, and where. `line` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class Unreadable(Exception):
    """The file is not YAML that we read; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Map(dict[str, Any]):
    """A mapping that knows its own line and the line of each key."""

    line: int
    lines: dict[str, int]


def load(data: bytes, *, file: str) -> tuple[Any, list[Problem]]:
    """Return the document and problems met on the way (duplicate keys, texts that are too long).

    Raises Unreadable for bytes that are not UTF-8 YAML, for aliases and for nesting past MAX_DEPTH.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(Problem(file, 0, f"the file is larger than {MAX_BYTES:,} bytes"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise Unreadable(Problem(file, line, "this is not UTF-8 text")) from None
    _refuse_aliases(text, file)
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    builder = _Builder(file)
    return builder.build(node, 0), builder.problems


def _refuse_aliases(text: str, file: str) -> None:
    # A chain of aliases can blow a few lines up to gigabytes; packs have no use for them.
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.AliasEvent):
                raise Unreadable(Problem(file, line, "aliases (*name) are not allowed"))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise Unreadable(Problem(file, line, "nested too deep"))
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        reason = getattr(problem, "problem", None) or "this is not YAML"
        raise Unreadable(Problem(file, mark.line + 1 if mark else 0, reason)) from None


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.scalars = yaml.CSafeLoader("")

    def build(self, node: yaml.Node | None, depth: int) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._map(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, depth + 1) for child in node.value]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _map(self, node: yaml.MappingNode, depth: int) -> Map:
        result = Map()
        result.line, result.lines = node.start_mark.line + 1, {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in result:
                self.problems.append(Problem(self.file, line, f"{key!r} appears twice"))
            result[key], result.lines[key] = self.build(value_node, depth + 1), line
        return result

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        if len(node.value) > MAX_TEXT:
            self.problems.append(
                Problem(self.file, node.start_mark.line + 1, f"a text is longer than {MAX_TEXT:,} characters")
            )
            return ""
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value  # dates stay text: packs hold half-known ones too
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self.problems.append(
                Problem(self.file, node.start_mark.line + 1, f"{node.value[:40]!r} cannot be read")
            )
            return None
