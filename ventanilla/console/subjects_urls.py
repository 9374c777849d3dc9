"""Addresses of what belongs to people: consent, their requests, retention, purposes, registers."""

from django.urls import path

from .views import consent, own_data, person_requests, retention

urlpatterns = [
    path("cases/<uuid:pk>/consent/", consent.consent, name="consent"),
    path("cases/<uuid:pk>/consent/<uuid:consent_pk>/withdraw/", consent.withdraw, name="withdraw_consent"),
    path("cases/<uuid:pk>/consent/<uuid:consent_pk>/confirm/", consent.confirm, name="confirm_consent"),
    path("cases/<uuid:pk>/own-data/", own_data.own_data, name="own_data"),
    path("cases/<uuid:pk>/own-data/<slug:name>/", own_data.deed, name="own_data_deed"),
    path("protection/consent-texts/", consent.texts, name="consent_texts"),
    path("protection/consent-texts/write/", consent.write_text, name="write_consent_text"),
    path("protection/people/", person_requests.listed, name="person_requests"),
    path("protection/people/<uuid:pk>/", person_requests.person_request, name="person_request"),
    path("protection/left-alone/<uuid:pk>/release/", person_requests.release, name="release_person"),
    path("protection/retention/", retention.retention, name="retention"),
    path("protection/retention/periods/", retention.set_period, name="set_period"),
    path("protection/retention/periods/<uuid:pk>/end/", retention.end_period, name="end_period"),
    path("protection/retention/holds/<uuid:pk>/end/", retention.end_hold, name="end_hold"),
    path("protection/purposes/", retention.purposes, name="purposes"),
    path("protection/registers/", retention.registers, name="registers"),
    path("account/own-data/", own_data.own_account, name="own_account"),
]
