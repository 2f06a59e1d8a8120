from django.apps import AppConfig


class InstalledBaseConfig(AppConfig):
    name = "interaction_center.installed_base"
    label = "installed_base"
