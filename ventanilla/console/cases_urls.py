"""Addresses of the desk; ids of cases are random."""

from django.urls import include, path

from .views import cases, desk

urlpatterns = [
    path("", include("ventanilla.console.referrals_urls")),
    path("", include("ventanilla.console.counter_urls")),
    path("", include("ventanilla.console.answering_urls")),
    path("", include("ventanilla.console.interpreting_urls")),
    path("", cases.inbox, name="cases"),
    path("find/", cases.find, name="find_case"),
    path("files/<uuid:pk>/", cases.attachment, name="attachment"),
    path("live/", desk.news, name="live"),
    path("views/", desk.save_view, name="save_view"),
    path("views/<int:pk>/forget/", desk.forget_view, name="forget_view"),
    path("away/", desk.away, name="away"),
    path("desk/", desk.running, name="desk"),
    path("figures/", desk.figures, name="figures"),
    path("corrected/", desk.corrected, name="corrected"),
    path("corrected/<uuid:pk>/", desk.retold, name="retold"),
    path("undelivered/", desk.undelivered, name="undelivered"),
    path("undelivered/<uuid:pk>/", desk.deal_with_letter, name="deal_with_letter"),
    path("ready-answers/", desk.canned, name="canned"),
    path("ready-answers/<uuid:pk>/drop/", desk.drop_canned, name="drop_canned"),
    path("<uuid:pk>/", cases.case, name="case"),
    path("<uuid:pk>/say/", cases.say, name="say"),
    path("<uuid:pk>/note/", cases.note, name="note"),
    path("<uuid:pk>/files/", cases.attach, name="attach"),
    path("<uuid:pk>/return-code/", cases.return_code, name="return_code"),
    path("<uuid:pk>/assign/", cases.assign, name="assign"),
    path("<uuid:pk>/close/", cases.close, name="close_case"),
    path("<uuid:pk>/reopen/", cases.reopen, name="reopen_case"),
    path("<uuid:pk>/here/", desk.beat, name="beat"),
    path("<uuid:pk>/snooze/", desk.snooze, name="snooze"),
    path("<uuid:pk>/hand-over/", desk.hand_over, name="hand_over"),
    path("<uuid:pk>/share/", desk.share, name="share_case"),
    path("<uuid:pk>/join/", desk.join, name="join_person"),
    path("<uuid:pk>/part/", desk.part, name="part_person"),
    path("<uuid:pk>/codes/", desk.codes, name="codes"),
    path("<uuid:pk>/ask/", desk.ask, name="ask_colleagues"),
    path("<uuid:pk>/break-glass/", cases.break_glass, name="break_glass"),
]
