"""Forms of referrals: handing a case over, what a receiver says on the telephone, receivers, agreements."""

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from ventanilla.directory.models import Organization
from ventanilla.directory.needs import Need
from ventanilla.enquiries.models import Agreement, Receiver, Referral, Shared
from ventanilla.hubs.models import Country, Hub
from ventanilla.hubs.rights import Right
from ventanilla.privacy.models.consent import About

from .cases import words
from .oversight import PlaceField
from .subjects import DAY, ConsentForm, line

# What a receiver needs at least; the case code stands for the name.
USUAL = (Shared.LANGUAGE, Shared.NEEDS, Shared.REASON)


def several(**more):
    return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, **more)


class ReceiverField(forms.ModelChoiceField):
    """A receiver by name; one without an agreement in force says so."""

    def label_from_instance(self, receiver):
        if receiver.has_agreement:
            return receiver.name
        return _("%(receiver)s (no agreement in force)") % {"receiver": receiver.name}


class ReferralForm(forms.Form):
    """The inter-agency referral form. Nothing of it leaves before it was looked at and sent."""

    receiver = ReceiverField(label=_("To whom"), queryset=Receiver.objects.none(), empty_label="—")
    need = forms.ChoiceField(label=_("Service wanted"), choices=[("", "—"), *Need.choices])
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=Referral.Urgency,
        initial=Referral.Urgency.NORMAL,
        widget=forms.RadioSelect,
    )
    reason = words(label=_("Why the case is handed over"), required=False)
    needs = words(label=_("What is needed"), required=False)
    arrangements = several(label=_("To be arranged"), choices=Referral.Arrangement)
    family = words(
        label=_("Family; for a minor: who cares for them, are they alone, does that person know"),
        required=False,
        attrs={"rows": 2},
    )
    health = words(label=_("Health"), required=False, attrs={"rows": 2})
    fields_shown = several(
        label=_("What the receiver gets to see"),
        choices=Shared,
        initial=USUAL,
        help_text=_("The case code stands for the name: mark the name only where the service needs it."),
    )

    def __init__(self, *args, hub, at, **kwargs):
        super().__init__(*args, **kwargs)
        in_force = Agreement.objects.in_force(on=hub.country.today(at)).filter(receiver=OuterRef("pk"))
        rows = Receiver.objects.for_hub(hub).annotate(has_agreement=Exists(in_force))
        self.fields["receiver"].queryset = rows.order_by("name")

    def values(self):
        """Arguments for `referrals.draft`."""
        values = dict(self.cleaned_data)
        values["fields"] = values.pop("fields_shown")
        return values


def filled(referral):
    """What the form of a draft begins with."""
    names = ("need", "urgency", "reason", "needs", "arrangements", "family", "health")
    values = {name: getattr(referral, name) for name in names}
    return {**values, "receiver": referral.receiver_id, "fields_shown": referral.fields}


class ReferralConsentForm(ConsentForm):
    """A consent for one referral: receiver and parts come from there."""

    def __init__(self, *args, hub, **kwargs):
        super().__init__(*args, about=About.REFER, hub=hub, **kwargs)
        del self.fields["receiver"], self.fields["parts"]


class SendForm(forms.Form):
    """How the link gets to the receiver."""

    by_mail = forms.BooleanField(label=_("Send the link by e-mail"), required=False, initial=True)

    def __init__(self, *args, receiver, mails, **kwargs):
        super().__init__(*args, **kwargs)
        if receiver.email and mails:
            self.fields["by_mail"].label = _("Send the link to %(email)s") % {"email": receiver.email}
        else:
            del self.fields["by_mail"]


class OverrideForm(SendForm):
    why = words(label=_("Whose life or safety is at stake, and why it cannot wait"), attrs={"rows": 3})


class AnswerForm(forms.Form):
    """What the receiver said, where it does not use its link."""

    ANSWERS = (
        ("accept", _("They accept")),
        ("wait", _("On a waiting list")),
        ("decline", _("They decline")),
        ("finish", _("It is done")),
    )
    answer = forms.ChoiceField(label=_("What the receiver says"), choices=ANSWERS)
    until = forms.DateField(label=_("Waiting list: until"), required=False, **DAY)
    refusal = forms.ChoiceField(
        label=_("Declined: why"), choices=[("", "—"), *Referral.Refusal.choices], required=False
    )
    outcome = forms.ChoiceField(
        label=_("Done: what came of it"), choices=[("", "—"), *Referral.Outcome.choices], required=False
    )
    words = words(label=_("In their words"), required=False, attrs={"rows": 2})


class ReplyForm(forms.Form):
    words = words(label=_("Answer to the receiver"))


class TellForm(forms.Form):
    body = words(label=_("Message to the person"))


class ReceiverForm(forms.Form):
    """Who takes cases over. An organisation of the directory brings its address and hours along."""

    name = forms.CharField(label=_("Name, as it is said to people"), max_length=200)
    organization = forms.ModelChoiceField(
        label=_("Organisation of the directory"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=_("not in the directory"),
    )
    address = line(label=_("Address (empty: from the directory)"))
    hours = line(label=_("Opening hours (empty: from the directory)"))
    languages = several(label=_("Languages"), choices=settings.LANGUAGES, initial=["es"])
    email = forms.EmailField(label=_("E-mail of the focal point"), required=False)
    telephone = forms.CharField(label=_("Telephone of the focal point"), max_length=60, required=False)

    def __init__(self, *args, countries, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Organization.objects.filter(country__in=countries).order_by("country", "name", "pk")
        self.fields["organization"].queryset = rows


class NewReceiverForm(ReceiverForm):
    place = PlaceField(label=_("For which hub, or for the whole country"))

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by, Right.HUB)

    def clean_place(self):
        country, hub = self.cleaned_data["place"]
        found = Hub.objects.filter(ref=hub).first() if hub else None
        return Country.objects.get(code=country), found


class AgreementForm(forms.Form):
    """What was agreed in writing."""

    fields_shared = several(label=_("What may be shared"), choices=Shared)
    valid_from = forms.DateField(label=_("Valid from"), **DAY)
    valid_until = forms.DateField(label=_("Valid until"), **DAY)
    document = forms.CharField(
        label=_("Reference of the document"),
        max_length=200,
        help_text=_("Number and date, and where the signed paper is kept."),
    )
