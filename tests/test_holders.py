"""Every field that looks personal belongs to a holder, or stands in the list of those that do not."""

import re

import pytest
from django.apps import apps
from django.db import models

from ventanilla.accounts.models import User
from ventanilla.enquiries.models import Person
from ventanilla.privacy.holders import all_fields, every_link_to_staff, not_personal
from ventanilla.privacy.models import Sensitivity
from ventanilla.privacy.purposes import BASES, all_purposes
from ventanilla.privacy.retention import expirers, schedule
from ventanilla.privacy.sealing.fields import SealedField

# Words in names of columns behind which people hide.
TELLING = re.compile(
    r"e?mail|phone|name|address|contact|person|officer|reason|note|remark|comment|about|body|text|message|subject|"
    r"device|owner|answer|question|wish|birth|document|payload|content|data|facts|caregiver|lane|external|"
    r"provider_id|receiver|sealed$|uid|avatar|ip$|agent|secret"
)
PEOPLE = (User, Person)


def looks_personal(field):
    """Sealed, an e-mail, a link to somebody, free text, or a column whose name tells of people."""
    if field.is_relation:
        return field.related_model in PEOPLE
    if isinstance(field, SealedField | models.EmailField | models.GenericIPAddressField):
        return True
    if isinstance(field, models.TextField | models.JSONField | models.FileField):
        return True
    texts = models.CharField | models.BinaryField | models.UUIDField
    return isinstance(field, texts) and not field.choices and bool(TELLING.search(field.name))


def telling_fields(model):
    parents = {field.name for parent in model._meta.parents for field in parent._meta.get_fields()}
    own = (field for field in model._meta.get_fields() if field.concrete and field.name not in parents)
    return {f"{model._meta.label}.{field.name}" for field in own if looks_personal(field)}


def everything_telling():
    return set().union(*(telling_fields(model) for model in apps.get_models()))


def uncovered(telling, *, covered, excused):
    """What nobody answers for; a whole model may be excused, or one field."""
    return sorted(
        path for path in telling - covered if path not in excused and path.rpartition(".")[0] not in excused
    )


def covered_fields():
    return {row.path for row in all_fields()}


def test_every_personal_field_has_a_holder_or_a_reason():
    assert uncovered(everything_telling(), covered=covered_fields(), excused=not_personal()) == []


def test_a_new_sealed_or_personal_field_would_be_found():
    class Diary(models.Model):  # noqa: DJ008 (never kept)
        words = models.TextField()
        mail = models.EmailField()
        writer = models.ForeignKey(User, models.CASCADE)
        colour = models.CharField(max_length=10)

        class Meta:
            app_label = "privacy"

    try:
        found = telling_fields(Diary)
    finally:
        del apps.all_models["privacy"]["diary"]
        apps.clear_cache()
    assert uncovered(found, covered=covered_fields(), excused=not_personal()) == [
        "privacy.Diary.mail",
        "privacy.Diary.words",
        "privacy.Diary.writer",
    ]


def test_holders_name_fields_that_exist():
    for row in all_fields():
        apps.get_model(row.model)._meta.get_field(row.field)


def test_no_field_has_two_holders():
    paths = [row.path for row in all_fields()]
    assert len(paths) == len(set(paths))


def test_every_field_belongs_to_a_purpose_a_class_and_a_sensitivity():
    for row in all_fields():
        assert row.purpose in all_purposes(), row
        assert row.retention in schedule(), row
        assert row.sensitivity in Sensitivity.values, row


def test_every_purpose_is_used_and_explained_in_the_public_languages():
    used = {row.purpose for row in all_fields()} | {"refer", "statistics"}
    assert used == set(all_purposes())
    for purpose in all_purposes().values():
        assert set(purpose.names) == set(purpose.explanations) == {"es", "en", "fr", "ht"}
        assert purpose.basis in BASES
        assert all(1 <= number <= 13 for number in purpose.principles)


def test_everything_excused_is_there_and_has_a_reason():
    # Wagtail's search keeps a table that is there on SQLite alone.
    models_known = {model._meta.label for model in apps.get_models()} | {"wagtailsearch.SQLiteFTSIndexEntry"}
    for path, reason in not_personal().items():
        assert len(reason) > 10, path
        if path not in models_known:
            label, _dot, name = path.rpartition(".")
            apps.get_model(label)._meta.get_field(name)


def test_every_class_with_a_period_is_erased_by_somebody_and_the_others_say_with_what():
    assert {code for code, row in schedule().items() if row.days} == set(expirers)
    ends_with = {row.with_ for row in schedule().values() if row.days is None and row.with_}
    assert ends_with <= set(schedule())


@pytest.mark.parametrize("link", [("verification.Check", "by"), ("privacy.Incident", "reported_by")])
def test_links_to_staff_are_found_by_themselves(link):
    assert link in set(every_link_to_staff())
