"""What one end says to the other: pointing, acting on the page, what became of that, and how to meet directly."""

from typing import Any

from channels_app.cobrowse.company import Company, Guard, Member
from channels_app.cobrowse.gate import Gate
from channels_app.cobrowse.policy import FRAMES, Role, Scope

MAX_ACTIONS = 256


class Relay:
    """Hands on frames that were read before (commands.read_frame), if the gate lets them."""

    def __init__(self, company: Company, gate: Gate, guard: Guard) -> None:
        self._company, self._gate, self._guard = company, gate, guard

    def take(self, member: Member, kind: str, frame: dict[str, Any], *, submit: bool) -> bool:
        """A frame of either end; `submit`: forms may be sent. Whether it passed."""
        if not self._guard.passes(member, kind):
            return False
        if member.role is Role.CUSTOMER:
            self._from_page(kind, frame)
        elif self._company.page is not None:
            self._from_agent(member, self._company.page, kind, frame, submit=submit)
        return True

    def _from_page(self, kind: str, frame: dict[str, Any]) -> None:
        if kind == "pointer":
            for agent in self._company.agents.values():
                agent.outbox.hint(frame, Scope.VIEW)
        elif kind == "input.done":
            self._answer(frame)
        else:
            to = self._company.agents.get(frame.pop("to"))
            if to is not None:
                to.outbox.tell(frame, Scope.P2P)

    def _from_agent(self, agent: Member, page: Member, kind: str, frame: dict[str, Any], *, submit: bool) -> None:
        if FRAMES[Role.AGENT][kind] is Scope.P2P:
            frame.pop("to")
            page.outbox.tell(frame | {"from": agent.user}, Scope.P2P)
            return
        signed = frame | {"by": agent.user, "name": agent.name}
        if kind == "pointer":
            page.outbox.hint(signed, Scope.POINT)
        elif kind.startswith("input."):
            self._act(agent, page, kind, signed | {"submit": submit})
        else:
            page.outbox.tell(signed, Scope.POINT)

    def _act(self, agent: Member, page: Member, kind: str, frame: dict[str, Any]) -> None:
        """One act on the customer's page, remembered until the page says what became of it: none is left unwritten."""
        if frame["id"] in agent.actions or len(agent.actions) >= MAX_ACTIONS:
            agent.outbox.tell({"t": "input.done", "id": frame["id"], "ok": False, "code": "gone"}, Scope.CONTROL)
            return
        agent.actions[frame["id"]] = kind
        page.outbox.tell(frame, Scope.CONTROL)

    def _answer(self, frame: dict[str, Any]) -> None:
        agent = self._company.agents.get(self._gate.controller)
        kind = agent.actions.pop(frame["id"], "") if agent is not None else ""
        if agent is None or not kind:
            return
        self._guard.note(agent, kind, "done" if frame["ok"] else frame["code"] or "gone", frame["what"])
        agent.outbox.tell(frame, Scope.CONTROL)

    def lose_actions(self, member: Member) -> None:
        """What the page does not answer any more may have happened or not: the audit says that nobody knows."""
        for kind in member.actions.values():
            self._guard.note(member, kind, "unanswered")
        member.actions.clear()
