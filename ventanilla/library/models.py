from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from ventanilla.cms.blocks import LinesBlock
from ventanilla.cms.models import BasePage
from ventanilla.hubs.models import Country
from ventanilla.verification.models import Fact, Kind, Topic, Wording

from .editing import FactPageForm
from .permissions import FactTester, FrameTester
from .workflows import NationalApproval

__all__ = ["FACT_PAGES", "PAGE_OF_KIND", "NationalApproval"]


def _lines(verbose_name: Any) -> StreamField:
    return StreamField(LinesBlock(), verbose_name=verbose_name, blank=True)


class FramePage(BasePage):
    """A page that frames facts: it has no text of its own, only a place in the tree."""

    preview_modes: ClassVar[list[Any]] = []
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> FrameTester:
        return FrameTester(user, self)


class HomePage(FramePage):
    """The root of one language's tree."""

    max_count_per_parent = None
    subpage_types: ClassVar[list[str]] = ["library.CountryPage"]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home of a language")


class CountryPage(FramePage):
    """A country in one language; workflows and rights hang on it."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    subpage_types: ClassVar[list[str]] = ["library.TopicPage"]
    parent_page_types: ClassVar[list[str]] = ["library.HomePage"]

    class Meta:
        verbose_name = _("country")

    def public_path(self) -> str:
        return f"/{self.locale.language_code}/{self.country_id}/"


class TopicPage(FramePage):
    """One of the topics people look for, in one country and language."""

    topic = models.CharField(max_length=20, choices=Topic)
    subpage_types: ClassVar[list[str]] = [
        "library.ProcedurePage",
        "library.GuidePage",
        "library.RiskPage",
        "library.RumourPage",
        "library.AlertPage",
    ]
    parent_page_types: ClassVar[list[str]] = ["library.CountryPage"]

    class Meta:
        verbose_name = _("topic")

    def public_path(self) -> str:
        country = self.get_parent().slug
        return f"/{self.locale.language_code}/{country}/{self.topic}/"


class FactPage(BasePage):
    """A page that tells one fact. Its verification is shared by all its languages."""

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+", editable=False)
    summary = models.TextField(
        _("summary"), help_text=_("Two or three short sentences that answer by themselves.")
    )
    body = models.TextField(_("text"), blank=True)
    ask_like = _lines(_("people ask like this"))
    maker = models.CharField(
        _("who wrote this text"), max_length=10, choices=Wording.Maker, default=Wording.Maker.PERSON
    )
    # These four and the topics are the fact's once the page is published; until then they are a draft too.
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)
    source_publisher = models.CharField(_("publisher of the source"), max_length=200, blank=True)
    source_title = models.CharField(_("title of the source"), max_length=300, blank=True)
    source_seen_on = models.DateField(_("day on which you looked at it"), null=True, blank=True)
    topics = models.JSONField(_("topics"), default=list, blank=True)

    kinds: ClassVar[tuple[Kind, ...]] = ()
    subpage_types: ClassVar[list[str]] = []
    parent_page_types: ClassVar[list[str]] = ["library.TopicPage"]
    preview_modes: ClassVar[list[Any]] = []
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []
    base_form_class = FactPageForm

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> FactTester:
        return FactTester(user, self)

    def public_path(self) -> str:
        return f"/{self.locale.language_code}/{self.fact.country_id}/{self.fact.ref}/"


def _panels(*specific: Any) -> list[Any]:
    return [
        FieldPanel("title", classname="title"),
        FieldPanel("summary"),
        *specific,
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel(f"source_{name}") for name in ("url", "publisher", "title", "seen_on")],
            heading=_("Source"),
        ),
        FieldPanel("topics"),
        MultiFieldPanel([FieldPanel("ask_like"), FieldPanel("maker")], heading=_("How people find it")),
    ]


class ProcedurePage(FactPage):
    """A public service in the terms of CPSV-AP: who, what to bring, steps, cost, time, where, law."""

    audience = models.TextField(_("who it is for"), blank=True)
    requirements = _lines(_("what to bring"))
    steps = _lines(_("steps"))
    fee = models.TextField(_("cost"), blank=True)
    deadline = models.TextField(_("deadline"), blank=True)
    duration = models.TextField(_("time it takes"), blank=True)
    where = models.TextField(_("where"), blank=True)
    hours = models.TextField(_("opening hours"), blank=True)
    output = models.TextField(_("what you get"), blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    valid_until = models.DateField(_("in force until"), null=True, blank=True)

    kinds = (Kind.PROCEDURE,)
    content_panels = _panels(
        FieldPanel("audience"),
        FieldPanel("requirements"),
        FieldPanel("steps"),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("fee", "duration", "deadline", "where", "hours", "output")],
            heading=_("Cost, time and place"),
        ),
        MultiFieldPanel(
            [FieldPanel("legal_basis"), FieldPanel("valid_from"), FieldPanel("valid_until")],
            heading=_("Legal basis and validity"),
        ),
    )

    class Meta:
        verbose_name = _("procedure")


class GuidePage(FactPage):
    """Explains a right or how something works."""

    audience = models.TextField(_("who it is for"), blank=True)
    kinds = (Kind.RIGHT,)
    content_panels = _panels(FieldPanel("audience"))

    class Meta:
        verbose_name = _("right or guide")


class RiskPage(FactPage):
    """A danger of the road or of a decision."""

    kinds = (Kind.RISK,)
    content_panels = _panels()

    class Meta:
        verbose_name = _("risk")


class RumourPage(FactPage):
    """What is said, whether it is true, and what is right."""

    class Verdict(models.TextChoices):
        FALSE = "false", _("False")
        MISLEADING = "misleading", _("Misleading")
        UNCONFIRMED = "unconfirmed", _("Nobody has confirmed it")
        TRUE = "true", _("True")

    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict, default=Verdict.FALSE)
    kinds = (Kind.RUMOUR,)
    content_panels = _panels(FieldPanel("verdict"))

    class Meta:
        verbose_name = _("rumour")


class AlertPage(FactPage):
    """Something people must know for some days: a closed border, a swindle, a storm."""

    class Severity(models.TextChoices):
        INFORMATION = "information", _("Information")
        CAUTION = "caution", _("Caution")
        DANGER = "danger", _("Danger")

    severity = models.CharField(_("severity"), max_length=20, choices=Severity, default=Severity.CAUTION)
    place = models.CharField(_("place"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    kinds = (Kind.ALERT,)
    content_panels = _panels(
        MultiFieldPanel(
            [FieldPanel(name) for name in ("severity", "place", "starts_at", "ends_at")], heading=_("Alert")
        )
    )

    class Meta:
        verbose_name = _("alert")
        constraints = [
            models.CheckConstraint(
                name="alert_ends_after_it_starts", condition=models.Q(ends_at__gt=models.F("starts_at"))
            )
        ]

    @staticmethod
    def first_days(at: datetime) -> dict[str, datetime]:
        """From when until when an alert holds, unless its editor says otherwise."""
        return {"starts_at": at, "ends_at": at + timedelta(days=7)}


FACT_PAGES: tuple[type[FactPage], ...] = (ProcedurePage, GuidePage, RiskPage, RumourPage, AlertPage)
PAGE_OF_KIND: dict[str, type[FactPage]] = {kind: page for page in FACT_PAGES for kind in page.kinds}
