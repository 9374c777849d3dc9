"""People who asked in Upala, to fill addresses with: a case with everything in it, and what follows."""

from datetime import timedelta
from io import BytesIO

from django.utils import timezone

from ventanilla.enquiries import actions, interpreting
from ventanilla.enquiries.models import InterpreterService
from ventanilla.enquiries.tests.referral_rows import handed_over
from ventanilla.hubs.models import Hub
from ventanilla.privacy import consent, glass, holds, requests, retention
from ventanilla.privacy.models.consent import About
from ventanilla.privacy.sealing import files

from .counter_rows import of_the_counter

WORDS = "sentinel me quitaron el pasaporte"
SECRET = "sentinel la persiguen"
REASON = "Está en Limón ahora mismo y corre peligro."


def a_case(*, hub="cr-hub-upala", words=WORDS):
    enquiry = actions.open_enquiry(
        hub=Hub.objects.get(ref=hub), channel_kind="counter", language="es", at=timezone.now()
    )
    actions.receive_message(enquiry=enquiry, body=words, at=timezone.now())
    return enquiry


def a_full_case(cast):
    """With a name, a note, a protected note and a file."""
    enquiry, at = a_case(), timezone.now()
    enquiry.person.name = "sentinel Ana"
    enquiry.person.save()
    actions.add_note(enquiry=enquiry, author=cast.user("luis"), body="sentinel llama el lunes", at=at)
    actions.add_note(enquiry=enquiry, author=cast.user("paula"), body=SECRET, is_protected=True, at=at)
    return enquiry


def a_file(cast, enquiry):
    accepted = files.accept(BytesIO(b"sentinel del archivo"), name="carta sentinel.txt")
    return actions.attach(enquiry=enquiry, accepted=accepted, by=cast.user("luis"), at=timezone.now())


def of_cases(cast):
    """Arguments of the addresses of cases, by how the address starts."""
    enquiry, left_alone = a_full_case(cast), a_case()
    referral = handed_over(a_case(), cast.user("luis"), leader=cast.user("carmen"))[0]
    return {
        "cases/": {"pk": enquiry.pk, "consent_pk": _a_consent(cast, enquiry).pk, "name": "ask"},
        "cases/files/": {"pk": a_file(cast, enquiry).pk},
        "cases/referrals/": {"pk": referral.pk, "name": "revoke", "form": "json"},
        "receivers/": {"pk": referral.receiver_id, "agreement_pk": referral.agreement_id},
        **of_the_counter(cast, enquiry),
        "cases/interpreting/": {"pk": _an_interpreter(cast, enquiry).pk},
        "cases/interpreting/services/": {"pk": _a_service(enquiry).pk},
        "protection/breaks/": {"pk": _a_break(cast, enquiry).pk},
        "protection/people/": {"pk": _a_request(cast, enquiry).pk},
        "protection/left-alone/": {"pk": _left_alone(cast, left_alone).pk},
        "protection/retention/periods/": {"pk": _a_period(cast).pk},
        "protection/retention/holds/": {"pk": _a_hold(cast, enquiry).pk},
    }


def _an_interpreter(cast, enquiry):
    """The neighbour, who accepted and may read this one case."""
    vera, at = cast.user("vera"), timezone.now()
    interpreting.speak(user=vera, languages=["wo"])
    row = interpreting.ask(
        enquiry=enquiry, language="wo", mode="call", needed_at=None, by=cast.user("luis"), at=at,
        interpreter=vera,
    )  # fmt: skip
    interpreting.answer(request=row, accepts=True, by=vera, at=at)
    return row


def _a_service(enquiry):
    return InterpreterService.objects.create(
        hub=enquiry.hub, name="Voces", telephone="2222 0000", languages=["wo"]
    )


def _a_consent(cast, enquiry):
    at = timezone.now()
    text = consent.text_for(about=About.CONTACT, country="cr", language="es", at=at)
    return consent.give_consent(
        person=enquiry.person.pk, country="cr", hub=enquiry.hub.ref, about=About.CONTACT, text=text,
        mode="spoken", by=cast.user("luis"), at=at,
    )  # fmt: skip


def _a_break(cast, enquiry):
    """By somebody who sees the case anyway, so that nobody sees more through it."""
    return glass.break_glass(
        by=cast.user("paula"), kind="enquiry", ref=enquiry.pk, country="cr", hub=enquiry.hub.ref,
        reason=REASON, at=timezone.now(),
    )  # fmt: skip


def _a_request(cast, enquiry):
    return requests.ask_for(
        person=enquiry.person.pk, kind="correct", wish="x", by=cast.user("luis"), at=timezone.now()
    )


def _left_alone(cast, enquiry):
    requests.restrict_own(
        person=enquiry.person.pk, is_restricted=True, by=cast.user("luis"), at=timezone.now()
    )
    return enquiry


def _a_period(cast):
    return retention.set_period(
        record_class="words", country="cr", hub="", days=60, reason="", by=cast.user("fabiola"),
        at=timezone.now(),
    )  # fmt: skip


def _a_hold(cast, enquiry):
    at = timezone.now()
    return holds.place_hold(
        ref=enquiry.pk, person=enquiry.person.pk, label=enquiry.code, country="cr", hub=enquiry.hub.ref,
        basis="claim", reason="Hay un juicio abierto por lo que pasó.", until=at.date() + timedelta(days=30),
        review_on=at.date() + timedelta(days=20), by=cast.user("carmen"), at=at,
    )  # fmt: skip
