from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ventanilla.directory.models import Organization
from ventanilla.directory.needs import Need
from ventanilla.hubs.models import Country, Hub
from ventanilla.hubs.rights import Right, reach
from ventanilla.privacy.models import ProtectionException
from ventanilla.privacy.models.consent import Part
from ventanilla.privacy.sealing import SealedJSON, SealedModel, SealedText

from .cases import Enquiry

STAFF = settings.AUTH_USER_MODEL


class Shared(models.TextChoices):
    """What of a person and their case can be told to a receiver; each is ticked singly."""

    NAME = "name", _("Name")
    CONTACT = "contact", _("How to reach the person safely")
    LANGUAGE = "language", _("Language")
    AGE = "age_band", _("Age")
    SEX = "sex", _("Sex")
    DISABILITY = "disability", _("Disability")
    NEEDS = "needs", _("What is needed")
    REASON = "reason", _("Why the case is handed over")
    FAMILY = "family", _("Family, and who cares for a minor")
    HEALTH = "health", _("Health")


# The part of a case that a consent has to name before a field goes out.
PART_OF: dict[str, Part] = {
    Shared.NAME: Part.NAME,
    Shared.CONTACT: Part.CONTACT,
    Shared.LANGUAGE: Part.PROFILE,
    Shared.AGE: Part.PROFILE,
    Shared.SEX: Part.PROFILE,
    Shared.DISABILITY: Part.HEALTH,
    Shared.NEEDS: Part.NEED,
    Shared.REASON: Part.STORY,
    Shared.FAMILY: Part.FAMILY,
    Shared.HEALTH: Part.HEALTH,
}


class ReceiverQuerySet(models.QuerySet["Receiver"]):
    def kept_by(self, user: Any) -> "ReceiverQuerySet":
        """Receivers that this member of the staff looks after: those of their hubs, or of their countries."""
        where = reach(user, Right.HUB)
        if where.everywhere:
            return self
        return self.filter(Q(country__in=where.countries) | Q(hub__ref__in=where.hubs))

    def for_hub(self, hub: Hub) -> "ReceiverQuerySet":
        """Those to whom a hub may hand cases: its own and its country's."""
        return self.filter(country=hub.country_id, closed_at=None).filter(Q(hub=None) | Q(hub=hub.pk))


class Receiver(models.Model):
    """Who takes cases over: an organisation of the directory or one outside it; of a country or one hub.

    `name` is what people hear when they are asked for their consent, so no two receivers have the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name, as it is said to people"), max_length=200, unique=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation of the directory"),
    )
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="receivers")
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, null=True, blank=True, related_name="receivers")
    address = models.CharField(_("address"), max_length=500, blank=True)
    hours = models.CharField(_("opening hours"), max_length=300, blank=True)
    languages = models.JSONField(_("languages, the first is the main one"), default=list)
    email = models.EmailField(_("e-mail of the focal point"), blank=True)
    telephone = models.CharField(_("telephone of the focal point"), max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ReceiverQuerySet] = ReceiverQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("receiver")
        verbose_name_plural = _("receivers")

    def __str__(self) -> str:
        return self.name

    @property
    def language(self) -> str:
        """The language of the public pages in which it reads what it is sent."""
        return next((code for code in self.languages if code in settings.PUBLIC_LANGUAGES), "es")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def in_force(self, *, on: date) -> "AgreementQuerySet":
        return self.filter(valid_from__lte=on, valid_until__gte=on, ended_at=None)


class Agreement(models.Model):
    """What was agreed in writing with a receiver: which fields it may get, from when until when.

    It holds where its receiver belongs: in the whole country, or in one hub.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="agreements")
    fields = models.JSONField(_("what may be shared"), default=list)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    document = models.CharField(_("reference of the document"), max_length=200)
    noted_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects: ClassVar[AgreementQuerySet] = AgreementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_it_begins", condition=Q(valid_until__gte=F("valid_from"))
            )
        ]

    def __str__(self) -> str:
        return self.document

    @property
    def field_labels(self) -> list[str]:
        return [str(Shared(code).label) for code in self.fields if code in Shared.values]


class ReferralQuerySet(models.QuerySet["Referral"]):
    def looked_after_by(self, user: Any) -> "ReferralQuerySet":
        """Referrals of cases of this person's own hubs: the only door for staff, and no glass leads here."""
        return self.filter(enquiry__in=Enquiry.objects.looked_after_by(user))

    def open(self) -> "ReferralQuerySet":
        """Sent, and neither done nor refused nor taken back."""
        return self.filter(state__in=Referral.OPEN)

    def unanswered(self) -> "ReferralQuerySet":
        return self.filter(state=Referral.State.SENT)

    def overdue(self, *, at: datetime) -> "ReferralQuerySet":
        """The receiver's clock has run out without an answer, or the day of its waiting list is over."""
        late = Q(state=Referral.State.SENT, due_at__lt=at)
        return self.filter(late | Q(state=Referral.State.WAITING, waiting_until__lt=at.date()))

    def to_tell(self) -> "ReferralQuerySet":
        """Answered, and the person does not know it yet."""
        return self.filter(state__in=Referral.ANSWERED, told_at=None, forgotten_at=None)


class Referral(SealedModel):
    """A case handed to a receiver by the inter-agency form. Its words have a key of their own.

    `shared` is made when it is sent and holds exactly what the receiver sees: code of the field -> value.
    """

    class Urgency(models.TextChoices):
        URGENT = "urgent", _("Urgent: within 24 hours")
        HIGH = "high", _("High: within 72 hours")
        NORMAL = "normal", _("Normal: within two weeks")

    class State(models.TextChoices):
        DRAFT = "draft", _("Not sent yet")
        SENT = "sent", _("Waiting for an answer")
        WAITING = "waiting", _("On a waiting list")
        ACCEPTED = "accepted", _("Accepted")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")
        TAKEN_BACK = "taken-back", _("Taken back by the hub")

    OPEN: ClassVar[tuple[str, ...]] = (State.SENT, State.WAITING, State.ACCEPTED)
    ANSWERED: ClassVar[tuple[str, ...]] = (State.WAITING, State.ACCEPTED, State.DONE, State.DECLINED)
    CLOSED: ClassVar[tuple[str, ...]] = (State.DONE, State.DECLINED, State.TAKEN_BACK)

    class Arrangement(models.TextChoices):
        INTERPRETER = "interpreter", _("Interpreter")
        COMPANY = "company", _("Somebody who goes along")
        TRANSPORT = "transport", _("Transport")
        STEP_FREE = "step-free", _("A way without steps")

    class Refusal(models.TextChoices):
        FULL = "full", _("No place or staff at present")
        NOT_OURS = "not-ours", _("We do not offer this")
        AREA = "area", _("Outside our area")
        CONDITIONS = "conditions", _("The conditions are not met")
        TOO_LITTLE = "too-little", _("We would need to know more")
        UNSAFE = "unsafe", _("It would not be safe with us")
        OTHER = "other", _("Another reason")

    class Outcome(models.TextChoices):
        HELPED = "helped", _("The person got what was needed")
        PARTLY = "partly", _("The person got a part of it")
        NOT_COME = "not-come", _("The person did not come or could not be reached")
        NOT_WANTED = "not-wanted", _("The person does not want it any more")
        ELSEWHERE = "elsewhere", _("Handed on to somebody else, with the person's consent")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="referrals")
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="referrals")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Where it was sent although the gate was closed: the entry that the focal point sees.
    exception = models.ForeignKey(
        ProtectionException, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    need = models.CharField(_("service wanted"), max_length=20, choices=Need)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    arrangements = models.JSONField(_("to be arranged"), default=list, blank=True)
    fields = models.JSONField(_("what the receiver gets to see"), default=list, blank=True)
    reason = SealedText(verbose_name=_("why the case is handed over"), blank=True)
    needs = SealedText(verbose_name=_("what is needed"), blank=True)
    family = SealedText(verbose_name=_("family, and who cares for a minor"), blank=True)
    health = SealedText(verbose_name=_("health"), blank=True)
    shared = SealedJSON(null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    waiting_until = models.DateField(_("on the waiting list until"), null=True, blank=True)
    refusal = models.CharField(_("why it was declined"), max_length=12, choices=Refusal, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=12, choices=Outcome, blank=True)
    # Since when a question of the receiver waits for us.
    asked_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    token_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    link_ends_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ReferralQuerySet] = ReferralQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes = [
            models.Index(fields=["due_at"], name="referral_unanswered", condition=Q(state="sent")),
        ]
        constraints = [
            models.CheckConstraint(
                name="referral_is_sent_unless_a_draft",
                condition=Q(state="draft", sent_at=None, due_at=None)
                | ~Q(state="draft") & Q(sent_at__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_settled_at_iff_closed",
                condition=Q(state__in=["done", "declined", "taken-back"], settled_at__isnull=False)
                | ~Q(state__in=["done", "declined", "taken-back"]) & Q(settled_at=None),
            ),
            models.CheckConstraint(
                name="referral_declined_with_a_reason",
                condition=Q(state="declined") & ~Q(refusal="") | ~Q(state="declined") & Q(refusal=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def waits_for_answer(self) -> bool:
        """Not answered for good: while this is so, the link shows what was shared."""
        return self.state in (self.State.SENT, self.State.WAITING)

    @property
    def is_to_tell(self) -> bool:
        return self.state in self.ANSWERED and self.told_at is None and self.forgotten_at is None

    def is_overdue(self, *, at: datetime) -> bool:
        if self.state == self.State.SENT:
            return self.due_at is not None and self.due_at < at
        is_waiting = self.state == self.State.WAITING
        return is_waiting and self.waiting_until is not None and self.waiting_until < at.date()

    def has_live_link(self, *, at: datetime) -> bool:
        return self.token_digest is not None and self.link_ends_at is not None and at < self.link_ends_at


class ReferralStep(SealedModel):
    """What happened with a referral, by whom, with their words. `by` is empty where the receiver did it."""

    class What(models.TextChoices):
        SENT = "sent", _("Sent")
        OVERRIDDEN = "overridden", _("Sent without consent or agreement")
        LINK = "link", _("New link")
        REVOKED = "revoked", _("Link ended")
        OPENED = "opened", _("Opened by the receiver")
        ACCEPTED = "accepted", _("Accepted")
        WAITING = "waiting", _("Put on a waiting list")
        DECLINED = "declined", _("Declined")
        DONE = "done", _("Done")
        ASKED = "asked", _("Question of the receiver")
        REPLIED = "replied", _("Answer of the hub")
        TAKEN_BACK = "taken-back", _("Taken back by the hub")
        WITHDRAWN = "withdrawn", _("Taken back: the person withdrew the consent")
        TOLD = "told", _("The person was told")
        UNREACHED = "unreached", _("The person could not be reached")

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=12, choices=What)
    words = SealedText(blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        indexes = [models.Index(fields=["referral", "at"], name="referral_steps_in_order")]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"
