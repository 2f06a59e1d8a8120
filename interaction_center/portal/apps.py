from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "interaction_center.portal"
    label = "portal"
