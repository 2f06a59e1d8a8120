"""What callers hear while they wait: four seconds of a soft figure of our own, to be played in a circle. Pure.

Made here and not taken from elsewhere: no licence, no file of others that may be gone when somebody waits.
"""

import array
import io
import math
import sys
import wave
from functools import cache

RATE = 8_000  # what a telephone carries
SECONDS = 4
_CHORD = (261.63, 329.63, 392.00, 523.25, 392.00, 329.63, 293.66, 349.23)  # Hz, half a second each
_LOUDNESS = 5_500  # of 32,767: behind the words, not above them


@cache
def hold_music() -> bytes:
    """The file, WAV, 16 bit, one channel."""
    samples = array.array("h", (_sample(index) for index in range(RATE * SECONDS)))
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _sample(index: int) -> int:
    """Each tone swells and fades, the last one into nothing: no click where the circle closes."""
    each = RATE * SECONDS // len(_CHORD)
    note, inside = divmod(index, each)
    swell = math.sin(math.pi * inside / each)
    return round(_LOUDNESS * swell * math.sin(2 * math.pi * _CHORD[note] * inside / RATE))
