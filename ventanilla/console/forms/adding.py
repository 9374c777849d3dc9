"""Forms that make a record: what each kind needs before anything else. The rest is edited afterwards."""

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from ventanilla.directory.needs import Need
from ventanilla.hubs.models import Country, Hub
from ventanilla.verification.models import Kind, Topic
from ventanilla.verification.packs.reading import DEFAULT_TOPIC

from ..fields import LANGUAGE_NAMES


def _line(label, limit, *, required=False, **kwargs):
    return forms.CharField(label=label, max_length=limit, required=required, **kwargs)


def _website():
    return forms.URLField(
        label=_("Website"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )


class AddForm(forms.Form):
    """What every record has; `structure` is what the kind's own row keeps besides."""

    country = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=255)
    summary = forms.CharField(label=_("Summary"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}))
    topics = forms.MultipleChoiceField(
        label=_("Topics under which people find it"), choices=Topic, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, kind, countries, initial=None, **kwargs):
        initial = {"topics": [DEFAULT_TOPIC.get(kind, Topic.SERVICES)], **(initial or {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["country"].queryset = countries.order_by("code")
        self.fields["summary"].help_text = _("In the main language of the country (%(languages)s).") % {
            "languages": ", ".join(_main_languages(countries))
        }

    @property
    def structure(self):
        common = ("country", "title", "summary", "topics")
        return {name: value for name, value in self.cleaned_data.items() if name not in common}


def _main_languages(countries):
    codes = dict.fromkeys(country.languages[0] for country in countries)
    return [str(LANGUAGE_NAMES.get(code, code)) for code in codes]


class AddHubForm(AddForm):
    host = _line(_("Host"), 300, required=True)
    kind = forms.ChoiceField(label=_("Kind"), choices=Hub.Kind)
    state = forms.ChoiceField(
        label=_("State"), choices=[(state, state.label) for state in (Hub.State.PLANNED, Hub.State.OPEN)]
    )
    city = _line(_("Town"), 200)
    address = _line(_("Address"), 500)
    phone = _line(_("Phone"), 60)


class AddOrganizationForm(AddForm):
    alternate_name = _line(_("Abbreviation"), 100)
    phone = _line(_("Phone"), 60)
    website = _website()
    email = forms.EmailField(label=_("E-mail"), required=False)


class AddServiceForm(AddForm):
    operator = _line(_("Organisation"), 400, required=True, help_text=_("Who runs it, by its full name."))
    needs = forms.MultipleChoiceField(
        label=_("Needs it answers"), choices=Need, required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = _line(_("Phone"), 60)
    website = _website()
    email = forms.EmailField(label=_("E-mail"), required=False)


class AddHotlineForm(AddServiceForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = True


class AddLabourForm(AddForm):
    operator = _line(_("Who runs it"), 400)
    website = _website()


ADD_FORMS = {
    Kind.HUB: AddHubForm,
    Kind.AUTHORITY: AddOrganizationForm,
    Kind.SERVICE: AddServiceForm,
    Kind.HOTLINE: AddHotlineForm,
    Kind.JOB_BOARD: AddLabourForm,
    Kind.AGENCY_REGISTER: AddLabourForm,
    Kind.PROGRAMME: AddLabourForm,
    Kind.AGREEMENT: AddLabourForm,
    Kind.FRAUD_WARNING: AddLabourForm,
    Kind.ENTREPRENEURSHIP: AddLabourForm,
}
