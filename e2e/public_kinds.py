"""Makes, or takes away, what no pack has: an alert in force and a job board, beside a served demonstration.

`python public_kinds.py make` prints the addresses and numbers of the pages; `remove` leaves nothing of them.
"""

import json
import sys
from datetime import timedelta

import django

ALERT, BOARD = "cr-alert-for-a-test", "cr-board-for-a-test"
SOURCE = {"url": "https://aviso.example/", "publisher": "Policía de fronteras", "title": "Aviso"}


def make() -> dict[str, int]:
    """The numbers of the alert's page and of the two facts."""
    from django.utils import timezone

    from ventanilla.accounts.models import User
    from ventanilla.hubs.models import Country
    from ventanilla.labour.models import JobBoard
    from ventanilla.library.models import AlertPage
    from ventanilla.library.trees import topic_page
    from ventanilla.verification.models import Fact, Source, Topic
    from ventanilla.verification.proposals import start_record

    at, country = timezone.now(), Country.objects.get(code="cr")
    seen = SOURCE | {"seen_on": at.date()}
    fact = Fact.objects.create(
        ref=ALERT, country=country, kind="alert", topics=["risks"], confidence="high", has_source=True
    )
    Source.objects.create(fact=fact, **seen)
    parent = topic_page(country, "es", Topic.RISKS)
    page = parent.add_child(
        instance=AlertPage(
            title="Cierre en Peñas Blancas", slug=ALERT, fact=fact, locale=parent.locale, severity="danger",
            summary="La frontera está cerrada.", place="Peñas Blancas", starts_at=at - timedelta(days=1),
            ends_at=at + timedelta(days=2), topics=["risks"],
        )
    )  # fmt: skip
    board = start_record(
        ref=BOARD, kind="job_board", country=country, title="Bolsa de empleo de Upala",
        summary="Anuncios de trabajo de la municipalidad.", topics=["work"], source=seen,
        by=User.objects.get(email="elena@ventanilla.example"), at=at,
    )  # fmt: skip
    JobBoard.objects.create(fact=board, operator="Municipalidad de Upala", website="https://empleo.example/")
    return {"page": page.pk, "alert": fact.pk, "board": board.pk}


def remove() -> dict[str, int]:
    from ventanilla.library.models import AlertPage
    from ventanilla.verification.models import Fact

    for page in AlertPage.objects.filter(slug=ALERT):
        page.delete()
    Fact.objects.filter(ref__in=[ALERT, BOARD]).delete()
    return {}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps({"make": make, "remove": remove}[sys.argv[1]]()))
