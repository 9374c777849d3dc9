import hashlib
import io
import json
import tarfile

import pytest
from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.config import archive, tables
from ventanilla.config.archive import ArchiveRefused, backup, restore
from ventanilla.hubs.models import Country, Membership, Role
from ventanilla.privacy.access_log import record
from ventanilla.privacy.append_only import unprotected_tables
from ventanilla.privacy.models import AccessEntry
from ventanilla.privacy.tampering import note_ends, verify
from ventanilla.verification.models import Check, Fact


def no_progress(label, total):
    return lambda: None


def everything():
    return {label: list(tables.lines(model)) for label, model in tables.kept_tables().items()}


@pytest.fixture
def place(site, settings, tmp_path):
    """A data folder of its own with one upload; staff and a check make the rows less uniform."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    (settings.MEDIA_ROOT / "documents").mkdir(parents=True)
    (settings.MEDIA_ROOT / "documents" / "carné.pdf").write_bytes(b"\x00pdf")
    ana = User.objects.create_user("ana@hub.example", "a long pass phrase", first_name="Ana")
    Membership.objects.create(user=ana, role=Role.NATIONAL, country=Country.objects.get(code="cr"))
    fact = Fact.objects.filter(country="cr").earliest("ref")
    Check.objects.create(fact=fact, outcome="confirmed", by=ana, at="2026-03-01T10:00:00.123456Z")
    return tmp_path


@pytest.fixture
def saved(place):
    file = place / "hub.tar.gz"
    backup(file, progress=no_progress)
    return file


def rewritten(saved, *, change=None, extra=None, manifest=None):
    """The archive again with members changed, its list made to fit unless `manifest` changes it."""
    file = saved.with_name("changed.tar.gz")
    with tarfile.open(saved) as old:
        data = {member.name: old.extractfile(member).read() for member in old}
    contents = json.loads(data.pop(archive.LIST))
    for name, new in (change or {}).items():
        data[name] = new
        contents["sha256"][name] = hashlib.sha256(new).hexdigest()
    contents |= manifest or {}
    data[archive.LIST] = json.dumps(contents).encode()
    with tarfile.open(file, "w:gz") as tar:
        for name, content in data.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
            if extra and name == archive.FIRST:
                tar.addfile(extra)
    return file


def test_everything_comes_back_as_it_was(saved, settings):
    before = everything()
    assert len(before["verification.fact"]) > 100
    Fact.objects.all().update(names={"es": "otra cosa"})
    Check.objects.all().delete()
    User.objects.filter(email="ana@hub.example").update(email="other@hub.example")
    (settings.MEDIA_ROOT / "documents" / "carné.pdf").unlink()
    (settings.MEDIA_ROOT / "later.txt").write_text("came after the backup")

    contents = restore(saved, replace=True, progress=no_progress)

    assert everything() == before
    assert contents["rows"]["verification.fact"] == len(before["verification.fact"])
    uploads = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert [path.name for path in uploads] == ["carné.pdf"]
    assert uploads[0].read_bytes() == b"\x00pdf"


def test_the_access_log_comes_back_and_tells_of_the_restore(place, settings, commits):
    settings.KEYS_ROOT = place
    at = timezone.now()
    for ref in ("before", "saved"):
        record(by=None, action="read", kind="enquiry", ref=ref, country="cr", hub="", at=at, reason="why")
    backup(place / "hub.tar.gz", progress=no_progress)
    record(by=None, action="read", kind="enquiry", ref="lost", country="cr", hub="", at=at)
    note_ends(at=at)

    restore(place / "hub.tar.gz", replace=True, progress=no_progress)

    entries = AccessEntry.objects.order_by("number")
    assert [row.ref or row.action for row in entries] == ["before", "saved", "restored"]
    assert entries[1].reason == "why"
    assert [(damage.what, damage.is_explained) for damage in verify()] == [("restored", True)]
    assert unprotected_tables() == []


def test_new_rows_get_new_numbers_after_a_restore(saved):
    restore(saved, replace=True, progress=no_progress)
    numbers = set(User.objects.values_list("pk", flat=True))
    assert User.objects.create_user("new@hub.example").pk not in numbers


def test_a_backup_is_for_its_owner_only_and_replaces_nothing(saved):
    assert saved.stat().st_mode & 0o777 == 0o600
    before = saved.read_bytes()
    with pytest.raises(ArchiveRefused, match="exists already"):
        backup(saved, progress=no_progress)
    assert saved.read_bytes() == before


def test_a_backup_that_fails_leaves_nothing_behind(place, monkeypatch):
    def full_disk(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive._Writer, "_uploads", full_disk)
    with pytest.raises(ArchiveRefused, match="No space left on device"):
        backup(place / "hub.tar.gz", progress=no_progress)
    assert [path.name for path in place.iterdir()] == ["data"]


def test_sessions_are_not_kept(saved):
    with tarfile.open(saved) as tar:
        assert not [name for name in tar.getnames() if name.startswith("database/sessions.")]


def test_what_is_here_is_not_lost_by_accident(saved):
    before = everything()
    with pytest.raises(ArchiveRefused, match="add --replace"):
        restore(saved, replace=False, progress=no_progress)
    assert everything() == before


def cut(saved):
    saved.write_bytes(saved.read_bytes()[:-2000])
    return saved


def without_list(saved):
    file = saved.with_name("changed.tar.gz")
    with tarfile.open(saved) as old, tarfile.open(file, "w:gz") as tar:
        for member in old:
            if member.name != archive.LIST:
                tar.addfile(member, old.extractfile(member))
    return file


def with_another_byte(saved):
    return rewritten(saved, manifest={"sha256": {}})


def of_somebody_else(saved):
    with tarfile.open(saved, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("readme.txt"))
    return saved


def not_an_archive(saved):
    saved.write_text("hello")
    return saved


def of_a_newer_format(saved):
    return rewritten(saved, change={archive.FIRST: b"2"})


def of_a_newer_version(saved):
    return rewritten(saved, manifest={"migrations": ["hubs.9999_later"], "version": "9.0"})


def of_an_older_version(saved):
    return rewritten(saved, manifest={"migrations": ["hubs.0001_initial"], "version": "0.0.1"})


def with_a_path_that_climbs_out(saved):
    return rewritten(saved, change={"media/../../stolen": b"x"})


def with_an_absolute_path(saved):
    return rewritten(saved, change={"/tmp/ventanilla-stolen": b"x"})  # noqa: S108 (never written)


def with_a_link(saved):
    link = tarfile.TarInfo("media/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return rewritten(saved, extra=link)


def that_is_not_there(saved):
    return saved.with_name("gone.tar.gz")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut, "damaged or was cut short"),
        (without_list, "cut short"),
        (with_another_byte, "its contents differ from its list"),
        (of_somebody_else, "not written by 'ventanilla backup'"),
        (not_an_archive, "not written by 'ventanilla backup'"),
        (of_a_newer_format, "install that version first"),
        (of_a_newer_version, r"newer Ventanilla \(9.0\)"),
        (of_an_older_version, r"older Ventanilla \(0.0.1\)"),
        (with_a_path_that_climbs_out, "not written by 'ventanilla backup'"),
        (with_an_absolute_path, "not written by 'ventanilla backup'"),
        (with_a_link, "not written by 'ventanilla backup'"),
        (that_is_not_there, "is not there"),
    ],
)
def test_a_bad_archive_is_refused_and_changes_nothing(saved, settings, spoil, words):
    file = spoil(saved)
    before = everything()
    with pytest.raises(ArchiveRefused, match=words):
        restore(file, replace=True, progress=no_progress)
    assert everything() == before
    assert {path.name for path in settings.DATA_DIR.iterdir()} == {"media", archive.LAST_BACKUP}
    assert not (settings.DATA_DIR.parent / "stolen").exists()


def with_a_broken_reference(rows):
    first = json.loads(rows[0]) | {"country_id": "xx"}
    return [json.dumps(first), *rows[1:]]


def with_a_row_missing(rows):
    return rows[1:]


def with_an_unknown_column(rows):
    return [json.dumps(json.loads(rows[0]) | {"surprise": 1}), *rows[1:]]


def with_nonsense(rows):
    return ["not json", *rows[1:]]


@pytest.mark.parametrize(
    "spoil", [with_a_broken_reference, with_a_row_missing, with_an_unknown_column, with_nonsense]
)
def test_a_restore_that_fails_half_way_changes_nothing(saved, settings, spoil):
    before = everything()
    rows = spoil(before["verification.fact"])
    file = rewritten(saved, change={"database/verification.fact.jsonl": "\n".join(rows).encode()})
    (settings.MEDIA_ROOT / "later.txt").write_text("came after the backup")
    with pytest.raises(ArchiveRefused, match="everything is as it was"):
        restore(file, replace=True, progress=no_progress)
    assert everything() == before
    assert (settings.MEDIA_ROOT / "later.txt").exists()
    assert (settings.MEDIA_ROOT / "documents" / "carné.pdf").exists()
