"""Addresses of the console, mounted inside Wagtail's admin by `wagtail_hooks`."""

from django.urls import path

from .views import adding, changes, facts, gaps, network, pages, records, sources

app_name = "console"

urlpatterns = [
    path("facts/", facts.content, name="content"),
    path("due/", facts.due, name="due"),
    path("starter/", facts.starter, name="starter"),
    path("facts/add/", adding.choose, name="add"),
    path("facts/add/<slug:kind>/", adding.add, name="add_kind"),
    path("facts/confirm/", facts.confirm_several, name="confirm_several"),
    path("facts/<slug:ref>/", facts.fact, name="fact"),
    path("facts/<slug:ref>/confirm/", facts.confirm, name="confirm"),
    path("facts/<slug:ref>/hide/", facts.hide, name="hide"),
    path("facts/<slug:ref>/show/", facts.show, name="show"),
    path("facts/<slug:ref>/authority/", facts.authority, name="authority"),
    path("facts/<slug:ref>/change/", facts.change, name="change"),
    path("facts/<slug:ref>/sources/add/", sources.add, name="add_source"),
    path("facts/<slug:ref>/sources/<int:pk>/", sources.correct, name="correct_source"),
    path("facts/<slug:ref>/sources/<int:pk>/remove/", sources.remove, name="remove_source"),
    path("facts/<slug:ref>/status/", records.status, name="status"),
    path("facts/<slug:ref>/record/", records.record, name="record"),
    path("facts/<slug:ref>/text/<slug:language>/", records.text, name="text"),
    path("facts/<slug:ref>/text/<slug:language>/reviewed/", records.reviewed, name="reviewed"),
    path("facts/<slug:ref>/translate/<slug:language>/", pages.translate, name="translate"),
    path("start-page/", pages.start, name="start_page"),
    path("changes/", changes.changes, name="changes"),
    path("changes/page/<int:pk>/", changes.decide_page, name="decide_page"),
    path("changes/record/<int:pk>/", changes.decide_record, name="decide_record"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("gaps/<int:pk>/dismiss/", gaps.dismiss, name="dismiss_gap"),
    path("conflicts/", gaps.conflicts, name="conflicts"),
    path("conflicts/<slug:ref>/", gaps.choose, name="choose"),
    path("countries/", network.countries, name="countries"),
    path("countries/<slug:code>/", network.country, name="country"),
    path("countries/<slug:code>/open/", network.open_country, name="open_country"),
    path("countries/<slug:code>/close/", network.close_country, name="close_country"),
    path("countries/<slug:code>/translations/", network.translations, name="translations"),
    path("network/", network.network, name="network"),
    path("staff/", network.staff, name="staff"),
    path("staff/add/", network.add_staff, name="add_staff"),
    path("staff/roles/<int:pk>/take/", network.take, name="take_role"),
]
