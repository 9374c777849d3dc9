"""Addresses of what stands beside an answer: what to bring, what to take away."""

from django.urls import path

from .views import checklists, summaries

urlpatterns = [
    path("<uuid:pk>/checklist/", checklists.checklist, name="checklist"),
    path("<uuid:pk>/summary/", summaries.summary, name="summary"),
]
