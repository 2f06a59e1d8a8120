from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "interaction_center.access"
    label = "access"
