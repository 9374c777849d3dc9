"""The shapes of the API. A field never changes its meaning; new ones may come."""

from datetime import date
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, ConfigDict

from ventanilla.hubs.models import Hub

CountryCode = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 3166, two small letters")]
LanguageCode = Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$", max_length=35)]
Ref = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,120}$", description="stable reference, as in cr-asylum")]
FactState = Annotated[str, Field(pattern="^(starter|verified|due)$")]
PageNumber = Annotated[int, Field(ge=1, le=100_000)]


class Problem(Schema):
    """Why a request was not answered, in plain words. `error_id` is in the log of the operator."""

    detail: str
    error_id: str | None = None


class Question(Schema):
    """`text` is cut at 10,000 characters; `id` comes back as it was sent."""

    text: str
    id: str | int | None = None
    country: str | None = Field(None, description="country of the page, as in cr")
    lang: str | None = Field(None, description="language of the page, as in es")


class PassageSource(Schema):
    url: str
    publisher: str
    seen_on: date | None


class Passage(Schema):
    id: str = Field(description="reference of the item")
    title: str
    text: str
    url: str
    sources: list[PassageSource]
    checked_on: date | None
    state: str
    score: float


class Answer(Schema):
    """`direct`: the first passage answers. `choices`: one of them may. `none`: nobody here knows."""

    id: str | int | None
    verdict: Literal["direct", "choices", "none"]
    confidence: float
    language: str
    passages: list[Passage]
    took_ms: float


class Page(Schema):
    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool


class ItemLine(Schema):
    """An item in a list, in the language asked for or the best substitute."""

    ref: str
    kind: str
    country: str
    topics: list[str]
    concept: str
    language: str
    title: str
    summary: str
    state: FactState
    checked_on: date | None
    changed_at: AwareDatetime
    url: str


class ItemPage(Page):
    contents: list[ItemLine]


class Text(Schema):
    model_config = ConfigDict(from_attributes=True)

    title: str
    summary: str
    audience: str
    eligibility: str
    requirements: list[str]
    steps: list[str]
    offers: list[str]
    fee: str
    deadline: str
    duration: str
    where: str
    hours: str
    body: str
    output: str = Field(description="what a procedure ends in")
    legal_basis: str
    valid_from: date | None
    valid_until: date | None
    verdict: str = Field(description="of a rumour: false, misleading, unconfirmed or true")
    is_reviewed: bool = Field(description="false where a machine wrote it and no speaker has read it")


class Phone(Schema):
    number: str
    kind: str
    e164: str
    note: dict[str, str]


class OpenSpell(Schema):
    days: list[str]
    opens: str
    closes: str


class Contact(Schema):
    """A confidential place has `area`, and neither address nor coordinates."""

    phones: list[Phone]
    email: str
    website: str
    operator: str
    needs: list[str]
    is_confidential: bool
    area: dict[str, str]
    city: str
    address: str
    latitude: float | None
    longitude: float | None
    hours: list[OpenSpell]
    is_always_open: bool
    is_active: bool = Field(description="false where it is closed, planned or moved: see notice")
    notice: dict[str, str] = Field(description="by language")


class Source(Schema):
    url: str
    publisher: str
    title: str
    seen_on: date | None
    seen_precision: str


class ItemDetail(ItemLine):
    """An item with all its texts by language (with `lang`, only the one shown)."""

    check_again_on: date | None
    has_old_source: bool = Field(description="no source was seen within three years")
    authority: dict[str, str] = Field(description="who answers for it, by language")
    names: dict[str, str]
    sources: list[Source]
    contact: Contact
    texts: dict[str, Text]


class CountryLine(Schema):
    code: str
    names: dict[str, str]
    languages: list[str]
    currency: str
    timezone: str
    emergency: list[str] = Field(description="references of its emergency lines that are public")


class HubLine(Schema):
    """`is_attending` and `next_change` are as of `at`; `fact_state` and `checked_on` tell how sure it is."""

    ref: str
    country: str
    name: str
    language: str
    host: str
    kind: str
    state: Hub.State
    notice: str
    city: str
    address: str
    latitude: float | None
    longitude: float | None
    phones: list[Phone]
    channels: list[str]
    languages: list[str]
    hours: list[OpenSpell]
    is_attending: bool
    next_change: AwareDatetime | None
    fact_state: FactState
    checked_on: date | None
    url: str


class Hubs(Schema):
    at: AwareDatetime
    contents: list[HubLine]


class AlertLine(Schema):
    ref: str
    country: str
    language: str
    title: str
    summary: str
    severity: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None
    state: FactState
    checked_on: date | None
    url: str


class Alerts(Schema):
    at: AwareDatetime
    contents: list[AlertLine]


class Countries(Schema):
    contents: list[CountryLine]
