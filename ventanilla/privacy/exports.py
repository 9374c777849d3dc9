"""The one door for every file that leaves: its class decides who may make it, and each leaves a trace.

low: public data, anybody. moderate: who holds the right. high: who holds the right, with a reason. severe:
nobody alone; a second person releases it, for one use within a day.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry

from .access_log import record
from .codes import new_code
from .doors import reach
from .models import ExportRequest, Sensitivity
from .sealing import new_key

# The right that a class asks for, and after how many days a file has to be deleted.
RIGHTS = {
    Sensitivity.MODERATE: "export-moderate",
    Sensitivity.HIGH: "export-high",
    Sensitivity.SEVERE: "export-high",
}
DAYS_TO_KEEP = {Sensitivity.MODERATE: 90, Sensitivity.HIGH: 30, Sensitivity.SEVERE: 7}
RELEASED_FOR = timedelta(days=1)
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A file that may leave. `made_by` names the views, commands or functions that write it."""

    label: str | Promise
    sensitivity: Sensitivity
    purpose: str | Promise
    made_by: tuple[str, ...]


kinds: Registry[ExportKind] = Registry()


class MayNotExport(DomainError):
    """The person lacks the right for this class in this place."""

    message = gettext_lazy("Your role may not take this out.")


class ExportReasonNeeded(DomainError):
    message = gettext_lazy("Write down what the file is for.")


class SecondPersonNeeded(DomainError):
    """A severe export that nobody else has released, or whose release is used or too old."""

    message = gettext_lazy(
        "A second person has to release this file first; a release holds for a day and one file."
    )


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """`name` holds no names of people; `content` is UTF-8."""

    name: str
    content: bytes
    media_type: str

    def response(self) -> HttpResponse:
        """The file as an attachment that no cache keeps."""
        headers = {"Content-Disposition": f'attachment; filename="{self.name}"', "Cache-Control": "no-store"}
        return HttpResponse(self.content, content_type=f"{self.media_type}; charset=utf-8", headers=headers)


def may_export(user: User, *, kind: str, country: str, hub: str = "") -> bool:
    """Whether the person's role allows this kind for this place; a severe one needs a release besides."""
    right = RIGHTS.get(kinds[kind].sensitivity)
    return right is None or reach(user, right).covers(country, hub=hub)


@transaction.atomic
def export_csv(
    *,
    kind: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    country: str,
    hub: str,
    reason: str,
    by: User,
    at: datetime,
    release: ExportRequest | None = None,
) -> ExportedFile:
    """Make a CSV file that says itself how sensitive it is. Raises MayNotExport, ExportReasonNeeded,
    SecondPersonNeeded.
    """
    about = leave(kind=kind, country=country, hub=hub, reason=reason, by=by, at=at, release=release)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows(about)
    writer.writerow([])
    writer.writerow(header)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    name = file_name(kind, country=country, at=at, ending="csv")
    return ExportedFile(name, out.getvalue().encode(), "text/csv")


@transaction.atomic
def leave(
    *,
    kind: str,
    country: str,
    hub: str,
    reason: str,
    by: User,
    at: datetime,
    release: ExportRequest | None = None,
) -> list[tuple[str, str]]:
    """Check and log that a file leaves; returns the lines that it must carry (label, value).

    For files of another form than CSV. Raises as `export_csv` does.
    """
    sensitivity = kinds[kind].sensitivity
    if not may_export(by, kind=kind, country=country, hub=hub):
        raise MayNotExport
    if sensitivity in (Sensitivity.HIGH, Sensitivity.SEVERE) and not reason.strip():
        raise ExportReasonNeeded
    if sensitivity == Sensitivity.SEVERE:
        _use(release, kind=kind, country=country, by=by, at=at)
    record(by=by, action="export", kind="export", ref=kind, country=country, hub=hub, at=at, reason=reason)
    return _about(kind, by=by, at=at)


@transaction.atomic
def ask_for_export(
    *, kind: str, country: str, hub: str, reason: str, by: User, at: datetime
) -> ExportRequest:
    """Ask a second person for a severe export. Raises MayNotExport, ExportReasonNeeded."""
    if not may_export(by, kind=kind, country=country, hub=hub):
        raise MayNotExport
    if not reason.strip():
        raise ExportReasonNeeded
    request = ExportRequest.objects.create(
        kind=kind, country=country, hub=hub, reason=reason, asked_by=by, asked_at=at,
        sealed_under=new_key(scope=f"country:{country}" if country else "network"),
    )  # fmt: skip
    _log(request, by=by, at=at)
    return request


@transaction.atomic
def release_export(*, request_id: UUID, by: User, at: datetime) -> None:
    """Let somebody else's export go, once, within a day. Raises MayNotExport for one's own."""
    request = ExportRequest.objects.select_for_update().get(pk=request_id)
    if request.asked_by_id == by.pk or not may_export(
        by, kind=request.kind, country=request.country, hub=request.hub
    ):
        raise MayNotExport
    request.released_by, request.released_at = by, at
    request.save()
    _log(request, by=by, at=at)


def file_name(kind: str, *, country: str, at: datetime, ending: str) -> str:
    """As in "ventanilla-access-log-cr-20261126-7K3M9P.csv": what, where, when, and nobody's name."""
    return f"ventanilla-{kind}-{country or 'network'}-{at:%Y%m%d}-{new_code('')[1:]}.{ending}"


def _use(release: ExportRequest | None, *, kind: str, country: str, by: User, at: datetime) -> None:
    if release is None:
        raise SecondPersonNeeded
    fits = ExportRequest.objects.select_for_update().filter(
        pk=release.pk, kind=kind, country=country, asked_by=by, used_at=None,
        released_by__isnull=False, released_at__gt=at - RELEASED_FOR,
    )  # fmt: skip
    if not fits.update(used_at=at):
        raise SecondPersonNeeded


def _about(kind: str, *, by: User, at: datetime) -> list[tuple[str, str]]:
    row = kinds[kind]
    lines = [
        (_("what"), str(row.label)),
        (_("sensitivity"), str(row.sensitivity.label)),
        (_("made by"), str(by.pk)),
        (_("made at"), at.isoformat(timespec="minutes")),
        (_("purpose"), str(row.purpose)),
    ]
    if days := DAYS_TO_KEEP.get(row.sensitivity):
        lines.append((_("delete by"), str((at + timedelta(days=days)).date())))
    return lines


def _harmless(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _log(request: ExportRequest, *, by: User, at: datetime) -> None:
    record(
        by=by,
        action="write",
        kind="export-request",
        ref=request.pk,
        country=request.country,
        hub=request.hub,
        at=at,
    )


kinds["access-log"] = ExportKind(
    gettext_lazy("Access log"),
    Sensitivity.HIGH,
    gettext_lazy("Oversight: who read or changed which sensitive record."),
    ("console:access_log_export",),
)
# Public data: what every reader of the site may see. Named here so that the list is whole.
kinds["directory"] = ExportKind(
    gettext_lazy("Directory of services"),
    Sensitivity.LOW,
    gettext_lazy("Public directory in the shapes of HSDS."),
    ("ventanilla.config.commands.export_directory", "ventanilla.directory.hsds", "ventanilla.api"),
)
kinds["offline"] = ExportKind(
    gettext_lazy("Offline file of a country"),
    Sensitivity.LOW,
    gettext_lazy("Public pages to read without a connection."),
    ("ventanilla.web.offline",),
)
kinds["document"] = ExportKind(
    gettext_lazy("Document of a case"),
    Sensitivity.HIGH,
    gettext_lazy("Opened one by one by who may read the case; each time stands in the access log."),
    ("ventanilla.privacy.sealing.files.downloads",),
)
kinds["own-data"] = ExportKind(
    gettext_lazy("A person's own data"),
    Sensitivity.HIGH,
    gettext_lazy("Given to the person alone, by their return code or by who attends to them."),
    ("ventanilla.privacy.take_away",),
)
kinds["registers"] = ExportKind(
    gettext_lazy("Registers of data and of processing"),
    Sensitivity.LOW,
    gettext_lazy("Which data are held, what for and how long; nobody's data are in it."),
    ("console:registers", "ventanilla.console.views.retention"),
)
# For a place it names colleagues and says under which conditions they signed.
kinds["assessment"] = ExportKind(
    gettext_lazy("Assessment of a channel, for a place"),
    Sensitivity.MODERATE,
    gettext_lazy("Who sees what on a kind of channel, its risks and measures, and who signed for it."),
    ("console:assessment", "ventanilla.console.views.assessments"),
)
kinds["assessment-text"] = ExportKind(
    gettext_lazy("Assessment of a channel, without a place"),
    Sensitivity.LOW,
    gettext_lazy("Who sees what on a kind of channel, its risks and measures; nobody's data are in it."),
    ("console:assessment", "ventanilla.console.views.assessments"),
)
# A backup holds sealed rows only and no key; the operator's runbook says who may take one.
kinds["backup"] = ExportKind(
    gettext_lazy("Backup"),
    Sensitivity.HIGH,
    gettext_lazy("To bring everything back after a loss."),
    ("ventanilla.config.archive",),
)
