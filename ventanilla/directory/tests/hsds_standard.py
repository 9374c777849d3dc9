"""HSDS 3.1 written down by hand from its schema reference, to hold our output against.

The columns of each object: `!` for required ones, `[x]` for a list of objects and `{x}` for one. Whatever is
not written here must carry our prefix.
"""

import re

from jsonschema_rs import Draft202012Validator

_STANDARD = """
organization:
  id! name! alternate_name description! email website additional_websites tax_status tax_id
  year_incorporated legal_status logo uri parent_organization_id funding contacts phones[phone]
  locations[location] services[service] programs organization_identifiers attributes[attribute]
  metadata
service:
  id! organization_id program_id name! alternate_name description url additional_urls email status!
  interpretation_services application_process fees_description wait_time fees accreditations
  eligibility_description minimum_age maximum_age assured_date assurer_email licenses alert
  last_modified phones[phone] schedules[schedule] service_areas
  service_at_locations[service_at_location] languages[language] organization{organization} funding
  cost_options[cost_option] program required_documents[required_document] contacts capacities
  attributes[attribute] metadata
service_at_location:
  id! service_id location_id description service_areas contacts phones[phone] schedules[schedule]
  location{location} service{service} attributes metadata
location:
  id! location_type! url organization_id name alternate_name description transportation latitude
  longitude external_identifier external_identifier_type languages addresses[address] contacts
  accessibility[accessibility] phones[phone] schedules[schedule] attributes metadata
phone:
  id! location_id service_id organization_id contact_id service_at_location_id number! extension
  type description languages attributes metadata
address:
  id! location_id attention address_1! address_2 city! region state_province! postal_code! country!
  address_type! attributes metadata
schedule:
  id! service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count
  wkst freq interval byday byweekno bymonthday byyearday description opens_at closes_at
  schedule_link attending_type notes attributes metadata
required_document:
  id! service_id document uri attributes metadata
language:
  id! service_id location_id phone_id name code note attributes metadata
accessibility:
  id! location_id description details url attributes metadata
cost_option:
  id! service_id valid_from valid_to option currency amount amount_description attributes metadata
attribute:
  id! link_id taxonomy_term_id link_type link_entity value taxonomy_term{taxonomy_term} label
  metadata
taxonomy_term:
  id! code name! description! parent_id taxonomy taxonomy_detail{taxonomy} language taxonomy_id
  term_uri metadata
taxonomy:
  id! name! description! uri version metadata
"""
OBJECTS = dict(re.findall(r"^(\w+):\n((?:  .*\n)+)", _STANDARD, re.MULTILINE))
NUMBERS = {"latitude", "longitude", "minimum_age", "maximum_age", "extension", "amount", "timezone", "count"}
FORMATS = {"email": "email", "assurer_email": "email", "assured_date": "date", "last_modified": "date-time"}
PATTERNS = {
    "opens_at": r"^([01]\d|2[0-3]):[0-5]\d(Z|[+-]\d\d:\d\d)$",
    "closes_at": r"^([01]\d|2[0-3]):[0-5]\d(Z|[+-]\d\d:\d\d)$",
    "byday": r"^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$",
    "url": r"^https?://",
    "website": r"^https?://",
    "country": r"^[A-Z]{2}$",
    "currency": r"^[A-Za-z]{3}$",
}
CHOICES = {
    ("service", "status"): ["active", "inactive", "defunct", "temporarily closed"],
    ("location", "location_type"): ["physical", "postal", "virtual"],
    ("address", "address_type"): ["physical", "postal", "virtual"],
    ("schedule", "freq"): ["WEEKLY", "MONTHLY"],
}
UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_COLUMN = re.compile(r"(\w+)(!?)(?:\[(\w+)\]|\{(\w+)\})?$")


def _property(table: str, name: str, many: str | None, one: str | None) -> dict:
    if many:
        return {"type": "array", "items": {"$ref": f"#/$defs/{many}"}}
    if one:
        return {"$ref": f"#/$defs/{one}"}
    if name == "id" or name.endswith("_id"):
        return {"type": "string", "pattern": UUID}
    if choices := CHOICES.get((table, name)):
        return {"enum": choices}
    if name in NUMBERS:
        return {"type": "number"}
    schema = {"type": "string", "minLength": 0}
    if name in FORMATS:
        schema["format"] = FORMATS[name]
    if name in PATTERNS and not (table == "address" and name != "country"):
        schema["pattern"] = PATTERNS[name]
    return schema


def _object(table: str, line: str) -> dict:
    columns = [match for word in line.split() if (match := _COLUMN.match(word))]
    return {
        "type": "object",
        "properties": {
            name: _property(table, name, many, one) for name, _, many, one in (m.groups() for m in columns)
        },
        "required": [m[1] for m in columns if m[2]],
        "patternProperties": {"^ventanilla_": {"type": ["string", "boolean"]}},
        "additionalProperties": False,
    }


DEFINITIONS = {table: _object(table, line) for table, line in OBJECTS.items()}


def faults(table: str, value: object) -> list[str]:
    """What the standard has against this object; empty where it conforms."""
    schema = {"$ref": f"#/$defs/{table}", "$defs": DEFINITIONS}
    errors = Draft202012Validator(schema, validate_formats=True).iter_errors(value)
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message}"[:300] for error in errors]
