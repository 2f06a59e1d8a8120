from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "interaction_center.demo"
    label = "demo"
