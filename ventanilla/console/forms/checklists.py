"""Which procedure, and which of its documents the person has."""

from zlib import crc32

from django import forms
from django.utils.translation import gettext_lazy as _

from .cases import SayForm, words


class BegunForm(SayForm):
    """An answer that was begun in the case, carried along unseen."""

    body = words(required=False)
    body.widget = forms.HiddenInput()
    to = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ProcedureForm(forms.Form):
    procedure = forms.ChoiceField(label=_("Procedure"))

    def __init__(self, *args, checklists, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["procedure"].choices = [(one.ref, one.title) for one in checklists]


class DocumentsForm(forms.Form):
    """One question a document; all that the procedure asks for is missing until somebody says otherwise."""

    ANSWERS = (("missing", _("Is missing")), ("has", _("The person has it")), ("leave", _("Leave it out")))

    def __init__(self, *args, checklist, **kwargs):
        super().__init__(*args, **kwargs)
        # By what it says, not by its place: a list that is corrected meanwhile mixes nothing up.
        self.names = {f"document_{crc32(one.encode()):08x}": one for one in checklist.documents}
        for name, label in self.names.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=self.ANSWERS, initial="missing", widget=forms.RadioSelect, required=False
            )

    def answers(self):
        """What is said of each document."""
        return {label: self.cleaned_data[name] or "missing" for name, label in self.names.items()}

    def clean(self):
        if not self.errors and set(self.answers().values()) == {"leave"}:
            raise forms.ValidationError(_("Leave at least one document in."))
        return self.cleaned_data
