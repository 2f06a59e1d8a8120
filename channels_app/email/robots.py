"""May this mail be answered automatically, and was it written by a machine at all? Pure.

RFC 3834 (Auto-Submitted), RFC 3464 (delivery reports), RFC 5965 (abuse reports), RFC 2369 (lists) and the headers that
mail programs invented before and beside them. Two questions, because their mistakes cost differently. An automatic
answer too few costs nothing, one too many can start a loop: that rule is wide, every kind but NO forbids it. A person's
mail that is taken for a machine's is overlooked: that rule is narrow (`Automatic.is_machine`).
"""

import re
from enum import StrEnum

from channels_app.email.parsing import ParsedMail

LOOP_HEADER = "x-interaction-center"


class Automatic(StrEnum):
    """Why it gets no automatic answer; NO where it may have one.

    LIST and NO_ANSWER say how the mail travels or what its sender asks for, not who wrote it: people write through
    lists, and Exchange can put "don't answer automatically" on everybody's mail.
    """

    NO = ""
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    LIST = "list"
    NO_ANSWER = "no_answer"

    @property
    def is_machine(self) -> bool:
        """Whether nobody wrote it."""
        return self in (Automatic.BOUNCE, Automatic.COMPLAINT, Automatic.AUTO_REPLY)


_ROBOT_NAME = re.compile(
    r"(no|do-?not|donot|non?)[-_.]?(reply|response|answer|respond)|mailer-daemon|postmaster|mail-?daemon|bounces?|"
    r"auto-?(reply|responder|mailer|confirm\w*)|notifications?|nobody|listserv|majordomo",
)
_BOUNCE_SENDER = re.compile(
    r"mailer-?daemon|post_?master|mail-?daemon|^mdaemon|^bounce|mail[. ]delivery[. ](sub)?system", re.IGNORECASE
)
_DAEMON = re.compile(r"mailer-?daemon@", re.IGNORECASE)
_COMPLAINT_SUBJECT = re.compile(r"^\s*complaint about (a )?message", re.IGNORECASE)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (status|failure|report|notification|has failed|problem)|returned mail|"
    r"mail (delivery|failure|system error)|failure notice|"
    r"(message|mail|delivery) (could not|failed|delayed|not delivered)|"
    r"non.?delivery|nicht zustellbar|unzustellbar|rejected mail|warning: (message|could not)|"
    r"mensagem n|rapport de non|user unknown|failed delivery|message status|"
    r"returned to sender|permanent delivery failure|^there was an error sending|error sending mail|mail undeliver",
    re.IGNORECASE,
)
_BOUNCE_TEXT = re.compile(
    r"(?im)^\s*(final-recipient|diagnostic-code|original-recipient|remote-mta):|"
    r"could ?n[o']t be delivered|was undeliverable|permanent fatal errors|delivery (to|has) .{0,80}fail|"
    r"undelivered mail|user unknown|unknown user|mailbox (is )?(full|unavailable|not found)|over quota|"
    r"does not exist|no such user|"
    r"unable to deliver|not be delivered|wasn't able to deliver|trouble delivering|returned because|invalid user|"
    r"delivery attempt|invalid recipient|unrouteable address|transcript of session"
)
_AUTO_SUBJECT = re.compile(
    r"^\s*(auto(matic|matische|-)?[ :_-]*(reply|response|antwort|respond)|out of (the )?office|abwesen|away from|"
    r"vacation|automatische antwort|réponse automatique|respuesta autom|risposta automatica|autosvar)",
    re.IGNORECASE,
)


def automatic_kind(mail: ParsedMail, envelope_sender: str, *, own_domain: str = "") -> Automatic:
    """Why `mail` gets no automatic answer. `envelope_sender` is that of MAIL FROM ("" or "<>" = null sender)."""
    null_sender = envelope_sender.strip() in ("", "<>") or mail.headers.get("return-path", "").strip() == "<>"
    if _is_complaint(mail):
        return Automatic.COMPLAINT
    if _says_auto_reply(mail):
        return Automatic.AUTO_REPLY
    if is_bounce(mail, null_sender=null_sender):
        return Automatic.BOUNCE
    if null_sender or _is_auto_reply(mail):
        return Automatic.AUTO_REPLY
    if any(name.startswith("list-") for name in mail.headers) or _precedence(mail) == "list":
        return Automatic.LIST
    if _wants_no_answer(mail, envelope_sender=envelope_sender, own_domain=own_domain):
        return Automatic.NO_ANSWER
    return Automatic.NO


def _is_complaint(mail: ParsedMail) -> bool:
    feedback = any(file.content_type == "message/feedback-report" for file in mail.files)
    return mail.report_type == "feedback-report" or feedback or bool(_COMPLAINT_SUBJECT.match(mail.subject))


def _says_auto_reply(mail: ParsedMail) -> bool:
    if mail.report_type == "delivery-status" or not mail.from_:
        return False
    return _submitted(mail) in ("auto-replied", "auto-notified") and not _is_from_daemon(mail)


def is_bounce(mail: ParsedMail, *, null_sender: bool) -> bool:
    """Whether the mail reports that another one was not delivered (or not yet)."""
    types = {file.content_type for file in mail.files}
    if mail.report_type == "delivery-status" or "message/delivery-status" in types:
        return True
    if "x-failed-recipients" in mail.headers or _DAEMON.match(_sender(mail)):
        return True
    from_daemon = _is_from_daemon(mail) or not mail.from_
    subject = bool(_BOUNCE_SUBJECT.search(mail.subject))
    if not (from_daemon or subject or (null_sender and "message/rfc822" in types)):
        return False
    return (from_daemon + null_sender + subject) >= 2 or _has_bounce_text(mail)


def _is_from_daemon(mail: ParsedMail) -> bool:
    return any(_BOUNCE_SENDER.search(text) for sender in mail.from_[:1] for text in (sender.address, sender.name))


def _has_bounce_text(mail: ParsedMail) -> bool:
    return bool(_BOUNCE_TEXT.search(mail.text[:20_000]))


def _is_auto_reply(mail: ParsedMail) -> bool:
    """RFC 3834, 5: "auto-generated" never answers another mail. One that does is a person's, from a ticket system."""
    marks = (LOOP_HEADER, "x-autoreply", "x-autorespond", "x-mail-autoreply")
    if any(mark in mail.headers for mark in marks) or _precedence(mail) in ("auto_reply", "auto-reply"):
        return True
    generated = _submitted(mail) == "auto-generated" and not (mail.in_reply_to or mail.references)
    return generated or bool(_AUTO_SUBJECT.search(mail.subject))


def _wants_no_answer(mail: ParsedMail, *, envelope_sender: str, own_domain: str) -> bool:
    values = mail.headers
    if _submitted(mail) != "no" or _precedence(mail) in ("bulk", "junk"):
        return True
    suppress = {word.strip().lower() for word in values.get("x-auto-response-suppress", "").split(",")}
    if suppress & {"all", "oof", "autoreply", "dr", "rn", "nrn"}:
        return True
    if values.get("x-autogenerated") or "feedback-id" in values:
        return True
    if own_domain and mail.message_id.lower().endswith("@" + own_domain.lower()):
        return True
    answered = (envelope_sender, _sender(mail), *(address.address for address in mail.reply_to))
    return any(_ROBOT_NAME.fullmatch(address.partition("@")[0].lower().partition("+")[0]) for address in answered)


def _submitted(mail: ParsedMail) -> str:
    return mail.headers.get("auto-submitted", "no").partition(";")[0].strip().lower()


def _precedence(mail: ParsedMail) -> str:
    return mail.headers.get("precedence", "").strip().lower()


def _sender(mail: ParsedMail) -> str:
    return mail.from_[0].address if mail.from_ else ""
