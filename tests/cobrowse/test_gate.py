"""The gate: never more open than the row, closed before it, and patient with what was on its way."""

from channels_app.cobrowse.gate import IN_FLIGHT_SECONDS, Gate, Verdict
from channels_app.cobrowse.policy import MIRROR, Role, Scope
from tests.cobrowse.rooms import ANNA, BEN, facts

PASS, DROP, VIOLATION = Verdict.PASS, Verdict.DROP, Verdict.VIOLATION


def a_gate(*scopes: str, **values: object) -> Gate:
    gate = Gate()
    gate.hear(facts(1, scopes=list(scopes), **values), 0.0)
    return gate


def test_a_grant_opens_it_when_the_row_says_so() -> None:
    gate = a_gate("view")
    assert gate.judge(Role.CUSTOMER, MIRROR, 0.0) is PASS
    assert gate.judge(Role.AGENT, "pointer", 0.0, ANNA) is VIOLATION
    gate.hear(facts(2, scopes=["view", "point"]), 0.0)
    assert gate.judge(Role.AGENT, "pointer", 0.0, ANNA) is PASS


def test_before_the_customer_has_agreed_nothing_passes() -> None:
    gate = a_gate("view", stage="consent_pending")
    assert gate.judge(Role.CUSTOMER, MIRROR, 0.0) is VIOLATION


def test_a_revocation_closes_it_before_the_row_and_old_news_do_not_open_it() -> None:
    gate = a_gate("view")
    gate.close(Scope.POINT, 0.0)
    gate.hear(facts(2, scopes=["view", "point", "control"], controller=ANNA), 0.0)  # a grant that crossed it
    assert gate.scopes == {"view"}
    gate.hear(facts(3), 0.0)
    gate.revoked({Scope.POINT, Scope.CONTROL})
    gate.hear(facts(2, scopes=["view", "point", "control"]), 0.0)
    assert gate.scopes == {"view"}
    gate.hear(facts(4, scopes=["view", "point"]), 0.0)
    assert gate.scopes == {"view", "point"}


def test_what_was_on_its_way_is_dropped_without_blame_but_not_for_long() -> None:
    gate = a_gate("view", "point")
    gate.close(Scope.POINT, 10.0)
    assert gate.judge(Role.AGENT, "draw", 10.0 + IN_FLIGHT_SECONDS, ANNA) is DROP
    assert gate.judge(Role.AGENT, "draw", 10.1 + IN_FLIGHT_SECONDS, ANNA) is VIOLATION


def test_only_one_agent_controls() -> None:
    gate = a_gate("view", "point", "control", controller=ANNA)
    assert gate.judge(Role.AGENT, "input.click", 0.0, ANNA) is PASS
    assert gate.judge(Role.AGENT, "input.click", 0.0, BEN) is VIOLATION


def test_a_pause_lets_nothing_through_and_blames_nobody() -> None:
    gate = a_gate("view", "point", "control", controller=ANNA, paused=True)
    for role, kind in ((Role.CUSTOMER, MIRROR), (Role.AGENT, "pointer"), (Role.AGENT, "input.click")):
        assert gate.judge(role, kind, 0.0, ANNA) is DROP
