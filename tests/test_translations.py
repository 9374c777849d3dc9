"""Every word that people read exists in their language, with the same placeholders."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "ventanilla"
PUBLIC = [PACKAGE / "locale" / code / "LC_MESSAGES" / "django.po" for code in ("es", "fr", "ht")]
CONSOLE = PACKAGE / "console" / "locale" / "es" / "LC_MESSAGES" / "django.po"
CATALOGUES = [*PUBLIC, CONSOLE]
# Where the words stand that people outside read; the rest speaks to staff, in Spanish and English.
PUBLIC_SOURCES = (
    *("web/", "api/", "directory/", "labour/", "hubs/models.py", "verification/models.py"),
    *("enquiries/automatic.py", "enquiries/checklists.py", "enquiries/summaries.py"),
    *("enquiries/helped.py", "enquiries/models/helped.py"),
    *("enquiries/models/referrals.py", "enquiries/referral_", "enquiries/templates/"),
    *("enquiries/appointment_notices.py", "enquiries/paper_form.py", "channels/kinds/staffed/"),
    *("enquiries/holder.py", "enquiries/models/cases.py"),
    *("privacy/requests.py", "privacy/retention.py", "privacy/holder.py", "privacy/holders.py"),
    *("privacy/models/requests.py", "privacy/models/consent.py", "privacy/models/retention.py"),
    *("privacy/sealing/files/", "privacy/templates/privacy/own_"),
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def named(path):
    return f"{path.parents[3].name}-{path.parents[1].name}"


def placeholders(text):
    return set(PLACEHOLDER.findall(text))


def forms(entry):
    """Pairs of an original and its translation; the last plural form goes with the plural."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    *_first, last = (text for _number, text in sorted(entry.msgstr_plural.items()))
    return [(entry.msgid_plural, last)]


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_nothing_is_untranslated_or_uncertain(path):
    catalogue = polib.pofile(str(path))
    assert len(catalogue) > 100
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    plurals = [entry for entry in catalogue if entry.msgid_plural]
    assert [entry.msgid for entry in plurals if not all(entry.msgstr_plural.values())] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_placeholders_are_those_of_the_original(path):
    pairs = [pair for entry in polib.pofile(str(path)) for pair in forms(entry)]
    assert [one for one, other in pairs if placeholders(one) != placeholders(other)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_every_plural_has_the_forms_of_its_language(path):
    catalogue = polib.pofile(str(path))
    wanted = int(re.search(r"nplurals=(\d)", catalogue.metadata["Plural-Forms"])[1])
    plurals = [entry for entry in catalogue if entry.msgid_plural]
    assert [entry.msgid for entry in plurals if len(entry.msgstr_plural) != wanted] == []


def test_the_public_catalogues_hold_the_same_words():
    spanish, *others = ({entry.msgid for entry in polib.pofile(str(path))} for path in PUBLIC)
    assert [spanish ^ other for other in others] == [set(), set()]


@pytest.fixture(scope="module")
def in_the_code(tmp_path_factory):
    """Every original in the code, with the files that say it."""
    missing = [tool for tool in ("xgettext", "msguniq", "msgmerge") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"gettext tools are not installed: {', '.join(missing)}")
    copy = tmp_path_factory.mktemp("words") / "ventanilla"
    skipped = shutil.ignore_patterns("packs", "locale", "static", "tests", "migrations", "*.pyc", "*.npz")
    shutil.copytree(PACKAGE, copy, ignore=skipped)
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "es", "--no-wrap"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
    found = polib.pofile(str(copy / "locale" / "es" / "LC_MESSAGES" / "django.po"))
    return {entry.msgid: [file for file, _line in entry.occurrences] for entry in found}


@pytest.mark.parametrize("path", PUBLIC, ids=named)
def test_every_word_for_people_outside_is_in_every_public_catalogue(path, in_the_code):
    known = {entry.msgid for entry in polib.pofile(str(path))}
    public = {word for word, files in in_the_code.items() if any(f.startswith(PUBLIC_SOURCES) for f in files)}
    assert sorted(public - known) == []


def test_every_word_for_staff_is_in_spanish(in_the_code):
    known = {entry.msgid for path in (PUBLIC[0], CONSOLE) for entry in polib.pofile(str(path))}
    assert sorted(set(in_the_code) - known) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_no_catalogue_keeps_a_word_that_is_gone(path, in_the_code):
    kept = {entry.msgid for entry in polib.pofile(str(path)) if not entry.obsolete}
    assert sorted(kept - set(in_the_code)) == []
