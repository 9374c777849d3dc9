"""What people need: the keys that services carry, with the words for it, most urgent first."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Need(models.TextChoices):
    EMERGENCY = "emergency", _("Emergency")
    VIOLENCE = "violence", _("Violence")
    TRAFFICKING = "trafficking", _("Human trafficking")
    MISSING = "missing", _("Missing people")
    CHILDREN = "children", _("Children alone")
    ASYLUM = "asylum", _("Asylum and refuge")
    SHELTER = "shelter", _("A place to sleep")
    FOOD = "food", _("Food and water")
    HEALTH = "health", _("Health")
    DOCUMENTS = "documents", _("Documents")
    LEGAL = "legal", _("Legal help")
    CONSULAR = "consular", _("Consulates")
    LABOUR = "labour", _("Work and labour rights")
    RETURN = "return", _("Return home")
    MONEY = "money", _("Money")
    DISCRIMINATION = "discrimination", _("Discrimination")
    SMUGGLING = "smuggling", _("Smuggling")
    INFORMATION = "information", _("Information")
