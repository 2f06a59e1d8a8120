"""HTML that strangers send: cleaned once when it is stored, shown in a frame of its own that can do nothing. Pure.

Three walls, each enough alone: nh3 keeps only tags and attributes of the lists below; the document carries its own
content security policy with `sandbox`; the console shows it in an iframe without scripts. The frame is of our origin,
because the pictures that came with the mail are for who is signed in; where nothing runs, that allows nothing else.
Pictures from elsewhere tell their owner that the mail was read, so their address is parked in `data-remote-src` until
somebody asks for them.
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import unquote

import nh3

from interaction_center.queue.html_cost import is_too_costly

MAX_HTML = 2_000_000  # characters, as it comes and as it is kept; the raw mail keeps it all

_TAGS = nh3.ALLOWED_TAGS | {"font", "big", "address", "main", "section", "tfoot", "picture"}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "template", "noscript", "svg", "math", "iframe", "object"}
_CELL = {"align", "valign", "bgcolor", "width", "height", "colspan", "rowspan", "nowrap"}
_ATTRIBUTES = {
    "*": {"style", "title", "dir", "lang", "align"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "width", "height", "bgcolor", "align"},
    "tr": {"align", "valign", "bgcolor"},
    "td": _CELL,
    "th": _CELL,
    "col": {"span", "width"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "blockquote": {"type"},
    "time": {"datetime"},
}
# Nothing that can load, cover other things or leave its place.
_STYLE_NAMES = """
color background-color font font-family font-size font-style font-weight line-height text-align text-decoration
text-indent text-transform vertical-align white-space word-break overflow-wrap letter-spacing list-style-type
direction display margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right
padding-bottom padding-left border border-top border-right border-bottom border-left border-collapse border-spacing
border-color border-style border-width border-radius width height max-width max-height min-width min-height
"""
_ANY_TAG = re.compile(r"<[^<>]{0,5000}>")
_INLINE_IMAGE = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=]{1,1500000}")
_REMOTE = re.compile(r"(?:https?:)?//[^/]", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]")  # browsers skip these inside of an address
_FUNCTION = re.compile(r"([a-z0-9-]*)\(")
_HARMLESS_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "calc"}
_PARKED, _SHOWN = ' data-remote-src="', ' src="'
_CID = re.compile(r' src="cid:([^"]{1,500})"')

_DOCUMENT = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width"><base target="_blank"><title>{title}</title><style>
:root{{color-scheme:light}}body{{margin:0;padding:12px;background:#fff;color:#1a1a1a;overflow-wrap:anywhere;
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}}
img{{max-width:100%;height:auto}}table{{max-width:100%}}pre{{white-space:pre-wrap}}
blockquote{{margin:8px 0 8px 4px;padding-left:12px;border-left:3px solid #d0d5dd;color:#475467}}
img[data-remote-src]{{display:inline-block;min-width:24px;min-height:24px;border:1px dashed #98a2b3;background:#f2f4f7}}
</style></head><body>{body}</body></html>
"""
_TITLES = {"de": "Nachricht", "en": "Message"}


class CleanHtml(str):
    """HTML that `clean_html` has made harmless; nothing else makes one."""

    __slots__ = ()


def clean_html(raw: str) -> CleanHtml:
    """The harmless part of `raw`, at most MAX_HTML characters; only its text where cleaning would cost too much.

    Pictures from elsewhere keep their address in `data-remote-src`; `cid:` ones stay.
    """
    raw = raw[:MAX_HTML]
    if is_too_costly(raw):
        return CleanHtml(_as_text(raw))
    clean = _CLEANER.clean(raw).replace(' src="remote:', _PARKED).replace("\x00", "\ufffd")
    return CleanHtml(clean if len(clean) <= MAX_HTML else _as_text(raw))


def _as_text(raw: str) -> str:
    """Escaping makes six characters of one at most."""
    return f"<pre>{escape(without_tags(raw)[: MAX_HTML // 6 - 2])}</pre>"


def without_tags(raw: str) -> str:
    """The text of HTML that is not worth a parser."""
    return unescape(_ANY_TAG.sub(" ", raw))


def has_remote_images(clean: str) -> bool:
    """Whether there are pictures that are loaded only when asked for."""
    return _PARKED in clean


def document(clean: str, *, images: bool, cid_urls: Mapping[str, str], language: str = "en") -> str:
    """A whole HTML document for the frame. `images`: load remote pictures; `cid_urls`: content id -> address."""
    body = _CID.sub(lambda match: _attached(match[1], cid_urls), clean)
    if images:
        body = body.replace(_PARKED, _SHOWN)
    known = language if language in _TITLES else "en"
    return _DOCUMENT.format(language=known, title=_TITLES[known], body=body)


def frame_csp(*, images: bool) -> str:
    """The content security policy of that document. Without scripts `allow-same-origin` only lets our pictures load."""
    sources = "'self' data: https: http:" if images else "'self' data:"
    return (
        f"default-src 'none'; img-src {sources}; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
        "form-action 'none'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """nh3 asks for every attribute that is left: its value, another one, or None to drop it."""
    bare = _INVISIBLE.sub("", value)
    if attribute == "src":
        return _image_source(bare)
    if attribute == "href":
        return None if bare.lower().startswith(("data:", "cid:")) else value
    if attribute == "style":
        return None if "\\" in bare or set(_FUNCTION.findall(bare.lower())) - _HARMLESS_FUNCTIONS else value
    return value


def _image_source(source: str) -> str | None:
    if source[:4].lower() == "cid:":
        return f"cid:{source[4:]}"
    if _INLINE_IMAGE.fullmatch(source):
        return source
    if not _REMOTE.match(source):
        return None
    return f"remote:{source if source[:4].lower() == 'http' else 'https:' + source}"


def _attached(content_id: str, cid_urls: Mapping[str, str]) -> str:
    """The address of an attached picture; one that did not come along shows its alternative text."""
    url = cid_urls.get(unescape(content_id)) or cid_urls.get(unquote(unescape(content_id)))
    return f' src="{escape(url)}"' if url else ""


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    filter_style_properties=set(_STYLE_NAMES.split()),
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)
