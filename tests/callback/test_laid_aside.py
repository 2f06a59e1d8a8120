"""What could not be dealt with about calls is seen by people, who try it again."""

import pytest
from django.utils import timezone

from channels_app.callback import applying
from channels_app.callback.models import CallEvent, Recording, TextMessage
from interaction_center.due_work import WorkState, list_work, retry_all_work, retry_work
from interaction_center.errors import NotFoundError
from tests.callback.builders import MARIA, stands, the_call
from tests.callback.test_applying import MACHINE_FOUND, a_dialled_request, status, told

pytestmark = pytest.mark.django_db
DEAD = {"state": WorkState.DEAD, "attempts": 10, "last_error": "ValueError"}


def test_a_report_that_was_laid_aside_is_seen_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no")

    request = a_dialled_request()
    told(status("busy", 2))
    CallEvent.objects.update(max_attempts=1)
    with monkeypatch.context() as broken:
        broken.setitem(applying.APPLIERS, "status", fail)
        applying.apply_due()
    (shown,) = list_work("dead")
    assert (shown.kind, shown.title, shown.interaction) == ("call_events", f"{MARIA}: status", request.interaction)
    assert (shown.last_error, stands(request).stage) == ("ValueError", "dialling")
    retry_work("call_events", shown.id)
    applying.apply_due()
    assert stands(request).stage == "retry_wait"
    assert list_work("dead") == []


def test_recordings_and_text_messages_that_were_laid_aside_are_seen_and_tried_again() -> None:
    request, now = a_dialled_request(), timezone.now()
    call = the_call(request)
    Recording.objects.create(call=call, recording_sid="RE1", kind="call", created_at=now, due_at=now, **DEAD)
    kept = {"kind": "call", "created_at": now, "deleted_at": now}
    Recording.objects.create(call=call, recording_sid="RE2", due_at=now, **kept)
    TextMessage.objects.create(request=request, about="moved", key="a", created_at=now, due_at=now, **DEAD)
    assert {row.kind: row.title for row in list_work("dead")} == {
        "recordings": f"{MARIA}: call",
        "callback_messages": f"{MARIA}: moved",
    }
    assert "recordings" not in {row.kind for row in list_work("due")}, "it is kept, and waits for nobody"
    kinds = ("recordings", "callback_messages", "call_events")
    assert [retry_all_work(kind) for kind in kinds] == [1, 1, 0]
    assert list_work("dead") == []


@pytest.mark.parametrize("kind", ["call_events", "recordings", "callback_messages"])
def test_what_is_no_work_is_not_found(kind: str) -> None:
    a_dialled_request()
    told(MACHINE_FOUND)
    CallEvent.objects.update(state=WorkState.DONE)
    with pytest.raises(NotFoundError):
        retry_work(kind, CallEvent.objects.get().public_id)
