"""Reading and importing country packs: errors name the line, nothing half-done, people's edits stay."""

import zipfile
from pathlib import Path

import pytest

from ventanilla.hubs.models import Country
from ventanilla.library.models import ProcedurePage
from ventanilla.verification.models import Fact, Wording
from ventanilla.verification.packs.importing import import_country
from ventanilla.verification.packs.reading import PackRefused, read_packs, read_seen

FACTS = """country: XA
name: {local: Xanadu}
currency: XAD
items:
- id: xa-asylum
  kind: procedure
  name: {es: Refugio}
  sources: [https://example.org/asylum]
  seen: '2024-05-01'
  confidence: high
- id: xa-line
  kind: hotline
  name: {es: Línea}
  sources: [https://example.org/line]
  seen: null
  confidence: medium
- id: xa-nobody
  kind: hotline
  name: {es: Nadie lo dijo}
  sources: []
  seen: null
  confidence: none
"""
TEXTS = """xa-asylum:
  title: Pedir refugio
  summary: Es gratis.
  requirements: [Cuatro fotos]
xa-line:
  title: Línea de ayuda
  summary: Llame al 123.
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    write(tmp_path, "facts/xa.yaml", FACTS)
    write(tmp_path, "content/xa.es.yaml", TEXTS)
    return tmp_path


def write(root: Path, name: str, text: str | bytes) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def problems(root: Path) -> list[str]:
    with pytest.raises(PackRefused) as refusal:
        read_packs(root)
    return [str(problem) for problem in refusal.value.problems]


def test_a_sound_pack_is_read_with_its_texts(pack: Path):
    (country,) = read_packs(pack)
    assert country.items["xa-asylum"].texts["es"]["requirements"] == ["Cuatro fotos"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sources: [https://example.org/asylum]", "sources: []", "facts/xa.yaml:8: a source is missing"),
        (
            "sources: [https://example.org/asylum]",
            "sources: [ask around]",
            "facts/xa.yaml:8: sources has to be",
        ),
        ("id: xa-line", "id: xa-asylum", "facts/xa.yaml:11: the id 'xa-asylum' appears twice"),
        ("id: xa-line", "id: cr-line", "facts/xa.yaml:11: id 'cr-line'"),
        ("kind: hotline", "kind: oracle", "facts/xa.yaml:12: unknown kind 'oracle'"),
        ("confidence: high", "confidence: sure", "facts/xa.yaml:10: confidence has to be one of"),
        ("  seen: '2024-05-01'", "  lat: 95.0\n  lon: 3", "facts/xa.yaml:9: lat and lon"),
        ("country: XA", "country: XB", "facts/xa.yaml:1: country does not match"),
        ("- id: xa-line", "- &again {id: x}\n- *again\n- id: xa-line", "aliases (*name) are not allowed"),
        ("name: {local: Xanadu}", "name: {local: Xanadu", "facts/xa.yaml:3:"),
        ("currency: XAD", "currency: XAD\ncurrency: XAE", "facts/xa.yaml:4: 'currency' appears twice"),
    ],
)
def test_a_fault_in_the_facts_is_named_by_its_line(pack: Path, old: str, new: str, expected: str):
    write(pack, "facts/xa.yaml", FACTS.replace(old, new, 1))
    assert any(expected in problem for problem in problems(pack))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xa-asylum:\n  title: A\n", "content/xa.es.yaml:2: summary is missing"),
        ("xa-other:\n  title: A\n  summary: B\n", "content/xa.es.yaml:1: 'xa-other' is not an id"),
        (
            "xa-line:\n  title: A\n  summary: B\n  colour: red\n",
            "content/xa.es.yaml:4: unknown field 'colour'",
        ),
        (
            "xa-line:\n  title: A\n  summary: B\n  steps: one\n",
            "content/xa.es.yaml:4: steps has to be a list",
        ),
        ("xa-line:\n  title: A\n  summary: " + "B" * 30_000, "content/xa.es.yaml:3: a text is longer than"),
        ("- a\n- b\n", "content/xa.es.yaml:1: the file has to be a mapping"),
        (b"xa-line:\n  title: \xff\xfe\n", "content/xa.es.yaml:2: this is not UTF-8"),
        ("a: " * 40, "content/xa.es.yaml:1:"),
        ("[" * 40 + "]" * 40, "nested too deep"),
        ("xa-line: {title: " + "x" * 10_000_000 + "}", "the file is larger than"),
    ],
)
def test_a_fault_in_the_texts_is_named_by_its_line(pack: Path, text: str | bytes, expected: str):
    write(pack, "content/xa.es.yaml", text)
    assert any(expected in problem for problem in problems(pack))


STRUCTURE = """country: xa
timezone: America/Costa_Rica
emergency: [xa-line]
items:
  xa-line:
    topics: [services]
    phones: [{number: "123", kind: voice}]
    hours: [{days: [mo, tu], opens: "08:00", closes: "16:00"}]
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("topics: [services]", "topics: [weather]", "structure/xa.yaml:6: unknown topics: weather"),
        ("topics: [services]", "colour: red", "structure/xa.yaml:6: unknown field 'colour'"),
        ('number: "123"', "number: 123", "structure/xa.yaml:7: each phone needs a number"),
        ('opens: "08:00"', "opens: 10:00", "structure/xa.yaml:8: opens and closes are times"),
        ('opens: "08:00"', 'opens: "18:00"', "structure/xa.yaml:8: it has to close after it opens"),
        ("days: [mo, tu]", "days: [monday]", "structure/xa.yaml:8: hours is always, or a list"),
        ("America/Costa_Rica", "America/Xanadu", "structure/xa.yaml:2: this time zone is not known"),
        ("emergency: [xa-line]", "emergency: [xa-gone]", "structure/xa.yaml:3: 'xa-gone' is not an id"),
        ("  xa-line:\n", "  xa-gone:\n", "structure/xa.yaml:5: 'xa-gone' is not an id of facts"),
        ("items:\n", "items: [a]\nmore:\n", "structure/xa.yaml:4: items has to be a mapping"),
        ("topics: [services]", "verdict: maybe", "structure/xa.yaml:6: verdict is one of"),
        ("topics: [services]", "hub: {state: asleep}", "structure/xa.yaml:6: the state of a hub is one of"),
        ("topics: [services]", "service: {status: gone}", "structure/xa.yaml:6: the status of a service"),
    ],
)
def test_a_fault_in_the_structure_is_named_by_its_line(pack: Path, old: str, new: str, expected: str):
    write(pack, "structure/xa.yaml", STRUCTURE.replace(old, new, 1))
    assert any(expected in problem for problem in problems(pack)), problems(pack)


def test_alerts_do_not_come_in_packs(pack: Path):
    write(pack, "facts/xa.yaml", FACTS.replace("kind: hotline", "kind: alert", 1))
    assert "alerts are written in the console" in problems(pack)[0]


def test_a_wrong_language_code_is_refused(pack: Path):
    write(pack, "content/xa.xx.yaml", TEXTS)
    assert problems(pack) == ["content/xa.xx.yaml: 'xx' is not a language code that is known here"]


def test_a_folder_without_packs_says_so(tmp_path: Path):
    assert "there is no facts/<country>.yaml in it" in problems(tmp_path)[0]


def test_a_zip_is_read_like_its_folder(pack: Path, tmp_path: Path):
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("pack/facts/xa.yaml", FACTS)
        zipped.writestr("pack/content/xa.es.yaml", TEXTS)
    assert read_packs(archive)[0].items["xa-line"].texts["es"]["title"] == "Línea de ayuda"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("facts/xa.yaml", b"0" * 50_000_000)
    assert "the archive is too large" in problems(archive)[0]


def test_something_else_called_zip_is_refused(tmp_path: Path):
    write(tmp_path, "pack.zip", "not a zip")
    assert "not a zip file" in problems(tmp_path / "pack.zip")[0]


@pytest.mark.parametrize(
    ("words", "day", "precision"),
    [
        ("2018-06-21", "2018-06-21", "day"),
        ("2021-08 (approx.)", "2021-08-31", "month"),
        ("2023/2024", "2024-12-31", "year"),
        ("undated (about 2015)", "2015-12-31", "year"),
        ("undated", "None", "year"),
        ("2024-13-45", "2024-12-31", "year"),
    ],
)
def test_half_known_dates_count_as_their_last_day(words: str, day: str, precision: str):
    assert (str(read_seen(words)[0]), read_seen(words)[1]) == (day, precision)


@pytest.mark.django_db
class TestImport:
    def test_loads_facts_pages_and_wordings(self, pack: Path):
        report = import_country(read_packs(pack)[0])
        assert sorted(report.added) == ["xa-asylum", "xa-line", "xa-nobody"]
        assert ProcedurePage.objects.get(fact__ref="xa-asylum").title == "Pedir refugio"
        assert Wording.objects.get(fact__ref="xa-line").summary == "Llame al 123."

    def test_twice_changes_nothing(self, pack: Path):
        import_country(read_packs(pack)[0])
        report = import_country(read_packs(pack)[0])
        assert (report.added, report.updated, len(report.unchanged)) == ([], [], 3)

    def test_updates_only_what_changed(self, pack: Path):
        import_country(read_packs(pack)[0])
        write(pack, "content/xa.es.yaml", TEXTS.replace("Llame al 123", "Llame al 456"))
        report = import_country(read_packs(pack)[0])
        assert report.updated == ["xa-line"]
        assert Wording.objects.get(fact__ref="xa-line").summary == "Llame al 456."

    def test_never_overwrites_what_people_edited(self, pack: Path):
        import_country(read_packs(pack)[0])
        Fact.objects.filter(ref="xa-line").update(edited_by_people=True)
        Wording.objects.filter(fact__ref="xa-line").update(summary="Lo que escribió Elena.")
        write(pack, "content/xa.es.yaml", TEXTS.replace("Llame al 123", "Llame al 456"))
        report = import_country(read_packs(pack)[0])
        assert report.conflicts == ["xa-line"]
        assert Wording.objects.get(fact__ref="xa-line").summary == "Lo que escribió Elena."

    def test_the_head_of_a_country_follows_the_pack_except_where_people_changed_it(self, pack: Path):
        write(pack, "structure/xa.yaml", STRUCTURE)
        import_country(read_packs(pack)[0])
        Country.objects.filter(code="xa").update(currency="XXX")
        write(pack, "structure/xa.yaml", STRUCTURE.replace("Costa_Rica", "Panama") + "currency: XBD\n")
        import_country(read_packs(pack)[0])
        country = Country.objects.get(code="xa")
        assert (country.timezone, country.currency) == ("America/Panama", "XXX")

    def test_a_changed_page_follows_the_pack(self, pack: Path):
        import_country(read_packs(pack)[0])
        write(pack, "content/xa.es.yaml", TEXTS.replace("Es gratis", "No cuesta nada"))
        assert import_country(read_packs(pack)[0]).updated == ["xa-asylum"]
        assert ProcedurePage.objects.get(fact__ref="xa-asylum").summary == "No cuesta nada."

    def test_names_what_left_the_pack_and_keeps_it(self, pack: Path):
        import_country(read_packs(pack)[0])
        write(pack, "facts/xa.yaml", FACTS[: FACTS.index("- id: xa-nobody")])
        assert import_country(read_packs(pack)[0]).gone == ["xa-nobody"]
        assert Fact.objects.filter(ref="xa-nobody").exists()

    def test_is_all_or_nothing(self, pack: Path, monkeypatch: pytest.MonkeyPatch):
        from ventanilla.directory.models import Phone

        def broken(*args: object, **kwargs: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(Phone.objects, "bulk_create", broken)
        with pytest.raises(OSError, match="disk full"):
            import_country(read_packs(pack)[0])
        assert not Country.objects.filter(code="xa").exists()
        assert not Fact.objects.filter(ref="xa-asylum").exists()
