"""Addresses of the protection of data; part of the console's."""

from django.urls import path

from .views import assessments, incidents, legal_requests, oversight

urlpatterns = [
    path("", oversight.home, name="oversight"),
    path("incidents/", incidents.listed, name="incidents"),
    path("incidents/report/", incidents.report, name="report_incident"),
    path("incidents/<uuid:pk>/", incidents.incident, name="incident"),
    path("incidents/<uuid:pk>/<slug:name>/", incidents.step, name="incident_step"),
    path("requests/", legal_requests.listed, name="legal_requests"),
    path("requests/log/", legal_requests.log, name="log_request"),
    path("requests/<uuid:pk>/", legal_requests.legal_request, name="legal_request"),
    path("requests/<uuid:pk>/decide/", legal_requests.decide, name="decide_request"),
    path("requests/<uuid:pk>/seen/", legal_requests.seen, name="see_request"),
    path("access-log/", oversight.log, name="access_log"),
    path("access-log/export/", oversight.log_export, name="access_log_export"),
    path("principles/", oversight.principles, name="principles"),
    path("exceptions/add/", oversight.add_exception, name="add_exception"),
    path("exceptions/<uuid:pk>/end/", oversight.end_exception, name="end_exception"),
    path("complaints/", oversight.complaints, name="complaints"),
    path("complaints/add/", oversight.add_complaint, name="add_complaint"),
    path("complaints/<uuid:pk>/", oversight.complaint, name="complaint"),
    path("rules/", oversight.rules, name="rules"),
    path("assessments/", assessments.listed, name="assessments"),
    path("assessments/<slug:kind>/", assessments.assessment, name="assessment"),
    path("assessments/<slug:kind>/sign/", assessments.sign, name="sign_assessment"),
    path("assessments/signatures/<uuid:pk>/withdraw/", assessments.withdraw, name="withdraw_assessment"),
    path("files/", oversight.files, name="files"),
    path("files/<uuid:pk>/release/", oversight.release, name="release_export"),
]
