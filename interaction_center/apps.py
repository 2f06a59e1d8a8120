from django.apps import AppConfig


class InteractionCenterConfig(AppConfig):
    name = "interaction_center"
    label = "interaction_center"
