from django.apps import AppConfig


class CallbackConfig(AppConfig):
    name = "channels_app.callback"
    label = "callback"
