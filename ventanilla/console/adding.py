"""New records: who may add which kind where, and everything that one needs, made at once."""

from django.db import transaction

from ventanilla.directory.records import start_hub, start_organization, start_service
from ventanilla.hubs.rights import Right, countries_with
from ventanilla.labour.packs import MODEL_OF_KIND
from ventanilla.library.actions import free_reference
from ventanilla.verification.models import Kind
from ventanilla.verification.proposals import RECORD, change_record, start_record

from .forms.adding import ADD_FORMS
from .forms.facts import NewSourceForm
from .forms.records import LocationForm

WITH_PLACE = (Kind.AUTHORITY, Kind.SERVICE)


def countries_to_add(user, kind):
    """Countries in which this person may add a record of this kind; a new hub is the authority's to found."""
    return countries_with(user, Right.HUB if kind == Kind.HUB else Right.PROPOSE)


def kinds_to_add(user):
    """Kinds of records that this person may add somewhere, as choices."""
    may = {right: countries_with(user, right).exists() for right in (Right.HUB, Right.PROPOSE)}
    return [
        (kind.value, kind.label)
        for kind in ADD_FORMS
        if may[Right.HUB if kind == Kind.HUB else Right.PROPOSE]
    ]


class AddForms:
    """The forms of a new record together: its own, its place, and its first source."""

    def __init__(self, kind, countries, data=None, initial=None):
        self.kind = kind
        self.main = ADD_FORMS[kind](data, kind=kind, countries=countries, initial=initial)
        self.place = LocationForm(data, prefix="place") if kind in WITH_PLACE else None
        self.source = NewSourceForm(data, prefix="source")

    def is_valid(self):
        # Every form is asked, so that all errors show at once.
        answers = [form.is_valid() for form in (self.main, self.place, self.source) if form is not None]
        return all(answers)

    @transaction.atomic
    def save(self, *, by, at):
        """Make the fact with its source and text, and what its kind keeps besides; returns the fact."""
        said = self.main.cleaned_data
        fact = start_record(
            ref=free_reference(said["country"].code, said["title"]),
            kind=self.kind,
            country=said["country"],
            title=said["title"],
            summary=said["summary"],
            topics=said["topics"],
            source=self.source.cleaned_data,
            by=by,
            at=at,
        )
        self._start_structure(fact, by, at)
        return fact

    def _start_structure(self, fact, by, at):
        values = self.main.structure
        if fact.kind == Kind.HUB:
            start_hub(fact=fact, **values)
        elif fact.kind == Kind.AUTHORITY:
            start_organization(fact=fact, name=self.main.cleaned_data["title"], place=self._place(), **values)
        elif fact.kind in (Kind.SERVICE, Kind.HOTLINE):
            start_service(fact=fact, place=self._place(), **values)
        else:
            _start_labour(fact, {name: value for name, value in values.items() if value}, by, at)

    def _place(self):
        """The place as typed, not saved yet; a service has one even where nothing was said of it."""
        if self.place is None or (self.kind == Kind.AUTHORITY and not self.place.has_changed()):
            return None
        return self.place.save(commit=False)


def _start_labour(fact, values, by, at):
    """An empty record, then its values like any later change: a proposal where the kind needs four eyes."""
    MODEL_OF_KIND[fact.kind].objects.create(fact=fact)
    if values:
        change_record(fact=fact, part=RECORD, values=values, by=by, at=at)
