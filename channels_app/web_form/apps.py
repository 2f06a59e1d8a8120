from django.apps import AppConfig


class WebFormConfig(AppConfig):
    name = "channels_app.web_form"
    label = "web_form"
