"""Form fields for lists of lines, texts by language and phones."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.text import clean

LANGUAGE_NAMES = dict(settings.LANGUAGES)


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("One a line."))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value):
        lines = (clean(line, limit=1_000) for line in (value or "").splitlines())
        return [line for line in lines if line]

    def has_changed(self, initial, data):
        return list(initial or []) != self.to_python(data)


class ByLanguageWidget(forms.MultiWidget):
    """A small text box for each public language, each with its own label."""

    template_name = "console/by_language.html"

    def __init__(self, attrs=None):
        super().__init__(
            {code: forms.Textarea(attrs={"rows": 2}) for code in settings.PUBLIC_LANGUAGES}, attrs
        )

    def decompress(self, value):
        return [(value or {}).get(code, "") for code in settings.PUBLIC_LANGUAGES]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for code, box in zip(settings.PUBLIC_LANGUAGES, context["widget"]["subwidgets"], strict=True):
            box["label"] = LANGUAGE_NAMES[code]
        return context

    def id_for_label(self, id_):
        return ""


class ByLanguageField(forms.MultiValueField):
    """A short text in each language; languages left empty are absent."""

    widget = ByLanguageWidget

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        fields = [forms.CharField(required=False, max_length=1_000) for _code in settings.PUBLIC_LANGUAGES]
        super().__init__(fields=fields, require_all_fields=False, **kwargs)

    def compress(self, data_list):
        return {code: text for code, text in zip(settings.PUBLIC_LANGUAGES, data_list, strict=False) if text}

    def has_changed(self, initial, data):
        kept = [text or "" for text in data or []]
        return self.widget.decompress(initial) != kept


class PhonesField(LinesField):
    """The numbers of a hub, one a line; what else is known of a number stays with it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.known = {}

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(phone["number"] for phone in value)
        return value

    def remember(self, phones):
        self.known = {phone["number"]: phone for phone in phones}

    def to_python(self, value):
        return [self.known.get(number, {"number": number}) for number in super().to_python(value)]
