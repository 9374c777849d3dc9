"""Impact assessments of channels: whole, in two languages, with sources; signed by several for a year."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Country, Hub, Membership, Role
from ventanilla.privacy import assessments
from ventanilla.privacy.assessments.reading import read
from ventanilla.privacy.models import AccessEntry, ChannelAssessment

KINDS = {
    "web", "whatsapp", "telegram", "messenger", "sms", "email", "phone", "counter", "community-advisor",
}  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]
PLACE = {"country": "cr", "hub": "cr-hub-upala"}
WEB = ROOT / "ventanilla" / "privacy" / "assessments" / "kinds" / "web.yaml"


@pytest.fixture
def people(site):
    """Whoever may sign for the hub in Upala, by name."""
    hub, country = Hub.objects.get(ref="cr-hub-upala"), Country.objects.get(code="cr")

    def somebody(name, role, **where):
        user = User.objects.create_user(f"{name}@example.org", is_staff=True)
        Membership.objects.create(user=user, role=role, **where)
        return user

    return {
        "coordinator": somebody("carmen", Role.COORDINATOR, hub=hub),
        "focal": somebody("fabiola", Role.DATA_PROTECTION, country=country),
        "network": somebody("nora", Role.DATA_PROTECTION),
        "adviser": somebody("luis", Role.ADVISER, hub=hub),
    }


def sign(by, capacity, *, kind="web", at=None, **place):
    return assessments.sign(
        kind=kind, capacity=capacity, by=by, at=at or timezone.now(), **{**PLACE, **place}
    )


def is_signed(kind="web", *, at=None, **place):
    return assessments.is_signed(kind, at=at or timezone.now(), **{**PLACE, **place})


def test_every_kind_of_channel_has_one():
    assert set(assessments.all_assessments()) == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["es", "en"])
def test_each_says_who_sees_what_what_can_happen_and_what_is_done(kind, language):
    made = assessments.document(kind, language=language, at=timezone.now())
    text = made.as_markdown()
    one = assessments.all_assessments()[kind]
    for seer in one.seen_by:
        assert seer.who[language] in text
    for risk in one.risks:
        assert risk.texts[language] in text
        assert risk.measures
    assert all(source.url in text for source in one.sources.values())
    assert f'<html lang="{language}">' in made.as_html()


def test_what_the_software_does_is_shown_by_a_file():
    for one in assessments.all_assessments().values():
        for measure in one.measures:
            assert not measure.shown_by or (ROOT / measure.shown_by).exists()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_people_read_is_there_in_the_four_languages_of_the_site(kind):
    one = assessments.all_assessments()[kind]
    seen = [text for seer in one.seen_by for text in (seer.who, seer.traces, seer.kept)]
    for text in (one.names, one.how, *seen, *one.not_here):
        assert set(text) == {"es", "en", "fr", "ht"}
    assert len({one.how[language] for language in one.how}) == 4


def test_sources_are_documents_of_ours_or_addresses():
    for one in assessments.all_assessments().values():
        for source in one.sources.values():
            assert source.url.startswith(("http://", "https://")) or (ROOT / source.url).exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: web", "kind: fax"),
        ("content: none", "content: some"),
        ("source: own", "source: nobody"),
        ("after: [2, 3]", "after: [4, 4]"),
        ("after: [2, 3]", "after: [0, 3]"),
        ("measures: [quick-exit", "measures: [hope"),
        ("  phone-seen:", "  rain:"),
        ("en: ", "fr: "),
        ('  ht: "Chat sou paj gichè a"\n', ""),
        ('ht: "Gichè a"', 'ht: ""'),
        ('fr: "langue, heure de chaque message"', 'pt: "língua, hora de cada mensagem"'),
    ],
)
def test_a_file_that_is_wrong_is_refused(tmp_path, old, new):
    file = tmp_path / "web.yaml"
    text = WEB.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(assessments.AssessmentRefused, match=r"web\.yaml"):
        read(file)


def test_both_must_sign_before_a_channel_goes_live(people):
    assert not is_signed()
    sign(people["coordinator"], "operation")
    assert not is_signed()
    sign(people["focal"], "protection")
    assert is_signed()
    assert not is_signed("sms")
    assert not is_signed(hub="cr-hub-limon")
    assert AccessEntry.objects.filter(kind="assessment", action="write", hub="cr-hub-upala").count() == 2


def test_what_is_signed_for_a_country_holds_for_its_hubs_but_not_the_other_way(people):
    sign(people["focal"], "protection", hub="")
    sign(people["coordinator"], "operation")
    assert is_signed()
    assert not is_signed(hub="")


def test_a_high_remaining_risk_needs_the_network_too(people):
    sign(people["coordinator"], "operation", kind="messenger")
    sign(people["focal"], "protection", kind="messenger")
    assert not is_signed("messenger")
    sign(people["network"], "network", kind="messenger")
    assert is_signed("messenger")


def test_a_signature_ends_after_a_year(people):
    at = timezone.now()
    sign(people["coordinator"], "operation", at=at)
    sign(people["focal"], "protection", at=at)
    assert is_signed(at=at + timedelta(days=364))
    assert not is_signed(at=at + timedelta(days=366))


def test_a_signature_under_a_former_version_does_not_count(people):
    sign(people["coordinator"], "operation")
    sign(people["focal"], "protection")
    ChannelAssessment.objects.update(version=0)
    assert not is_signed()


def test_a_signature_can_be_taken_back(people):
    sign(people["coordinator"], "operation")
    row = sign(people["focal"], "protection")
    with pytest.raises(assessments.MayNotSign):
        assessments.withdraw(signature=row, by=people["coordinator"], at=timezone.now())
    assessments.withdraw(signature=row, by=people["focal"], at=timezone.now())
    assert not is_signed()


@pytest.mark.parametrize(
    ("name", "capacity"),
    [("adviser", "operation"), ("coordinator", "protection"), ("focal", "network"), ("focal", "operation")],
)
def test_nobody_signs_as_what_they_are_not(people, name, capacity):
    with pytest.raises(assessments.MayNotSign):
        sign(people[name], capacity)


def test_nobody_signs_for_another_place(people):
    with pytest.raises(assessments.MayNotSign):
        sign(people["coordinator"], "operation", hub="cr-hub-limon")
    with pytest.raises(assessments.MayNotSign):
        sign(people["focal"], "protection", country="bz", hub="")


def test_nobody_signs_twice(people):
    sign(people["network"], "network")
    with pytest.raises(assessments.SamePerson):
        sign(people["network"], "protection")


def test_a_kind_that_nobody_assessed_is_signed_nowhere(people):
    assert not is_signed("pigeon")


def test_the_document_of_a_place_says_who_signed_and_who_has_not(people):
    people["coordinator"].first_name = "Carmen"
    people["coordinator"].save()
    sign(people["coordinator"], "operation")
    text = assessments.document("web", **PLACE, place="Upala", language="en", at=timezone.now()).as_markdown()
    assert "Carmen" in text
    assert "data-protection focal point of the country: not signed yet" in text
