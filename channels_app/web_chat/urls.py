"""The widget's requests; every one is for the pages of one site."""

from django.urls import path

from channels_app.web_chat import line_views, views

short_ways = {"chat/suggest": views.suggest_answers}
urlpatterns = [
    path("chat/config", views.config),
    path("chat/suggest", views.suggest_answers),
    path("chat/article", views.article),
    path("chat/solved", views.solved),
    path("chat/upload", views.upload),
    path("chat/line", line_views.line),
    path("chat/line/frames", line_views.line_frames),
    path("chat/files/<str:file_id>", views.file),
]
