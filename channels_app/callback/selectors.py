"""Questions about lines, requests and calls."""

from channels_app.callback.models import CallbackRequest


def mail_of(interaction: str) -> tuple[str, str]:
    """The mail address that came with the request of this interaction, and the key of its site; "" for none."""
    found = CallbackRequest.objects.filter(interaction=interaction).values_list("email", "line__site").first()
    return found or ("", "")
