"""The objects of HSDS as JSON Schema, made from the same tables that exports and imports use."""

from typing import Any

from ventanilla.directory.hsds.tables import TABLES, Column

Schema = dict[str, Any]

_TYPES = {"number": "number", "boolean": "boolean"}
_FORMATS = {"uuid": "uuid", "date": "date"}
# What we add to a service: how sure it is, and the page that tells people of it.
_OURS: Schema = {
    "ventanilla_state": {"enum": ["starter", "verified", "due"]},
    "ventanilla_url": {"type": "string", "format": "uri"},
}


def row(table: str) -> Schema:
    """An object without what hangs on it. Keys to what it is nested in may be absent."""
    columns = TABLES[table].columns.values()
    return {
        "type": "object",
        "properties": {column.name: _property(column) for column in columns},
        "required": [column.name for column in columns if column.required and not column.references],
    }


def _property(column: Column) -> Schema:
    if column.choices:
        return {"enum": list(column.choices)}
    schema: Schema = {"type": _TYPES.get(column.type, "string")}
    # A text that the standard demands and nobody told us is an empty one: it has no format to keep.
    if name := _FORMATS.get(column.type) or (column.format if not column.required else ""):
        schema["format"] = name
    return schema


def full(table: str, *leave_out: str) -> Schema:
    """An object with everything that hangs on it."""
    schema = row(table)
    for nest in TABLES[table].nests:
        if nest.property in ("organization", *leave_out):
            continue
        inner = full(nest.table)
        schema["properties"][nest.property] = {"type": "array", "items": inner} if nest.is_many else inner
        if nest.is_many or nest.key in TABLES[table].columns and TABLES[table].columns[nest.key].required:
            schema["required"].append(nest.property)
    return schema


def _and(schema: Schema, properties: Schema) -> Schema:
    return {
        **schema,
        "properties": {**schema["properties"], **properties},
        "required": [*schema["required"], *properties],
    }


def service_line() -> Schema:
    return _and(row("service"), {"organization": row("organization"), **_OURS})


def service() -> Schema:
    return _and(full("service"), {"organization": row("organization"), **_OURS})


def organization() -> Schema:
    services = {"type": "array", "items": _and(row("service"), _OURS)}
    return _and(full("organization", "services"), {"services": services})


def at_location_line() -> Schema:
    return _and(row("service_at_location"), {"location": row("location"), "service": service_line()})


def at_location() -> Schema:
    return _and(full("service_at_location"), {"service": service()})


def page(*contents: Schema) -> Schema:
    """A list with the header that HSDS prescribes."""
    counts, flags = (
        ("total_items", "total_pages", "page_number", "size"),
        ("first_page", "last_page", "empty"),
    )
    properties: Schema = {name: {"type": "integer"} for name in counts}
    properties |= {name: {"type": "boolean"} for name in flags}
    items = contents[0] if len(contents) == 1 else {"anyOf": list(contents)}
    properties["contents"] = {"type": "array", "items": items}
    return {"type": "object", "properties": properties, "required": list(properties)}


VERSION: Schema = {
    "type": "object",
    "properties": {
        "version": {"type": "string"},
        "profile": {"type": "string", "format": "uri"},
        "openapi_url": {"type": "string", "format": "uri"},
        "description": {"type": "string"},
    },
    "required": ["version", "profile", "openapi_url"],
}
