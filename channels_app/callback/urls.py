"""Every address of this channel: the doors of the telephone network, and the customers' pages."""

from django.urls import path

from channels_app.callback import webhooks
from channels_app.callback.page_urls import page_urls

hooks = [
    path("cb/t/<str:token>", webhooks.talk),
    path("cb/s/<str:token>", webhooks.status),
    path("cb/c/<str:token>", webhooks.conference),
    path("cb/a/<str:token>", webhooks.machine),
    path("cb/r/<str:token>", webhooks.recording),
    path("cb/x/<str:token>", webhooks.transcription),
    path("cb/in/<str:token>", webhooks.incoming),
    path("cb/hold.wav", webhooks.hold),
]
short_prefixes = {"cb/": hooks}
urlpatterns = [*hooks, *page_urls]
