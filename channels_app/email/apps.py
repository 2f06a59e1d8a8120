from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "channels_app.email"
    label = "email_channel"
