"""Reads the mapping of a ministry's groups to roles. Read by settings.py, so it knows no app."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured

EXAMPLE = '{"group": "upala-advisers", "role": "adviser", "hub": "cr-hub-upala"}'
KNOWN = {"group", "role", "country", "hub"}


def roles_from(text: str) -> list[dict[str, Any]]:
    """The lines of OIDC_ROLES. Raises ImproperlyConfigured for anything but a list of such lines."""
    try:
        lines = json.loads(text)
    except ValueError:
        raise ImproperlyConfigured("OIDC_ROLES is not JSON.") from None
    if not isinstance(lines, list) or not all(_is_line(line) for line in lines):
        raise ImproperlyConfigured(f"OIDC_ROLES is a list of lines as {EXAMPLE}.")
    return lines


def _is_line(line: Any) -> bool:
    return isinstance(line, dict) and {"group", "role"} <= line.keys() <= KNOWN
