"""Codes: nine digits, once, for five minutes; whoever guesses is locked out and told of."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import pytest
import time_machine
from django.utils import timezone

from channels_app.cobrowse import codes, services
from channels_app.cobrowse.models import Alert, CobrowseSession, CodeTry
from channels_app.cobrowse.policy import CODE_LASTS
from interaction_center.access.models import Site, User
from interaction_center.errors import CenterError, ConflictError, NotFoundError, RateLimitedError
from interaction_center.events import SUPERVISORS
from tests.access.builders import a_site, a_team, a_user
from tests.builders import Tap, fresh, in_parallel, said
from tests.cobrowse.rows import a_code, a_held_site_chat, actor, an_open_page, now


@pytest.fixture
def anna() -> User:
    return a_user()


@pytest.fixture
def site() -> Site:
    return a_site()


def wrong_codes(count: int, *right: str) -> Iterator[str]:
    numbers = (f"{number:09}" for number in range(count + len(right)))
    return islice((code for code in numbers if code not in right), count)


def guess(code: str, user: User) -> str:
    """The code of the error, or "" when it was right."""
    try:
        services.claim(code=code, interaction="", by=actor(user))
    except CenterError as error:
        return error.code
    return ""


@pytest.mark.django_db
def test_a_claimed_code_opens_an_interaction_of_its_own_that_the_agent_holds(anna: User, site: Site) -> None:
    team = a_team("Service", anna)
    Site.objects.filter(pk=site.pk).update(team=team)
    session, code = a_code(site)
    assert (len(code), code.isdecimal()) == (9, True)
    claimed = services.claim(code=f"{code[:3]} {code[3:6]}-{code[6:]}", interaction="", by=actor(anna))
    assert claimed.pk == session.pk
    interaction = fresh(claimed.interaction)
    assert (interaction.channel, interaction.account, interaction.team) == ("cobrowse", site.key, team)
    assert interaction.assigned_to == anna
    assert said(interaction) == ["Shows this page by a code."]
    row = now(session)
    assert (row.stage, list(row.asks), row.scopes) == ("consent_pending", ["view"], [])


@pytest.mark.django_db
def test_a_code_may_be_claimed_into_the_conversation_in_which_it_was_said(anna: User, site: Site) -> None:
    chat = a_held_site_chat(anna, site, "on-the-phone")
    _, code = a_code(site)
    claimed = services.claim(code=code, interaction=chat.public_id, by=actor(anna))
    assert claimed.interaction == chat.public_id
    _, second = a_code(site, "v-2")
    with pytest.raises(ConflictError):
        services.claim(code=second, interaction=chat.public_id, by=actor(anna))


@pytest.mark.django_db
def test_a_code_is_good_once_for_five_minutes_and_not_kept(anna: User, site: Site) -> None:
    session, code = a_code(site)
    assert code not in str(list(CobrowseSession.objects.values()))
    assert now(session).code_digest == codes.digest_of(code)
    with time_machine.travel(timezone.now() + CODE_LASTS + timedelta(seconds=1)):
        assert guess(code, anna) == "wrong_code"
    assert guess(code, anna) == ""
    assert guess(code, anna) == "wrong_code"


@pytest.mark.django_db
def test_a_new_code_makes_the_one_before_worthless(anna: User, site: Site) -> None:
    _, first = a_code(site)
    _, second = a_code(site)
    assert guess(first, anna) == "wrong_code"
    assert guess(second, anna) == ""
    with pytest.raises(ConflictError):
        a_code(site)


@pytest.mark.django_db(transaction=True)
def test_of_a_thousand_guesses_five_are_tried_and_none_opens(anna: User, site: Site) -> None:
    session, code = a_code(site)
    with Tap() as tap:
        answers = [guess(wrong, anna) for wrong in wrong_codes(999, code)] + [guess(code, anna)]
    assert answers == ["wrong_code"] * 5 + ["codes_locked"] * 995
    assert (now(session).stage, CodeTry.objects.count()) == ("code_issued", 5)
    alert = Alert.objects.get()
    assert (alert.user, alert.name, alert.tries) == (anna.public_id, "Anna Agent", 5)
    (told,) = [json.loads(frame) for frame in tap.frames(SUPERVISORS) if "cobrowse.alert" in frame]
    assert told["alert"]["name"] == "Anna Agent"


@pytest.mark.django_db
def test_the_lock_ends_and_others_are_not_locked(anna: User, site: Site) -> None:
    ben = a_user("Ben Agent")
    _, code = a_code(site)
    for wrong in wrong_codes(5, code):
        guess(wrong, anna)
    with pytest.raises(RateLimitedError) as caught:
        codes.find(code, user=anna.public_id, name="Anna")
    assert 590 <= caught.value.details["retry_after"] <= 600
    with time_machine.travel(timezone.now() + codes.WINDOW + timedelta(seconds=1)):
        assert guess("000000000", anna) == "wrong_code"
    assert guess(code, ben) == ""


@pytest.mark.django_db
def test_many_who_guess_together_lock_everybody(site: Site) -> None:
    people = [a_user(f"Guesser{number} Agent") for number in range(8)]
    _, code = a_code(site)
    guesses = wrong_codes(100, code)
    answers = [guess(next(guesses), person) for person in people for _ in range(4)]
    assert answers == ["wrong_code"] * 30 + ["codes_locked"] * 2
    assert guess(code, people[0]) == "codes_locked"
    assert Alert.objects.filter(user="").count() == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_counted_one_by_one(anna: User, site: Site) -> None:
    _, code = a_code(site)

    def try_two(start: int) -> list[str]:
        return [guess(wrong, anna) for wrong in list(wrong_codes(20, code))[start : start + 2]]

    answers = in_parallel([lambda start=start: try_two(start) for start in range(0, 12, 2)])  # type: ignore[misc]
    flat = [one for pair in answers if isinstance(pair, list) for one in pair]
    assert sorted(flat) == ["codes_locked"] * 7 + ["wrong_code"] * 5


@pytest.mark.django_db
def test_an_invitation_takes_the_place_of_a_code(anna: User, site: Site) -> None:
    waiting, code = a_code(site)
    chat = a_held_site_chat(anna, site)
    with an_open_page(site):
        services.invite(interaction=chat.public_id, language="en", by=actor(anna))
    assert now(waiting).stage == "ended"
    with pytest.raises(NotFoundError):
        codes.find(code, user=anna.public_id, name="Anna")
