"""What each kind of record keeps besides its texts, and how a changed part is written."""

from django.db import transaction

from ventanilla.hubs.models import Hub
from ventanilla.labour.packs import MODEL_OF_KIND
from ventanilla.verification.actions import change_fact
from ventanilla.verification.models import FOUR_EYES, Kind
from ventanilla.verification.packs.conflicts import plain
from ventanilla.verification.proposals import RECORD, NothingChanged, change_record, record_writers

from .forms import records as forms


def record_of(fact):
    """The row that an app keeps about a fact besides its texts, or None."""
    if fact.kind == Kind.HUB:
        return Hub.objects.filter(ref=fact.ref).first()
    if fact.kind == Kind.AUTHORITY:
        return getattr(fact, "organization", None)
    if fact.kind in (Kind.SERVICE, Kind.HOTLINE):
        return getattr(fact, "service", None)
    model = MODEL_OF_KIND.get(fact.kind)
    return model.objects.filter(fact=fact).first() if model else None


@record_writers.add(*MODEL_OF_KIND)
def write_labour_values(fact, values):
    """Write the changed fields of a labour record."""
    record = record_of(fact)
    for name, value in values.items():
        setattr(record, name, value)
    record.save(update_fields=list(values))


# Names of the fields that say whether a hub or a service runs, and what people read about it.
STATUS_FIELDS = {
    Kind.HUB: ("state", "notice"),
    Kind.SERVICE: ("status", "alert"),
    Kind.HOTLINE: ("status", "alert"),
}


def status_of(fact):
    """State, notice and choices of a hub or service; None where a record has no such thing."""
    names, record = STATUS_FIELDS.get(fact.kind), record_of(fact)
    if names is None or record is None:
        return None
    state, notice = (getattr(record, name) for name in names)
    return {"state": state, "notice": notice, "choices": record._meta.get_field(names[0]).choices}


@transaction.atomic
def set_status(*, fact, state, notice, by, at):
    """Open, suspend or close a hub or a service. Raises NothingChanged."""
    record, names = record_of(fact), STATUS_FIELDS[fact.kind]
    values = dict(zip(names, (state, notice), strict=True))
    if all(getattr(record, name) == value for name, value in values.items()):
        raise NothingChanged
    for name, value in values.items():
        setattr(record, name, value)
    record.save(update_fields=names)
    label = dict(record._meta.get_field(names[0]).flatchoices)[state]
    change_fact(fact=fact, by=by, at=at, note=str(label))


class RecordForms:
    """The forms of one record together: its own, its place, and its lists of numbers and hours."""

    def __init__(self, fact, data=None):
        self.fact, self.record = fact, record_of(fact)
        self.main = self._main_form()(data, instance=self.record)
        self.place = self._place_form(data)
        sets = self._sets()
        self.sets = {name: cls(data, instance=self.record, prefix=name) for name, cls in sets.items()}

    def _main_form(self):
        if self.fact.kind == Kind.HUB:
            return forms.HubForm
        if self.fact.kind == Kind.AUTHORITY:
            return forms.OrganizationForm
        if self.fact.kind in (Kind.SERVICE, Kind.HOTLINE):
            return forms.ServiceForm
        return forms.labour_form(MODEL_OF_KIND[self.fact.kind])

    def _sets(self):
        if self.fact.kind == Kind.HUB:
            return forms.HUB_SETS
        if self.fact.kind == Kind.AUTHORITY:
            return forms.ORGANIZATION_SETS
        return forms.SERVICE_SETS if self.fact.kind in (Kind.SERVICE, Kind.HOTLINE) else {}

    def _place_form(self, data):
        if self.fact.kind == Kind.AUTHORITY:
            location = self.record.locations.order_by("pk").first()
        elif self.fact.kind == Kind.SERVICE:
            location = next((at.location for at in self.record.at_locations.select_related("location")), None)
        else:
            return None
        return forms.LocationForm(data, instance=location, prefix="place") if location else None

    @property
    def all(self):
        return [form for form in (self.main, self.place, *self.sets.values()) if form is not None]

    def is_valid(self):
        # Every form is asked, so that all errors show at once.
        answers = [form.is_valid() for form in self.all]
        return all(answers)

    def has_changed(self):
        return any(form.has_changed() for form in self.all)

    @transaction.atomic
    def save(self, *, by, at):
        """Write what changed, or propose it where the kind needs four eyes: then returns the proposal."""
        if self.fact.kind in MODEL_OF_KIND:
            values = {name: plain(self.main.cleaned_data[name]) for name in self.main.changed_data}
            return change_record(fact=self.fact, part=RECORD, values=values, by=by, at=at)
        for form in self.all:
            form.save()
        change_fact(fact=self.fact, by=by, at=at)
        return None

    @property
    def needs_four_eyes(self):
        return self.fact.kind in FOUR_EYES
