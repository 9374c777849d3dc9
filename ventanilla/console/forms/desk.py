"""Forms of the desk beside the conversation itself."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.contract import kinds
from ventanilla.enquiries import coding, facts, translating
from ventanilla.enquiries.models import DeskSetting
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

from .cases import words


class DayForm(forms.Form):
    until = forms.DateField(
        label=_("Set aside until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Give to"), queryset=None)
    note = words(label=_("What is to be done"), attrs={"rows": 2})

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues


class ShareForm(forms.Form):
    hub = forms.ModelChoiceField(
        label=_("Share with the hub"), queryset=Hub.objects.none(), to_field_name="ref"
    )

    def __init__(self, *args, enquiry, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hub"].queryset = Hub.objects.exclude(pk=enquiry.hub_id).order_by("country", "ref")


class JoinForm(forms.Form):
    code = forms.CharField(label=_("Code of the other case of the same person"), max_length=12)


class CodesForm(forms.Form):
    """Topics, and what the person told about themselves: everything can be skipped."""

    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, language=None, **kwargs):
        super().__init__(*args, **kwargs)
        language = language or get_language() or "es"
        self.fields["topics"].choices = [
            (label, [(code, label), *lower]) for code, label, lower in coding.choices(language)
        ]
        for code, question in facts.questions().items():
            answers = [(value, label) for _number, value, label in question.numbered(language)]
            self.fields[code] = forms.ChoiceField(
                label=question.name(language), choices=[("", "—"), *answers], required=False
            )

    def facts(self):
        return {code: self.cleaned_data[code] for code in facts.questions() if self.cleaned_data.get(code)}


class AskForm(forms.Form):
    """A question among colleagues; it holds nothing personal."""

    hub = forms.ModelChoiceField(
        label=_("Whom"), queryset=Hub.objects.none(), to_field_name="ref", required=False,
        empty_label=_("the editors of the country"),
    )  # fmt: skip
    question = words(
        label=_("Question"), help_text=_("Without names, numbers or anything that tells of the person."),
        attrs={"rows": 2},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hub"].queryset = Hub.objects.order_by("country", "ref")
        self.fields["question"].max_length = 1000


class AnswerForm(forms.Form):
    text = words(label=_("Answer"))


class SaveViewForm(forms.Form):
    name = forms.CharField(label=_("Name of this list"), max_length=40)


class DeskForm(forms.Form):
    automatic = forms.ChoiceField(label=_("Automatic answers"), choices=DeskSetting.Automatic)
    is_surge = forms.BooleanField(
        label=_("Very many people write today"), required=False,
        help_text=_("Automatic answers say that it may take longer than usual."),
    )  # fmt: skip
    asks_if_helped = forms.BooleanField(
        label=_("Ask whether it helped"), required=False,
        help_text=_("One question when a case is closed: yes, partly, no. Never twice, never in danger."),
    )  # fmt: skip
    translates = forms.BooleanField(label=_("Have messages translated by a machine"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if host := translating.host():
            told = _(
                "Only when somebody presses the button. What the person wrote then leaves for %(host)s; "
                "nothing of the translation is kept."
            )
            self.fields["translates"].help_text = told % {"host": host}
        else:
            del self.fields["translates"]


class CannedForm(forms.Form):
    """A ready answer: one box for each public language; empty ones are left out."""

    hub = forms.ModelChoiceField(label=_("Hub"), queryset=Hub.objects.none(), to_field_name="ref")
    for_country = forms.BooleanField(label=_("For all hubs of the country"), required=False)
    title = forms.CharField(label=_("Title"), max_length=80)
    cites = forms.CharField(
        label=_("References of the facts it states"), required=False, max_length=1000,
        help_text=_("Separated by spaces, such as cr-asylum"),
    )  # fmt: skip

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hub"].queryset = hubs_with(by, Right.MANAGE_CASES).order_by("ref")
        self.fields["hub"].initial = self.fields["hub"].queryset.first()
        for code, name in settings.LANGUAGES:
            if code in settings.PUBLIC_LANGUAGES:
                self.fields[f"text_{code}"] = words(label=name, required=False)

    def clean(self):
        values = super().clean()
        if not self.texts():
            self.add_error(None, _("Write the answer in one language at least."))
        return values

    def texts(self):
        found = {
            code: (self.cleaned_data.get(f"text_{code}") or "").strip() for code in settings.PUBLIC_LANGUAGES
        }
        return {code: text for code, text in found.items() if text}


def kind_choices():
    """Kinds of channel by name."""
    return sorted(((code, str(kind.name)) for code, kind in kinds.items()), key=lambda pair: pair[1])
