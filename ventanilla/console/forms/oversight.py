"""Forms of the protection of data: report, handle, log, decide."""

from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Country
from ventanilla.hubs.rights import Right, countries_with, hubs_with, reach
from ventanilla.privacy.compliance import PRINCIPLES
from ventanilla.privacy.models import Complaint, Incident, LegalRequest, Sensitivity

from ..log_words import ACTIONS

LONGEST = 5_000


class LongText(forms.CharField):
    def __init__(self, *, rows=4, **kwargs):
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class PlaceField(forms.ChoiceField):
    """A hub or a whole country within a person's reach; cleaned to (country, hub reference or "")."""

    def offer(self, user, right=Right.READ, *, network=False):
        """Offer the countries and hubs in which this person holds the right."""
        hubs = [
            (f"{hub.country_id}/{hub.ref}", f"{hub.country_id.upper()} · {hub}")
            for hub in hubs_with(user, right).order_by("country", "ref")
        ]
        countries = [(f"{row.code}/", str(row)) for row in countries_with(user, right).order_by("code")]
        all_of_it = [("/", _("the whole network"))] if network and reach(user, right).everywhere else []
        self.choices = [("", "—"), *all_of_it, *countries, *hubs]

    def clean(self, value):
        country, _slash, hub = super().clean(value).partition("/")
        return country, hub


class Moment(forms.DateTimeField):
    """A moment on the clock of the country that the form is about; empty means just now."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("On the clock of the country. Leave it empty if it was just now."))
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, input_formats=["%Y-%m-%dT%H:%M"], **kwargs)


def on_the_clock_of(country, moment, *, at):
    """The moment as the country's clock shows it; `at` where none was given."""
    if moment is None:
        return at
    found = Country.objects.filter(code=country).first()
    return moment.replace(tzinfo=ZoneInfo(found.timezone if found else "UTC"))


class ReportForm(forms.Form):
    """What anybody of the staff writes down at once; the rest can wait."""

    place = PlaceField(label=_("Where"))
    what_happened = LongText(
        label=_("What happened"),
        help_text=_("Say it in your words. Leave names of people out where you can."),
    )
    known_at = Moment(label=_("When you noticed"))
    data = forms.MultipleChoiceField(
        label=_("What data"),
        choices=Incident.Data,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    people_count = forms.IntegerField(
        label=_("About how many people"), min_value=0, max_value=10_000_000, required=False
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by)


class ClassifyForm(forms.Form):
    severity = forms.ChoiceField(
        label=_("Severity for the people"), choices=[("", "—"), *Sensitivity.choices]
    )
    threat = forms.ChoiceField(label=_("Source of the threat"), choices=Incident.Threat)
    data = forms.MultipleChoiceField(
        label=_("What data"), choices=Incident.Data, widget=forms.CheckboxSelectMultiple
    )
    people_count = forms.IntegerField(
        label=_("How many people, as far as known"), min_value=0, max_value=10_000_000, required=False
    )
    cause = LongText(label=_("Cause, and what made it possible"), required=False)
    harm = LongText(label=_("Harm to people, done or possible"))


class TextForm(forms.Form):
    """One text, and the step that it belongs to."""

    text = LongText(label=_("Text"))


class ToldForm(forms.Form):
    told_at = Moment(label=_("When they were told"))
    how_many = forms.IntegerField(
        label=_("How many people were told"), min_value=0, max_value=10_000_000, required=False
    )
    text = LongText(label=_("Who was told, how, and what"))


class LogRequestForm(forms.Form):
    """What an adviser notes in a minute after somebody asked."""

    place = PlaceField(label=_("Where"))
    asker = forms.ChoiceField(label=_("Who asked"), choices=LegalRequest.Asker)
    asked_for = LongText(label=_("What they asked for"), rows=3)
    asked_at = Moment(label=_("When they asked"))
    basis = forms.ChoiceField(label=_("Legal basis shown"), choices=LegalRequest.Basis)
    authority = forms.CharField(label=_("Which authority, which office"), max_length=300, required=False)
    officer = forms.CharField(
        label=_("Name and rank of the person who asked"), max_length=300, required=False
    )
    document = forms.CharField(label=_("Reference of the document"), max_length=300, required=False)
    purpose = LongText(label=_("What for"), rows=2, required=False)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by)


class DecideForm(forms.Form):
    review = LongText(label=_("Review of the legal basis: which law, which order, how far it reaches"))
    decision = forms.ChoiceField(label=_("Decision"), choices=LegalRequest.Decision)
    given = LongText(label=_("What was given"), rows=2, required=False)
    given_class = forms.ChoiceField(
        label=_("Sensitivity of what was given"), choices=[("", "—"), *Sensitivity.choices], required=False
    )


class ExceptionForm(forms.Form):
    place = PlaceField(label=_("Where"))
    principle = forms.TypedChoiceField(
        label=_("Principle"),
        coerce=int,
        choices=[(principle.number, f"{principle.number}") for principle in PRINCIPLES],
    )
    what = LongText(label=_("What is done differently"), rows=3)
    why = LongText(label=_("Why, and how harm is kept small"), rows=3)
    expires_on = forms.DateField(label=_("Expires on"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by, Right.OVERSIGHT, network=True)
        self.fields["principle"].choices = [(p.number, f"{p.number} {p.name}") for p in PRINCIPLES]


class ComplaintForm(forms.Form):
    place = PlaceField(label=_("Where"))
    received_from = forms.ChoiceField(label=_("From"), choices=Complaint.From)
    about = LongText(label=_("What it is about"))
    received_at = Moment(label=_("When it came in"))

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by)


class AccessFilterForm(forms.Form):
    """What narrows the access log; everything may stay empty."""

    person = forms.ModelChoiceField(
        label=_("Person of the staff"), queryset=User.objects.none(), required=False, empty_label=_("all")
    )
    ref = forms.CharField(label=_("Record (id)"), required=False, max_length=64)
    action = forms.ChoiceField(label=_("Action"), required=False, choices=[("", _("all")), *ACTIONS.items()])
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, entries, **kwargs):
        super().__init__(*args, **kwargs)
        who = entries.exclude(by=None).order_by().values("by").distinct()
        self.fields["person"].queryset = User.objects.filter(pk__in=who).order_by("last_name", "email")

    def narrow(self, entries):
        """The entries that fit what was filled in; none while something is wrong."""
        if not self.is_valid():
            return entries.none()
        wanted = self.cleaned_data
        columns = {"by": "person", "ref": "ref", "action": "action", "at__date": "day"}
        return entries.filter(**{column: wanted[name] for column, name in columns.items() if wanted[name]})


class ExportForm(forms.Form):
    reason = LongText(label=_("What the file is for"), rows=2)


class AskExportForm(forms.Form):
    kind = forms.ChoiceField(label=_("File"))
    place = PlaceField(label=_("Where"))
    reason = LongText(label=_("What the file is for"), rows=2)

    def __init__(self, *args, by, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds
        self.fields["place"].offer(by, Right.EXPORT_HIGH, network=True)
