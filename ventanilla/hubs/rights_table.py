"""The table of rights for people: who may do what, and how far. Made from `rights`, so it cannot differ."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Role
from .rights import OF_THE_HUB_ALONE, RIGHTS, Right

WORDS: dict[Right, str | Promise] = {
    Right.READ: _("Read content, its sources and what is due"),
    Right.PROPOSE: _("Write and translate content"),
    Right.CONFIRM: _("Confirm that a fact is still correct"),
    Right.APPROVE: _("Approve changes of legal facts"),
    Right.HUB: _("Change hours, channels and notices of a hub, its receivers and agreements"),
    Right.STAFF: _("Invite staff and take roles away"),
    Right.COUNTRY: _("Open and close a country to the public"),
    Right.NETWORK: _("Change settings of the network"),
    Right.CASES: _("Read and answer enquiries of people"),
    Right.MANAGE_CASES: _(
        "Manage enquiries of colleagues, join people, set holds, hand over in danger without consent"
    ),
    Right.PROTECTED: _("Read and write protected notes"),
    Right.BREAK_GLASS: _("Open a case elsewhere in the country for an hour, under review"),
    Right.OVERSIGHT: _("Watch over data protection: access log, incidents, reviews, registers"),
    Right.EXPORT_MODERATE: _("Make files of moderate sensitivity"),
    Right.EXPORT_HIGH: _("Make files of high sensitivity, with a reason"),
}
OWN_HUB, COUNTRY, HELD = _("own hub"), _("country"), _("where the role is held")


@dataclass(frozen=True, slots=True)
class Row:
    """An action and, for each role in the order of `Role`, how far it reaches; None where it may not."""

    right: Right
    words: str | Promise
    cells: tuple[str | Promise | None, ...]


def rights_table() -> list[Row]:
    """One row for each action, one cell for each role."""
    return [Row(right, WORDS[right], tuple(_cell(role, right) for role in Role)) for right in Right]


def _cell(role: Role, right: Right) -> str | Promise | None:
    if right not in RIGHTS[role]:
        return None
    if role in (Role.COORDINATOR, Role.ADVISER):
        return OWN_HUB if right in OF_THE_HUB_ALONE else COUNTRY
    return HELD


def as_markdown() -> str:
    """The table as docs/reference/rights.md shows it."""
    head = "| | " + " | ".join(str(role.label) for role in Role) + " |"
    rule = "|---|" + "---|" * len(Role)
    rows = [
        f"| {row.words} | " + " | ".join(str(cell or "") for cell in row.cells) + " |"
        for row in rights_table()
    ]
    return "\n".join([head, rule, *rows]) + "\n"
