from django.apps import AppConfig


class CobrowseConfig(AppConfig):
    name = "channels_app.cobrowse"
    label = "cobrowse"
