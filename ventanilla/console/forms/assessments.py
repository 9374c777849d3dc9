"""Forms of the impact assessments of channels."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.rights import Right
from ventanilla.privacy.models import ChannelAssessment

from .oversight import LongText, PlaceField


class SignForm(forms.Form):
    """For which place, as what, and on what conditions somebody signs."""

    place = PlaceField(label=_("Where"))
    capacity = forms.ChoiceField(label=_("I sign as"), choices=ChannelAssessment.Capacity)
    conditions = LongText(
        label=_("Conditions, and what is different in this place"),
        help_text=_("Write no names of people who ask."),
        rows=3,
        required=False,
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by, Right.READ)
