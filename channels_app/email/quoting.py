"""What the sender newly wrote, without the quoted mail and the signature below it. Pure; the full text is always kept.

A guess for display only, one click away from the whole text. So the rules rather keep too much than lose a word: when
nothing would remain, everything does.
"""

import re

MAX_LINES = 20_000
_LOOKED_AT = 400  # characters of a line: no rule needs more, and each stays in bounded time
_ATTRIBUTION_LINES = 5  # a wrapped "On …, somebody\n<a@b> wrote:" takes no more lines than this

_WROTE = "|".join(
    (
        r"wrote|writes|said|schrieb(?: .{0,200})?|geschrieben|sagte|a écrit|ha scritto|escribió|escreveu",
        r"ha escrit|va escriure",
        r"schreef(?: op.{0,100})?|(?:het volgende )?geschreven|skrev(?: .{0,100})?|kirjoitti|kirjutas",
        r"napisał(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|написал(?:\(а\)|а)?|пишет|a scris|scrisse|írta|yazdı",
        r"写道|写了|のメッセージ|님이 작성",
    )
)
_ENDS_ATTRIBUTION = re.compile(rf"(?:{_WROTE})\s*(?:[:：]|-{{2,}})\s*$", re.IGNORECASE)
_DATE = "|".join(
    (
        r"\d{1,2}[./ -]{1,2}(?:\d{1,2}|\w{3,12})\.?[./ -]{1,2}\d{2,4}",
        r"\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}",
        r"\w{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:at |\d{4})",
        r"\d{1,2}:\d{2}",
    )
)
_STARTS_ATTRIBUTION = re.compile(
    r"^\W{0,4}(?:on|am|le|il|el|em|op|den|på|dnia|dne|w dniu|в|на|a|ha|in a message|quoting|zitat von|hi?n)\b|"
    rf".{{0,200}}?(?:{_DATE})|.{{0,100}}?<\s*[^\s<>@]+@",
    re.IGNORECASE,
)
_DATE_AND_ADDRESS = re.compile(
    rf"^\W{{0,4}}(?:\w{{1,4}},? )?(?:{_DATE}).{{0,200}}(?:<?\S+@\S+>?|>).{{0,40}}[:：]\s*$", re.IGNORECASE
)
_ORIGINAL = "|".join(
    (
        "original|reply|forwarded|ursprüngliche|weitergeleitete|message d'origine|mensaje original|mensagem original",
        "messaggio originale|oorspronkelijk|ursprungligt|oprindelig|opprinnelig|původní|wiadomość|исходное|原始|転送",
    )
)
_DIVIDER = re.compile(rf"^\W*[-_*=]{{2,}}\s*(?:{_ORIGINAL}).{{0,60}}[-_*=]{{2,}}\s*$", re.IGNORECASE)
_FORWARD = re.compile(
    r"^\W*(?:-{2,}\s*)?(?:forwarded message|begin forwarded|weitergeleitete nachricht|anfang der weitergeleiteten)",
    re.IGNORECASE,
)
_FROM = "|".join(
    (
        "from|von|de|da|från|fra|van|od|от|kimden|lähettäjä|expéditeur|desde|mittente|feladó",
        "发件人|差出人|보낸 사람|寄件者",
    )
)
_OTHER = "|".join(
    (
        "sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|kopie|antwort an|envoyé|envoyé le|à|objet",
        "enviado(?: el| em)?|fecha|para|asunto|assunto|inviato|data|a|oggetto|skickat|till|ämne|sendt|til|emne",
        "verzonden|aan|onderwerp|wysłano|do|temat|odesláno|komu|předmět|отправлено|дата|кому|тема|gönderilen",
        "lähetetty|vastaanottaja|aihe|发送时间|收件人|主题|送信日時|宛先|件名",
    )
)
_FROM_LINE = re.compile(rf"^[>\s*]{{0,6}}\**(?:{_FROM})\s*\**\s*[:：]\**\s*\S", re.IGNORECASE)
_OTHER_LINE = re.compile(rf"^[>\s*]{{0,6}}\**(?:{_OTHER})\s*\**\s*[:：]", re.IGNORECASE)
_SENT_FROM = "|".join(
    (
        "sent from|sent via|sent with|sendt fra|envoyé depuis",
        "get outlook for|gesendet von|von meinem .{0,40} gesendet|diese nachricht wurde von meinem",
        "envoyé de|enviado desde|enviado do|inviato da|verzonden (?:vanaf|met)|skickat från|отправлено (?:с|из)",
        "lähetetty",
    )
)
_SIGNATURE = re.compile(rf"^(?:--|—|__|-- )\s*$|^\W{{0,3}}(?:{_SENT_FROM})\b.{{0,80}}$", re.IGNORECASE)


def new_text(text: str) -> str:
    """`text` without quoted mail and signature; the whole text when nothing else is left."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES:
        return text.strip()
    kept = _without_signature(_without_quotes(lines))
    return "\n".join(kept).strip() or text.strip()


def _without_quotes(lines: list[str]) -> list[str]:
    """A quote at the very beginning that nobody is named for was chosen by the sender and stays."""
    kept: list[str] = []
    index, attributed = 0, False
    while index < len(lines):
        line = lines[index]
        if _FORWARD.match(line[:_LOOKED_AT]):
            return lines if not "".join(kept).strip() else kept
        if _ends_here(lines, index):
            return kept
        length = _attribution(lines, index)
        if length:
            if not _quote_follows(lines, index + length) and "".join(kept).strip():
                return kept
            index += length
            attributed = True
        elif _is_quoted(line) and (attributed or "".join(kept).strip()):
            index += 1
        else:
            kept.append(line)
            index += 1
    return kept


def _ends_here(lines: list[str], index: int) -> bool:
    """Whether the header block of a quoted mail starts here (Outlook and its kin quote without marks)."""
    line = lines[index][:_LOOKED_AT]
    if _DIVIDER.match(line):
        return True
    if not (_FROM_LINE.match(line) or _OTHER_LINE.match(line)):
        return False
    block = [text[:_LOOKED_AT] for text in lines[index : index + 8] if text.strip()][:5]
    senders = sum(bool(_FROM_LINE.match(text)) for text in block)
    return senders >= 1 and senders + sum(bool(_OTHER_LINE.match(text)) for text in block) >= 3


def _attribution(lines: list[str], index: int) -> int:
    """How many lines from here are one "On …, somebody wrote:"; 0 if none starts here."""
    if not any(line.rstrip().endswith((":", "：", "--")) for line in lines[index : index + _ATTRIBUTION_LINES]):
        return 0  # the cheap question first: nearly every line ends here
    first = lines[index][:_LOOKED_AT].lstrip("> ")
    if not first.strip() or not _STARTS_ATTRIBUTION.match(first):
        return 0
    joined = ""
    for count in range(1, _ATTRIBUTION_LINES + 1):
        if index + count > len(lines) or (count > 1 and not lines[index + count - 1].strip()):
            return 0
        joined += " " + lines[index + count - 1][:_LOOKED_AT].strip()
        if _is_attribution(joined.strip()):
            return count
    return 0


def _is_attribution(text: str) -> bool:
    if len(text) > 600:
        return False
    if _DATE_AND_ADDRESS.match(text):
        return True
    says_when_or_who = re.search(r"\d{1,4}|@", text) is not None
    return says_when_or_who and _ENDS_ATTRIBUTION.search(text) is not None


def _quote_follows(lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index : index + 4] if line.strip()), "")
    return _is_quoted(following)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith((">", "＞"))


def _without_signature(lines: list[str]) -> list[str]:
    """Cuts at the first signature mark that has words before it; text this short below a mark is never an answer."""
    for index, line in enumerate(lines):
        if _SIGNATURE.match(line[:_LOOKED_AT]) and "".join(lines[:index]).strip() and len(lines) - index < 25:
            return lines[:index]
    return lines
