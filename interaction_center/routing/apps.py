from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "interaction_center.routing"
    label = "routing"
