"""What an image is by its first bytes, whatever its sender says. Pure.

Only the four kinds that browsers show and that can carry no script. Sources: PNG (RFC 2083) 3.1 and 11.2.2, GIF89a 18,
JPEG (ITU-T T.81) B.2.2, WebP (RFC 9649) 2.5-2.7.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

MAX_SIDE = 100_000
_NO_FRAME = frozenset({0xC4, 0xC8, 0xCC})  # tables, not the start of a frame
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


@dataclass(frozen=True, slots=True)
class Image:
    """Its media type, and its size in pixels; 0 = not told."""

    content_type: str
    width: int = 0
    height: int = 0


def image_of(content: bytes) -> Image | None:
    """None when it is none of the four. Sizes that no picture has count as not told."""
    image = _image_of(content)
    return replace(image, width=0, height=0) if image and max(image.width, image.height) > MAX_SIDE else image


def _image_of(content: bytes) -> Image | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Image("image/png", _big(content[16:20]), _big(content[20:24]))
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Image("image/gif", _little(content[6:8]), _little(content[8:10]))
    if content.startswith(b"\xff\xd8\xff"):
        return Image("image/jpeg", *_jpeg_size(content))
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Image("image/webp", *_webp_size(content))
    return None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    for marker, place in _jpeg_segments(content):
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            return _big(content[place + 5 : place + 7]), _big(content[place + 3 : place + 5])
    return 0, 0


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int]]:
    """(marker, place of its length) up to the data of the picture."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF and content[place + 1] != 0xDA:
        marker = content[place + 1]
        if marker == 0xFF or marker in _ALONE:  # a fill byte, or nothing follows
            place += 1 if marker == 0xFF else 2
            continue
        yield marker, place + 2
        place += 2 + max(_big(content[place + 2 : place + 4]), 2)


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8 ":
        return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
    if kind == b"VP8L":
        bits = _little(content[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return _little(content[24:27]) + 1, _little(content[27:30]) + 1
    return 0, 0


def _big(part: bytes) -> int:
    return int.from_bytes(part, "big")


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")
