"""What Twilio is to do with a telephone, as a row before it is asked: given by `obeying.py`."""

from channels_app.callback.models import CallLeg


def order(leg: CallLeg, do: str, **facts: str) -> None:
    """Twilio is to do this with the leg; not twice the same in a row, and one call is ended once."""
    wanted = {"do": do, **facts}
    if wanted not in (leg.orders if do == "hang_up" else leg.orders[-1:]):
        leg.orders = [*leg.orders, wanted]
