from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "interaction_center.console"
    label = "console"
