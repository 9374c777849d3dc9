from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.models import Channel, Inbound, Outbound
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, reach
from ventanilla.privacy.doors import Reach
from ventanilla.privacy.glass import opened_by
from ventanilla.privacy.sealing import SealedJSON, SealedModel, SealedText, digest

from .file_problems import FileProblem

STAFF = settings.AUTH_USER_MODEL


def in_reach(where: Reach, *, prefix: str = "") -> Q:
    """The rows of hubs that a reach covers; nothing for nowhere."""
    if where.everywhere:
        return Q()
    return Q(**{f"{prefix}country__in": where.countries}) | Q(**{f"{prefix}hub__ref__in": where.hubs})


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: Any) -> "PersonQuerySet":
        """People with an enquiry that this member of the staff may see."""
        return self.filter(Exists(Enquiry.objects.visible_to(user).filter(person=OuterRef("pk"))))

    def returning(self, code: str) -> "PersonQuerySet":
        """The person who holds this return code (digits only), unless they said that they are not alone."""
        known = self.filter(return_code=return_digest(code), erased_at=None, unsafe_since=None)
        return known if code else self.none()


def return_digest(code: str) -> str:
    """What is kept of a return code."""
    return digest("return-code", code)


class Person(SealedModel):
    """Somebody who asks. Nothing has to be known of them; what they tell is sealed under their own key."""

    return_code = models.CharField(max_length=64, null=True, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=8, blank=True)
    name = SealedText(verbose_name=_("what they want to be called"), blank=True)
    facts = SealedJSON(blank=True)
    safe_contact = SealedText(verbose_name=_("how to reach them safely"), blank=True)
    # Written alone, it means that they are not alone (`enquiries.safe_words`); since when they have said so.
    safe_word = SealedText[str | None](verbose_name=_("safe word"), null=True, blank=True)
    unsafe_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    restricted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged"
    )

    objects: ClassVar[PersonQuerySet] = PersonQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return str(self.pk)


class Identity(SealedModel):
    """An address of a person on one channel, found by digest. A person may have many; none is required."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    # Where somebody was before two people were joined by hand, so that it can be undone.
    before_merge = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="identities")
    lane = models.CharField(max_length=64)
    address = SealedText()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "lane"], name="identity_once")]

    def __str__(self) -> str:
        return str(self.pk)


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def visible_to(self, user: Any) -> "EnquiryQuerySet":
        """The only door for staff: cases of their hubs, shared with these, or behind a broken glass."""
        seen = Q(pk__in=opened_by(user, kind="enquiry"))
        return self.filter(_looked_after_by(user) | seen).filter(person__restricted_at=None)

    def looked_after_by(self, user: Any) -> "EnquiryQuerySet":
        """Visible cases that this member of the staff also gives, closes and reopens: no glass."""
        return self.filter(_looked_after_by(user)).filter(person__restricted_at=None)

    def waiting(self) -> "EnquiryQuerySet":
        """Where a person waits for us."""
        return self.filter(state__in=Enquiry.GROUPS["waiting"])

    def open(self) -> "EnquiryQuerySet":
        return self.exclude(state__in=Enquiry.GROUPS["closed"])

    def in_queue_order(self) -> "EnquiryQuerySet":
        """Danger first, then what was promised, then who waits longest."""
        return self.order_by(
            "-danger",
            models.F("promise_due_at").asc(nulls_last=True),
            models.F("waiting_since").asc(nulls_last=True),
            "pk",
        )


def _looked_after_by(user: Any) -> Q:
    where = reach(user, Right.CASES)
    return in_reach(where) | _shared_with(where) if where else Q(pk__in=[])


def _shared_with(where: Reach) -> Q:
    shared = Enquiry.shared_with.through.objects.filter(enquiry=OuterRef("pk"), hub__ref__in=where.hubs)
    return Q(Exists(shared))


class Enquiry(SealedModel):
    """What one person wants to know or get done, from the first message to closing."""

    class State(models.TextChoices):
        NEW = "new", _("Just come in")
        WAITING = "waiting", _("The person waits for us")
        ANSWERED = "answered", _("We wait for the person")
        SNOOZED = "snoozed", _("Set aside until a day")
        REFERRED = "referred", _("With another service")
        CLOSED = "closed", _("Closed")
        SPAM = "spam", _("Not an enquiry")

    # States have names of their own over three groups that lists and clocks understand.
    GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {
        "waiting": (State.NEW, State.WAITING),
        "open": (State.ANSWERED, State.SNOOZED, State.REFERRED),
        "closed": (State.CLOSED, State.SPAM),
    }

    class Danger(models.IntegerChoices):
        NONE = 0, _("None seen")
        POSSIBLE = 1, _("Possible danger")
        URGENT = 2, _("In danger now")

    code = models.CharField(_("case code"), max_length=12, unique=True)
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="enquiries", verbose_name=_("hub"))
    country = models.CharField(_("country"), max_length=2)
    shared_with = models.ManyToManyField(Hub, blank=True, related_name="shared_enquiries")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="enquiries")
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="enquiries"
    )
    channel_kind = models.CharField(_("channel"), max_length=30)
    language = models.CharField(_("language"), max_length=8, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    danger = models.PositiveSmallIntegerField(_("danger"), choices=Danger, default=Danger.NONE)
    assigned_to = models.ForeignKey(
        STAFF, on_delete=models.SET_NULL, null=True, blank=True, related_name="enquiries"
    )
    answers_automatically = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    promise_due_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    first_answer_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    # When anything of it changed last, so that open desks can follow; the database's own clock.
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    # Whose it was before two people were joined by hand, so that it can be undone.
    before_merge = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    words_erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EnquiryQuerySet] = EnquiryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        indexes = [
            models.Index(
                fields=["hub", "-danger", "promise_due_at", "waiting_since"],
                name="enquiry_queue",
                condition=~Q(state__in=["closed", "spam"]),
            ),
            models.Index(fields=["closed_at"], name="enquiry_closed", condition=Q(words_erased_at=None)),
            models.Index(fields=["person"], name="enquiry_of_person"),
            models.Index(fields=["touched_at"], name="enquiry_touched"),
            models.Index(
                fields=["snoozed_until"], name="enquiry_snoozed", condition=Q(snoozed_until__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="enquiry_closed_at_iff_closed",
                condition=Q(state__in=["closed", "spam"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "spam"]) & Q(closed_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def unsafe_since(self) -> datetime | None:
        """Since when who asks is not alone and nothing may be written to them."""
        return self.person.unsafe_since if self.person else None

    @property
    def group(self) -> str:
        """waiting, open or closed."""
        return next(name for name, states in self.GROUPS.items() if self.state in states)

    @property
    def is_open(self) -> bool:
        return self.group != "closed"

    @property
    def key_scope(self) -> str:
        return f"hub:{self.hub.ref}"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> "MessageQuerySet":
        return self.filter(enquiry__in=Enquiry.objects.visible_to(user))


class Message(SealedModel):
    """One thing said in an enquiry, sealed under the enquiry's key."""

    class Direction(models.TextChoices):
        IN = "in", _("From the person")
        OUT = "out", _("From the hub")
        AUTO = "auto", _("Automatic")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction)
    body = SealedText(blank=True)
    language = models.CharField(max_length=8, blank=True)
    at = models.DateTimeField()
    author = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Which content was quoted: [{"ref": …, "version": …}], so that people told an old version can be found.
    cites = models.JSONField(default=list, blank=True)
    # What of the other side it answers, where the provider says so or the adviser chose it.
    replies_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    choice = SealedText(blank=True)  # the code of a button that was pressed
    reference = SealedText(blank=True)  # how an answer of ours names it at the provider
    # Written by a colleague in another language: what was sent is what a machine made of it.
    is_translated = models.BooleanField(default=False)
    # Waits for the house's own first answer, which is made apart from filing because it takes longer.
    to_answer = models.BooleanField(default=False)
    inbound = models.OneToOneField(
        Inbound, on_delete=models.SET_NULL, null=True, blank=True, related_name="message"
    )
    outbound = models.OneToOneField(
        Outbound, on_delete=models.SET_NULL, null=True, blank=True, related_name="message"
    )

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["enquiry", "at"], name="message_in_order"),
            models.Index(fields=["at"], name="message_to_answer", condition=Q(to_answer=True)),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: Any) -> "NoteQuerySet":
        """Notes of visible enquiries; protected ones only for the protection role or through the glass."""
        seen = self.filter(enquiry__in=Enquiry.objects.visible_to(user))
        where = reach(user, Right.PROTECTED)
        protected = in_reach(where, prefix="enquiry__") if where else Q(pk__in=[])
        return seen.filter(Q(is_protected=False) | protected | Q(enquiry__in=opened_by(user, kind="note")))


class Note(SealedModel):
    """What staff write for each other. A protected one is for those who protect, nobody else."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="notes")
    body = SealedText()
    is_protected = models.BooleanField(_("need to know"), default=False)
    author = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[NoteQuerySet] = NoteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return str(self.pk)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Any) -> "AttachmentQuerySet":
        return self.filter(enquiry__in=Enquiry.objects.visible_to(user))

    def to_fetch(self, *, at: datetime) -> "AttachmentQuerySet":
        """What a provider holds for us and whose turn has come; nothing of what is to be deleted."""
        return self.filter(fetch_at__lte=at, enquiry__words_erased_at=None)


class Attachment(SealedModel):
    """A file that a person sent or staff added; its bytes are sealed under the enquiry's key.

    One that a provider still holds has `fetch_at` and no `file`; one that is not taken has a `problem`.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    file = models.UUIDField(null=True, editable=False)
    name = SealedText(blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    # How the provider hands it out; gone as soon as it is fetched or given up.
    reference = SealedJSON(null=True, blank=True)
    fetch_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=20, choices=FileProblem, blank=True)

    objects: ClassVar[AttachmentQuerySet] = AttachmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [
            models.Index(fields=["fetch_at"], name="attachment_to_fetch", condition=Q(fetch_at__isnull=False))
        ]

    def __str__(self) -> str:
        return str(self.pk)


class StateChange(models.Model):
    """A change of state, hand or hub, for clocks and figures; it holds no word of anybody."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=20)
    value = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.what} {self.value}"
