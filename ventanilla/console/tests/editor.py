"""Posts Wagtail's page form as a browser would."""

from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

_TEXTS = (
    "title",
    "summary",
    "body",
    "maker",
    "audience",
    "fee",
    "deadline",
    "duration",
    "where",
    "hours",
    "output",
    "legal_basis",
    "valid_from",
    "valid_until",
    "source_url",
    "source_publisher",
    "source_title",
    "source_seen_on",
)
_LISTS = ("ask_like", "requirements", "steps")


def page_data(page, **changes):
    """What the editor's form holds for a page, with changes."""
    page = page.get_latest_revision_as_object()
    data = {name: str(getattr(page, name) or "") for name in _TEXTS if hasattr(page, name)}
    data |= {
        name: streamfield([("line", block.value) for block in getattr(page, name)])
        for name in _LISTS
        if hasattr(page, name)
    }
    data["topics"] = page.topics or page.fact.topics
    return nested_form_data({**data, **changes})


def save(client, page, action="", **changes):
    """Save a draft, or publish or submit with `action-publish`, `action-submit`."""
    page.refresh_from_db()
    data = page_data(page, **changes) | ({action: "1"} if action else {})
    response = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    page.refresh_from_db()
    return response


def submit(client, page, **changes):
    seen = {"source_url": "https://law.example/fees", "source_seen_on": "2026-11-01"}
    return save(client, page, "action-submit", **{**seen, **changes})


def publish(client, page, **changes):
    seen = {"source_url": "https://law.example/fees", "source_seen_on": "2026-11-01"}
    return save(client, page, "action-publish", **{**seen, **changes})


def approve(client, page, source="https://law.example/fees"):
    return client.post(
        reverse("console:decide_page", args=[page.pk]), {"approve": "1", "source": "", "other": source}
    )
