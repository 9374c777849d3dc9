"""The form in which a fact's page is edited."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from ventanilla.verification.models import Topic

GOING_PUBLIC = ("action-publish", "action-submit", "action-restart-workflow")


def _own_calendar(field):
    """The browser's own way to choose a day or a moment: it speaks every language and needs no script."""
    if isinstance(field, forms.DateTimeField):
        return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    if isinstance(field, forms.DateField):
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return None


class FactPageForm(WagtailAdminPageForm):
    """Adds the topics as boxes, shows the source on file, and lets nothing go public without one."""

    source_url = forms.URLField(
        label=_("address of the source"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text=_("The page or document that says so. Without it the page cannot be published."),
    )
    topics = forms.MultipleChoiceField(
        label=_("topics"), choices=Topic, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if widget := _own_calendar(field):
                field.widget = widget
        if not self.instance.topics:
            self.initial["topics"] = self.instance.fact.topics
        if not self.instance.source_url:
            self._show_source_on_file()

    def _show_source_on_file(self):
        source = self.instance.fact.sources.order_by("position", "pk").first()
        if source:
            self.initial.update(
                source_url=source.url,
                source_publisher=source.publisher,
                source_title=source.title,
                source_seen_on=source.seen_on,
            )

    def clean(self):
        cleaned = super().clean()
        if any(name in self.data for name in GOING_PUBLIC):
            if not cleaned.get("source_url") and "source_url" not in self.errors:
                self.add_error(
                    "source_url", _("Say where this is written: without a source nobody will see it.")
                )
            if not cleaned.get("source_seen_on") and "source_seen_on" not in self.errors:
                self.add_error("source_seen_on", _("Say on which day you looked at the source."))
        return cleaned
