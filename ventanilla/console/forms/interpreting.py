"""Asking for an interpreter: which language, when, how, and then whom; languages of the staff; services."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ventanilla.enquiries.languages import spoken
from ventanilla.enquiries.models import InterpreterRequest
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

from .cases import words
from .hub_time import day_input, hour_input, moment


class NeedForm(forms.Form):
    """What is needed. No day and no hour: now."""

    language = forms.ChoiceField(label=_("Language"), choices=spoken)
    mode = forms.ChoiceField(label=_("How"), choices=InterpreterRequest.Mode, widget=forms.RadioSelect)
    day = forms.DateField(
        label=_("Day"), required=False, widget=day_input(), help_text=_("Leave both empty for now.")
    )
    hour = forms.TimeField(label=_("Hour"), required=False, widget=hour_input())

    def clean(self):
        values = self.cleaned_data
        if not self.errors and bool(values.get("day")) != bool(values.get("hour")):
            raise forms.ValidationError(_("Give a day and an hour, or neither."))
        return values

    def need(self, hub):
        """Arguments for `interpreting.ask`."""
        values = self.cleaned_data
        at = moment(hub, values["day"], values["hour"]) if values["day"] else None
        return {"language": values["language"], "mode": values["mode"], "needed_at": at}


class InterpretedForm(forms.Form):
    """What an interpreter writes down for those who look after the case."""

    body = words(label=_("What was said aloud, for the hub"), required=False)


class WhomForm(forms.Form):
    """One of those who speak the language; staff by name and hub, services as the coordinator wrote them."""

    whom = forms.ChoiceField(label=_("Whom to ask"), widget=forms.RadioSelect)

    def __init__(self, *args, speakers, **kwargs):
        super().__init__(*args, **kwargs)
        self.speakers = speakers
        colleagues = [(f"staff-{user.pk}", f"{user} · {hubs}") for user, hubs in speakers.colleagues]
        services = [(f"service-{row.pk}", f"{row} · {row.telephone}") for row in speakers.services]
        self.fields["whom"].choices = [*colleagues, *services]

    def chosen(self):
        """Arguments for `interpreting.ask`, once the form is valid."""
        kind, _dash, key = self.cleaned_data["whom"].partition("-")
        if kind == "staff":
            users = (user for user, _hubs in self.speakers.colleagues)
            return {"interpreter": next(user for user in users if str(user.pk) == key)}
        return {"service": next(row for row in self.speakers.services if row.pk == UUID(key))}


class LanguagesForm(forms.Form):
    """Nobody has to say any."""

    languages = forms.MultipleChoiceField(
        label=_("Languages I speak well enough to interpret"),
        choices=spoken,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class ServiceForm(forms.Form):
    """A service outside of the house."""

    hub = forms.ModelChoiceField(label=_("Hub"), queryset=Hub.objects.none(), to_field_name="ref")
    name = forms.CharField(label=_("Name of the service"), max_length=120)
    telephone = forms.CharField(
        label=_("How to reach it"),
        max_length=200,
        help_text=_("A number or address of the service, of no person."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=spoken, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hub"].queryset = hubs_with(by, Right.HUB).order_by("ref")
