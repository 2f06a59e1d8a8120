"""The state table, the scopes and the deadlines, walked in all pairs."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from channels_app.cobrowse import policy
from channels_app.cobrowse.policy import (
    FRAMES,
    NEEDS,
    TRANSITIONS,
    Clocks,
    Command,
    Reason,
    Role,
    Scope,
    Stage,
    check_ask,
    deadlines,
    dependents,
    next_stage,
)
from interaction_center.errors import ConflictError, ForbiddenError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("stage", "command", "role"), list(product(Stage, Command, Role)))
def test_what_is_not_in_the_table_is_refused(stage: Stage, command: Command, role: Role) -> None:
    target = TRANSITIONS.get((stage, command, role))
    if target is not None:
        assert next_stage(stage, command, role) is target
        return
    with pytest.raises((ConflictError, ForbiddenError)):
        next_stage(stage, command, role)


def test_nothing_leads_out_of_the_end_and_only_the_customer_to_being_seen() -> None:
    assert not [key for key in TRANSITIONS if key[0] is Stage.ENDED]
    into_view = [key for key, to in TRANSITIONS.items() if to is Stage.VIEWING and key[0] is not Stage.VIEWING]
    assert into_view == [(Stage.CONSENT_PENDING, Command.GRANT_VIEW, Role.CUSTOMER)]
    granting = {role for (_, command, role) in TRANSITIONS if command in (Command.GRANT, Command.GRANT_VIEW)}
    assert granting == {Role.CUSTOMER}


def test_a_scope_goes_with_all_that_need_it() -> None:
    assert dependents("view") == set(Scope)
    assert dependents("point") == {Scope.POINT, Scope.CONTROL}
    assert dependents("control") == {Scope.CONTROL}
    for scope in Scope:
        gone = dependents(scope)
        assert not [other for other, needed in NEEDS.items() if needed in gone and other not in gone]


@pytest.mark.parametrize(
    ("scope", "granted", "words"),
    [
        ("point", [], "“view” first"),
        ("control", ["view"], "“point” first"),
        ("control", ["view", "point"], ""),
        ("view", ["view"], "already"),
        ("record", ["view"], "switched off"),
        ("p2p", ["view", "record"], "one or the other"),
        ("p2p", ["view"], ""),
    ],
)
def test_one_asks_for_one_thing_after_the_other(scope: str, granted: list[str], words: str) -> None:
    if not words:
        check_ask(scope, granted, may_record=False)
        return
    with pytest.raises(ConflictError, match=words):
        check_ask(scope, granted, may_record=False)


def test_what_changes_the_page_needs_control_and_what_shows_it_view() -> None:
    inputs = [needed for kind, needed in FRAMES[Role.AGENT].items() if kind.startswith("input.")]
    assert inputs == [Scope.CONTROL] * 4
    assert FRAMES[Role.CUSTOMER].get(policy.MIRROR) == Scope.VIEW
    assert policy.MIRROR not in FRAMES[Role.AGENT]


def soonest(**values: object) -> tuple[float, Reason | None, str]:
    """What happens first by itself: seconds from now, why, and of which scope."""
    clocks = Clocks(**({"stage": Stage.VIEWING, "since": NOW} | values))  # type: ignore[arg-type]
    first = deadlines(clocks)[0]
    return (first.at - NOW).total_seconds(), first.reason, first.scope


SOON = NOW + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (3600, Reason.HARD_LIMIT, "")),
        ({"stage": Stage.CODE_ISSUED, "code_until": SOON}, (5, Reason.TIMEOUT_CODE, "")),
        (
            {"stage": Stage.CONSENT_PENDING, "ask_ends": {"view": SOON}, "page_until": NOW + timedelta(seconds=60)},
            (5, Reason.TIMEOUT_CONSENT, "view"),
        ),
        ({"ask_ends": {"control": SOON}}, (5, None, "control")),
        ({"page_until": SOON}, (5, Reason.CUSTOMER_GONE, "")),
        ({"agents_until": SOON}, (5, Reason.AGENTS_GONE, "")),
        ({"paused_at": NOW}, (600, Reason.IDLE, "")),
    ],
)
def test_what_happens_by_itself_and_when(values: dict[str, object], expected: tuple[float, Reason | None, str]) -> None:
    assert soonest(**values) == expected


def test_after_the_end_nothing_happens_any_more() -> None:
    assert deadlines(Clocks(stage=Stage.ENDED, since=NOW, page_until=SOON)) == []


def test_every_reason_has_a_close_code() -> None:
    assert {policy.close_code(reason) for reason in Reason} == {4403, 4408, 4440, 4441, 4442}
