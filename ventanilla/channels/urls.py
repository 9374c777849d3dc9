from django.urls import path

from . import views

app_name = "channels"
urlpatterns = [path("hooks/<slug:kind>/<uuid:channel_id>", views.hook, name="hook")]
