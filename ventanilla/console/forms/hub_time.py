"""Choosing a hub, and days and hours as its clock shows them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

# How far from today a day of a book is shown.
FURTHEST = timedelta(days=730)


def day_input():
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})


def hour_input():
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "autocomplete": "off"})


def moment(hub, day, hour):
    """A day and an hour of a hub's clock as a moment."""
    return datetime.combine(day, hour, ZoneInfo(hub.country.timezone))


class HubForm(forms.Form):
    """Which of the hubs where somebody attends to people; the first where none is asked for."""

    hub = forms.ModelChoiceField(
        label=_("Hub"), queryset=Hub.objects.none(), to_field_name="ref", required=False, empty_label=None
    )

    def __init__(self, *args, by, empty_label=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hub"].empty_label = empty_label
        hubs = hubs_with(by, Right.CASES).select_related("country")
        self.fields["hub"].queryset = hubs.prefetch_related("hours", "holidays").order_by("ref")

    def chosen_hub(self):
        """The hub that was asked for; nonsense and nothing give the first one. 404 where there is none."""
        self.is_valid()
        hub = self.cleaned_data.get("hub") or self.fields["hub"].queryset.first()
        if hub is None:
            raise Http404
        return hub


class DayForm(HubForm):
    """A hub and a day of its book."""

    day = forms.DateField(label=_("Day"), required=False, widget=day_input())

    def chosen_day(self, hub, *, at):
        """The day that was asked for, else today as the hub counts days; nobody keeps a book for longer."""
        self.is_valid()
        today = hub.country.today(at)
        day = self.cleaned_data.get("day") or today
        return day if abs(day - today) <= FURTHEST else today


class WindowForm(forms.Form):
    """Between which hours of which day, by the hub's clock."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    start = forms.TimeField(label=_("From"), widget=hour_input())
    end = forms.TimeField(label=_("Until"), widget=hour_input())

    def window(self, hub):
        """Both moments, once the form is valid."""
        values = self.cleaned_data
        return moment(hub, values["day"], values["start"]), moment(hub, values["day"], values["end"])
