"""Recordings of calls and conferences: how long, when they pause, who hears of them, and a file to listen to."""

import io
import math
import wave
from typing import TYPE_CHECKING, Final

from channels_app.callback.simulator.calls import Call, Conference, Hook, Recording
from channels_app.callback.simulator.webhooks import Callback, rfc_2822

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network

READY_SECONDS: Final = 1.0
TRANSCRIPTION_SECONDS: Final = 5.0
RATE: Final = 8_000
LONGEST_FILE_SECONDS: Final = 10


class Recordings:
    """All recordings of the account."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self.all: dict[str, Recording] = {}

    def begin(
        self,
        source: str,
        *,
        hook: Hook,
        call: Call | None = None,
        conference: Conference | None = None,
        channels: int = 1,
    ) -> Recording:
        """Record from now on."""
        now = self._network.timeline.now
        sid = self._network.sids.new("RE")
        recording = Recording(sid, call, conference, source, now, now, hook, channels, running_since=now)
        self.all[sid] = recording
        self._tell(recording, "in-progress")
        return recording

    def of_call(self, sid: str) -> list[Recording]:
        """The recordings of this call, the newest first."""
        return [one for one in reversed(self.all.values()) if one.call is not None and one.call.sid == sid]

    def of_conference(self, sid: str) -> list[Recording]:
        """The recordings of this conference, the newest first."""
        return [one for one in reversed(self.all.values()) if one.conference is not None and one.conference.sid == sid]

    def forget(self, recordings: list[Recording]) -> None:
        """What they were of leaves the memory, and so do they."""
        for recording in recordings:
            del self.all[recording.sid]

    def pause(self, recording: Recording) -> None:
        """What is said from now on is not recorded."""
        self._halt(recording)
        recording.status = "paused"

    def resume(self, recording: Recording) -> None:
        """Go on after a pause."""
        recording.status, recording.running_since = "in-progress", self._network.timeline.now

    def finish(self, recording: Recording, *, is_absent: bool = False) -> None:
        """It is over; its file is ready a second later. `is_absent`: there was nothing to hear."""
        if recording.ended is not None:
            return
        self._halt(recording)
        recording.ended, recording.status = self._network.timeline.now, "stopped"
        result = "absent" if is_absent else "completed"
        self._network.timeline.after(READY_SECONDS, lambda: self._ready(recording, result))

    def _ready(self, recording: Recording, result: str) -> None:
        recording.status, recording.updated = result, self._network.timeline.now
        if recording.sid in self.all:
            self._tell(recording, result)

    def _halt(self, recording: Recording) -> None:
        now = self._network.timeline.now
        if recording.running_since is not None:
            recording.seconds += now - recording.running_since
        recording.running_since, recording.updated = None, now

    def end_with(self, call: Call) -> None:
        """The call is over, and so are its recordings."""
        for recording in self._running():
            if recording.call is call:
                self.finish(recording)

    def end_with_conference(self, conference: Conference) -> None:
        """The conference is over, and so are its recordings."""
        for recording in self._running():
            if recording.conference is conference:
                self.finish(recording)

    def _running(self) -> list[Recording]:
        return [recording for recording in self.all.values() if recording.ended is None]

    def transcribe(self, recording: Recording, said: str, url: str) -> None:
        """Tell what was said, some seconds later."""
        params = [
            ("AccountSid", self._network.account.sid),
            ("TranscriptionSid", self._network.sids.new("TR")),
            ("TranscriptionText", said),
            ("TranscriptionStatus", "completed"),
            ("TranscriptionType", "fast"),
            ("RecordingSid", recording.sid),
            ("RecordingUrl", self.url(recording)),
        ]
        if recording.call is not None:
            call = recording.call
            params += [("CallSid", call.sid), ("From", call.from_), ("To", call.to), ("CallStatus", call.status)]
        about = recording.call.sid if recording.call else recording.sid
        callback = Callback(url, "POST", params, "transcription", "completed", about)
        self._network.timeline.after(TRANSCRIPTION_SECONDS, lambda: self._network.webhooks.tell(callback))

    def url(self, recording: Recording) -> str:
        """Where Twilio has the file; with .wav, or .mp3, at its end it is the media."""
        return f"{self._network.api_base}/2010-04-01/Accounts/{self._network.account.sid}/Recordings/{recording.sid}"

    def about(self, recording: Recording, digits: str) -> tuple[tuple[str, str], ...]:
        """What the action of <Record> is told."""
        about = (("RecordingSid", recording.sid), ("RecordingUrl", self.url(recording)))
        return (*about, ("RecordingDuration", str(round(recording.seconds))), ("Digits", digits))

    def _tell(self, recording: Recording, event: str) -> None:
        if not recording.hook.wants(event):
            return
        params = [
            ("AccountSid", self._network.account.sid),
            *_of_what(recording),
            ("RecordingSid", recording.sid),
            ("RecordingUrl", self.url(recording)),
            ("RecordingStatus", event),
            ("RecordingChannels", str(recording.channels)),
            ("RecordingSource", recording.source),
            ("RecordingTrack", "both"),
            ("RecordingStartTime", rfc_2822(recording.created)),
            ("ErrorCode", "0"),
        ]
        if event != "in-progress":
            params.append(("RecordingDuration", str(round(recording.seconds))))
        about = recording.call or recording.conference
        hook = recording.hook
        sid = about.sid if about else recording.sid
        self._network.webhooks.tell(Callback(hook.url, hook.method, params, "recording", event, sid))


def wav(seconds: float) -> bytes:
    """A soft tone of that length (ten seconds at most), 8 kHz, 8 bit, one channel."""
    count = int(RATE * max(0.1, min(seconds, LONGEST_FILE_SECONDS)))
    samples = bytes(128 + round(20 * math.sin(2 * math.pi * 440 * index / RATE)) for index in range(count))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE)
        out.writeframes(samples)
    return file.getvalue()


def _of_what(recording: Recording) -> list[tuple[str, str]]:
    of = []
    if recording.call is not None:
        of.append(("CallSid", recording.call.sid))
    if recording.conference is not None:
        of.append(("ConferenceSid", recording.conference.sid))
    return of
