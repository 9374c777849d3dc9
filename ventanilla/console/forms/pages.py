from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Country
from ventanilla.library.models import FACT_PAGES
from ventanilla.verification.models import Topic

from ..fields import LANGUAGE_NAMES, LinesField

PAGE_KINDS = {model._meta.model_name: model for model in FACT_PAGES}


class StartPageForm(forms.Form):
    """What a page needs before anything else: its place, what it says in short, and who says so."""

    country = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.none(), empty_label=None)
    language = forms.ChoiceField(
        label=_("Language"), choices=[(code, LANGUAGE_NAMES[code]) for code in settings.PUBLIC_LANGUAGES]
    )
    kind = forms.ChoiceField(label=_("What it is"))
    topic = forms.ChoiceField(label=_("Topic under which people find it"), choices=Topic)
    more_topics = forms.MultipleChoiceField(
        label=_("Other topics"), choices=Topic, required=False, widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label=_("Title"), max_length=255)
    summary = forms.CharField(
        label=_("Summary"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two or three short sentences that answer by themselves."),
    )
    ask_like = LinesField(label=_("People ask like this"))
    source_url = forms.URLField(
        label=_("Address of the source"),
        max_length=1000,
        required=False,
        assume_scheme="https",
        help_text=_("Where this is written. You can save a draft without it, but nobody can publish it."),
    )
    source_publisher = forms.CharField(label=_("Publisher of the source"), max_length=200, required=False)
    source_title = forms.CharField(label=_("Title of the source"), max_length=300, required=False)
    source_seen_on = forms.DateField(
        label=_("Day on which you looked at it"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args, countries, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = countries.order_by("code")
        self.fields["kind"].choices = [
            (name, capfirst(model._meta.verbose_name)) for name, model in PAGE_KINDS.items()
        ]

    @property
    def source(self):
        return {
            name: self.cleaned_data[f"source_{name}"] for name in ("url", "publisher", "title", "seen_on")
        }
