"""The pages of customers."""

from django.urls import path

from interaction_center.portal import confirm, files, views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_home, name="help"),
    path("help/feedback/", views.feedback, name="help-feedback"),
    path("help/code/<slug:family>/", views.family_page, name="help-family"),
    path("help/code/<slug:family>/<str:code>/", views.code_page, name="help-code-slash"),
    path("help/code/<slug:family>/<str:code>", views.code_page, name="help-code"),
    path("help/files/<slug:file_id>/<str:filename>", files.knowledge_file, name="help-file"),
    path("help/<slug:slug>", views.article_page, name="help-article"),
    path("confirm/", confirm.confirm, name="confirm"),
]
