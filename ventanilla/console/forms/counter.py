"""The form of the counter, made for the keyboard: numbers choose, keys jump, and most can be skipped."""

from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.kinds.staffed.kind import STAFFED
from ventanilla.enquiries import topic_numbers
from ventanilla.enquiries.facts import questions
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

from .cases import words
from .hub_time import day_input, hour_input, moment


def _kinds():
    return _numbered([(kind.code, kind.name) for kind in STAFFED])


def _languages():
    return _numbered(settings.LANGUAGES)


def _numbered(rows):
    """Choices whose label begins with a number: typing it in the list chooses."""
    return [(code, f"{number} · {label}") for number, (code, label) in enumerate(rows, 1)]


class NumbersField(forms.CharField):
    """Topics as their numbers; the value is the list of codes."""

    def clean(self, value):
        try:
            return topic_numbers.codes_of(super().clean(value), get_language())
        except topic_numbers.NoSuchTopic as refusal:
            raise forms.ValidationError(str(refusal)) from None


class CounterForm(forms.Form):
    """What somebody asks at the counter or on the telephone. Nobody has to say who they are."""

    FIRST = ("body",)

    body = words(label=_("What do they ask?"), attrs={"rows": 3, "accesskey": "p", "autofocus": True})
    quick = forms.MultipleChoiceField(
        label=_("Topics that are asked often"), required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = NumbersField(
        label=_("Other topics, by number"),
        required=False,
        max_length=60,
        help_text=_("As in: 1.2 5. The numbers stand at the end of the page."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal", "accesskey": "t"}),
    )
    answer = words(
        label=_("What was answered?"),
        required=False,
        help_text=_("With an answer the enquiry is closed at once."),
        attrs={"rows": 3, "accesskey": "r"},
    )
    channel_kind = forms.ChoiceField(
        label=_("Where"), choices=_kinds, widget=forms.Select(attrs={"accesskey": "c"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=_languages, widget=forms.Select(attrs={"accesskey": "l"})
    )
    hub = forms.ModelChoiceField(
        label=_("Hub"), queryset=Hub.objects.none(), to_field_name="ref", empty_label=None
    )

    def __init__(self, *args, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        hubs = hubs_with(by, Right.CASES).select_related("country").order_by("ref")
        self.fields["hub"].queryset = hubs
        if hubs and self.initial.get("hub") not in [hub.ref for hub in hubs]:
            self.initial["hub"] = hubs[0].ref
        if len(hubs) == 1:
            self.fields["hub"].widget = forms.HiddenInput()
        often = topic_numbers.quick(hubs, get_language(), at=at)
        self.fields["quick"].choices = [(row.code, row.label) for row in often]
        self.fields |= {code: _question(question) for code, question in questions().items()}

    def asked(self):
        """The first fields of the page."""
        return [self[name] for name in self.FIRST]

    def where(self):
        return [self[name] for name in ("channel_kind", "language", "hub") if not self[name].is_hidden]

    def told(self):
        """The questions about the person, all of which can be skipped."""
        return [self[code] for code in questions()]

    def take_down(self):
        """Arguments for `enquiries.counter.take_down`."""
        values = self.cleaned_data
        names = ("body", "answer", "channel_kind", "language", "hub")
        return {name: values[name] for name in names} | {
            "topics": list(dict.fromkeys([*values["quick"], *values["topics"]])),
            "told": {code: values[code] for code in questions() if values[code]},
        }


def _question(question):
    rows = [(code, f"{number} · {label}") for number, code, label in question.numbered(get_language())]
    return forms.ChoiceField(label=question.name(get_language()), choices=[("", "—"), *rows], required=False)


def initial_of(taken):
    """Either form with what was taken back, to correct and send again."""
    local = taken.took_place_at.astimezone(ZoneInfo(taken.hub.country.timezone))
    return {
        "day": local.date(), "hour": local.time(),
        "body": taken.body, "answer": taken.answer, "channel_kind": taken.channel_kind,
        "language": taken.language, "hub": taken.hub.ref, **taken.facts,
        "topics": topic_numbers.numbers_of(taken.topics, get_language()),
    }  # fmt: skip


class TypingForm(CounterForm):
    """The same from a sheet of paper, with the day and hour that stand on it."""

    day = forms.DateField(label=_("Date on the sheet"), widget=day_input())
    hour = forms.TimeField(label=_("Time on the sheet"), widget=hour_input())

    FIRST = ("day", "hour", "body")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs.pop("autofocus")
        self.fields["day"].widget.attrs["autofocus"] = True

    def take_down(self):
        values = self.cleaned_data
        took_place = moment(values["hub"], values["day"], values["hour"])
        return super().take_down() | {"took_place_at": took_place}
