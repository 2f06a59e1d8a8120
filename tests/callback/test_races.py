"""Two of us at once, each with a connection of its own: a call is begun once, and what is taken back is not dialled."""

import pytest
from django.utils import timezone

from channels_app.callback import posting
from channels_app.callback.admission import is_still_wanted
from channels_app.callback.dialler import dial_due, look_at_due, start_customer_first
from channels_app.callback.models import CallbackRequest, CallLeg, DoNotCall, Mode, PhoneCall, PhoneLine
from tests.builders import in_parallel
from tests.callback.builders import AtOnce, a_line, a_request, a_world, an_agent_with_phone, cancel, stands

pytestmark = pytest.mark.django_db(transaction=True)


def a_rush(agents: int, requests: int) -> list[CallbackRequest]:
    for number in range(agents):
        an_agent_with_phone(f"Agent{number} Smith", f"+493055500{number}")
    line = a_line(Mode.CUSTOMER_FIRST)
    return [a_request(line, f"+493012350{number}") for number in range(requests)]


def test_two_diallers_begin_each_call_once_and_no_more_than_agents_are_free() -> None:
    with a_world():
        a_rush(agents=4, requests=8)
        look_at_due(timezone.now())
        in_parallel([dial_due, dial_due])
        in_parallel([dial_due, dial_due])
        calls = PhoneCall.objects.all()
        assert len(calls) == len({call.request_id for call in calls}) == len({call.agent for call in calls}) == 4


def test_two_workers_post_each_telephone_once() -> None:
    with a_world() as world:
        requests = a_rush(agents=4, requests=4)
        look_at_due(timezone.now())
        start_customer_first(timezone.now())
        in_parallel([posting.serve_legs_once, posting.serve_legs_once])
        assert [world.rings(request.number) for request in requests] == [1, 1, 1, 1]


@pytest.mark.parametrize("how", ["cancelled", "forbidden", "paused"])
def test_what_is_called_off_between_commit_and_post_is_not_dialled_when_its_turn_comes_late(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late(AtOnce):
        """Somebody is faster than the thread."""

        def submit(self, fn: object, /, *args: object, **kwargs: object) -> object:  # type: ignore[override]
            call_off()
            return super().submit(fn, *args, **kwargs)  # type: ignore[arg-type]

    def call_off() -> None:
        if how == "cancelled":
            assert cancel(request)
        elif how == "forbidden":
            DoNotCall.objects.create(number=request.number, created_at=timezone.now())
        else:
            PhoneLine.objects.update(paused_at=timezone.now())

    with a_world() as world:
        (request,) = a_rush(agents=1, requests=1)
        look_at_due(timezone.now())
        start_customer_first(timezone.now())
        posting.places = Late()
        monkeypatch.setattr(posting, "ASK_AGAIN_AFTER", -1.0)  # as if it had waited for its turn
        posting.serve_legs_once()
        assert world.rings(request.number) == 0
        leg = CallLeg.objects.get()
        assert (leg.stage, leg.error_code) == ("absent", "called_off")
        assert stands(request).calls_made == 0


def test_a_telephone_is_still_wanted_as_long_as_nobody_has_called_it_off() -> None:
    with a_world():
        (request,) = a_rush(agents=1, requests=1)
        look_at_due(timezone.now())
        start_customer_first(timezone.now())
        leg = CallLeg.objects.get()
        assert is_still_wanted(leg.pk)
        cancel(request)
        assert not is_still_wanted(leg.pk)
