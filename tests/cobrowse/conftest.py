"""The running centre of the chat, and its agents, for the sockets of co-browsing."""

from tests.web_chat.conftest import anna, ben, chat_center

__all__ = ["anna", "ben", "chat_center"]
