"""Handing a case over at the desk: the gate, the preview, the link, and who may do none of it."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.utils import timezone

from ventanilla.enquiries import actions, referral_answers, referrals
from ventanilla.enquiries.models import (
    Agreement,
    Enquiry,
    Message,
    Receiver,
    Referral,
    ReferralStep,
    StateChange,
)
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.enquiries.tests.referral_rows import (
    NEEDS,
    REASON,
    WHY,
    a_draft,
    a_receiver,
    agreed,
    an_agreement,
    handed_over,
)
from ventanilla.hubs.models import Country, Hub
from ventanilla.privacy.models import AccessEntry, Consent, ProtectionException

OTHERS = ("vera", "bruno", "daniel", "elena", "oscar", "fabiola", "marie", "rosa")


@pytest.fixture
def upala(site):
    return Hub.objects.get(ref="cr-hub-upala")


@pytest.fixture
def enquiry(upala):
    row = actions.open_enquiry(hub=upala, channel_kind="counter", language="es", at=timezone.now())
    row.person.name = "sentinel Ana"
    row.person.facts = {"age_band": "30-59"}
    row.person.save()
    return row


@pytest.fixture
def house(cast, upala):
    """A receiver of the hub with an agreement in force."""
    receiver = a_receiver(cast.user("carmen"), upala, name="Casa Esperanza", email="casa@example.org")
    an_agreement(receiver, cast.user("carmen"))
    return receiver


@pytest.fixture
def draft(cast, enquiry, house):
    return a_draft(enquiry, house, cast.user("luis"))


@pytest.fixture
def sent(cast, enquiry):
    return handed_over(enquiry, cast.user("luis"), leader=cast.user("carmen"))[0]


def at(row, deed=""):
    return f"/console/cases/referrals/{row.pk}/{deed}"


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


FORM = {
    "need": "shelter", "urgency": "high", "reason": REASON, "needs": NEEDS,
    "fields_shown": ["language", "needs", "reason"],
}  # fmt: skip
CONSENT = {"mode": "spoken", "given_by": "person", "certified": "on"}


def test_a_case_is_handed_over_form_consent_link(cast, enquiry, house):
    answer = cast.luis.post(f"/console/cases/{enquiry.pk}/refer/", {**FORM, "receiver": house.pk})
    row = Referral.objects.get()
    assert answer["Location"] == at(row)
    page = text_of(cast.luis.get(at(row)))
    assert NEEDS in page
    assert "sentinel Ana" not in page
    assert 'action="' + at(row, "send/") not in page
    cast.luis.post(at(row, "consent/"), CONSENT)
    consent = Consent.objects.get()
    assert (consent.receiver, consent.parts) == ("Casa Esperanza", ["profile", "need", "story"])
    shown = cast.luis.post(at(row, "send/"), {})
    assert re.search(r"/es/referral/[\w-]{43}/", text_of(shown))
    row.refresh_from_db()
    enquiry.refresh_from_db()
    assert (row.state, enquiry.state) == ("sent", "referred")
    assert (row.due_at - row.sent_at).total_seconds() == 72 * 3600
    assert (row.link_ends_at - row.sent_at).days == 6
    assert StateChange.objects.filter(enquiry=enquiry, what="referral", value="sent").exists()


def test_what_was_previewed_is_what_was_kept_for_the_receiver(cast, sent):
    assert sent.shared == {"language": "es", "needs": NEEDS, "reason": REASON}
    page = text_of(cast.luis.get(at(sent)))
    assert NEEDS in page
    assert "sentinel Ana" not in page


def test_the_secret_of_the_link_is_shown_once_and_kept_nowhere(cast, draft, enquiry):
    agreed(enquiry, draft.receiver, cast.user("luis"))
    shown = text_of(cast.luis.post(at(draft, "send/"), {}))
    secret = re.search(r"/referral/([\w-]{43})/", shown)[1]
    draft.refresh_from_db()
    assert secret not in draft.token_digest
    assert secret not in text_of(cast.luis.get(at(draft)))


def test_a_link_can_be_mailed_without_a_word_of_the_case(cast, draft, enquiry):
    agreed(enquiry, draft.receiver, cast.user("luis"))
    assert cast.luis.post(at(draft, "send/"), {"by_mail": "on"})["Location"] == at(draft)
    [sent] = mail.outbox
    assert sent.to == ["casa@example.org"]
    assert re.search(r"/es/referral/[\w-]{43}/", sent.body)
    assert enquiry.code not in sent.subject + sent.body
    assert "sentinel" not in sent.subject + sent.body


@pytest.mark.parametrize("missing", ["consent", "part", "agreement", "field", "over"])
def test_nothing_leaves_while_something_is_missing(cast, draft, enquiry, missing):
    carmen, luis = cast.user("carmen"), cast.user("luis")
    if missing == "part":
        agreed(enquiry, draft.receiver, luis, parts=["need"])
    elif missing != "consent":
        agreed(enquiry, draft.receiver, luis)
    if missing in ("agreement", "over", "field"):
        Agreement.objects.all().delete()
    if missing == "over":
        an_agreement(draft.receiver, carmen, days=-1)
    if missing == "field":
        an_agreement(draft.receiver, carmen, fields=["needs"])
    assert cast.luis.post(at(draft, "send/"), {}).status_code == 422
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert draft.token_digest is None


def test_an_agreement_that_was_ended_opens_no_gate(cast, draft, enquiry):
    agreed(enquiry, draft.receiver, cast.user("luis"))
    one = Agreement.objects.get()
    cast.carmen.post(f"/console/receivers/{draft.receiver_id}/agreements/{one.pk}/end/")
    assert cast.luis.post(at(draft, "send/"), {}).status_code == 422


def test_an_adviser_cannot_override_and_a_coordinator_can_with_a_reason(cast, draft):
    assert cast.luis.post(at(draft, "send/"), {"why": WHY}).status_code == 422
    assert cast.carmen.post(at(draft, "send/"), {"why": "urgente"}).status_code == 422
    assert Referral.objects.get().state == "draft"
    assert cast.carmen.post(at(draft, "send/"), {"why": WHY}).status_code == 200
    row = Referral.objects.get()
    exception = ProtectionException.objects.get()
    assert row.state == "sent"
    assert (row.exception, exception.country, exception.principle) == (exception, "cr", 5)
    assert (exception.why, exception.authorised_by) == (WHY, cast.user("carmen"))
    entry = AccessEntry.objects.get(action="refer", kind="referral")
    assert (entry.reason, entry.by_id) == (WHY, cast.user("carmen").pk)
    assert WHY in text_of(cast.fabiola.get("/console/protection/principles/"))


def test_somebody_left_alone_is_not_handed_over_even_in_danger(cast, draft, enquiry):
    enquiry.person.restricted_at = timezone.now()
    enquiry.person.save()
    with pytest.raises(referrals.LeftAlone):
        referrals.send(referral=draft, by=cast.user("carmen"), at=timezone.now(), why=WHY)
    assert cast.carmen.get(at(draft)).status_code == 404


def test_a_referral_that_would_show_nothing_is_not_sent(cast, enquiry, house):
    row = a_draft(enquiry, house, cast.user("luis"), fields=[])
    assert cast.carmen.post(at(row, "send/"), {"why": WHY}).status_code == 422


def test_a_draft_is_changed_and_thrown_away(cast, draft, house):
    cast.luis.post(at(draft, "edit/"), {**FORM, "receiver": house.pk, "needs": "otra cosa"})
    assert Referral.objects.get().needs == "otra cosa"
    cast.luis.post(at(draft, "deed/discard/"))
    assert not Referral.objects.exists()


def test_what_was_typed_stays_when_something_is_missing(cast, enquiry):
    answer = cast.luis.post(f"/console/cases/{enquiry.pk}/refer/", {**FORM, "receiver": ""})
    assert answer.status_code == 422
    assert REASON in text_of(answer)


def test_a_referral_is_not_there_for_anybody_else(cast, sent, draft):
    for name in OTHERS:
        client = getattr(cast, name)
        assert client.get(at(sent)).status_code == 404, name
        for deed in ("send/", "link/", "answer/", "tell/", "reply/", "deed/take-back/", "file/pdf/"):
            assert client.post(at(sent, deed), {"why": WHY, "answer": "accept"}).status_code == 404, name
    assert Referral.objects.get(pk=sent.pk).state == "sent"


def test_through_broken_glass_nothing_is_handed_on(cast, enquiry, sent):
    cast.vera.post(
        f"/console/cases/{enquiry.pk}/break-glass/", {"reason": "Está en Limón ahora mismo y corre peligro."}
    )
    assert cast.vera.get(f"/console/cases/{enquiry.pk}/").status_code == 200
    assert cast.vera.get(f"/console/cases/{enquiry.pk}/refer/").status_code == 404
    assert cast.vera.get(at(sent)).status_code == 404


def test_reading_a_referral_is_written_down_and_no_word_stands_in_the_title(cast, sent):
    page = cast.luis.get(at(sent)).content.decode()
    title = page[page.index("<title>") : page.index("</title>")]
    assert "sentinel" not in title
    entry = AccessEntry.objects.filter(action="read", kind="referral").latest("number")
    assert (entry.ref, entry.by_id) == (str(sent.pk), cast.user("luis").pk)


def test_an_answer_by_telephone_is_noted_and_the_person_is_told(cast, upala):
    writes(a_channel(upala), "50688887777", "hola")
    enquiry = Enquiry.objects.get()
    row = handed_over(enquiry, cast.user("luis"), leader=cast.user("carmen"))[0]
    cast.luis.post(at(row, "answer/"), {"answer": "accept"})
    page = text_of(cast.luis.get(at(row)))
    assert f"{row.receiver.name} puede atenderle." in page
    cast.luis.post(at(row, "tell/"), {"body": "Vaya a la casa. Muestre el código."})
    said = Message.objects.latest("at")
    row.refresh_from_db()
    enquiry.refresh_from_db()
    assert (said.body, said.author) == ("Vaya a la casa. Muestre el código.", cast.user("luis"))
    assert row.told_at is not None
    assert enquiry.state == "referred"


def test_a_refusal_brings_the_case_back_to_the_queue(cast, sent, enquiry):
    cast.luis.post(at(sent, "answer/"), {"answer": "decline", "refusal": "full", "words": "sin cupo"})
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.waiting_since is not None) == ("waiting", True)
    assert "sin cupo" in text_of(cast.luis.get(at(sent)))


def test_an_answer_without_its_reason_or_day_is_refused_in_place(cast, sent):
    for half in ({"answer": "decline"}, {"answer": "wait"}, {"answer": "finish"}):
        assert cast.luis.post(at(sent, "answer/"), half).status_code == 422
    assert Referral.objects.get().state == "sent"


def test_who_cannot_be_reached_is_noted_as_such(cast, sent):
    cast.luis.post(at(sent, "answer/"), {"answer": "accept"})
    cast.luis.post(at(sent, "deed/unreached/"))
    assert ReferralStep.objects.filter(what="unreached").exists()
    assert Referral.objects.get().is_to_tell is False


def test_a_question_is_answered(cast, sent):
    referral_answers.ask(referral=sent, words="¿Cuántos años tiene?", at=timezone.now())
    assert "¿Cuántos años tiene?" in text_of(cast.luis.get(at(sent)))
    cast.luis.post(at(sent, "reply/"), {"words": "Tres."})
    assert Referral.objects.get().asked_at is None
    assert ReferralStep.objects.get(what="replied").words == "Tres."


def test_taken_back_the_case_is_ours_again(cast, sent, enquiry):
    cast.luis.post(at(sent, "deed/take-back/"))
    enquiry.refresh_from_db()
    sent.refresh_from_db()
    assert (sent.state, enquiry.state) == ("taken-back", "waiting")
    assert cast.luis.post(at(sent, "link/"), {}).status_code == 302
    assert Referral.objects.get().state == "taken-back"


def test_while_another_referral_is_open_the_case_stays_with_others(cast, sent, enquiry):
    handed_over(enquiry, cast.user("luis"), leader=cast.user("carmen"))
    cast.luis.post(at(sent, "deed/take-back/"))
    enquiry.refresh_from_db()
    assert enquiry.state == "referred"


def test_the_list_counts_what_waits_and_what_is_overdue(cast, sent, upala):
    page = text_of(cast.luis.get("/console/cases/referrals/"))
    assert sent.enquiry.code in page
    assert sent.enquiry.code not in text_of(cast.luis.get("/console/cases/referrals/?view=overdue"))
    Referral.objects.update(due_at=timezone.now())
    page = text_of(cast.luis.get("/console/cases/referrals/?view=overdue"))
    assert sent.enquiry.code in page
    assert "is-overdue" in page
    referral_answers.accept(referral=sent, at=timezone.now())
    assert sent.enquiry.code not in text_of(cast.luis.get("/console/cases/referrals/?view=overdue"))
    assert sent.enquiry.code in text_of(cast.luis.get("/console/cases/referrals/?view=tell"))
    assert sent.enquiry.code in text_of(cast.luis.get("/console/cases/referrals/?view=all"))
    assert sent.enquiry.code not in text_of(cast.vera.get("/console/cases/referrals/?view=all"))
    assert cast.luis.get("/console/cases/referrals/?view=x").status_code == 404


def test_the_list_asks_no_more_of_the_database_the_longer_it_is(
    cast, sent, upala, django_assert_max_num_queries
):
    cast.luis.get("/console/cases/referrals/?view=all")
    for _number in range(3):
        other = actions.open_enquiry(hub=upala, channel_kind="counter", at=timezone.now())
        handed_over(other, cast.user("luis"), leader=cast.user("carmen"))
    with django_assert_max_num_queries(32):
        cast.luis.get("/console/cases/referrals/?view=all")


def test_the_slip_says_where_to_go_and_nothing_about_the_person(cast, sent, enquiry):
    page = text_of(cast.luis.get(at(sent, "slip/")))
    assert sent.receiver.name in page
    assert "Calle 4, Upala" in page
    assert enquiry.code in page
    assert "<svg" in page
    assert "sentinel" not in page
    assert str(sent.get_need_display()) not in page


def test_the_slip_speaks_the_persons_language(cast, sent, enquiry):
    enquiry.person.language = "ht"
    enquiry.person.save()
    page = text_of(cast.luis.get(at(sent, "slip/")))
    assert 'lang="ht"' in page
    assert "Ki kote pou ale" in page


def test_the_form_leaves_as_json_and_pdf_each_logged(cast, sent, enquiry):
    answer = cast.luis.post(at(sent, "file/json/"))
    told = json.loads(answer.content)
    assert (told["format"], told["code"]) == ("ventanilla-referral 1", enquiry.code)
    assert told["shared"] == {"language": "es", "needs": NEEDS, "reason": REASON}
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert "Sensibilidad: alta" in told["marking"]
    sheet = cast.luis.post(at(sent, "file/pdf/"))
    assert sheet.content.startswith(b"%PDF-")
    assert "sentinel" not in answer["Content-Disposition"] + sheet["Content-Disposition"]
    assert AccessEntry.objects.filter(action="export", kind="referral", ref=str(sent.pk)).count() == 2


def test_no_file_is_made_of_what_is_not_with_the_receiver(cast, draft, sent):
    for row in (draft, sent):
        cast.luis.post(at(row, "deed/take-back/"))
        assert cast.luis.post(at(row, "file/pdf/")).status_code == 302


# Receivers and agreements

RECEIVER = {"name": "Albergue del Sur", "languages": ["es"], "place": "cr/cr-hub-upala"}


def test_a_coordinator_keeps_the_receivers_of_the_own_hub(cast, upala):
    answer = cast.carmen.post("/console/receivers/add/", RECEIVER)
    row = Receiver.objects.get()
    assert answer["Location"] == f"/console/receivers/{row.pk}/"
    assert row.hub == upala
    terms = {
        "fields_shared": ["needs"], "valid_from": "2026-01-01", "valid_until": "2099-01-01",
        "document": "CONV-1",
    }  # fmt: skip
    cast.carmen.post(f"/console/receivers/{row.pk}/agreements/", terms)
    assert Agreement.objects.get().fields == ["needs"]
    assert "Albergue del Sur" in text_of(cast.carmen.get("/console/receivers/"))


def test_a_receiver_of_the_whole_country_is_kept_by_the_country(cast, upala):
    assert cast.carmen.post("/console/receivers/add/", {**RECEIVER, "place": "cr/"}).status_code == 422
    cast.daniel.post("/console/receivers/add/", {**RECEIVER, "place": "cr/"})
    row = Receiver.objects.get()
    assert row.hub is None
    assert cast.carmen.get(f"/console/receivers/{row.pk}/").status_code == 404
    assert row in Receiver.objects.for_hub(upala)


def test_nobody_else_sees_or_changes_receivers(cast, house):
    for name in ("luis", "paula", "vera", "elena", "oscar", "fabiola", "bruno"):
        assert getattr(cast, name).get("/console/receivers/").status_code == 404, name
    for name in ("luis", "vera", "marie", "rosa"):
        client = getattr(cast, name)
        assert client.post(f"/console/receivers/{house.pk}/", RECEIVER).status_code == 404, name
        assert client.post(f"/console/receivers/{house.pk}/close/").status_code == 404, name
    assert Receiver.objects.get().name == "Casa Esperanza"


def test_two_receivers_never_have_the_same_name(cast, house):
    answer = cast.carmen.post("/console/receivers/add/", {**RECEIVER, "name": "casa  esperanza"})
    assert answer.status_code == 422
    assert Receiver.objects.count() == 1


def test_an_agreement_needs_fields_and_days_in_order(cast, house):
    terms = {"valid_from": "2026-02-01", "valid_until": "2026-03-01", "document": "CONV-1"}
    page = f"/console/receivers/{house.pk}/agreements/"
    assert cast.carmen.post(page, terms).status_code == 422
    backwards = {**terms, "valid_until": "2026-01-01", "fields_shared": ["needs"]}
    assert cast.carmen.post(page, backwards).status_code == 422
    assert Agreement.objects.count() == 1


def test_a_receiver_that_is_closed_is_not_offered(cast, enquiry, house):
    cast.carmen.post(f"/console/receivers/{house.pk}/close/")
    assert "Casa Esperanza" not in text_of(cast.luis.get(f"/console/cases/{enquiry.pk}/refer/"))
    answer = cast.luis.post(f"/console/cases/{enquiry.pk}/refer/", {**FORM, "receiver": house.pk})
    assert answer.status_code == 422


def test_cases_go_to_receivers_of_the_own_hub_and_country_only(cast, enquiry):
    limon = Hub.objects.get(ref="cr-hub-limon")
    other = a_receiver(cast.user("daniel"), limon, name="Casa de Limón")
    abroad = a_receiver(
        cast.user("marie"), None, country=Country.objects.get(code="bz"), name="Belmopan House"
    )
    page = text_of(cast.luis.get(f"/console/cases/{enquiry.pk}/refer/"))
    assert other.name not in page
    assert abroad.name not in page
    answer = cast.luis.post(f"/console/cases/{enquiry.pk}/refer/", {**FORM, "receiver": other.pk})
    assert answer.status_code == 422


def test_in_the_evening_of_the_americas_a_coordinator_can_still_override(cast, draft):
    """Our clock is in UTC, where it is tomorrow already; the exception lasts until the end of today there."""
    evening = datetime(2026, 11, 27, 1, 30, tzinfo=UTC)
    secret = referrals.send(referral=draft, by=cast.user("carmen"), at=evening, why=WHY)
    assert secret
    draft.refresh_from_db()
    assert draft.exception.expires_on == date(2026, 11, 26)
