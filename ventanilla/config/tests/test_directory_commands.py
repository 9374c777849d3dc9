"""The commands that export the directory and take one over, as an operator runs them."""

import pytest

from ventanilla.config.command import main
from ventanilla.directory.models import Service
from ventanilla.verification.models import Fact

pytestmark = pytest.mark.usefixtures("site")
PARTNER = ["--partner", "Otra red", "--source-url", "https://otra.example/hsds"]


@pytest.mark.parametrize("ending", ["json", "zip"])
def test_what_is_exported_can_be_taken_over(tmp_path, capsys, ending):
    file = tmp_path / f"directory.{ending}"
    assert main(["export-directory", str(file), "--country", "bz", "--lang", "en"]) == 0
    assert "services of" in capsys.readouterr().out
    assert main(["import-directory", str(file), "--check", *PARTNER]) == 0
    assert "no problem found" in capsys.readouterr().out
    before = Service.objects.count()
    Fact.objects.filter(ref="bz-benque").delete()
    assert main(["import-directory", str(file), *PARTNER]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 added, 0 updated")
    assert "left alone: bz-unhcr: it is not from this partner" in said
    assert Service.objects.count() == before


def test_problems_are_told_by_the_line_and_nothing_is_written(tmp_path, capsys):
    file = tmp_path / "bad.json"
    file.write_text('{"services": [\n{"id": "x", "name": "Casa", "status": "open"}]}')
    assert main(["import-directory", str(file), *PARTNER]) == 1
    told = capsys.readouterr().err
    assert "bad.json:2: service.id: 'x' is not a UUID" in told
    assert "Nothing was imported: 2 problem(s)" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export-directory", "directory.xlsx"], "has to end in .json or .zip"),
        (["export-directory", "/nowhere/directory.json"], "No such file or directory"),
        (["import-directory", "/nowhere/directory.json", *PARTNER], "No such file or directory"),
        (["import-directory", "d.json", "--partner", "x", "--source-url", "x"], "has to be a web address"),
    ],
)
def test_a_mistake_of_the_operator_is_told_in_a_sentence(capsys, arguments, words):
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
