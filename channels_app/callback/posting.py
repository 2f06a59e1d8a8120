"""Does with telephones what their rows say: rings them, gives Twilio our orders, looks for those that are lost.

A leg is claimed, then marked as posted with the token of its addresses in one transaction that asks once more whether
it may ring; only after that commit goes the one POST out. Whoever finds a leg that was posted and has no name looks
for its call, and never posts it a second time.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from channels_app.callback import rest
from channels_app.callback.admission import admit, is_still_wanted, locked_lines
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.legs import lose_answer, take_answer, take_failure
from channels_app.callback.models import CallLeg, Party, PhoneLine
from channels_app.callback.obeying import Obedience, obey, take_obedience, target_of
from channels_app.callback.reconciling import Sight, look, lost_of, take_sight
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.settling import LIMIT_SECONDS, leave_out, settle
from channels_app.callback.stages import LegStage
from channels_app.callback.telling import LinesChanged
from channels_app.callback.tokens import digest_of, hook_url, token_of
from interaction_center.due_work import claim
from interaction_center.events import publish_on_commit
from interaction_center.live.threads import release_connection

T = TypeVar("T")
log = logging.getLogger(__name__)
BATCH = 100
AHEAD = 2  # batches on their way before the first of them is written down
BATCHES = 10  # in one go
PLACES = 24  # requests to Twilio at once
ASK_AGAIN_AFTER = 0.5  # seconds since the commit, after which a leg may have been called off
TOO_LATE = 5.0  # seconds: with the time-out of a request far below the lease, so that nobody looks for it meanwhile

_desk = ThreadPoolExecutor(1, thread_name_prefix="legs")
places: Executor = ThreadPoolExecutor(PLACES, thread_name_prefix="twilio")


@dataclass(frozen=True, slots=True)
class Post:
    """A telephone to ring, as it is told to Twilio; nothing of it is read again."""

    leg: int
    call: int
    to: str
    from_: str
    token: str
    ring_seconds: int
    detects_machines: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of it: a name, a failure, or neither: called off before it went out."""

    post: Post
    sid: str = ""
    failure: CallFailure | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be asked of Twilio now. `count`: of the legs that were claimed."""

    posts: Sequence[Post] = ()
    others: Sequence[Callable[[], Obedience | Sight]] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A batch on its way."""

    posted: Sequence[Future[Posted]]
    others: Sequence[Future[Obedience | Sight]]


async def serve_legs() -> int:
    """For a ticker; in a thread of its own, as it waits for Twilio."""
    return await asyncio.get_running_loop().run_in_executor(_desk, serve_legs_once)


def serve_legs_once() -> int:
    """Everything that is due now, up to a few batches; how much it was.

    The next telephones ring before it is written down how the last ones were placed: nobody waits for that.
    """
    _load_client()
    count, asked = 0, deque[Asked]()
    try:
        for _ in range(BATCHES):
            batch = prepare(timezone.now())
            if not batch.count:
                break
            count += batch.count
            asked.append(_ask_twilio(batch, time.monotonic()))
            if len(asked) > AHEAD:
                _write_down(asked.popleft())
    finally:
        while asked:
            _write_down(asked.popleft())
        release_connection()
    return count


@cache
def _load_client() -> None:
    """Before anybody waits: the SDK loads ninety modules at its first call, which takes the better part of a second."""
    rest.current_client().calls  # noqa: B018 - what it loads is the point


def _ask_twilio(batch: Batch, since: float) -> Asked:
    posted = [places.submit(partial(_post, post, since)) for post in batch.posts]
    return Asked(posted, [places.submit(task) for task in batch.others])


def _write_down(asked: Asked) -> None:
    """As soon as everything of a batch is answered."""
    posted = [future.result() for future in asked.posted]
    if posted:
        store_posted(posted)
    answers = [future.result() for future in asked.others]
    if answers:
        store_answers(answers)


def prepare(now: datetime) -> Batch:
    """Claim what is due, and commit what will be asked of Twilio before anything is."""
    lease = timedelta(seconds=settings.CONFIG.call_lease_seconds)
    keys = set(claim(CallLeg, now=now, lease=lease, limit=BATCH))
    return _prepared(keys, now) if keys else Batch()


@transaction.atomic
def _prepared(keys: set[int], now: datetime) -> Batch:
    lines = locked_lines(keys)
    calls = CallLeg.objects.filter(pk__in=keys).values_list("call", flat=True)
    scenes = locked_scenes(set(calls))
    mine = [(scene, leg) for scene in scenes for leg in scene.legs if leg.pk in keys]
    posts, others = _new_posts(mine, lines, now), []
    for scene, leg in mine:
        if leg.posted_at == now:
            continue
        task = _task(scene, leg, now)
        if task is None:
            release(leg)
        else:
            others.append(task)
    settle(scenes, now)
    return Batch(posts, others, len(keys))


def _new_posts(mine: Sequence[tuple[Scene, CallLeg]], lines: dict[int, PhoneLine], now: datetime) -> list[Post]:
    fresh = [(scene, leg) for scene, leg in mine if leg.posted_at is None and leg.ended_at is None and not leg.came_in]
    return [_posted_now(scene, leg, now) for scene, leg in admit(fresh, lines, now)]


def _posted_now(scene: Scene, leg: CallLeg, now: datetime) -> Post:
    leg.posted_at = now
    token = token_of(leg)
    leg.token_digest = digest_of(token)
    line = scene.line
    detects = line.detects_machines and leg.party == Party.CUSTOMER
    return Post(leg.pk, scene.call.pk, leg.to, line.number, token, line.ring_seconds, detects)


def _task(scene: Scene, leg: CallLeg, now: datetime) -> Callable[[], Obedience | Sight] | None:
    """What else is to be asked of Twilio about a claimed leg; None for nothing now."""
    if leg.orders and (leg.call_sid or leg.ended_at):
        return partial(obey, target_of(scene, leg, now))
    if leg.ended_at is not None or (leg.posted_at is None and not leg.came_in):
        return None
    if leg.stage == LegStage.POSTING and leg.call_sid is None:  # its process died between the commit and the answer
        lose_answer(scene, leg, now)
        return None
    return partial(look, lost_of(scene, leg))


def release(leg: CallLeg) -> None:
    """Its lease is over: it is due when its row says so."""
    leg.lease_until, leg.lease_owner = None, ""


def _post(post: Post, since: float) -> Posted:
    """In a thread of the pool. What waited for its turn is asked about once more, and what waited too long stays."""
    waited = time.monotonic() - since
    if waited > TOO_LATE or (waited > ASK_AGAIN_AFTER and not _is_wanted(post)):
        return Posted(post)
    try:
        return Posted(post, sid=_placed(post).sid)
    except CallFailure as failure:
        return Posted(post, failure=failure)


def _placed(post: Post) -> rest.Call:
    return rest.place_call(
        to=post.to,
        from_=post.from_,
        url=hook_url("t", post.token),
        status_callback=hook_url("s", post.token),
        ring_seconds=post.ring_seconds,
        limit_seconds=LIMIT_SECONDS,
        machine_callback=hook_url("a", post.token) if post.detects_machines else "",
    )


def _is_wanted(post: Post) -> bool:
    try:
        return is_still_wanted(post.leg)
    finally:
        release_connection()


@transaction.atomic
def store_posted(results: Iterable[Posted]) -> None:
    """What became of a batch, in one commit."""
    by_leg = {result.post.leg: result for result in results}
    if any(result.failure is not None and result.failure.action == Action.STOP_DIALLING for result in by_leg.values()):
        locked_lines(by_leg)  # they are stopped below, and come before calls
    _store(by_leg, {result.post.call for result in by_leg.values()}, _take_posted)


def store_answers(answers: Iterable[Obedience | Sight]) -> None:
    """What Twilio said to orders and to questions, in one commit."""
    by_leg = {answer.leg: answer for answer in answers}
    _store(by_leg, {answer.call for answer in by_leg.values()}, _take_answer_about)


@transaction.atomic
def _store(by_leg: Mapping[int, T], calls: set[int], take: Callable[[Scene, CallLeg, T, datetime], None]) -> None:
    now, scenes = timezone.now(), locked_scenes(calls)
    for scene in scenes:
        for leg in scene.legs:
            if leg.pk in by_leg:
                take(scene, leg, by_leg[leg.pk], now)
                release(leg)
    settle(scenes, now)


def _take_posted(scene: Scene, leg: CallLeg, result: Posted, now: datetime) -> None:
    if result.sid:
        take_answer(scene, leg, result.sid, now)
    elif result.failure is None:
        leave_out(leg, "called_off", now)
    else:
        take_failure(scene, leg, result.failure, now)
        _alert(scene.line, result.failure, now)


def _alert(line: PhoneLine, failure: CallFailure, now: datetime) -> None:
    """What a person has to mend. Where nothing can work any more, dialling stops and supervisors see it."""
    if failure.action == Action.STOP_DIALLING:
        PhoneLine.objects.filter(pk=line.pk, paused_at=None).update(paused_at=now, paused_by="twilio")
        publish_on_commit(LinesChanged())
    if failure.action.needs_a_person:
        log.error("Line %s: %s", line.public_id, failure.text)


def _take_answer_about(scene: Scene, leg: CallLeg, answer: Obedience | Sight, now: datetime) -> None:
    if isinstance(answer, Sight):
        take_sight(scene, leg, answer, now)
    else:
        take_obedience(scene, leg, answer, now)
