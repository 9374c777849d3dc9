"""HSDS files: what is written reads back the same, and what strangers send is refused by the line."""

import io
import json
import zipfile
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.directory import hsds
from ventanilla.directory.hsds import csv_form, json_form
from ventanilla.directory.hsds.tables import TABLES

from .hsds_standard import faults

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n\r\t"), max_size=40
)
numbers = st.one_of(st.integers(-1000, 1000), st.floats(-180, 180))


def value_of(column):
    if column.choices:
        return st.sampled_from(column.choices)
    special = {
        "number": numbers,
        "boolean": st.booleans(),
        "date": st.dates().map(str),
        "email": st.just("a@b.example"),
        "uri": st.just("https://a.example/?q=1&r=ñ"),
        "date-time": st.datetimes().map(lambda moment: moment.isoformat()),
    }
    known = special.get(column.format or column.type)
    # Blanks at either end are not kept, and a required text needs something that is.
    return known if known is not None else texts.map(lambda text: f"x{text}"[: column.limit])


def identifier(number: int) -> str:
    return str(UUID(int=number))


@st.composite
def datasets(draw):
    """Directories of a few organisations, services and places with all that hangs on them."""
    counts = {name: draw(st.integers(1, 3)) for name in TABLES}
    ids = {
        name: [identifier(1000 * place + n) for n in range(counts[name])] for place, name in enumerate(TABLES)
    }
    rows = []
    for name, table in TABLES.items():
        for own in ids[name]:
            row = {"id": own}
            # Of several owners the first in the tree would decide the order: ours have one.
            owners = [column.name for column in table.columns.values() if column.references]
            owner = draw(st.sampled_from(owners)) if owners else ""
            for column in table.columns.values():
                if column.references:
                    if column.required or column.name == owner:
                        row[column.name] = draw(st.sampled_from(ids[column.references]))
                elif column.name != "id" and (column.required or draw(st.booleans())):
                    row[column.name] = draw(value_of(column))
            if name == "attribute":
                row["link_entity"] = "service"
            rows.append((name, row))
    return hsds.of_rows(rows)


def contents(dataset: hsds.Dataset) -> dict:
    return {
        name: sorted(map(str, map(sorted, map(dict.items, rows)))) for name, rows in dataset.tables.items()
    }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(datasets())
def test_every_form_reads_back_the_same(dataset):
    as_json, as_csv = hsds.export_json(dataset), hsds.export_csv(dataset)
    from_json, from_csv = hsds.read_json(as_json), hsds.read_csv(as_csv)
    assert contents(from_json) == contents(dataset)
    assert from_csv == dataset
    assert hsds.export_json(from_json) == hsds.export_json(from_csv) == as_json
    assert hsds.export_csv(from_csv) == as_csv
    assert not from_json.ignored
    assert not from_csv.ignored


ORGANIZATION = {"id": identifier(1), "name": "Casa", "description": "Una casa"}
SERVICE = {"id": identifier(2), "name": "Techo", "status": "active", "organization": ORGANIZATION}


def document(*records: object) -> bytes:
    return json.dumps({"contents": list(records)}, indent=1, ensure_ascii=False).encode()


def problems_of(data: bytes, read=hsds.read_json) -> list[str]:
    with pytest.raises(hsds.HsdsRefused) as refusal:
        read(data, file="f")
    return [str(problem) for problem in refusal.value.problems]


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"export/{name}.csv", text)
    return buffer.getvalue()


def test_a_page_of_another_api_is_read():
    dataset = hsds.read_json(document({**SERVICE, "contacts": [{"name": "Ana"}], "wait_time": "long"}))
    assert dataset.rows("service")[0]["organization_id"] == ORGANIZATION["id"]
    assert dataset.rows("organization")[0]["name"] == "Casa"
    assert dataset.ignored == {"service.contacts": 1, "service.wait_time": 1}
    assert b"Ana" not in hsds.export_json(dataset)


def test_an_organisation_told_in_passing_and_then_in_full_is_one():
    brief = {**SERVICE, "organization": {"id": identifier(1)}}
    other = {**SERVICE, "id": identifier(3)}
    dataset = hsds.read_json(document(brief, other))
    assert len(dataset.rows("organization")) == 1
    assert dataset.rows("organization")[0]["name"] == "Casa"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "open"}, "service.status: 'open' is not one of active, inactive"),
        ({"id": "7"}, "service.id: '7' is not a UUID"),
        ({"name": ""}, "service.name is missing"),
        ({"name": 7}, "service.name: '7' has to be a text"),
        ({"name": "n" * 300}, "service.name: longer than 255 characters"),
        ({"description": "x" * 10_000_000}, "service.description: longer than 20,000 characters"),
        ({"name": "a\x00b"}, "service.name: holds a control character"),
        ({"url": "javascript:alert(1)"}, "service.url: 'javascript:alert(1)' is not a web address"),
        ({"email": "nobody"}, "service.email: 'nobody' is not an e-mail address"),
        ({"minimum_age": "NaN"}, "service.minimum_age: 'NaN' is not a number"),
        ({"assured_date": "yesterday"}, "service.assured_date: 'yesterday' is not a date"),
        ({"phones": {"number": "1"}}, "phones has to be a list"),
        ({"phones": [7]}, "a phone has to be an object"),
        ({"organization": None, "organization_id": identifier(9)}, "there is no organization"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(change, expected):
    (problem,) = problems_of(document(SERVICE, {**SERVICE, "id": identifier(5), **change}))
    line = int(problem.split(":")[1])
    # The second record begins after the nine lines of the first.
    assert line >= 13
    assert expected in problem


def test_the_line_is_that_of_the_object():
    text = document(
        SERVICE, {**SERVICE, "id": identifier(4), "phones": [{"id": "bad", "number": "1"}]}
    ).decode()
    (problem,) = problems_of(text.encode())
    line = next(number for number, words in enumerate(text.split("\n"), 1) if '"bad"' in words)
    assert problem == f"f:{line - 1}: phone.id: 'bad' is not a UUID"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "f:1: this is not JSON"),
        (b'{"contents": [\n{"id": }]}', "f:2: this is not JSON"),
        (b"\xff\xfe", "f:1: this is not UTF-8 text"),
        (b"7", "f:1: there is no list"),
        (b'{"contents": 7}', "f:1: there is no list"),
        (b"[7]", "f:1: a organization has to be an object"),
        (b"[" * 100_000, "f: nested too deep"),
        (b"[" + b"1" * 10_000 + b"]", "f: holds a number that is too long"),
    ],
)
def test_what_is_no_directory_is_refused(data, expected):
    assert problems_of(data)[0].startswith(expected)


def test_objects_that_nest_without_end_are_refused():
    nested = ORGANIZATION
    for number in range(10, 60):
        nested = {**ORGANIZATION, "services": [{**SERVICE, "id": identifier(number), "organization": nested}]}
    assert any("nested too deep" in problem for problem in problems_of(json.dumps([nested]).encode()))


def test_problems_stop_at_two_hundred():
    many = [{**SERVICE, "id": "x"} for _ in range(1_000)]
    assert len(problems_of(document(*many))) == 200


def test_rows_of_tables_are_named_with_file_and_line():
    organizations = f'id,name,description\n{identifier(1)},"Casa\nde todos",x\n{identifier(2)},,x\n'
    services = f"id,organization_id,name,status\n{identifier(3)},{identifier(8)},Techo,active\nzz,,,\n"
    assert problems_of(zipped(organizations=organizations, services=services), hsds.read_csv) == [
        "services.csv:3: service.id: 'zz' is not a UUID",
        "organizations.csv:4: organization.name is missing",
        f"services.csv:2: service.organization_id: there is no organization {identifier(8)}",
    ]


def test_a_row_that_comes_twice_or_is_too_long_is_refused():
    rows = f"id,name\n{identifier(1)},a\n{identifier(1)},b\n{identifier(2)},c,d\n"
    assert problems_of(zipped(organizations=rows), hsds.read_csv) == [
        f"organizations.csv:3: the id {identifier(1)} appears twice",
        "organizations.csv:4: more cells than columns",
    ]


def test_tables_that_we_do_not_keep_are_counted():
    rows = f"id,name,description\n{identifier(1)},a,b\n"
    dataset = hsds.read_csv(zipped(organization=rows, contacts="id,name\n1,Ana\n2,Luis\n"))
    assert dataset.ignored == {"contacts": 2}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_zip_is_refused(data):
    assert problems_of(data, hsds.read_csv) == ["f: this is not a zip file that can be read"]


def test_a_zip_without_tables_is_refused():
    assert problems_of(zipped(notes="a"), hsds.read_csv) == ["f: there is none of the tables of HSDS in it"]


def test_a_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(csv_form, "MAX_UNZIPPED", 100_000)
    bomb = zipped(organizations="id\n" + "0" * 200_000)
    assert len(bomb) < 2_000
    assert problems_of(bomb, hsds.read_csv) == ["f: unpacks to more than 100,000 bytes"]


def test_a_zip_of_too_many_files_is_refused():
    many = {f"f{number}": "" for number in range(csv_form.MAX_FILES + 1)}
    assert problems_of(zipped(**many), hsds.read_csv) == ["f: holds more than 60 files"]


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(json_form, "MAX_BYTES", 10)
    assert problems_of(document(SERVICE)) == ["f: the file is larger than 10 bytes"]


def test_the_zip_describes_itself_as_a_tabular_data_package():
    dataset = hsds.read_json(document(SERVICE))
    with zipfile.ZipFile(io.BytesIO(hsds.export_csv(dataset))) as archive:
        descriptor = json.loads(archive.read("datapackage.json"))
        assert descriptor["profile"] == "tabular-data-package"
        assert sorted(archive.namelist()) == ["datapackage.json", "organizations.csv", "services.csv"]
        for resource in descriptor["resources"]:
            header = archive.read(resource["path"]).decode().splitlines()[0].split(",")
            assert header == [field["name"] for field in resource["schema"]["fields"]]


def test_what_is_written_keeps_to_the_standard():
    address = {"id": identifier(20), "address_1": "Calle 1", "address_type": "physical", "country": "CR"}
    location = {"id": identifier(21), "location_type": "physical", "latitude": 9.5, "addresses": [address]}
    at_location = {"id": identifier(22), "location": location}
    dataset = hsds.read_json(document({**SERVICE, "service_at_locations": [at_location]}))
    (organization,) = json.loads(hsds.export_json(dataset))["organizations"]
    assert faults("organization", organization) == []
    written = organization["services"][0]["service_at_locations"][0]["location"]["addresses"][0]
    # The standard demands these; a place without them has them empty.
    assert (written["city"], written["postal_code"]) == ("", "")


def test_the_standard_written_by_hand_does_find_faults():
    assert faults("organization", {"id": "7", "name": "x", "nome": "y"}) != []
