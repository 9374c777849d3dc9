"""Records: the right people edit them, legal ones through a second pair of eyes."""

from django.urls import reverse
from django.utils import timezone

from ventanilla.hubs.models import Hub
from ventanilla.verification.models import Fact, PackConflict, Proposal, Wording
from ventanilla.verification.packs.importing import import_country
from ventanilla.verification.packs.reading import read_packs


def form_data(*forms):
    """What a browser sends back for forms as they were shown."""
    data = {}
    for form in forms:
        if hasattr(form, "management_form"):
            data |= form_data(form.management_form, *form.forms)
            continue
        for bound in form:
            widget, value = bound.field.widget, bound.value()
            if hasattr(widget, "decompress"):
                data |= {
                    f"{bound.html_name}_{code}": text
                    for code, text in zip(
                        ("es", "en", "fr", "ht"), widget.decompress(value or {}), strict=True
                    )
                }
            elif value is not None and value is not False:
                data[bound.html_name] = "on" if value is True else value
    return data


def edit_text(client, fact, language="es", **changes):
    address = reverse("console:text", args=[fact.ref, language])
    form = client.get(address).context["form"]
    return client.post(address, form_data(form) | changes)


def edit_record(client, fact, **changes):
    address = reverse("console:record", args=[fact.ref])
    context = client.get(address).context
    data = form_data(*context["forms"].all, context["source_form"]) | changes
    return client.post(address, data)


def title(fact, language="es"):
    return fact.wordings.get(language=language).title


def test_a_text_of_a_service_changes_at_once_and_says_by_whom(cast, hotline):
    assert edit_text(cast.elena, hotline, title="Línea nueva").status_code == 302
    hotline.refresh_from_db()
    assert title(hotline) == "Línea nueva"
    assert hotline.changed_by == cast.user("elena")


def test_saving_without_a_change_changes_nothing(cast, hotline):
    response = edit_text(cast.elena, hotline)
    assert response.status_code == 200
    assert not hotline.checks.exists()


def test_a_text_of_an_agreement_waits_for_somebody_else(cast, agreement):
    old = title(agreement)
    edit_text(cast.daniel, agreement, title="Convenio nuevo")
    proposal = Proposal.objects.open().get()
    assert title(agreement) == old
    address = reverse("console:decide_record", args=[proposal.pk])
    approve = {"approve": "1", "other": "https://gaceta.example/1"}
    assert cast.daniel.post(address, approve).status_code == 404
    assert cast.elena.post(address, approve).status_code == 404
    assert cast.marie.post(address, approve).status_code == 404
    assert "Convenio nuevo" in cast.diana.get(address).text.replace("<ins>", "").replace("</ins>", "")
    assert cast.diana.post(address, approve).status_code == 302
    agreement.refresh_from_db()
    assert title(agreement) == "Convenio nuevo"
    assert (agreement.changed_by, agreement.checked_by) == (cast.user("daniel"), cast.user("diana"))


def test_a_proposal_is_sent_back_or_taken_back(cast, agreement):
    edit_text(cast.elena, agreement, title="Convenio nuevo")
    address = reverse("console:decide_record", args=[Proposal.objects.open().get().pk])
    assert cast.daniel.post(address, {"reject": "1", "text": "No source says so."}).status_code == 302
    assert Proposal.objects.get().reason == "No source says so."
    edit_text(cast.elena, agreement, title="Convenio nuevo")
    address = reverse("console:decide_record", args=[Proposal.objects.open().get().pk])
    assert cast.elena.post(address, {"withdraw": "1"}).status_code == 302
    assert not Proposal.objects.open().exists()


def test_the_record_of_an_agreement_waits_too(cast, agreement):
    edit_record(cast.elena, agreement, website="https://trabajo.example/convenio")
    agreement.agreement.refresh_from_db()
    assert agreement.agreement.website != "https://trabajo.example/convenio"
    address = reverse("console:decide_record", args=[Proposal.objects.open().get().pk])
    cast.daniel.post(address, {"approve": "1", "other": "https://gaceta.example/1"})
    agreement.agreement.refresh_from_db()
    assert agreement.agreement.website == "https://trabajo.example/convenio"


def test_a_coordinator_suspends_the_own_hub_with_a_notice(cast):
    fact = Fact.objects.get(ref="cr-hub-upala")
    response = edit_record(
        cast.carmen,
        fact,
        state="suspended",
        notice_es="Cerrado",
        notice_en="",
        **{"checked-other": "https://muni.example/"},
    )
    assert response.status_code == 302
    hub = Hub.objects.get(ref=fact.ref)
    assert (hub.state, hub.notice) == ("suspended", {"es": "Cerrado"})
    fact.refresh_from_db()
    assert fact.checked_by == cast.user("carmen")


def test_a_number_is_not_changed_without_saying_where_it_was_seen(cast, hotline):
    hotline.sources.all().delete()
    response = edit_record(cast.elena, hotline)
    assert response.status_code == 200
    assert response.context["source_form"].errors


def test_a_phone_and_its_hours_are_edited(cast, hotline):
    phones = hotline.service.phones.count()
    edit_record(
        cast.elena,
        hotline,
        **{
            f"phones-{phones}-number": "1147",
            f"phones-{phones}-type": "voice",
            "phones-TOTAL_FORMS": str(phones + 1),
            "checked-other": "https://pani.example/",
        },
    )
    assert hotline.service.phones.filter(number="1147").exists()


def test_a_confidential_place_needs_the_area_people_may_read(cast):
    fact = (
        Fact.objects.filter(country="cr", kind="service", service__at_locations__isnull=False)
        .order_by("ref")
        .first()
    )
    response = edit_record(
        cast.elena, fact, **{"place-is_confidential": "on", "checked-other": "https://x.example/"}
    )
    assert response.context["forms"].place.errors["area"]


def test_a_speaker_marks_a_machines_text_as_reviewed(cast, hotline):
    cast.elena.post(reverse("console:reviewed", args=[hotline.ref, "es"]))
    assert hotline.wordings.get(language="es").maker == Wording.Maker.PERSON


def changed_pack(settings, ref):
    (pack,) = read_packs(settings.PACKS_ROOT, only=["cr"])
    pack.items[ref].texts["es"]["title"] = "Del paquete"
    return pack


def test_a_pack_never_overwrites_what_people_edited_and_they_choose(cast, hotline, settings):
    edit_text(cast.elena, hotline, title="Nuestro título")
    report = import_country(changed_pack(settings, hotline.ref))
    assert report.conflicts == [hotline.ref]
    text = cast.elena.get(reverse("console:conflicts")).text
    assert "Nuestro título" in text
    assert "Del paquete" in text
    address = reverse("console:choose", args=[hotline.ref])
    assert cast.marie.post(address, {"take": "1"}).status_code == 404
    assert cast.oscar.post(address, {"take": "1"}).status_code == 404
    cast.elena.post(address, {"keep": "1"})
    assert title(hotline) == "Nuestro título"
    assert import_country(changed_pack(settings, hotline.ref)).conflicts == []


def test_the_packs_text_is_taken_as_starter_content(cast, hotline, settings):
    edit_text(cast.elena, hotline, title="Nuestro título", **{"checked-other": "https://x.example/"})
    import_country(changed_pack(settings, hotline.ref))
    cast.elena.post(reverse("console:choose", args=[hotline.ref]), {"take": "1"})
    hotline.refresh_from_db()
    assert title(hotline) == "Del paquete"
    assert hotline.state(at=timezone.now().date()) == "starter"
    assert not PackConflict.objects.exists()
