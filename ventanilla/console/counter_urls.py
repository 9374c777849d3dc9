"""Addresses of the counter: taking down, promised calls, appointments, group sessions, paper."""

from django.urls import path

from .views import appointments, counter, group_sessions, promises

urlpatterns = [
    path("new/", counter.new, name="new_case"),
    path("new/<uuid:pk>/undo/", counter.undo, name="undo_case"),
    path("paper/", counter.paper, name="paper"),
    path("paper/typing/", counter.typing, name="type_paper"),
    path("paper/<slug:language>/", counter.paper_page, name="paper_form"),
    path("paper/<slug:language>/pdf/", counter.paper_file, name="paper_form_file"),
    path("callbacks/", promises.callbacks, name="callbacks"),
    path("callbacks/<uuid:pk>/", promises.callback, name="callback"),
    path("callbacks/<uuid:pk>/attempt/", promises.attempt, name="attempt"),
    path("callbacks/<uuid:pk>/end/", promises.end, name="end_callback"),
    path("<uuid:pk>/callbacks/", promises.promise, name="promise_callback"),
    path("appointments/", appointments.book, name="appointments"),
    path("appointments/set-up/", appointments.set_up, name="set_up_appointments"),
    path("appointments/give/", appointments.give, name="give_appointment"),
    path("appointments/<uuid:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:pk>/file/", appointments.appointment_file, name="appointment_file"),
    path("appointments/<uuid:pk>/move/", appointments.move, name="move_appointment"),
    path("appointments/<uuid:pk>/settle/", appointments.settle, name="settle_appointment"),
    path("<uuid:pk>/appointments/", appointments.give_for_case, name="give_case_appointment"),
    path("groups/", group_sessions.sessions, name="group_sessions"),
    path("groups/new/", group_sessions.new, name="new_group_session"),
    path("groups/<uuid:pk>/", group_sessions.session, name="group_session"),
    path("groups/<uuid:pk>/remove/", group_sessions.remove, name="remove_group_session"),
]
