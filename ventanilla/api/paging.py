"""Pages with the header that HSDS prescribes for lists; the rest of the API uses the same."""

from collections.abc import Sequence
from typing import Any

from ninja.errors import HttpError

PER_PAGE = 50
MOST_PER_PAGE = 200


def cut(total: int, page: int, per_page: int) -> slice:
    """The part of a list that a page shows. Raises HttpError 404 for a page after the last."""
    if page > max(1, -(-total // per_page)):
        raise HttpError(404, "There is no such page.")
    return slice((page - 1) * per_page, page * per_page)


def paged(contents: Sequence[Any], *, total: int, page: int, per_page: int) -> dict[str, Any]:
    """The header and what the page shows."""
    pages = max(1, -(-total // per_page))
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page == pages,
        "empty": not contents,
        "contents": list(contents),
    }
