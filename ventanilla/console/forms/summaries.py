"""What stands on the page that a person takes away."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .cases import words


class SummaryForm(forms.Form):
    """All answers and steps are in until somebody leaves one out; a name is not."""

    asked = words(
        label=_("What was asked"),
        required=False,
        help_text=_("In your words, only what the person would want others to read. It can stay empty."),
    )
    told = forms.MultipleChoiceField(label=_("Answers"), widget=forms.CheckboxSelectMultiple, required=False)
    steps = forms.MultipleChoiceField(
        label=_("Next steps"), widget=forms.CheckboxSelectMultiple, required=False
    )
    more = words(label=_("Other next steps, one a line"), required=False)
    with_name = forms.BooleanField(label=_("Write the person's name on it"), required=False)

    def __init__(self, *args, told, steps, may_name, **kwargs):
        super().__init__(*args, **kwargs)
        self._choose("told", [(one.ref, one.title) for one in told])
        self._choose("steps", [(one.name, one.text) for one in steps])
        if not may_name:
            del self.fields["with_name"]

    def _choose(self, name, choices):
        if not choices:
            del self.fields[name]
            return
        self.fields[name].choices = choices
        self.fields[name].initial = [value for value, _label in choices]

    def chosen(self, name):
        """The values of a list of boxes; nothing where there was none to tick."""
        return self.cleaned_data.get(name, [])

    def more_steps(self):
        return [line.strip() for line in self.cleaned_data["more"].splitlines() if line.strip()]
