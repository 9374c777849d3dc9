"""`ventanilla keys`: made, shown, rotated, copied and put back, as an operator does."""

import base64
from argparse import ArgumentParser

import pytest
from django.utils import timezone

from ventanilla.config import key_findings
from ventanilla.config.archive import backup, restore
from ventanilla.config.commands import keys as command
from ventanilla.privacy.models import SealedFile
from ventanilla.privacy.sealing import KeyDestroyed, destroy_key, destruction, digest, keys, new_key
from ventanilla.privacy.sealing.rows import DataKey, DestructionCertificate, LookupKey, ScopeKey

pytestmark = pytest.mark.django_db
WORDS = "sentinel words"


def run(*arguments):
    parser = ArgumentParser()
    command.arguments(parser)
    code = command.run(parser.parse_args([str(one) for one in arguments]))
    keys.forget_everything()
    return code


def a_row(scope="hub:cr-hub-upala"):
    row = SealedFile(sealed_under=new_key(scope=scope), content_type="x", size=1, kept_at=timezone.now())
    row.name = WORDS
    row.save()
    return row


def words(row):
    return SealedFile.objects.get(pk=row.pk).name


def told():
    return [finding.what for finding in key_findings.findings_of_keys(timezone.now())]


def test_a_new_master_key_is_printed_and_fits(capsys, settings):
    assert run("new-master") == 0
    made = capsys.readouterr().out.strip()
    assert len(base64.b64decode(made)) == 32
    settings.MASTER_KEY = made
    keys.forget_everything()
    assert words(a_row()) == WORDS


def test_what_is_shown_is_counts_and_no_key(capsys, settings):
    a_row(), a_row(), a_row("country:cr")
    assert run("show") == 0
    shown = capsys.readouterr().out
    assert "hub:cr-hub-upala version 1: 2 data keys" in shown
    assert "country:cr version 1: 1 data keys" in shown
    assert settings.MASTER_KEY not in shown


def test_rotating_the_master_key_step_by_step(capsys, settings):
    row, former = a_row(), settings.MASTER_KEY
    run("new-master")
    settings.MASTER_KEY, settings.MASTER_KEY_FORMER = capsys.readouterr().out.split()[0], former
    keys.forget_everything()
    assert words(row) == WORDS
    waiting = ScopeKey.objects.count()
    assert told() == [f"{waiting} scope keys are still under the former master key."]
    assert run("rotate-master") == 0
    assert told() == ["The former master key is not needed any more."]
    settings.MASTER_KEY_FORMER = ""
    keys.forget_everything()
    assert told() == []
    assert words(row) == WORDS
    settings.MASTER_KEY = former
    keys.forget_everything()
    assert told() == [
        f"{waiting} scope keys are under a master key that is not here: their words cannot be read."
    ]
    assert run("rotate-master") == 1
    assert "give it as MASTER_KEY_FORMER" in capsys.readouterr().err


def test_rotating_one_hub_leaves_the_others_alone(capsys):
    row, other = a_row(), a_row("hub:cr-hub-desamparados")
    before = {one.pk: bytes(one.wrapped) for one in DataKey.objects.all()}
    assert run("rotate-hub", "cr-hub-upala") == 0
    after = {one.pk: bytes(one.wrapped) for one in DataKey.objects.all()}
    assert before[row.sealed_under] != after[row.sealed_under]
    assert before[other.sealed_under] == after[other.sealed_under]
    assert (words(row), words(other)) == (WORDS, WORDS)
    assert run("rotate-hub", "cr-hub-nowhere") == 1
    assert run("rotate-hub") == 1


def test_rotating_all_keeps_digests_and_can_be_done_again_another_day(capsys):
    rows, found = [a_row(), a_row("country:cr")], digest("identity:sms", "50688887777")
    assert run("rotate-hub", "--all") == 0
    ScopeKey.objects.exclude(retired_at=None).update(retired_at=timezone.now() - timezone.timedelta(days=1))
    assert told() == ["3 former scope keys are still there after their rotation."]
    assert run("rotate-hub", "--all") == 0
    assert {row.version for row in ScopeKey.objects.filter(retired_at=None)} == {3}
    assert set(ScopeKey.objects.exclude(retired_at=None).values_list("version", flat=True)) == {2}
    assert digest("identity:sms", "50688887777") == found
    assert [words(row) for row in rows] == [WORDS] * 2


def test_an_interrupted_destruction_is_told_and_finished(capsys):
    row = a_row()
    long_ago = timezone.now() - timezone.timedelta(hours=1)
    destroy_key(row.sealed_under, reason="test", by=None, at=long_ago)
    assert told() == ["1 keys that should be destroyed are not yet."]
    assert run("tidy") == 0
    assert capsys.readouterr().out.startswith("1 destructions finished")
    assert told() == []
    with pytest.raises(KeyDestroyed):
        words(row)


def test_a_certificate_holds_what_was_destroyed_and_cannot_be_changed(commits):
    row = a_row()
    destroy_key(
        row.sealed_under,
        reason="expired",
        by=None,
        at=timezone.now(),
        holder="enquiry",
        counts={"messages": 3},
    )
    certificate = DestructionCertificate.objects.get()
    assert (certificate.holder, certificate.counts, certificate.reason) == (
        "enquiry",
        {"messages": 3},
        "expired",
    )
    assert destruction.verify(certificate)
    for name, value in {
        "counts": {"messages": 2},
        "holder": "person",
        "reason": "asked",
        "key": row.pk,
        "done_at": timezone.now(),
        "asked_at": timezone.now(),
    }.items():
        changed = DestructionCertificate.objects.get()
        setattr(changed, name, value)
        assert not destruction.verify(changed), name
    again = destroy_key(row.sealed_under, reason="asked", by=None, at=timezone.now())
    assert again.reason == "expired"


def test_a_key_that_came_back_is_told_and_its_certificate_does_not_hold(commits):
    row = a_row()
    former = bytes(DataKey.objects.get().wrapped)
    destroy_key(row.sealed_under, reason="test", by=None, at=timezone.now())
    DataKey.objects.update(wrapped=former, destroyed_at=None)
    assert told() == ["Keys that were destroyed are back: what was deleted can be read."]
    assert not destruction.verify(DestructionCertificate.objects.get())
    assert run("tidy") == 0
    assert told() == []


def test_a_copy_put_back_opens_what_lives_and_not_what_was_destroyed_since(tmp_path, commits, settings):
    row, erased, found = a_row(), a_row(), digest("identity:sms", "50688887777")
    copy = tmp_path / "keys.copy"
    assert run("copy", copy) == 0
    assert copy.stat().st_mode & 0o077 == 0
    assert settings.MASTER_KEY not in copy.read_text()
    destroy_key(erased.sealed_under, reason="test", by=None, at=timezone.now())
    for model in (DataKey, LookupKey, ScopeKey):
        model.objects.all().delete()
    keys.forget_everything()
    assert run("put-back", copy) == 0
    assert words(row) == WORDS
    assert digest("identity:sms", "50688887777") == found
    with pytest.raises(KeyDestroyed):
        words(erased)
    assert told() == []


def test_keys_put_back_before_the_data_are_destroyed_again_with_it(tmp_path, commits, settings):
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    settings.DATA_DIR.mkdir()
    row, erased = a_row(), a_row()
    run("copy", tmp_path / "keys.copy")
    destroy_key(erased.sealed_under, reason="test", by=None, at=timezone.now())
    backup(tmp_path / "hub.tar.gz", progress=lambda label, total: lambda: None)
    for model in (DestructionCertificate, DataKey, LookupKey, ScopeKey):
        model.objects.all().delete()
    keys.forget_everything()
    assert run("put-back", tmp_path / "keys.copy") == 0
    assert words(erased) == WORDS
    restore(tmp_path / "hub.tar.gz", replace=True, progress=lambda label, total: lambda: None)
    keys.forget_everything()
    assert words(row) == WORDS
    with pytest.raises(KeyDestroyed):
        words(erased)


def test_a_copy_is_replaced_in_place_and_leaves_nothing_beside_it(tmp_path):
    a_row()
    copy = tmp_path / "keys.copy"
    run("copy", copy)
    first = copy.read_text()
    a_row()
    run("copy", copy)
    assert [file.name for file in tmp_path.iterdir()] == ["keys.copy"]
    assert len(copy.read_text().splitlines()) == len(first.splitlines()) + 1


def test_putting_back_an_older_copy_does_not_lose_keys_by_accident(tmp_path, capsys):
    row = a_row()
    copy = tmp_path / "keys.copy"
    run("copy", copy)
    newer = a_row()
    assert run("put-back", copy) == 1
    assert "1 keys here are not in the copy" in capsys.readouterr().err
    assert words(newer) == WORDS
    assert run("put-back", copy, "--replace") == 0
    assert words(row) == WORDS
    assert SealedFile.objects.get(pk=newer.pk).is_erased


@pytest.mark.parametrize(
    "spoil", [lambda s: s[: len(s) // 2], lambda s: "x" + s, lambda s: "", lambda s: s * 2]
)
def test_a_spoilt_copy_changes_nothing(tmp_path, spoil, capsys):
    row = a_row()
    copy = tmp_path / "keys.copy"
    run("copy", copy)
    copy.write_text(spoil(copy.read_text()))
    assert run("put-back", copy, "--replace") == 1
    assert "not a whole copy" in capsys.readouterr().err
    assert words(row) == WORDS
    assert run("put-back", tmp_path / "absent") == 1
    assert run("copy", tmp_path / "no" / "folder") == 1


def test_a_backup_of_the_data_holds_no_key(tmp_path):
    a_row()
    file = tmp_path / "hub.tar.gz"
    contents = backup(file, progress=lambda label, total: lambda: None)
    assert "privacy.sealedfile" in contents["rows"]
    assert not {"privacy.datakey", "privacy.scopekey", "privacy.lookupkey"} & set(contents["rows"])
