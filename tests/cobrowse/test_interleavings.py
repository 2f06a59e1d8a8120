"""All frames in all states, in any order: nothing is ever delivered without its scope, nothing of it after its end."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_app.cobrowse.commands import read_frame
from channels_app.cobrowse.company import Member
from channels_app.cobrowse.policy import FRAMES, MIRROR, NEEDS, Role, Scope, dependents
from tests.cobrowse.builders import mirror
from tests.cobrowse.rooms import ANNA, BEN, Held, Scene, facts, held

POINT: dict[str, Any] = {"x": 1, "y": 2}
NODE: dict[str, Any] = {"e": 1, "n": 2}
FIELDS: dict[str, dict[str, Any]] = {
    "pointer": POINT,
    "draw": {"id": "a", "points": [[1, 2]]},
    "clear": {},
    "highlight": NODE,
    "input.click": {"id": 1, **NODE},
    "input.scroll": {"id": 2, **NODE, **POINT},
    "input.type": {"id": 3, **NODE, "text": "secret"},
    "input.select": {"id": 4, **NODE, "index": 1},
    "input.done": {"id": 1, "ok": True, "what": "0" * 16},
    "sdp": {"to": ANNA, "desc": {"type": "offer", "sdp": "v=0"}},
    "ice": {"to": ANNA, "candidate": None},
    "p2p": {"to": ANNA, "up": True, "s": 1},
}
RELAYED = [(role, kind) for role in (Role.CUSTOMER, Role.AGENT) for kind in FRAMES[role] if kind in FIELDS]
# What may be delivered to whom by which scope, said once more and apart from the code that is tested.
NEEDED_BY_PAGE = {
    **dict.fromkeys(("pointer", "draw", "clear", "highlight"), "point"),
    **dict.fromkeys(("input.click", "input.scroll", "input.type", "input.select"), "control"),
}
NEEDED_BY_AGENT = {"pointer": "view", "input.done": "control"}
NEEDED_BY_BOTH = dict.fromkeys(("sdp", "ice", "p2p", "turn"), "p2p")

scopes = st.sampled_from(list(Scope))
steps = st.one_of(
    st.tuples(st.just("relay"), st.sampled_from(RELAYED), st.sampled_from([ANNA, BEN])),
    st.tuples(st.just("show"), st.booleans()),
    st.tuples(st.just("grant"), scopes, st.sampled_from([ANNA, BEN])),
    st.tuples(st.just("revoke"), scopes),
    st.tuples(st.just("commit")),
    st.tuples(st.just("hear")),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("wait"), st.sampled_from([0.01, 4.0])),
    st.tuples(st.just("rejoin"), st.sampled_from([ANNA, BEN])),
)


class Session:
    """The row, news of it that are still on their way, and a room."""

    def __init__(self, begun: str) -> None:
        self.scopes: set[str] = {"view"} if begun == "viewing" else set()
        self.stage, self.controller, self.version = begun, "", 1
        self.scene = Scene(stage=begun, scopes=sorted(self.scopes))
        self.news: list[dict[str, Any]] = []
        self.revoking: list[frozenset[Scope]] = []
        self.delivered = 0
        self.views = {ANNA: "", BEN: ""}

    def write(self) -> None:
        """A change is in the database; the room hears of it later."""
        self.version += 1
        row = {"stage": self.stage, "scopes": sorted(self.scopes), "controller": self.controller}
        self.news.append(facts(self.version, **row, views=dict(self.views)))

    def grant(self, scope: Scope, agent: str) -> None:
        needed = NEEDS.get(scope)
        if self.stage == "viewing" and needed is not None and needed in self.scopes:
            self.scopes.add(scope.value)
            self.controller = agent if scope is Scope.CONTROL else self.controller
            self.write()
        elif self.stage == "consent_pending" and scope is Scope.VIEW:
            self.stage, self.scopes = "viewing", {"view"}
            self.write()

    def revoke(self, scope: Scope) -> None:
        """As the customer does it, but for view, which ends all: the gate closes, the commit comes later."""
        if scope is not Scope.VIEW:
            self.revoking.append(self.scene.room.close_gate(scope))

    def commit(self) -> None:
        if self.revoking:
            gone = self.revoking.pop(0)
            self.scopes -= {scope.value for scope in gone}
            self.controller = "" if Scope.CONTROL in gone else self.controller
            self.write()
            self.scene.room.hear(self.news[-1])  # as what the commit returns
            self.scene.room.gate.revoked(gone)

    def hear(self) -> None:
        if self.news:
            self.scene.room.hear(self.news.pop(0))

    @property
    def allowed(self) -> set[str]:
        """What may be delivered: what the row grants and nobody is taking back."""
        closing: set[str] = {scope.value for gone in self.revoking for scope in gone}
        return (self.scopes if self.stage == "viewing" else set()) - closing

    def deliver(self) -> None:
        """Everything that waits, held against what is allowed now."""
        self._check(held(self.scene.page), NEEDED_BY_PAGE)
        for agent in (self.scene.anna, self.scene.ben):
            self._check(held(agent), NEEDED_BY_AGENT)

    def _check(self, outbox: Held, needed: dict[str, str]) -> None:
        for frame in outbox.deliver():
            kind = frame["t"] if isinstance(frame, dict) else MIRROR
            scope = "view" if kind == MIRROR else needed.get(kind) or NEEDED_BY_BOTH.get(kind)
            if scope is not None:
                self.delivered += 1
                assert scope in self.allowed, (kind, self.allowed)
            if needed is NEEDED_BY_PAGE and scope == "control" and isinstance(frame, dict):
                assert frame["by"] == self.controller

    def rejoin(self, name: str) -> None:
        """A new window of this agent, whose row is read before it is let in."""
        self.views[name] = f"view-{self.version}"
        self.write()
        self.scene.room.hear(self.news[-1])
        member = Member(Role.AGENT, Held(), name, name, self.views[name])
        self.scene.room.enter_agent(member)
        if name == ANNA:
            self.scene.anna = member
        else:
            self.scene.ben = member

    def step(self, step: tuple[Any, ...]) -> None:
        act, *values = step
        if act == "relay":
            (role, kind), agent = values
            member = self.scene.page if role is Role.CUSTOMER else getattr(self.scene, agent)
            if member.is_open:
                self.scene.room.relay(member, kind, read_frame(kind, FIELDS[kind]))
        elif act == "show":
            self.scene.s = self.scene.room.last + 1
            self.scene.room.take_mirror(mirror(self.scene.s, snapshot=values[0]))
        elif act == "wait":
            self.scene.wait(values[0])
        else:
            getattr(self, act)(*values)


@settings(max_examples=2_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["consent_pending", "viewing"]), st.lists(steps, min_size=5, max_size=30))
def test_nothing_is_delivered_without_its_scope(begun: str, walk: list[tuple[Any, ...]]) -> None:
    session = Session(begun)
    for step in walk:
        session.step(step)
    session.deliver()


def test_the_walk_does_deliver_what_was_granted() -> None:
    session = Session("viewing")
    for scope in (Scope.POINT, Scope.CONTROL, Scope.P2P):
        session.step(("grant", scope, ANNA))
        session.step(("hear",))
    session.step(("show", True))
    for role, kind in RELAYED:
        session.step(("relay", (role, kind), ANNA))
    session.deliver()
    assert session.delivered >= len(RELAYED)
    assert not [line for line in session.scene.lines if line.outcome == "no_consent"]


def test_of_a_thousand_frames_in_flight_none_is_delivered_after_the_revocation() -> None:
    session = Session("viewing")
    session.step(("grant", Scope.POINT, ANNA))
    session.step(("hear",))
    page = held(session.scene.page)
    for number in range(1_000):
        if number == 250:
            assert len(page._outbox) > 250  # they do wait: the revocation has something to take back
            session.revoke(Scope.POINT)
        if number == 600:
            session.commit()
        session.step(("relay", (Role.AGENT, "draw"), ANNA))
    session.deliver()
    assert page.of("draw") == []
    assert dependents(Scope.POINT) == {Scope.POINT, Scope.CONTROL}
