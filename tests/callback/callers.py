"""People who call us, as plain functions."""

from typing import Any

from django.conf import settings

from channels_app.callback.models import CallLeg, PhoneCall, PhoneLine
from channels_app.callback.simulator.phones import Action, Script
from interaction_center.access.models import User
from interaction_center.queue.models import Interaction
from interaction_center.routing.services import take_interaction
from tests.builders import fresh
from tests.callback.builders import ACCEPTS, MARIA, OURS, World, a_line, an_agent_with_phone

ANNA, BERND = "+4930555001", "+4930555002"
HIDDEN = "+266696687"  # "anonymous", on the keys of a telephone
STAYS = Script()


def presses(*keys: tuple[str, str]) -> Script:
    """Whoever presses these keys, each after they have heard these words."""
    return Script(actions=tuple(Action("press", heard=heard, after=1, digits=digits) for heard, digits in keys))


def a_hotline(world: World, mode: str = "agent_first", **values: Any) -> PhoneLine:
    """A line that is told of calls to its number, and of their end."""
    line = a_line(mode, **{"quiet_from": "24:00", "quiet_until": "00:00", **values})
    hook = f"{settings.PUBLIC_BASE_URL}/cb/in/{line.public_id}"
    world.network.add_number(line.number, voice_url=hook, status_callback=hook)
    return line


def calls_us(world: World, caller: str = MARIA, script: Script = STAYS, line: str = OURS) -> str:
    """The sid of a call that begins now, once its first words are heard."""
    world.network.script(caller, script)
    sid = world.network.inbound(caller, line)
    world.run(1)
    return sid


def call_of(sid: str) -> PhoneCall:
    """Our row of it."""
    return CallLeg.objects.select_related("call__line", "call__request").get(call_sid=sid).call


def interaction_of(sid: str) -> Interaction:
    """What it is in the queue."""
    return fresh(call_of(sid).interaction)


def spoken_to(world: World, sid: str) -> list[str]:
    """Every sentence that this caller has heard."""
    return [heard.text for heard in world.network.transcript(sid) if heard.kind == "say"]


def has_heard(world: World, sid: str, words: str) -> bool:
    """Whether this was among it."""
    return any(words in text for text in spoken_to(world, sid))


def longest_silence(world: World, sid: str) -> float:
    """In seconds."""
    return max((until - since for since, until in world.network.silences(sid)), default=0.0)


def an_agent_who_answers(world: World, name: str = "Anna Agent", number: str = ANNA, **values: Any) -> User:
    """Somebody with a telephone who picks up and presses 1."""
    user = an_agent_with_phone(name, number, **values)
    world.network.script(number, ACCEPTS)
    return user


def takes(user: User, sid: str) -> None:
    """They accept this call in the console."""
    take_interaction(interaction=interaction_of(sid), user=user)
