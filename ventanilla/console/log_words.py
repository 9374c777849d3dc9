"""The fixed words of the access log, for people. A word that is not here is shown as it was written."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTIONS = {
    "read": pgettext_lazy("access log", "read"),
    "list": pgettext_lazy("access log", "saw a list"),
    "write": pgettext_lazy("access log", "changed"),
    "export": pgettext_lazy("access log", "took out"),
    "correct": pgettext_lazy("access log", "corrected"),
    "restrict": pgettext_lazy("access log", "had left alone"),
    "release": pgettext_lazy("access log", "had worked with again"),
    "erase": pgettext_lazy("access log", "erased"),
    "hold": pgettext_lazy("access log", "kept back"),
    "ask": pgettext_lazy("access log", "asked"),
    "answer": pgettext_lazy("access log", "answered"),
    "refuse": pgettext_lazy("access log", "refused"),
    "consent": pgettext_lazy("access log", "noted a consent"),
    "withdraw": pgettext_lazy("access log", "noted a withdrawal"),
    "break-glass": pgettext_lazy("access log", "opened outside their reach"),
    "translate": pgettext_lazy("access log", "had translated by a machine"),
    "refer": pgettext_lazy("access log", "handed on"),
    "review": pgettext_lazy("access log", "reviewed"),
    "sign-in": pgettext_lazy("access log", "signed in"),
    "sign-in-refused": pgettext_lazy("access log", "was refused at sign-in"),
    "restored": pgettext_lazy("access log", "put a backup back"),
}
KINDS = {
    "enquiry": _("Enquiry"),
    "own-data": _("Data of a person"),
    "note": _("Note"),
    "callback": _("Promised call"),
    "appointment": _("Appointment"),
    "appointment-book": _("Appointment book"),
    "group-session": _("Group session"),
    "interpreting": _("Requests for an interpreter"),
    "referral": _("Referral"),
    "receiver": _("Receiver"),
    "consent": _("Consent"),
    "retention": _("Retention"),
    "incident": _("Incident"),
    "legal-request": _("Request of an authority"),
    "complaint": _("Complaint"),
    "exception": _("Exception"),
    "break-glass": _("Opened outside their reach"),
    "export": _("File"),
    "export-request": _("File"),
    "access-log": _("Access log"),
    "account": _("Account"),
    "invitation": _("Invitation"),
}


def in_words(entries):
    """(entry, action, kind) with the words that people read."""
    return [(row, ACTIONS.get(row.action, row.action), KINDS.get(row.kind, row.kind)) for row in entries]
