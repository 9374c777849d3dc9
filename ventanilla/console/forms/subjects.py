"""Forms for what belongs to people: their consent, their requests, how long their data are kept."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right
from ventanilla.privacy.models import Consent, Hold
from ventanilla.privacy.models.consent import About, Part
from ventanilla.privacy.requests import REFUSALS
from ventanilla.privacy.retention import LONGEST_DAYS, schedule

from .cases import words
from .oversight import PlaceField

DAY = {"widget": forms.DateInput(attrs={"type": "date"})}


def line(**more):
    """A line for words; the browser of a shared machine keeps nothing of it."""
    return forms.CharField(
        max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}), required=False, **more
    )


class ConsentForm(forms.Form):
    """What the person allows. The text that was read to them is chosen first and shown beside."""

    receiver = line(label=_("To whom"), help_text=_("The service or hub, as it was named to the person."))
    parts = forms.MultipleChoiceField(
        label=_("What may be shared"),
        choices=Part,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    mode = forms.ChoiceField(label=_("How they agreed"), choices=Consent.Mode)
    until = forms.DateField(label=_("Until (empty: until withdrawn)"), required=False, **DAY)
    given_by = forms.ChoiceField(label=_("Who agreed"), choices=Consent.By)
    relation = forms.ChoiceField(
        label=_("For a minor: who cares for them"),
        choices=[("", "—"), *Consent.Relation.choices],
        required=False,
    )
    caregiver = line(label=_("For a minor: name of who cares for them"))
    reason = words(
        label=_("For a minor alone: why this is in their best interest"), required=False, attrs={"rows": 2}
    )
    certified = forms.BooleanField(
        label=_("I read the text to them in their language, and they agreed of their own will.")
    )

    def __init__(self, *args, about, hub, **kwargs):
        super().__init__(*args, **kwargs)
        if about == About.CONTACT:
            del self.fields["receiver"], self.fields["parts"]
        elif about == About.SHARE:
            others = Hub.objects.exclude(pk=hub.pk).order_by("country", "ref")
            self.fields["receiver"] = forms.ChoiceField(
                label=_("To which hub"),
                choices=[(row.ref, f"{row.country_id.upper()} · {row}") for row in others],
            )


class TextForm(forms.Form):
    """A new version of a text that people agree to."""

    about = forms.ChoiceField(label=_("About"), choices=About)
    place = PlaceField(label=_("Where"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    version = forms.SlugField(label=_("Version"), max_length=40, help_text=_("As in 2027-01."))
    body = words(label=_("Text"))

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by, Right.OVERSIGHT, network=True)
        # Texts belong to countries and to the network.
        self.fields["place"].choices = [
            (value, label) for value, label in self.fields["place"].choices if not value or value[-1] == "/"
        ]


class CorrectForm(forms.Form):
    """What the person says about themselves; an empty box empties it."""

    name = line(label=_("What they want to be called"))
    safe_contact = line(label=_("How to reach them safely"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)


class WishForm(forms.Form):
    wish = words(label=_("What they ask, in their words"), attrs={"rows": 3})


class EraseForm(forms.Form):
    """Typing the case code keeps a wrong click from erasing somebody."""

    code = line(label=_("Type the case code to erase everything for good"))

    def __init__(self, *args, code, **kwargs):
        super().__init__(*args, **kwargs)
        self._code = code

    def clean_code(self):
        if self.cleaned_data["code"].strip().upper() != self._code:
            raise forms.ValidationError(_("This is not the code of this case."))
        return self._code


class HoldForm(forms.Form):
    basis = forms.ChoiceField(label=_("Why it must not be erased"), choices=Hold.Basis)
    reason = words(label=_("The reason, in a sentence"), attrs={"rows": 2})
    review_on = forms.DateField(label=_("Look again on"), **DAY)
    until = forms.DateField(label=_("Until, at the latest"), **DAY)


class AnswerForm(forms.Form):
    answer = words(label=_("What was done, or why not, in words that the person understands"))
    refused_for = forms.ChoiceField(
        label=_("Refused because"),
        choices=[("", _("not refused: it was done")), *REFUSALS.items()],
        required=False,
    )


class PeriodForm(forms.Form):
    """Another period for a class in a country or a hub."""

    record_class = forms.ChoiceField(label=_("Class"))
    place = PlaceField(label=_("Where"))
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST_DAYS)
    reason = words(
        label=_("Why"),
        required=False,
        attrs={"rows": 2},
        help_text=_("Needed where it is longer than the schedule."),
    )

    def __init__(self, *args, by, language, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by, Right.OVERSIGHT)
        self.fields["record_class"].choices = [
            (row.code, row.name(language))
            for row in schedule().values()
            if row.days and row.scope != "nobody"
        ]
