from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "interaction_center.queue"
    label = "queue"
