"""Addresses of the desk; ids of cases are random."""

from django.urls import path

from .views import cases

urlpatterns = [
    path("", cases.inbox, name="cases"),
    path("new/", cases.new, name="new_case"),
    path("find/", cases.find, name="find_case"),
    path("files/<uuid:pk>/", cases.attachment, name="attachment"),
    path("<uuid:pk>/", cases.case, name="case"),
    path("<uuid:pk>/say/", cases.say, name="say"),
    path("<uuid:pk>/note/", cases.note, name="note"),
    path("<uuid:pk>/files/", cases.attach, name="attach"),
    path("<uuid:pk>/return-code/", cases.return_code, name="return_code"),
    path("<uuid:pk>/assign/", cases.assign, name="assign"),
    path("<uuid:pk>/close/", cases.close, name="close_case"),
    path("<uuid:pk>/reopen/", cases.reopen, name="reopen_case"),
    path("<uuid:pk>/break-glass/", cases.break_glass, name="break_glass"),
]
