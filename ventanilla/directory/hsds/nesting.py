"""HSDS has two forms of the same rows: tables that point to each other, and objects inside objects."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .dataset import Dataset, Place, Row, Said
from .tables import TABLES, Nest

Nested = dict[str, Any]


class Nester:
    """Draws objects out of a dataset, with or without what hangs on them."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._by_id = {name: {row["id"]: row for row in dataset.rows(name)} for name in TABLES}
        self._children: dict[Nest, dict[Any, list[Row]]] = {}

    def organizations(self) -> list[Nested]:
        """Every organisation with its services inside, as the whole directory is exported."""
        return [self._full("organization", row) for row in self._dataset.rows("organization")]

    def identifiers(self, table: str) -> list[str]:
        """Of all rows of a table, in order."""
        return [str(row["id"]) for row in self._dataset.rows(table)]

    def lines(self, table: str) -> list[Nested]:
        """All rows of a table without what hangs on them."""
        return [flat(table, row) for row in self._dataset.rows(table)]

    def organization(self, identifier: str) -> Nested:
        """One organisation; of its services only what stands in a list."""
        row = self._by_id["organization"][identifier]
        services = [flat("service", service) for service in self._of(_SERVICES, identifier)]
        return {**self._full("organization", row, leave_out=("services",)), "services": services}

    def service_line(self, identifier: str) -> Nested:
        """One service with its organisation, and nothing of which there may be many."""
        return self._with_organization(flat("service", self._by_id["service"][identifier]))

    def service(self, identifier: str) -> Nested:
        """One service with its organisation and everything that hangs on it."""
        return self._with_organization(self._full("service", self._by_id["service"][identifier]))

    def _with_organization(self, nested: Nested) -> Nested:
        organization = self._by_id["organization"][nested["organization_id"]]
        return {**nested, "organization": flat("organization", organization)}

    def service_at_location_line(self, identifier: str) -> Nested:
        row = self._by_id["service_at_location"][identifier]
        location = flat("location", self._by_id["location"][row["location_id"]])
        nested = {**flat("service_at_location", row), "location": location}
        return {**nested, "service": self.service_line(str(row["service_id"]))}

    def service_at_location(self, identifier: str) -> Nested:
        row = self._by_id["service_at_location"][identifier]
        service = self.service(str(row["service_id"]))
        return {**self._full("service_at_location", row), "service": service}

    def _full(self, table: str, row: Row, *, leave_out: tuple[str, ...] = (), parent_key: str = "") -> Nested:
        nested = flat(table, row, without=parent_key)
        for nest in TABLES[table].nests:
            if nest.property == "organization" or nest.property in leave_out:
                continue
            if nest.is_many:
                rows = self._of(nest, row["id"])
                nested[nest.property] = [self._full(nest.table, child, parent_key=nest.key) for child in rows]
            elif (target := row.get(nest.key)) is not None:
                inner = self._by_id[nest.table][target]
                nested[nest.property] = self._full(nest.table, inner)
        return nested

    def _of(self, nest: Nest, parent: Any) -> list[Row]:
        """The rows of a table that point to this parent, in their order."""
        if nest not in self._children:
            held = self._held_elsewhere(nest)
            index: dict[Any, list[Row]] = {}
            for row in self._dataset.rows(nest.table):
                if nest.key in row and row["id"] not in held:
                    index.setdefault(row[nest.key], []).append(row)
            self._children[nest] = index
        return self._children[nest].get(parent, [])

    def _held_elsewhere(self, nest: Nest) -> set[Any]:
        """A place where a service is given stands with that service, not with the organisation too."""
        if nest.table != "location":
            return set()
        return {row["location_id"] for row in self._dataset.rows("service_at_location")}


_SERVICES = next(nest for nest in TABLES["organization"].nests if nest.property == "services")


def flat(table: str, row: Mapping[str, Any], *, without: str = "") -> Nested:
    """A row as an object without what hangs on it; texts that the standard demands are there, if empty."""
    return {
        name: row.get(name, "")
        for name, column in TABLES[table].columns.items()
        if name != without and (name in row or column.required)
    }


Path = tuple[str | int, ...]
Locate = Callable[[Path], Place]


# Service, place at it, location, address: more is somebody playing.
MAX_DEPTH = 24


class Flattener:
    """Takes objects apart into rows; counts the properties that we do not keep."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self.ignored: Counter[str] = Counter()
        self.wrong: list[tuple[Place, str]] = []

    def rows(self, table: str, value: Any, path: Path, key: tuple[str, Any] | None = None) -> Iterator[Said]:
        """Rows of an object and of all objects inside it; what is no object is noted in `wrong`."""
        if not isinstance(value, dict) or len(path) > MAX_DEPTH:
            message = "nested too deep" if isinstance(value, dict) else f"a {table} has to be an object"
            self.wrong.append((self._locate(path), message))
            return
        yield Said(table, self._own(table, value, key), self._locate(path))
        for nest in TABLES[table].nests:
            yield from self._inside(nest, value, path)

    def _own(self, table: str, value: Nested, key: tuple[str, Any] | None) -> dict[str, Any]:
        """The columns that the object says, with the keys that its place in the tree says."""
        nests = {nest.property: nest for nest in TABLES[table].nests}
        own = {name: v for name, v in value.items() if not self._is_nested(table, name, v, nests)}
        if key:
            own[key[0]] = key[1]
        for nest in nests.values():
            if not nest.is_many and isinstance(inner := value.get(nest.property), dict):
                own[nest.key] = inner.get("id", own.get(nest.key))
        if table == "attribute":
            own.setdefault("link_entity", "service")
        return own

    def _inside(self, nest: Nest, value: Nested, path: Path) -> Iterator[Said]:
        inner, here = value.get(nest.property), (*path, nest.property)
        if inner is None:
            return
        if not nest.is_many:
            yield from self.rows(nest.table, inner, here)
        elif isinstance(inner, list):
            for index, child in enumerate(inner):
                yield from self.rows(nest.table, child, (*here, index), (nest.key, value.get("id")))
        else:
            self.wrong.append((self._locate(here), f"{nest.property} has to be a list"))

    def _is_nested(self, table: str, name: str, value: Any, nests: Mapping[str, Nest]) -> bool:
        """Whether the property is not a column; those of tables we leave out are counted here."""
        if name in nests:
            return True
        if isinstance(value, list | dict) and name not in TABLES[table].columns:
            self.ignored[f"{table}.{name[:60]}"] += len(value) if isinstance(value, list) else 1
            return True
        return False
