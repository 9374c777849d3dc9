"""Forms with which a coordinator sets up a channel; what a provider needs is told by its kind."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.contract import kinds
from ventanilla.channels.models import Template
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

LONGEST = 2000


class SetUpForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of channel"))
    hub = forms.ModelChoiceField(
        label=_("Hub"), queryset=Hub.objects.none(), to_field_name="ref", empty_label=None
    )
    name = forms.CharField(label=_("Name for the staff"), max_length=100)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = sorted((code, kind.name) for code, kind in kinds.items())
        self.fields["hub"].queryset = hubs_with(by, Right.HUB).order_by("ref")


class ConfigForm(forms.Form):
    """One field for each setting of the kind. Secrets are never shown again; left empty, they stay."""

    def __init__(self, *args, channel, **kwargs):
        super().__init__(*args, **kwargs)
        for setting in channel.speaks.settings:
            self.fields[setting.name] = _field(setting, channel)


def _field(setting, channel):
    given = {"label": setting.label, "help_text": setting.help, "required": False}
    if setting.choices:
        first = setting.choices[0][0]
        return forms.ChoiceField(
            choices=setting.choices, initial=channel.setting(setting.name, first), **given
        )
    if setting.is_secret:
        if channel.secret(setting.name):
            given["help_text"] = _("Kept. Fill in to replace it.")
        widget = forms.PasswordInput(attrs={"autocomplete": "off"})
        return forms.CharField(widget=widget, max_length=LONGEST, **given)
    return forms.CharField(initial=channel.setting(setting.name), max_length=LONGEST, **given)


class TemplateForm(forms.ModelForm):
    class Meta:
        model = Template
        fields = ("name", "language", "body", "is_approved")
