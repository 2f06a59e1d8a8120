"""The pages of customers."""

from django.urls import path
from django.views.generic import RedirectView

from interaction_center.portal import confirm, files, form, requests, sign_in, views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_home, name="help"),
    path("help/feedback/", views.feedback, name="help-feedback"),
    path("help/code/<slug:family>/", views.family_page, name="help-family"),
    path("help/code/<slug:family>/<str:code>/", views.code_page, name="help-code-slash"),
    path("help/code/<slug:family>/<str:code>", views.code_page, name="help-code"),
    path("help/files/<slug:file_id>/<str:filename>", files.knowledge_file, name="help-file"),
    path("help/write/", form.write, name="help-write"),
    path("help/write/sent/", form.sent, name="help-write-sent"),
    path("help/write/solved/", form.solved, name="help-write-solved"),
    path("help/write", RedirectView.as_view(pattern_name="help-write", query_string=True)),
    path("help/requests/", requests.request_list, name="requests"),
    path("help/requests", RedirectView.as_view(pattern_name="requests")),
    path("help/requests/sign-in/", sign_in.ask, name="requests-sign-in"),
    path("help/requests/open/", sign_in.open_link, name="requests-open"),
    path("help/requests/sign-out/", sign_in.sign_out, name="requests-sign-out"),
    path("help/requests/answer/", requests.answer, name="requests-answer"),
    path("help/requests/<str:name>/", requests.one_request, name="request"),
    path("help/requests/<str:name>/close/", requests.close, name="request-close"),
    path("help/requests/<str:name>/files/<str:file_id>", requests.file, name="request-file"),
    path("help/<slug:slug>", views.article_page, name="help-article"),
    path("confirm/", confirm.confirm, name="confirm"),
]
