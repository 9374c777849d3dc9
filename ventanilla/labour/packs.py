"""Labour records from country packs."""

import re
from typing import Any

from ventanilla.verification.models import Fact, Kind
from ventanilla.verification.packs.importing import pack_writers
from ventanilla.verification.packs.reading import PackItem

from .models import (
    AgencyRegister,
    Agreement,
    Entrepreneurship,
    FraudWarning,
    JobBoard,
    LabourRecord,
    Programme,
)

MODEL_OF_KIND: dict[str, type[LabourRecord]] = {
    Kind.AGREEMENT: Agreement,
    Kind.PROGRAMME: Programme,
    Kind.JOB_BOARD: JobBoard,
    Kind.AGENCY_REGISTER: AgencyRegister,
    Kind.FRAUD_WARNING: FraudWarning,
    Kind.ENTREPRENEURSHIP: Entrepreneurship,
}
_TEXT_FIELDS = ("operator", "partner", "signed", "in_force", "issuer")
_LIST_FIELDS = ("parties", "red_flags")


@pack_writers.add(*MODEL_OF_KIND)
def write_labour_record(fact: Fact, item: PackItem) -> None:
    model = MODEL_OF_KIND[item.kind]
    fields = {field.name: field for field in model._meta.concrete_fields}
    values: dict[str, Any] = {"website": _address(item.details)}
    for name in _TEXT_FIELDS:
        if name in fields:
            values[name] = str(item.details.get(name) or "")[: fields[name].max_length]
    for name in _LIST_FIELDS:
        if name in fields:
            values[name] = list(item.details.get(name) or [])
    model.objects.update_or_create(fact=fact, defaults=values)  # type: ignore[attr-defined]


def _address(details: dict[str, Any]) -> str:
    said = str(details.get("url") or details.get("public_list_url") or "")
    match = re.search(r"https?://[^\s;,)]+", said)
    return match[0] if match else ""
