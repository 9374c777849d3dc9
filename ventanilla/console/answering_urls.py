"""Addresses of what stands beside an answer: what to bring, what to take away, whether it helped."""

from django.urls import path

from .views import checklists, helped, summaries, templates

urlpatterns = [
    path("<uuid:pk>/checklist/", checklists.checklist, name="checklist"),
    path("<uuid:pk>/template/", templates.template, name="send_template"),
    path("helped/", helped.figures, name="helped"),
    path("<uuid:pk>/summary/", summaries.summary, name="summary"),
]
