from datetime import timedelta

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Country
from ventanilla.lib.text import in_language
from ventanilla.verification.models import Fact, Kind, Source, State, Topic

OTHER = "other"


class SourceForm(forms.Form):
    """The source looked at: one that is on file, or another address."""

    source = forms.ChoiceField(label=_("Source you looked at"), required=False)
    other = forms.URLField(
        label=_("or another address"), required=False, max_length=1000, assume_scheme="https"
    )

    def __init__(self, *args, fact, required=True, proposed="", **kwargs):
        super().__init__(*args, **kwargs)
        self.is_required = required
        on_file = [source.url for source in fact.sources.all()]
        urls = list(dict.fromkeys([*([proposed] if proposed else []), *on_file]))
        blank = [] if urls and required else [("", _("none"))]
        self.fields["source"].choices = [*blank, *((url, url) for url in urls)]

    def clean(self):
        cleaned = super().clean()
        if self.is_required and not self.looked_at and "other" not in self.errors:
            self.add_error("other", _("Choose the source you looked at, or type its address."))
        return cleaned

    @property
    def looked_at(self):
        """The address of the source, empty where none was given."""
        cleaned = getattr(self, "cleaned_data", {})
        return cleaned.get("other") or cleaned.get("source") or ""


class SourceDetailsForm(forms.ModelForm):
    """What is said of a source besides its address."""

    seen_on = forms.DateField(
        label=_("Day on which you looked at it"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    class Meta:
        model = Source
        fields = ("publisher", "title", "seen_on")

    def clean_seen_on(self):
        # The day after tomorrow is in the future everywhere; tomorrow may be today in another time zone.
        if self.cleaned_data["seen_on"] > timezone.now().date() + timedelta(days=1):
            raise forms.ValidationError(_("This day has not come yet."))
        return self.cleaned_data["seen_on"]


class NewSourceForm(SourceDetailsForm):
    """A source that is not on file yet."""

    url = forms.URLField(
        label=_("Address of the source"),
        max_length=1000,
        assume_scheme="https",
        help_text=_("The page or document where this is written."),
        validators=[URLValidator(schemes=["http", "https"])],
    )
    field_order = ("url", "publisher", "title", "seen_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["publisher"].required = self.fields["title"].required = True


class AuthorityForm(forms.Form):
    """Which authority of the country answers for a fact."""

    authority = forms.ModelChoiceField(
        label=_("Authority that answers"), queryset=Fact.objects.none(), required=False, empty_label=_("none")
    )

    def __init__(self, *args, fact, **kwargs):
        super().__init__(*args, initial={"authority": fact.authority_id}, **kwargs)
        field = self.fields["authority"]
        field.queryset = Fact.objects.filter(kind=Kind.AUTHORITY, country=fact.country_id).order_by("ref")
        field.label_from_instance = _official_name


def _official_name(authority):
    return in_language(authority.names, "es") or authority.ref


class ReasonForm(forms.Form):
    text = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def reason(self):
        return self.cleaned_data["text"]


class FilterForm(forms.Form):
    """Narrows a list of facts; every field may stay empty."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    country = forms.ModelChoiceField(
        label=_("Country"), queryset=Country.objects.none(), required=False, empty_label=_("all")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    owner = forms.ModelChoiceField(
        label=_("Authority that answers"), queryset=Fact.objects.none(), required=False, empty_label=_("all")
    )

    mine = forms.BooleanField(label=_("Last checked by me"), required=False)

    def __init__(self, *args, countries, without=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = countries.order_by("code")
        for name, choices in (("kind", Kind), ("topic", Topic), ("state", State)):
            self.fields[name].choices = [("", _("all")), *choices.choices]
        self.fields["owner"].queryset = Fact.objects.filter(
            kind=Kind.AUTHORITY, country__in=countries
        ).order_by("ref")
        self.fields["owner"].label_from_instance = _official_name
        for name in without:
            del self.fields[name]
