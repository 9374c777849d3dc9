"""What the law asks for after an incident: eleven countries as data, and the network's own promise."""

import pytest

from ventanilla.privacy.country_rules import PROMISED_HOURS, RulesRefused, all_rules, read_rule, rule_for

GOOD = """country: xx
verified: false
law: A law
authority:
  name: An office
  hours: 24
people:
  must_be_told: "yes"
  hours: 240
note: ""
sources:
  - url: https://law.example/
    publisher: A publisher
    title: A title
    seen: 2026-01-02
"""


def read(text):
    return read_rule(text.encode(), file="xx.yaml")


def test_every_country_of_the_packs_has_a_rule_with_a_source():
    assert set(all_rules()) == {"bz", "cr", "do", "gt", "hn", "ht", "jm", "mx", "ni", "pa", "sv"}
    assert all(rule.sources for rule in all_rules().values())


def test_nobody_has_confirmed_them_yet():
    assert not any(rule.is_verified for rule in all_rules().values())


def test_the_stricter_of_the_law_and_the_promise_holds():
    rule = read(GOOD)
    assert (rule.hours_to_authority, rule.hours_to_people) == (24, PROMISED_HOURS)


def test_a_country_without_a_rule_gets_the_promise():
    rule = rule_for("zz")
    assert (rule.hours_to_authority, rule.hours_to_people, rule.is_known) == (72, 72, False)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("country: xx", "country: yy", "xx.yaml:1: the country has to be 'xx', as the file is named"),
        ("hours: 24", "hours: soon", "xx.yaml:6: 'hours' has the wrong kind of value"),
        ("hours: 24", "hours: true", "xx.yaml:6: 'hours' has the wrong kind of value"),
        ("hours: 24", "hours: 24\n  fax: 1", "xx.yaml:7: 'fax' does not belong here, or stands here twice"),
        ('"yes"', '"perhaps"', "xx.yaml:8: must_be_told is one of yes, no, unknown"),
        (
            "https://law.example/",
            "law.example",
            "xx.yaml:12: the address of a source starts with https:// or http://",
        ),
        ("2026-01-02", "2026-02-31", "xx.yaml:15: the day a source was seen is written as in 2026-11-26"),
        ("law: A law\n", "", "xx.yaml:1: 'law' is missing"),
        ("law: A law", "law: [", "xx.yaml:5: this is not YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old, new, problem):
    with pytest.raises(RulesRefused) as refused:
        read(GOOD.replace(old, new, 1))
    assert problem in str(refused.value).splitlines()


def test_a_rule_needs_a_source():
    text = GOOD[: GOOD.index("sources:")] + "sources: []\n"
    with pytest.raises(RulesRefused, match="xx.yaml:11: a rule needs a source"):
        read(text)
