"""Forms of records: the texts in one language, and what each kind keeps besides."""

from django import forms
from django.forms import inlineformset_factory, modelform_factory
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ventanilla.directory.models import Location, Organization, Phone, Schedule, Service
from ventanilla.hubs.models import Holiday, Hub, OpeningHours
from ventanilla.labour.models import LabourRecord
from ventanilla.verification.models import Wording

from ..fields import LANGUAGE_NAMES, ByLanguageField, LinesField, PhonesField

TEXTS = (
    "title", "summary", "audience", "eligibility", "requirements", "steps", "offers", "fee", "deadline",
    "duration", "where", "hours", "body", "ask_like",
)  # fmt: skip


def _url_field(field, **kwargs):
    return forms.URLField(
        required=not field.blank, label=capfirst(field.verbose_name), assume_scheme="https", max_length=1000
    )


def callback(field, **kwargs):
    """Addresses are https unless said otherwise; JSON is never shown raw."""
    if field.get_internal_type() == "CharField" and field.__class__.__name__ == "URLField":
        return _url_field(field)
    if field.__class__.__name__ == "JSONField":
        label = capfirst(field.verbose_name)
        return LinesField(label=label) if field.default is list else ByLanguageField(label=label)
    if field.__class__.__name__ == "TimeField":
        kwargs["widget"] = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    if field.__class__.__name__ == "DateField":
        kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return field.formfield(**kwargs)


class WordingForm(forms.ModelForm):
    """What people read in one language."""

    is_reviewed = forms.BooleanField(label=_("I speak this language and stand by this text"), required=False)

    class Meta:
        model = Wording
        formfield_callback = callback
        fields = TEXTS
        widgets = {
            "title": forms.TextInput,
            **{name: forms.Textarea(attrs={"rows": 3}) for name in TEXTS[1:]},
        }

    def take_up(self, values):
        """Show a text that was proposed and never approved, to go on from; all of it counts as changed."""
        for name in values.keys() & set(TEXTS):
            self.initial.pop(name, None)
            self.fields[name].initial = values[name]

    def changed_values(self):
        """Only what differs from what people read now, ready to be kept as JSON."""
        values = {name: self._typed(name) for name in TEXTS if self._typed(name) != self.initial.get(name)}
        values = {name: value for name, value in values.items() if value or self.initial.get(name)}
        if self.cleaned_data["is_reviewed"]:
            values["maker"] = str(Wording.Maker.PERSON)
        elif values:
            values["maker"] = str(Wording.Maker.MACHINE) if not self.instance.pk else self.instance.maker
        return values

    def _typed(self, name):
        value = self.cleaned_data[name]
        # Browsers send other line ends than the packs hold.
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


# Whoever comes in vain reads in the notice why, and where to go instead.
NEED_A_NOTICE = frozenset(
    {
        Hub.State.SUSPENDED, Hub.State.CLOSED,
        Service.Status.INACTIVE, Service.Status.TEMPORARILY_CLOSED, Service.Status.DEFUNCT,
    }
)  # fmt: skip


def require_notice(form, state, notice, language):
    """A hub or service that stops says so in the country's main language."""
    said = form.cleaned_data.get(notice) or {}
    if form.cleaned_data.get(state) in NEED_A_NOTICE and not said.get(language):
        form.add_error(
            notice,
            _("Say in %(language)s why, and where people can go instead.")
            % {"language": LANGUAGE_NAMES.get(language, language)},
        )


class StatusForm(forms.Form):
    """Whether a hub or a service opens, stops for a while or closes for good."""

    state = forms.ChoiceField(label=_("State"), widget=forms.RadioSelect)
    notice = ByLanguageField(
        label=_("What people read about it"), help_text=_("Empty it when everything is as usual again.")
    )

    def __init__(self, *args, choices, language, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = choices
        self.language = language

    def clean(self):
        cleaned = super().clean()
        require_notice(self, "state", "notice", self.language)
        return cleaned


class HubForm(forms.ModelForm):
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("counter", _("Counter")),
            ("phone", _("Phone")),
            ("web", _("Web")),
            ("whatsapp", "WhatsApp"),
            ("messenger", "Messenger"),
            ("telegram", "Telegram"),
            ("sms", "SMS"),
            ("email", _("E-mail")),
        ],
    )
    phones = PhonesField(label=_("Phones"))

    class Meta:
        model = Hub
        formfield_callback = callback
        fields = (
            "names", "host", "kind", "state", "notice", "city", "address", "p_code", "latitude", "longitude",
            "phones", "channels", "languages", "charter",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phones"].remember(self.instance.phones)
        known = {value for value, _label in self.fields["channels"].choices}
        extra = [(value, value) for value in self.instance.channels if value not in known]
        self.fields["channels"].choices = [*self.fields["channels"].choices, *extra]

    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("latitude", _("Give both coordinates or none."))
        if "state" in self.changed_data:
            require_notice(self, "state", "notice", self.instance.country.languages[0])
        return cleaned


class LocationForm(forms.ModelForm):
    class Meta:
        model = Location
        formfield_callback = callback
        fields = (
            "is_confidential", "area", "address", "city", "p_code", "latitude", "longitude", "accessibility",
        )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("latitude", _("Give both coordinates or none."))
        if cleaned.get("is_confidential") and not cleaned.get("area"):
            self.add_error("area", _("Say which area people may read instead of the address."))
        return cleaned


class ServiceForm(forms.ModelForm):
    class Meta:
        model = Service
        formfield_callback = callback
        fields = (
            "organization", "status", "alert", "type", "website", "email", "needs", "languages", "capacity",
        )  # fmt: skip
        labels = {"organization": _("Organisation")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(
            country=self.instance.fact.country
        ).order_by("name", "pk")

    def clean(self):
        cleaned = super().clean()
        if "status" in self.changed_data:
            require_notice(self, "status", "alert", self.instance.fact.country.languages[0])
        return cleaned


class OrganizationForm(forms.ModelForm):
    class Meta:
        model = Organization
        formfield_callback = callback
        fields = ("name", "alternate_name", "website", "email")


DAYS = [
    ("MO", _("Monday")), ("TU", _("Tuesday")), ("WE", _("Wednesday")), ("TH", _("Thursday")),
    ("FR", _("Friday")), ("SA", _("Saturday")), ("SU", _("Sunday")),
]  # fmt: skip


class ScheduleForm(forms.ModelForm):
    byday = forms.MultipleChoiceField(label=_("Days"), choices=DAYS, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Schedule
        formfield_callback = callback
        fields = ("byday", "opens_at", "closes_at", "notes")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["byday"] = [day for day in (self.instance.byday or "").split(",") if day]

    def clean_byday(self):
        return ",".join(self.cleaned_data["byday"])


class OpeningHoursForm(forms.ModelForm):
    weekday = forms.TypedChoiceField(
        label=_("Day"), coerce=int, choices=[(number, name) for number, (_code, name) in enumerate(DAYS)]
    )

    class Meta:
        model = OpeningHours
        formfield_callback = callback
        fields = ("weekday", "opens", "closes")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("opens") and cleaned.get("closes") and cleaned["closes"] <= cleaned["opens"]:
            self.add_error("closes", _("It has to close after it opens."))
        return cleaned


class PhoneForm(forms.ModelForm):
    class Meta:
        model = Phone
        formfield_callback = callback
        fields = ("number", "e164", "type", "description")


class HolidayForm(forms.ModelForm):
    class Meta:
        model = Holiday
        formfield_callback = callback
        fields = ("on", "reason")


def _several(parent, form):
    return inlineformset_factory(parent, form._meta.model, form=form, extra=1, can_delete=True)


HUB_SETS = {"hours": _several(Hub, OpeningHoursForm), "holidays": _several(Hub, HolidayForm)}
SERVICE_SETS = {"phones": _several(Service, PhoneForm), "schedules": _several(Service, ScheduleForm)}
ORGANIZATION_SETS = {
    "phones": _several(Organization, PhoneForm),
    "schedules": _several(Organization, ScheduleForm),
}


def labour_form(model: type[LabourRecord]):
    """The form of one kind of labour record."""
    names = [field.name for field in model._meta.concrete_fields if field.name not in ("id", "fact")]
    return modelform_factory(model, fields=names, formfield_callback=callback)
