"""Forms of the desk. What was typed stays in the form when something is wrong."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.contract import kinds
from ventanilla.enquiries import coding, sending_files
from ventanilla.hubs.rights import Right, hubs_with

LONGEST = 20_000


def words(**more):
    """A box for words; autocomplete off, so that the browser of a shared machine keeps nothing."""
    attributes = {"rows": 4, "autocomplete": "off"} | more.pop("attrs", {})
    return forms.CharField(widget=forms.Textarea(attrs=attributes), max_length=LONGEST, **more)


class SayForm(forms.Form):
    """What is answered, or what the person says at the counter or on the phone.

    `seen` is the last thing said when the page was drawn, `cites` what was inserted into the answer.
    `original` is what a machine translated, to compare: it is kept in no other place.
    """

    body = words(label=_("Answer"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    cites = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    original = words(label=_("What you wrote, in your language"), required=False)
    is_translated = forms.BooleanField(label=_("This text was translated by a machine"), required=False)
    to = forms.UUIDField(label=_("In answer to"), required=False, widget=forms.Select)
    file = forms.FileField(label=_("Send a file with it"), required=False)

    def __init__(self, *args, channel=None, **kwargs):
        super().__init__(*args, **{"auto_id": "say_%s", **kwargs})
        self.fields["original"].widget.attrs["readonly"] = True
        known = self.data if self.is_bound else self.initial
        for name in ("original", "is_translated"):
            if not known.get(name):
                del self.fields[name]
        megabytes = sending_files.megabytes_on(channel)
        if megabytes:
            told = _("At most %(n)s MB. Looked at, cleaned and scanned before it is sent.")
            self.fields["file"].help_text = told % {"n": megabytes}
        else:
            del self.fields["file"]

    def offer_to_quote(self, told):
        """(number, beginning) of messages of which one can be answered; without any, nothing is asked."""
        if told:
            self.fields["to"].widget.choices = [("", _("nothing in particular")), *told]
        else:
            del self.fields["to"]


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
    hub = forms.ChoiceField(label=_("Hub"), required=False)
    kind = forms.ChoiceField(label=_("Channel"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("all")), *settings.LANGUAGES], required=False
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    unassigned = forms.BooleanField(label=_("Nobody's yet"), required=False)
    shared = forms.BooleanField(label=_("Shared with us"), required=False)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.hubs = list(hubs_with(by, Right.CASES).order_by("ref"))
        self.fields["hub"].choices = [("", _("all")), *((hub.ref, str(hub)) for hub in self.hubs)]
        names = sorted((code, str(kind.name)) for code, kind in kinds.items())
        self.fields["kind"].choices = [("", _("all")), *names]
        topics = [(label, lower) for _code, label, lower in coding.choices(get_language() or "es")]
        self.fields["topic"].choices = [("", _("all")), *topics]

    def is_narrowed(self):
        """Whether anything but the open cases of all my hubs is asked for."""
        return any(self.data.get(name) for name in self.fields)

    def chosen(self):
        """Arguments for `enquiries.queries.queue`; nonsense narrows nothing."""
        self.is_valid()
        values = self.cleaned_data
        return {
            "state": values.get("state") or "open",
            "hub": values.get("hub") or "",
            "mine": bool(values.get("mine")),
            "unassigned": bool(values.get("unassigned")),
            "shared": bool(values.get("shared")),
            "kind": values.get("kind") or "",
            "language": values.get("language") or "",
            "topic": values.get("topic") or "",
        }
