from django.apps import AppConfig


class WebChatConfig(AppConfig):
    name = "channels_app.web_chat"
    label = "web_chat"
