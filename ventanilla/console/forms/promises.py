from django import forms
from django.utils.translation import gettext_lazy as _

from ventanilla.enquiries.models import Callback

from .hub_time import WindowForm

ONCE = {"autocomplete": "off", "dir": "auto"}


class CallbackForm(WindowForm):
    """A promise to call: nothing of it is asked but the number and when."""

    number = forms.CharField(
        label=_("Number to call"), max_length=60, widget=forms.TextInput(attrs={**ONCE, "autofocus": True})
    )
    ask_for = forms.CharField(
        label=_("Whom to ask for"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs=ONCE),
        help_text=_("Not needed. A first name or another word on which you agreed."),
    )
    may_answer = forms.ChoiceField(
        label=_("If somebody else answers"),
        choices=Callback.MayAnswer.choices,
        initial=Callback.MayAnswer.ONLY_THEM,
        widget=forms.RadioSelect,
    )
    may_leave_message = forms.BooleanField(label=_("A message may be left"), required=False)
    safety = forms.CharField(
        label=_("What to be careful about"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={**ONCE, "rows": 2}),
        help_text=_("Whoever calls reads this first."),
    )

    field_order = ("number", "ask_for", "day", "start", "end", "may_answer", "may_leave_message", "safety")

    def promise(self, hub):
        """Arguments for `enquiries.promises.promise_callback`."""
        due_from, due_until = self.window(hub)
        names = ("number", "ask_for", "may_answer", "may_leave_message", "safety")
        return {name: self.cleaned_data[name] for name in names} | {
            "due_from": due_from,
            "due_until": due_until,
        }
