"""Lines of the audit, stored by the group commit: an agent's clicks must not wait for a transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from channels_app.cobrowse.models import AuditLine, CobrowseSession
from channels_app.cobrowse.policy import Role


@dataclass(frozen=True, slots=True)
class Line:
    """See AuditLine."""

    session: str
    role: Role
    user: str
    kind: str
    outcome: str
    at: datetime
    what: str = ""


def store_lines(lines: Sequence[Line]) -> Sequence[None]:
    """The handler of the group commit: two statements, however many lines."""
    names = {line.session for line in lines}
    keys = dict(CobrowseSession.objects.filter(public_id__in=names).values_list("public_id", "pk"))
    AuditLine.objects.bulk_create(_row(line, keys[line.session]) for line in lines if line.session in keys)
    return [None] * len(lines)


def _row(line: Line, session: int) -> AuditLine:
    return AuditLine(
        session_id=session,
        role=line.role,
        user=line.user,
        kind=line.kind[:32],
        outcome=line.outcome[:32],
        what=line.what,
        at=line.at,
    )
