"""Addresses of interpreters, below those of cases: nobody opens one before accepting the code of conduct."""

from django.urls import path

from .views import interpreting

urlpatterns = [
    path("<uuid:pk>/interpreter/", interpreting.ask, name="ask_interpreter"),
    path("interpreting/", interpreting.listed, name="interpreting"),
    path("interpreting/languages/", interpreting.languages, name="my_languages"),
    path("interpreting/services/", interpreting.services, name="interpreter_services"),
    path(
        "interpreting/services/<uuid:pk>/close/", interpreting.close_service, name="close_interpreter_service"
    ),
    path("interpreting/<uuid:pk>/", interpreting.read, name="interpret"),
    path("interpreting/<uuid:pk>/answer/", interpreting.answer, name="answer_interpreting"),
    path("interpreting/<uuid:pk>/settle/", interpreting.settle, name="settle_interpreting"),
]
