from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from ventanilla.enquiries.models import AppointmentBook


class SlotForm(forms.Form):
    """Which time was chosen from the list."""

    starts_at = forms.CharField(max_length=40, error_messages={"required": _("Choose a time.")})
    wants_reminder = forms.BooleanField(required=False)

    def clean_starts_at(self):
        try:
            value = datetime.fromisoformat(self.cleaned_data["starts_at"])
        except ValueError:
            value = None
        if value is None or value.tzinfo is None:
            raise forms.ValidationError(_("Choose a time."))
        return value


class BookForm(forms.ModelForm):
    """How a hub gives appointments."""

    class Meta:
        model = AppointmentBook
        fields = ("minutes", "desks")
