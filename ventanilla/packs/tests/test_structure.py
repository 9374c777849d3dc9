"""Checks on the structured companion of the starter packs, ``packs/structure/<cc>.yaml``."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

PACKS = Path(__file__).resolve().parents[1]
COUNTRIES = ["bz", "cr", "do", "gt", "hn", "ht", "jm", "mx", "ni", "pa", "sv"]

TOPICS = {"procedures", "services", "risks", "options", "work", "living", "return"}
NEEDS = {
    "emergency", "violence", "trafficking", "children", "missing", "asylum", "legal", "labour", "consular",
    "health", "shelter", "food", "return", "information", "discrimination", "smuggling", "documents", "money",
}  # fmt: skip
DAYS = {"mo", "tu", "we", "th", "fr", "sa", "su"}
HUB_KINDS = {"counter", "transactional", "mobile", "remote-only"}
HUB_STATES = {"planned", "open", "suspended", "closed"}
HUB_CHANNELS = {"counter", "phone", "whatsapp", "web", "kiosk"}
PHONE_KINDS = {"voice", "whatsapp", "sms", "fax"}
LANGUAGES = {"es", "en", "fr", "ht"}
ITEM_KEYS = {
    "topics", "concept", "needs", "phones", "hours", "hub", "confidential", "area",
    "service", "verdict", "output", "legal_basis",
}  # fmt: skip
STATUSES_NOT_OPERATING = {"inactive", "defunct", "temporarily closed"}
VERDICTS = {"false", "misleading", "unconfirmed", "true"}

# A country has several of these, and every one of them is a fair answer to "the same elsewhere".
CONCEPTS_FOUND_SEVERAL_TIMES = {
    "information-hub", "legal-aid", "migrant-shelter", "migration-detention", "refugee-support-centre",
    "returned-children-centre", "returnee-centre", "returnee-office", "transit-reception",
}  # fmt: skip
# The facts of these countries hold nothing we could publish under the topic.
TOPIC_GAPS = {("bz", "return")}


@functools.cache
def load(folder: str, name: str) -> Any:
    return yaml.safe_load((PACKS / folder / f"{name}.yaml").read_text(encoding="utf-8"))


def facts(country: str) -> dict[str, dict[str, Any]]:
    return {fact["id"]: fact for fact in load("facts", country)["items"]}


def items(country: str) -> dict[str, dict[str, Any]]:
    listed: dict[str, dict[str, Any]] = load("structure", country)["items"]
    return listed


def is_public(country: str, item_id: str) -> bool:
    return bool(facts(country)[item_id]["confidence"] != "none")


def every_item() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for country in COUNTRIES:
        for item_id, item in items(country).items():
            yield country, item_id, item


def all_phones() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((item_id, phone) for _, item_id, item in every_item() for phone in item.get("phones", []))


def all_spans() -> Iterator[tuple[str, dict[str, Any]]]:
    for _, item_id, item in every_item():
        hours = item.get("hours", [])
        if hours != "always":
            yield from ((item_id, span) for span in hours)


def all_hubs() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((item_id, item["hub"]) for _, item_id, item in every_item() if "hub" in item)


def assert_in_both_languages(text: Any, where: str) -> None:
    assert set(text) == {"es", "en"}, where
    assert all(isinstance(value, str) and value.strip() for value in text.values()), where


@functools.cache
def languages_with_texts(country: str, item_id: str) -> set[str]:
    """The languages in which people can read about the item."""
    languages: list[str] = load("structure", country)["languages"]
    return {language for language in languages if item_id in load("content", f"{country}.{language}")}


def assert_in_the_languages_of_the_item(text: Any, country: str, item_id: str) -> None:
    assert isinstance(text, dict), item_id
    assert set(text) == languages_with_texts(country, item_id), item_id
    assert all(isinstance(value, str) and value == value.strip() != "" for value in text.values()), item_id


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def stated_numbers(fact: dict[str, Any]) -> str:
    """The digits of every field of a fact in which a number to call may be stated."""
    fields = (fact.get(name) for name in ("number", "phone", "contact", "note", "role"))
    return " ".join(digits(str(field)) for field in fields if field)


def test_there_is_one_file_for_each_country() -> None:
    stems = {path.stem for path in (PACKS / "structure").glob("*.yaml")}
    assert stems == {*COUNTRIES, "concepts"}
    assert {path.stem for path in (PACKS / "facts").glob("*.yaml")} == set(COUNTRIES)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_fact_has_its_structure_and_only_facts_do(country: str) -> None:
    assert set(items(country)) == set(facts(country))


@pytest.mark.parametrize("country", COUNTRIES)
def test_country_header(country: str) -> None:
    header = load("structure", country)
    assert header["country"] == country
    assert header["currency"] == load("facts", country)["currency"][:3]
    assert set(header["languages"]) <= LANGUAGES
    assert {"es", "en"} <= set(header["languages"])
    assert len(header["languages"]) == len(set(header["languages"]))
    assert set(header["name"]) == LANGUAGES
    assert all(header["name"].values())
    assert ZoneInfo(header["timezone"]).key == header["timezone"]


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_language_of_a_country_has_its_texts(country: str) -> None:
    for language in load("structure", country)["languages"]:
        assert (PACKS / "content" / f"{country}.{language}.yaml").is_file(), language


@pytest.mark.parametrize("country", COUNTRIES)
def test_emergency_lines_are_published_hotlines_one_can_dial(country: str) -> None:
    for item_id in load("structure", country)["emergency"]:
        assert facts(country)[item_id]["kind"] == "hotline", item_id
        assert is_public(country, item_id), item_id
        assert "emergency" in items(country)[item_id]["needs"], item_id
        assert items(country)[item_id]["phones"], item_id


def test_items_hold_known_keys_and_topics() -> None:
    for _, item_id, item in every_item():
        assert set(item) <= ITEM_KEYS, item_id
        assert item["topics"], item_id
        assert set(item["topics"]) <= TOPICS, item_id
        assert len(item["topics"]) == len(set(item["topics"])), item_id


def test_needs_are_known_and_belong_to_services_and_hotlines() -> None:
    for country, item_id, item in every_item():
        kind = facts(country)[item_id]["kind"]
        assert ("needs" in item) == (kind in {"hotline", "service"}), item_id
        needs = item.get("needs", [])
        assert set(needs) <= NEEDS, item_id
        assert len(needs) == len(set(needs)), item_id


def test_topics_follow_the_kind_of_the_fact() -> None:
    expected = {"risk": "risks", "rumour": "risks", "fraud_warning": "risks", "job_board": "work"}
    for country, item_id, item in every_item():
        kind = facts(country)[item_id]["kind"]
        if kind in expected:
            assert expected[kind] in item["topics"], item_id
        if kind in {"authority", "hotline", "hub", "service"}:
            assert "services" in item["topics"], item_id


def test_concepts_exist_are_used_and_have_labels() -> None:
    concepts = load("structure", "concepts")
    assert {item["concept"] for _, _, item in every_item() if "concept" in item} == set(concepts)
    for key, label in concepts.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key), key
        assert set(label) == LANGUAGES, key
        assert all(text.strip() for text in label.values()), key


def test_labels_of_concepts_are_told_apart() -> None:
    for language in sorted(LANGUAGES):
        labels = Counter(label[language] for label in load("structure", "concepts").values())
        assert [text for text, times in labels.items() if times > 1] == [], language


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_concept_stands_for_one_item_of_a_country(country: str) -> None:
    times = Counter(item["concept"] for item in items(country).values() if "concept" in item)
    repeated = {concept for concept, number in times.items() if number > 1}
    assert repeated <= CONCEPTS_FOUND_SEVERAL_TIMES


def test_phones_are_well_formed() -> None:
    for item_id, phone in all_phones():
        assert set(phone) <= {"number", "kind", "e164", "note"}, item_id
        assert phone["kind"] in PHONE_KINDS, item_id
        assert isinstance(phone["number"], str), item_id
        assert digits(phone["number"]), item_id
        if "note" in phone:
            assert_in_both_languages(phone["note"], item_id)


def test_international_numbers_are_the_dialled_number_with_its_country_code() -> None:
    for item_id, phone in all_phones():
        if "e164" in phone:
            assert re.fullmatch(r"\+[1-9]\d{7,14}", phone["e164"]), item_id
            local = digits(phone["number"]).removeprefix("001")
            assert phone["e164"].endswith(local), item_id


def test_phones_are_stated_in_the_facts() -> None:
    for country, item_id, item in every_item():
        stated = stated_numbers(facts(country)[item_id])
        for phone in item.get("phones", []):
            assert digits(phone["number"])[-7:] in stated, (item_id, phone["number"])


def test_hours_are_valid() -> None:
    for item_id, span in all_spans():
        assert set(span) == {"days", "opens", "closes"}, item_id
        assert span["days"], item_id
        assert set(span["days"]) <= DAYS, item_id
        assert all(re.fullmatch(r"\d\d:\d\d", span[edge]) for edge in ("opens", "closes")), item_id
        assert time.fromisoformat(span["opens"]) < time.fromisoformat(span["closes"]), item_id


def test_hours_are_stated_in_the_facts() -> None:
    for country, item_id, item in every_item():
        if "hours" in item:
            fact = facts(country)[item_id]
            text = " ".join(str(fact.get(name, "")) for name in ("hours", "phone", "note", "number"))
            assert re.search(r"\d\d:\d\d|24|day or night", text), item_id


def test_published_hubs_have_their_block() -> None:
    for country, item_id, item in every_item():
        is_hub = facts(country)[item_id]["kind"] == "hub"
        assert is_hub or "hub" not in item, item_id
        assert not is_hub or "hub" in item or not is_public(country, item_id), item_id


def test_hubs_are_well_formed() -> None:
    for item_id, hub in all_hubs():
        assert set(hub) <= {"kind", "state", "channels", "languages", "notice"}, item_id
        assert hub["kind"] in HUB_KINDS, item_id
        assert hub["state"] in HUB_STATES, item_id
        assert hub["channels"], item_id
        assert set(hub["channels"]) <= HUB_CHANNELS, item_id
        assert hub["languages"], item_id
        assert set(hub["languages"]) <= LANGUAGES, item_id


def test_a_hub_that_is_not_surely_open_says_so() -> None:
    for item_id, hub in all_hubs():
        assert hub["state"] == "open" or "notice" in hub, item_id
        if "notice" in hub:
            assert_in_both_languages(hub["notice"], item_id)


def test_a_hub_of_unknown_state_is_not_shown_as_open() -> None:
    for country in COUNTRIES:
        for item_id, fact in facts(country).items():
            if fact["kind"] == "hub" and "unknown" in str(fact.get("status", "")):
                assert items(country)[item_id]["hub"]["state"] == "suspended", item_id


def test_confidential_places_are_services_with_an_area() -> None:
    for country, item_id, item in every_item():
        assert ("confidential" in item) == ("area" in item), item_id
        if "confidential" in item:
            assert item["confidential"] is True, item_id
            assert facts(country)[item_id]["kind"] == "service", item_id
            assert_in_both_languages(item["area"], item_id)


def test_shelters_for_trafficking_victims_are_confidential() -> None:
    for _, item_id, item in every_item():
        if {"trafficking", "shelter"} <= set(item.get("needs", [])):
            assert item.get("confidential"), item_id


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_topic_has_something_to_show(country: str) -> None:
    public = [item for item_id, item in items(country).items() if is_public(country, item_id)]
    shown = {topic for item in public for topic in item["topics"]}
    assert {(country, topic) for topic in TOPICS - shown} == {gap for gap in TOPIC_GAPS if gap[0] == country}


def test_every_stated_legal_basis_is_worded_and_no_other_is() -> None:
    for country, item_id, item in every_item():
        stated = bool(facts(country)[item_id].get("legal_basis"))
        assert ("legal_basis" in item) == stated, item_id
        if stated:
            assert_in_the_languages_of_the_item(item["legal_basis"], country, item_id)


def numbers(text: object) -> set[str]:
    """The numbers of a text; of a date in figures the year and the day, as texts spell the month."""
    return set(re.findall(r"\d+", re.sub(r"(\d{4})-\d\d-(\d\d)", r"\1 \2", str(text))))


def test_a_legal_basis_cites_the_numbers_of_the_facts_and_no_other() -> None:
    for country, item_id, item in every_item():
        for language, text in item.get("legal_basis", {}).items():
            assert numbers(text) == numbers(facts(country)[item_id]["legal_basis"]), (item_id, language)


def test_what_one_gets_is_told_of_procedures_in_the_languages_of_their_texts() -> None:
    for country, item_id, item in every_item():
        if "output" in item:
            assert facts(country)[item_id]["kind"] == "procedure", item_id
            assert_in_the_languages_of_the_item(item["output"], country, item_id)
            assert max(map(len, item["output"].values())) <= 200, item_id


def test_procedures_whose_facts_name_a_result_tell_what_one_gets() -> None:
    for country, item_id, item in every_item():
        fact = facts(country)[item_id]
        if fact["kind"] == "procedure" and {"result", "terms", "renewal", "benefit"} & set(fact):
            assert "output" in item, item_id


def test_every_rumour_and_only_a_rumour_has_a_verdict() -> None:
    for country, item_id, item in every_item():
        is_rumour = facts(country)[item_id]["kind"] == "rumour"
        assert ("verdict" in item) == is_rumour, item_id
        # YAML reads a bare false as a truth value: the word needs its quotation marks.
        assert not is_rumour or item["verdict"] in VERDICTS, item_id


def test_a_service_that_does_not_operate_says_so_in_the_languages_of_its_texts() -> None:
    for country, item_id, item in every_item():
        if "service" in item:
            assert facts(country)[item_id]["kind"] in {"service", "hotline"}, item_id
            assert set(item["service"]) == {"status", "notice"}, item_id
            assert item["service"]["status"] in STATUSES_NOT_OPERATING, item_id
            assert_in_the_languages_of_the_item(item["service"]["notice"], country, item_id)


def test_services_whose_facts_say_closed_or_planned_are_not_shown_as_operating() -> None:
    for country, item_id, item in every_item():
        fact = facts(country)[item_id]
        status = str(fact.get("status", "")).lower()
        if fact["kind"] == "service" and re.search(r"closed|planned|not opened", status):
            assert "service" in item, item_id
