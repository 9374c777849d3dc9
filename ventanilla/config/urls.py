from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from .metrics import metrics

handler404 = "ventanilla.config.errors.not_found"
handler500 = "ventanilla.config.errors.server_error"

urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("", include("ventanilla.api.urls")),
    path("", include("ventanilla.channels.urls")),
    path("", include("ventanilla.web.urls")),
    path("console/documents/", include(wagtaildocs_urls)),
    # Before Wagtail's own, so that its login and password pages are never reached.
    path("console/", include("ventanilla.console.entrance_urls")),
    path("console/", include(wagtailadmin_urls)),
]
