"""The pages of customers. Help pages have their language in the address; without it one is led to the reader's."""

from django.urls import path, register_converter
from django.views.generic import RedirectView

from interaction_center.portal import (
    answered,
    assets,
    confirm,
    devices,
    files,
    form,
    records,
    requests,
    sign_in,
    site_map,
    views,
)
from interaction_center.portal.language import LanguageConverter, to_language

register_converter(LanguageConverter, "lang")

urlpatterns = [
    path("", views.home, name="home"),
    path("help/<lang:locale>/", views.help_home, name="help"),
    path("help/<lang:locale>/feedback/", records.feedback, name="help-feedback"),
    path("help/<lang:locale>/asked/", records.asked, name="help-asked"),
    path("help/<lang:locale>/topic/<slug:slug>", views.topic_page, name="help-topic"),
    path("help/<lang:locale>/code/", devices.look_up, name="help-codes"),
    path("help/<lang:locale>/code", RedirectView.as_view(pattern_name="help-codes", query_string=True)),
    path("help/<lang:locale>/code/<slug:family>/", devices.family_page, name="help-family"),
    path("help/<lang:locale>/code/<slug:family>/<str:code>", devices.code_page, name="help-code"),
    path("help/<lang:locale>/<slug:slug>", views.article_page, name="help-article"),
    path("help/<lang:locale>/<path:rest>", views.no_page),
    path("help/<lang:locale>", RedirectView.as_view(pattern_name="help", query_string=True)),
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
    path("help/requests/me", sign_in.me, name="requests-me"),
    path("help/requests/answer/", requests.answer, name="requests-answer"),
    path("help/requests/<str:name>/", requests.one_request, name="request"),
    path("help/requests/<str:name>/claim/", requests.claim, name="request-claim"),
    path("help/requests/<str:name>/close/", requests.close, name="request-close"),
    path("help/requests/<str:name>/files/<str:file_id>", requests.file, name="request-file"),
    path("help/style.css", assets.style, name="help-style"),
    path("help/live.js", assets.script, name="help-script"),
    path("help/", to_language, name="help"),
    path("help/topic/<slug:slug>", to_language, name="help-topic"),
    path("help/code/", to_language, name="help-codes"),
    path("help/code/<slug:family>/", to_language, name="help-family"),
    path("help/code/<slug:family>/<str:code>/", to_language, name="help-code"),
    path("help/code/<slug:family>/<str:code>", to_language, name="help-code"),
    path("help/<slug:slug>", to_language, name="help-article"),
    path("help/<slug:slug>/", RedirectView.as_view(pattern_name="help-article", query_string=True)),
    path("robots.txt", site_map.robots, name="robots"),
    path("sitemap.xml", site_map.site_map, name="sitemap"),
    path("sitemap/<str:section>/<int:number>.xml", site_map.site_map_page, name="sitemap-page"),
    path("answered/", answered.answered, name="answered"),
    path("confirm/", confirm.confirm, name="confirm"),
]
