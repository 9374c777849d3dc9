"""Included at the root by `web.urls`, after the converter "ll" is known and before the topics and items."""

from django.urls import path

from . import views

urlpatterns = [
    path("sw.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("icon.svg", views.icon, name="icon"),
    path("a/<slug:digest>/offline.js", views.script, name="offline-script"),
    path("<ll:language>/offline-notice/", views.notice, name="offline-notice"),
    path("<ll:language>/<ll:country_code>/offline/", views.offline, name="offline"),
    path("<ll:language>/<ll:country_code>/offline/list.json", views.page_list, name="offline-list"),
    path("<ll:language>/<ll:country_code>/take/<str:name>", views.take, name="take"),
]
