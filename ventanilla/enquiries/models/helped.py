from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

from .cases import Enquiry, Message


class HelpQuestionQuerySet(models.QuerySet["HelpQuestion"]):
    def managed_by(self, user: Any) -> "HelpQuestionQuerySet":
        """Questions of the hubs whose cases this person manages."""
        return self.filter(is_asked=True, hub__in=hubs_with(user, Right.MANAGE_CASES))


class HelpQuestion(models.Model):
    """Whether it helped: asked once, after an enquiry was closed; days and no word of anybody.

    The link to the enquiry is cut when its words are deleted: what stays is a number of a hub and a month.
    """

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="help_questions")
    enquiry = models.OneToOneField(
        Enquiry, on_delete=models.SET_NULL, null=True, blank=True, related_name="help_question"
    )
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="help_question"
    )
    asked_on = models.DateField()
    # Decided once: who could not or would not be asked is not looked at again, and counts nowhere.
    is_asked = models.BooleanField(default=True)
    answer = models.CharField(_("did it help"), max_length=6, choices=Answer, blank=True)

    objects: ClassVar[HelpQuestionQuerySet] = HelpQuestionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("question whether it helped")
        verbose_name_plural = _("questions whether it helped")
        indexes = [
            models.Index(fields=["hub", "asked_on"], name="help_question_of_hub"),
            models.Index(
                fields=["asked_on"], name="help_question_open", condition=Q(answer="", enquiry__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
