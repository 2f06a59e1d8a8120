"""Every address of this channel: the doors of the telephone network, and the customers' pages."""

from django.urls import path

from channels_app.callback import webhooks
from channels_app.callback.page_urls import page_urls

hooks = [
    path("cb/t/<str:token>", webhooks.talk),
    path("cb/s/<str:token>", webhooks.status),
    path("cb/c/<str:token>", webhooks.conference),
    path("cb/a/<str:token>", webhooks.machine),
]
short_prefixes = {"cb/": hooks}
urlpatterns = [*hooks, *page_urls]
