"""What personal data are kept for: the register of purposes. A field of no purpose is not collected."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.text import in_language

FILE = Path(__file__).with_name("purposes.yaml")

# Why a purpose is lawful and fair.
BASES: Mapping[str, str | Promise] = {
    "request": _("the person asks for it"),
    "consent": _("the person agrees"),
    "vital-interest": _("to protect somebody's life or safety"),
    "mandate": _("the task of the hub"),
    "obligation": _("a duty of the hub towards the person"),
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """`principles` are numbers of the thirteen principles (`compliance.PRINCIPLES`)."""

    code: str
    basis: str
    principles: tuple[int, ...]
    names: Mapping[str, str]
    explanations: Mapping[str, str]

    def name(self, language: str) -> str:
        return in_language(self.names, language) or self.code

    def explanation(self, language: str) -> str:
        return in_language(self.explanations, language) or ""

    @property
    def basis_label(self) -> str | Promise:
        return BASES[self.basis]


@cache
def all_purposes() -> Mapping[str, Purpose]:
    """Every purpose by its code, in the order of the register."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        code: Purpose(code, row["basis"], tuple(row["principles"]), row["names"], row["explanation"])
        for code, row in rows.items()
    }
