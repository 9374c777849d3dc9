"""Addresses of referrals, below those of cases: nobody opens one before accepting the code of conduct."""

from django.urls import path

from .views import referrals

urlpatterns = [
    path("<uuid:pk>/refer/", referrals.refer, name="refer"),
    path("referrals/", referrals.listed, name="referrals"),
    path("referrals/<uuid:pk>/", referrals.referral, name="referral"),
    path("referrals/<uuid:pk>/edit/", referrals.edit, name="edit_referral"),
    path("referrals/<uuid:pk>/consent/", referrals.consent, name="referral_consent"),
    path("referrals/<uuid:pk>/send/", referrals.send, name="send_referral"),
    path("referrals/<uuid:pk>/link/", referrals.renew_link, name="renew_referral_link"),
    path("referrals/<uuid:pk>/answer/", referrals.answer, name="answer_referral"),
    path("referrals/<uuid:pk>/reply/", referrals.reply, name="reply_referral"),
    path("referrals/<uuid:pk>/tell/", referrals.tell, name="tell_referral"),
    path("referrals/<uuid:pk>/slip/", referrals.slip, name="referral_slip"),
    path("referrals/<uuid:pk>/file/<slug:form>/", referrals.file, name="referral_file"),
    path("referrals/<uuid:pk>/deed/<slug:name>/", referrals.deed, name="referral_deed"),
]
