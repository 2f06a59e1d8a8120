from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "interaction_center.history"
    label = "history"
