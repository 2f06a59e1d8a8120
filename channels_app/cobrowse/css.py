"""Style that reaches an agent's browser must fetch nothing: no address but small pictures in the text itself. Pure."""

import re

MAX_DATA_URL = 4096

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|(?:\r\n|[\r\n\f])|(.))", re.DOTALL | re.IGNORECASE)
# What can name an address beside url(): rules that load, and functions that take one as a plain string.
_FORBIDDEN = re.compile(
    r"@import|@font-face|@namespace|@document|-moz-binding|(?<![\w-])behavior\s*:|(?<![\w-])expression\("
    r"|(?<![\w-])(?:-[a-z]+-)?(?:image-set|image|src|element|paint)\(|</"
)
_URL = re.compile(r"url\(([^)]*)")  # an address that may be there has no bracket, so one pass finds where each ends
_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp)(?:;base64)?,[a-z0-9+/=%._~-]*")
_LOCAL = re.compile(r"#[a-z_][\w-]{0,60}", re.ASCII)
_ESCAPED_OR_AT_OR_CALL = re.compile(r"[\\@(:<]")


def is_harmless(css: str) -> bool:
    """Whether a browser that applies this asks for nothing. What is written with escapes is read as browsers do."""
    if not _ESCAPED_OR_AT_OR_CALL.search(css):
        return True
    read = _ESCAPE.sub(_unescaped, _COMMENT.sub(" ", css)).lower()
    if _FORBIDDEN.search(read):
        return False
    return all(_is_harmless_address(match.group(1)) for match in _URL.finditer(read))


def _unescaped(match: re.Match[str]) -> str:
    """A letter of a name; whatever else is escaped is part of a name and no sign of the language (`.md\\:flex`)."""
    digits, letter = match.groups()
    read = chr(min(int(digits, 16), 0x10FFFF)) if digits else letter or ""
    return read if read == "-" or read.isalnum() else "_"


def _is_harmless_address(address: str) -> bool:
    address = address.strip()
    if len(address) > 1 and address[0] == address[-1] and address[0] in "'\"":
        address = address[1:-1].strip()
    if not address or _LOCAL.fullmatch(address):
        return True
    return len(address) <= MAX_DATA_URL and _DATA.fullmatch(address) is not None
