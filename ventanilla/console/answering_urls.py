"""Addresses of what stands beside an answer: what to bring."""

from django.urls import path

from .views import checklists

urlpatterns = [
    path("<uuid:pk>/checklist/", checklists.checklist, name="checklist"),
]
