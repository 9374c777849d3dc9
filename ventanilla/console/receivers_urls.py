"""Addresses of receivers and agreements; no case is behind them."""

from django.urls import path

from .views import receivers

urlpatterns = [
    path("", receivers.listed, name="receivers"),
    path("add/", receivers.add, name="add_receiver"),
    path("<uuid:pk>/", receivers.receiver, name="receiver"),
    path("<uuid:pk>/close/", receivers.close, name="close_receiver"),
    path("<uuid:pk>/agreements/", receivers.agree, name="add_agreement"),
    path("<uuid:pk>/agreements/<uuid:agreement_pk>/end/", receivers.end_agreement, name="end_agreement"),
]
