"""Forms of the desk. What was typed stays in the form when something is wrong."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

LONGEST = 20_000
BY_HAND = (
    ("counter", _("At the counter")),
    ("phone", _("On the phone")),
    ("community", _("Community adviser")),
)


def words(**more):
    """A box for words; autocomplete off, so that the browser of a shared machine keeps nothing."""
    attributes = {"rows": 4, "autocomplete": "off"} | more.pop("attrs", {})
    return forms.CharField(widget=forms.Textarea(attrs=attributes), max_length=LONGEST, **more)


class NewCaseForm(forms.Form):
    """An enquiry that somebody brings to the counter or the telephone; nobody has to say who they are."""

    body = words(label=_("What do they ask?"), attrs={"autofocus": True})
    channel_kind = forms.ChoiceField(label=_("Where"), choices=BY_HAND, initial="counter")
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="es")
    hub = forms.ModelChoiceField(
        label=_("Hub"), queryset=Hub.objects.none(), to_field_name="ref", empty_label=None
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        hubs = hubs_with(by, Right.CASES).order_by("ref")
        self.fields["hub"].queryset = hubs
        self.fields["hub"].initial = hubs.first()


class SayForm(forms.Form):
    """What is answered, or what the person says at the counter or on the phone."""

    body = words(label=_("Answer"))


class NoteForm(forms.Form):
    body = words(label=_("Note for colleagues"))
    is_protected = forms.BooleanField(label=_("Only for the protection role"), required=False)

    def __init__(self, *args, may_protect, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_protect:
            del self.fields["is_protected"]


class FileForm(forms.Form):
    file = forms.FileField(label=_("Photo, document or recording"))


class GlassForm(forms.Form):
    reason = words(label=_("Why you must see this now"))


class ReviewForm(forms.Form):
    is_justified = forms.TypedChoiceField(
        label=_("Was it justified?"),
        choices=(("yes", _("Yes")), ("no", _("No"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    remark = words(label=_("Remark"), required=False)


class FilterForm(forms.Form):
    """How the list of enquiries is narrowed."""

    STATES = (
        ("", _("Open")),
        ("waiting", _("The person waits")),
        ("answered", _("We wait for the person")),
        ("snoozed", _("Set aside")),
        ("closed", _("Closed")),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    hub = forms.ModelChoiceField(
        label=_("Hub"), queryset=Hub.objects.none(), to_field_name="ref", required=False, empty_label=_("all")
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hub"].queryset = hubs_with(by, Right.CASES).order_by("ref")

    def chosen(self):
        """Arguments for `enquiries.queries.queue`; nonsense narrows nothing."""
        self.is_valid()
        values = self.cleaned_data
        hub = values.get("hub")
        return {
            "state": values.get("state") or "open",
            "hub": hub.ref if hub else "",
            "mine": bool(values.get("mine")),
        }
