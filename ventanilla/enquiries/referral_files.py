"""A referral on paper or as a file, for receivers without our link: made one by one, each time logged.

The files hold what the receiver's page shows and not a word more; they say how sensitive they are and when to
delete them. They are a document of a case: whoever looks after the case may make one, once it was sent.
"""

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import segno
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ventanilla.accounts.models import User
from ventanilla.privacy import exports
from ventanilla.privacy.models import Sensitivity

from . import referral_texts
from .models import Referral
from .referrals import NotOpen, log, open_row

FORMAT = "ventanilla-referral 1"
KIND = "referral"
# Everything written by people comes in as data and is set as plain text, never read as markup.
_PAGE = """
#let d = json(bytes(sys.inputs.told))
#set document(title: d.title)
#set page(paper: "a4", margin: 2cm, footer: text(size: 8pt, d.marking))
#set text(lang: d.language, size: 11pt)
#grid(columns: (1fr, auto), [
  #text(size: 18pt, weight: "bold", d.title) \\
  #text(d.sender) \\
  #text(d.receiver)
], image(bytes(sys.inputs.square), width: 2.6cm, alt: d.code))
#v(1em)
#for line in d.lines [
  #block(width: 100%, below: 1em)[#text(weight: "bold", line.label) \\ #text(line.value)]
]
#line(length: 100%)
#text(d.answer)
"""

exports.kinds[KIND] = exports.ExportKind(
    gettext_lazy("Referral of a case"),
    Sensitivity.HIGH,
    gettext_lazy(
        "Given to the receiver alone by who looks after the case; each time stands in the access log."
    ),
    ("console:referral_file", "ventanilla.enquiries.referral_files"),
)


@transaction.atomic
def make(*, referral: Referral, form: str, by: User, at: datetime) -> exports.ExportedFile:
    """The form as a file, `form` being "json" or "pdf", in the receiver's language. Raises NotOpen."""
    row = open_row(referral)
    if not row.waits_for_answer:
        raise NotOpen
    told = as_data(row, at=at)
    name = exports.file_name(KIND, country=row.enquiry.country, at=at, ending=form)
    log(row, "export", by=by, at=at)
    if form == "pdf":
        return exports.ExportedFile(name, as_pdf(told), "application/pdf")
    content = json.dumps(told, ensure_ascii=False, indent=1).encode()
    return exports.ExportedFile(name, content, "application/json")


def as_data(row: Referral, *, at: datetime) -> dict[str, Any]:
    """What the file says: labels and values as the receiver's page shows them, and the codes behind them."""
    language = row.receiver.language
    days = exports.DAYS_TO_KEEP[Sensitivity.HIGH]
    with override(language):
        delete_by = date_format((at + timedelta(days=days)).date(), "DATE_FORMAT")
        return {
            "format": FORMAT,
            "language": language,
            "title": _("Referral"),
            "sender": row.enquiry.hub.name(language),
            "receiver": row.receiver.name,
            "code": row.enquiry.code,
            "need": row.need,
            "urgency": row.urgency,
            "sent_at": row.sent_at.isoformat() if row.sent_at else "",
            "answer_by": row.due_at.isoformat() if row.due_at else "",
            "shared": dict(row.shared or {}),
            "lines": [
                {"label": line.label, "value": line.value}
                for line in referral_texts.lines(row, row.shared or {}, language=language)
            ],
            "answer": _("Please tell the hub whether you can take this over, by the case code alone."),
            "marking": _("Sensitivity: high. Show it to nobody who does not need it. Delete it by %(day)s.")
            % {"day": delete_by},
        }


def as_pdf(told: dict[str, Any]) -> bytes:
    """The same on a sheet of A4; made without any file or font from outside."""
    import typst  # seven megabytes, for the few who print

    drawn = BytesIO()
    segno.make(told["code"], error="m", micro=False).save(drawn, kind="svg", scale=4, border=2)
    inputs = {
        "told": json.dumps(told, ensure_ascii=False),
        "square": drawn.getvalue().decode(),
    }
    return typst.compile(
        _PAGE.encode(), format="pdf", ignore_system_fonts=True, sys_inputs=inputs, pdf_standards="ua-1"
    )
