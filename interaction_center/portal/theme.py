"""The colours of a site on its help pages, made from its accent so that every text stays readable. Pure."""

from functools import lru_cache

READABLE = 4.5  # WCAG 2.2, 1.4.3
Rgb = tuple[int, int, int]
WHITE, BLACK, LIGHT_PAGE, DARK_PAGE = (255, 255, 255), (16, 24, 46), (245, 246, 248), (30, 33, 40)


@lru_cache(maxsize=16)
def colors(accent: str) -> str:
    """The roles of the design that follow the accent, for light and dark; high contrast keeps its own colours."""
    brand = _rgb(accent)
    light, dark = _readable(brand, BLACK, LIGHT_PAGE), _readable(brand, WHITE, DARK_PAGE)
    pairs = {
        "--accent": (light, dark),
        "--accent-hover": (_mixed(light, BLACK, 0.18), _mixed(dark, WHITE, 0.25)),
        "--on-accent": (WHITE, BLACK),
        "--accent-soft": (_mixed(light, WHITE, 0.9), _mixed(dark, DARK_PAGE, 0.85)),
        "--focus": (light, dark),
    }
    lines = "".join(f"{name}:light-dark({_hex(day)},{_hex(night)});" for name, (day, night) in pairs.items())
    return f"@media not (prefers-contrast: more) {{:root{{{lines}}}}}\n"


def contrast(one: Rgb, other: Rgb) -> float:
    """1 to 21, as WCAG counts it."""
    lighter, darker = sorted((_light(one), _light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _readable(color: Rgb, towards: Rgb, page: Rgb) -> Rgb:
    """The colour, moved as far as it must be to be read on the page, and to carry text of the opposite colour."""
    opposite = BLACK if towards == WHITE else WHITE
    steps = (_mixed(color, towards, step / 20) for step in range(21))
    return next(c for c in steps if min(contrast(c, page), contrast(c, opposite)) >= READABLE)


def _mixed(color: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def _light(color: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _rgb(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in color)
