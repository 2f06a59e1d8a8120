"""The doors of the telephone network."""

from django.urls import path

from channels_app.callback import webhooks

hooks = [
    path("cb/t/<str:token>", webhooks.talk),
    path("cb/s/<str:token>", webhooks.status),
    path("cb/c/<str:token>", webhooks.conference),
    path("cb/a/<str:token>", webhooks.machine),
]
short_prefixes = {"cb/": hooks}
urlpatterns = [*hooks]
