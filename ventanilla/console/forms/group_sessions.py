from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ventanilla.enquiries import facts, group_sessions
from ventanilla.verification.models import Topic

from ..fields import LANGUAGE_NAMES, LinesField
from .hub_time import HubForm, day_input


class PeriodForm(HubForm):
    """Which sessions are listed and summed up."""

    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=day_input())
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=day_input())


class GroupSessionForm(HubForm):
    """A talk that was held: no names, and each number can be left out."""

    held_on = forms.DateField(label=gettext_lazy("Date"), widget=day_input())
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200, required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), choices=Topic.choices)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=list(LANGUAGE_NAMES.items()),
        initial=["es"],
        widget=forms.CheckboxSelectMultiple,
    )
    materials = LinesField(label=gettext_lazy("Materials handed out"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hub"].required = True
        sexes, bands = group_sessions.sexes(), group_sessions.age_bands()
        labels = [_labels("sex", sexes), _labels("age_band", bands)]
        for row, sex in enumerate(sexes):
            for column, band in enumerate(bands):
                label = f"{labels[0][sex]}, {labels[1][band]}"
                self.fields[f"heads_{row}_{column}"] = _count(label)
        self.bands = list(labels[1].values())
        self.sexes = list(labels[0].values())

    def outside_the_table(self):
        return [bound for bound in self if not bound.name.startswith("heads_")]

    def table(self):
        """(sex, cells) for the template, which draws the table of heads."""
        for row, label in enumerate(self.sexes):
            yield label, [self[f"heads_{row}_{column}"] for column in range(len(self.bands))]

    def heads(self):
        """How many of which (sex, age band), once the form is valid."""
        sexes, bands = group_sessions.sexes(), group_sessions.age_bands()
        return {
            (sex, band): self.cleaned_data.get(f"heads_{row}_{column}") or 0
            for row, sex in enumerate(sexes)
            for column, band in enumerate(bands)
        }

    def note(self):
        """Arguments for `enquiries.group_sessions.note_session`."""
        names = ("hub", "held_on", "place", "topic", "languages", "materials")
        return {name: self.cleaned_data[name] for name in names} | {"heads": self.heads()}


def initial_of(session):
    """The form of a session that was noted before."""
    names = ("held_on", "place", "topic", "languages", "materials")
    values = {name: getattr(session, name) for name in names} | {"hub": session.hub.ref}
    heads = group_sessions.heads_of(session)
    for row, sex in enumerate(group_sessions.sexes()):
        for column, band in enumerate(group_sessions.age_bands()):
            values[f"heads_{row}_{column}"] = heads.get((sex, band))
    return values


def _labels(question, codes):
    """Labels by code in the language of the screen; the empty code is for who was not noted."""
    names = facts.questions()[question].numbered(get_language())
    known = {code: label for _number, code, label in names}
    return {code: known.get(code, _("not noted")) for code in codes}


def _count(label):
    attributes = {"aria-label": label, "inputmode": "numeric", "autocomplete": "off"}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=group_sessions.MOST_HEADS,
        widget=forms.NumberInput(attrs=attributes),
    )
