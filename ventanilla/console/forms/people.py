from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.actions import place_fits
from ventanilla.hubs.models import Country, Hub, Network, Role
from ventanilla.hubs.rights import roles_to_give


class InvitationForm(forms.Form):
    """A role for a colleague, new or not, in a place where the person who invites may give it."""

    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"))
    country = forms.ModelChoiceField(
        label=_("Country"), queryset=Country.objects.none(), required=False, empty_label=_("none")
    )
    hub = forms.ModelChoiceField(
        label=_("Hub"), queryset=Hub.objects.none(), required=False, empty_label=_("none")
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        given = roles_to_give(by)
        self.fields["role"].choices = [(role.value, role.label) for role in Role if role in given]
        everywhere = any(where.everywhere for where in given.values())
        countries = {code for where in given.values() for code in where.countries}
        hubs = {ref for where in given.values() for ref in where.hubs}
        of_countries = Country.objects.all() if everywhere else Country.objects.filter(code__in=countries)
        self.fields["country"].queryset = of_countries.order_by("code")
        in_reach = Q(country__in=countries) | Q(ref__in=hubs)
        of_hubs = Hub.objects.all() if everywhere else Hub.objects.filter(in_reach)
        self.fields["hub"].queryset = of_hubs.order_by("country", "ref")

    def clean(self):
        cleaned = super().clean()
        if "role" in cleaned and not place_fits(
            cleaned["role"], country=cleaned.get("country"), hub=cleaned.get("hub")
        ):
            self.add_error("role", _("Choose the place that goes with this role: a country, a hub, or none."))
        return cleaned


class NetworkForm(forms.ModelForm):
    class Meta:
        model = Network
        fields = ("name", "accent", "shows_starter", "approval_days")
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}
