"""The socket on which a recording is played, `/ws/cobrowse/recording`: piece by piece, and never as a file.

Whoever plays is asked for again with every piece: rights that are lost end a playback as they end a view. Supervisors
may play what they may see, and the agents who watched the session themselves: they have seen all of it before. Others
who work on the interaction have not, and need no more than its log.
"""

import struct
import time
from collections.abc import Sequence
from typing import Any

from channels_app.cobrowse import recordings, shown
from channels_app.cobrowse.models import Playback, Recording
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.pacing import CONTROL_BURST, FRAMES_A_SECOND
from channels_app.cobrowse.reel import Piece
from channels_app.cobrowse.selectors import may_play, people_of, playback_wire
from channels_app.cobrowse.tape import all_written
from interaction_center.access.doors import Actor, actor_of_session, login_of_socket
from interaction_center.access.rate_limits import Bucket
from interaction_center.access.site_doors import clean_text
from interaction_center.errors import BadRequestError, CenterError, ForbiddenError, NotFoundError
from interaction_center.live.session import Frame, Session
from interaction_center.live.threads import in_database_thread
from interaction_center.queue.selectors import interaction_for
from interaction_center.queue.wire import row_wire

PROTOCOL = "cic.cobrowse-recording.v1"
WORK = "work_queue"
NUMBER = struct.Struct(">I")  # of the piece, before what is in it
_CODES = {"unauthorized": 4401, "forbidden": 4403, "not_found": 4404, "recording_deleted": 4404, "rate_limited": 4429}
_BAD, _RATE = 4400, 4429


class PlaybackSocket(Session):
    """One opened recording."""

    protocol = PROTOCOL

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        super().__init__(scope, receive, send)
        self.outbox = Outbox(send, buffered=scope.get("buffered", lambda: 0))
        self.socket = self.outbox
        self._key = ""
        self._recording: Recording | None = None
        self._playback: Playback | None = None
        self._pieces: Sequence[Piece] = ()
        self._reads = Bucket(FRAMES_A_SECOND, CONTROL_BURST, CONTROL_BURST, time.monotonic())

    async def authenticate(self, frame: Frame) -> None:
        self._key = login_of_socket(self.scope, "This page may not play recordings.")
        await all_written()
        ready = await in_database_thread(self._open, clean_text(frame.get("recording") or "")[:16])
        self.commands = {"read": self._read, "ping": self._pong}
        self.tell(ready)

    def _open(self, name: str) -> dict[str, Any]:
        recording = recordings.recording_named(name)
        actor, customer = _reader(self._key, recording)
        who = {"user": actor.person.public_id, "name": actor.name}
        self._recording = recording
        self._playback, self._pieces = recordings.begin_playback(recording, **who)
        return {
            "t": "ready",
            **playback_wire(recording),
            "customer": {"name": customer},
            "pieces": [[piece.ms, int(piece.begins_snapshot)] for piece in self._pieces],
        }

    async def _read(self, frame: Frame) -> None:
        """`read {piece}`: the piece of this number, as one binary frame."""
        if self._reads.take(time.monotonic()):
            self.socket.close(_RATE, shown.error("rate_limited", "Too many parts at once."))
            return
        number = frame.get("piece")
        if type(number) is not int:
            raise BadRequestError("piece is the number of a part.")
        try:
            self.outbox.give(NUMBER.pack(number) + await in_database_thread(self._piece, number), "")
        except CenterError as error:
            if error.code not in _CODES:
                raise
            self.socket.close(_CODES[error.code], shown.error(error.code, error.message))

    def _piece(self, number: int) -> bytes:
        if self._recording is None or self._playback is None:
            raise NotFoundError("There is no such recording.")
        self._recording = recordings.recording_named(self._recording.public_id)
        _reader(self._key, self._recording)
        return recordings.play(self._recording, self._playback, self._pieces, number)

    def _pong(self, frame: Frame) -> None:
        self.tell({"t": "pong"})

    def refuse(self, frame: Frame, error: CenterError) -> None:
        self.tell({"t": "err", "code": error.code, "message": error.message})

    def close_code(self, error: CenterError) -> int:
        return _CODES.get(error.code, _BAD)


def _reader(key: str, recording: Recording) -> tuple[Actor, str]:
    """Who is signed in, if they may play this now; the customer's name. NotFoundError, ForbiddenError."""
    actor = actor_of_session(key)
    actor.check(WORK)
    row = interaction_for(actor.user, recording.session.interaction, everything=actor.sees_everything)
    if not may_play(actor, people_of(recording.session_id)):
        raise ForbiddenError("Only supervisors and who watched this session may play its recording.")
    return actor, str(row_wire(row)["customer"]["name"])
