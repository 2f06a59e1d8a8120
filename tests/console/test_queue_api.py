"""The queue, one interaction, its log and its commands over HTTP."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from interaction_center.access.models import User
from interaction_center.access.policy import SUPERVISOR
from interaction_center.live.hub import MAX_BYTES
from interaction_center.queue.models import Draft, Outbox
from interaction_center.queue.wire import BODY_SHOWN
from interaction_center.routing.models import Offer
from interaction_center.routing.services import connect_agent, offer_next, set_status
from kb.articles import ArticleFields, create_article, publish_article
from kb.models import KnowledgeEvent
from tests.access.builders import a_team, a_user, an_administrator, an_api_key, signed_in, with_key
from tests.builders import Tap
from tests.console.builders import NOW, a_mail, get, post, read, refused, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return a_user()


@pytest.fixture
def client(anna: User) -> Client:
    return signed_in(anna)


def a_reply(text: str = "We are on it.") -> dict[str, str]:
    return {"client_id": str(uuid4()), "body": text}


def test_the_queue_shows_a_row_with_its_customer_and_counts(client: Client) -> None:
    interaction = a_mail()
    page = get(client, "/queue")
    assert [row["id"] for row in page["items"]] == [interaction.public_id]
    row = page["items"][0]
    assert row["customer"]["name"] == "Kim Customer"
    assert row["unread"] == 1
    assert row["last_from"] == "customer"
    assert page["counts"] == {"open": 1, "mine": 0, "waiting": 1}
    assert page["order"] == "promise"
    assert page["next"] is None


def test_the_queue_is_paged_to_its_end_without_gap_or_repetition(client: Client) -> None:
    expected = [a_mail(sender=f"c{number}@example.org").public_id for number in range(7)]
    page = get(client, "/queue", limit=3)
    found = [row["id"] for row in page["items"]]
    while page["next"]:
        page = get(client, "/queue", limit=3, cursor=page["next"])
        found += [row["id"] for row in page["items"]]
    assert found == expected


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "WyJhIl0:1t:xxxx"])
def test_a_foreign_cursor_is_refused(client: Client, cursor: str) -> None:
    refused(client.get("/api/queue", {"cursor": cursor}), 400, "bad_request")


def test_a_cursor_of_another_view_is_refused(client: Client) -> None:
    for number in range(2):
        a_mail(sender=f"c{number}@example.org")
    cursor = get(client, "/queue", limit=1)["next"]
    refused(client.get("/api/queue", {"cursor": cursor, "view": "closed"}), 400, "bad_request")


@pytest.mark.parametrize("query", [{"view": "all"}, {"limit": 0}, {"limit": 10_000}, {"team": "A B"}])
def test_wrong_questions_are_named(client: Client, query: dict[str, str | int]) -> None:
    error = refused(client.get("/api/queue", query), 422, "invalid")
    assert list(error["details"]) == list(query)


def test_a_page_of_the_queue_costs_the_same_for_5_and_for_50_rows(client: Client) -> None:
    for number in range(5):
        a_mail(sender=f"c{number}@example.org")
    few = queries_for(client, "/queue")
    for number in range(5, 50):
        a_mail(sender=f"c{number}@example.org")
    assert queries_for(client, "/queue") == few
    assert few <= 9


def queries_for(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        get(client, path)
    return len(captured)


def test_agents_see_their_teams_and_nobodys_supervisors_all(client: Client, anna: User) -> None:
    a_mail(team=a_team("Hers", anna), sender="a@example.org")
    a_mail(sender="b@example.org")
    hidden = a_mail(team=a_team("Others"), sender="c@example.org")
    assert len(get(client, "/queue")["items"]) == 2
    refused(client.get(f"/api/interactions/{hidden.public_id}"), 404, "not_found")
    refused(send(client, "POST", f"/interactions/{hidden.public_id}/take"), 404, "not_found")
    boss = signed_in(a_user("Sue Supervisor", role=SUPERVISOR))
    assert len(get(boss, "/queue")["items"]) == 3
    assert get(boss, f"/interactions/{hidden.public_id}")["row"]["id"] == hidden.public_id


def test_the_detail_says_what_i_may_do(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    detail = get(client, path)
    assert detail["may"] == {
        "take": True, "release": False, "transfer": True, "close": False, "reopen": False, "reply": False,
    }  # fmt: skip
    assert detail["reply"] == {
        "channel": "email", "to": "kim@example.org", "from": "service@center.test", "subject": "Printer",
        "instead_of": "",
    }  # fmt: skip
    assert detail["customer"]["contact_points"][0]["value"] == "kim@example.org"
    post(client, f"{path}/take")
    may = get(client, path)["may"]
    assert (may["take"], may["reply"], may["close"]) == (False, True, True)


def test_the_detail_says_whose_answers_go_to_another_address(client: Client) -> None:
    odd = {"from": "kim@example.org", "reply_to": "mallory@evil.example", "reply_to_differs": True}
    path = f"/interactions/{a_mail(data=odd).public_id}"
    reply = get(client, path)["reply"]
    assert (reply["to"], reply["instead_of"]) == ("mallory@evil.example", "kim@example.org")
    assert get(client, f"{path}/entries")["items"][-1]["warnings"][0]["name"] == "reply_to_differs"


def test_an_integration_reads_but_holds_nothing(client: Client) -> None:
    interaction = a_mail()
    robot = with_key(an_api_key()[1])
    detail = get(robot, f"/interactions/{interaction.public_id}")
    assert not any(detail["may"].values())
    refused(send(robot, "POST", f"/interactions/{interaction.public_id}/take"), 403, "forbidden")


def test_take_reply_note_close_and_reopen(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    assert post(client, f"{path}/take")["state"] == "assigned"
    entry = post(client, f"{path}/reply", a_reply())
    assert (entry["from"], entry["kind"], entry["delivery"]) == ("agent", "message", "pending")
    assert post(client, f"{path}/notes", a_reply("Ask Ben."))["kind"] == "note"
    assert post(client, f"{path}/close")["state"] == "closed"
    assert post(client, f"{path}/reopen")["state"] in ("waiting", "assigned")
    log = get(client, f"{path}/entries")["items"]
    assert [entry["s"] for entry in log] == list(range(1, len(log) + 1))


def test_a_reply_that_closes(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    post(client, f"{path}/reply", a_reply() | {"close": True})
    assert get(client, path)["row"]["state"] == "closed"


def test_the_same_reply_sent_twice_leaves_once(client: Client) -> None:
    path, reply = f"/interactions/{a_mail().public_id}", a_reply()
    post(client, f"{path}/take")
    first, second = post(client, f"{path}/reply", reply), post(client, f"{path}/reply", reply)
    assert first["s"] == second["s"]
    assert Outbox.objects.count() == 1


def test_a_reply_and_close_can_be_repeated_as_a_whole(client: Client) -> None:
    path, reply = f"/interactions/{a_mail().public_id}", a_reply() | {"close": True}
    post(client, f"{path}/take")
    first, second = post(client, f"{path}/reply", reply), post(client, f"{path}/reply", reply)
    assert first["s"] == second["s"]


def test_a_repeated_reply_and_close_leaves_open_what_the_customer_said_since(client: Client) -> None:
    interaction = a_mail()
    path, reply = f"/interactions/{interaction.public_id}", a_reply() | {"close": True}
    post(client, f"{path}/take")
    first = post(client, f"{path}/reply", reply)
    a_mail("It is broken again", thread=(interaction.public_id,))
    assert get(client, path)["row"]["state"] == "waiting"
    assert post(client, f"{path}/reply", reply)["s"] == first["s"]
    assert get(client, path)["row"]["state"] == "waiting"


@pytest.mark.parametrize("kind", ["reply", "notes"])
def test_a_repetition_gives_the_first_entry_however_far_the_interaction_has_gone(client: Client, kind: str) -> None:
    path, words = f"/interactions/{a_mail().public_id}", a_reply()
    post(client, f"{path}/take")
    first = post(client, f"{path}/{kind}", words)
    post(client, f"{path}/transfer", {"team": a_team("Others").public_id})
    assert post(client, f"{path}/{kind}", words)["id"] == first["id"]
    ben = signed_in(a_user("Ben Agent"))
    refused(send(ben, "POST", f"{path}/{kind}", words), 404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_reply_and_close_are_one_commit() -> None:
    client = signed_in(a_user())
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    with CaptureQueriesContext(connection) as captured:
        post(client, f"{path}/reply", a_reply() | {"close": True})
    writing = [query["sql"] for query in captured if query["sql"].startswith(("COMMIT", "INSERT INTO"))]
    assert [sql for sql in writing[writing.index("COMMIT") :] if "queue_entry" in sql] == []
    assert get(client, path)["row"]["state"] == "closed"


def test_who_does_not_hold_it_cannot_answer(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    refused(send(client, "POST", f"{path}/reply", a_reply()), 409, "take_first")
    post(signed_in(a_user("Ben Agent")), f"{path}/take")
    refused(send(client, "POST", f"{path}/take"), 409, "already_taken")


@pytest.mark.parametrize("body", ["", "   "])
def test_an_empty_reply_is_refused(client: Client, body: str) -> None:
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    refused(send(client, "POST", f"{path}/reply", a_reply(body)), 422, "invalid")


def test_hand_over_to_a_colleague_and_to_a_team(client: Client, anna: User) -> None:
    ben, team = a_user("Ben Agent"), a_team("Second line", anna)
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    assert post(client, f"{path}/transfer", {"to": ben.public_id})["assigned_to"]["name"] == "Ben Agent"
    other = f"/interactions/{a_mail(sender='b@example.org').public_id}"
    post(client, f"{other}/take")
    row = post(client, f"{other}/transfer", {"team": team.public_id, "note": "Needs the workshop"})
    assert row["team"]["name"] == "Second line"
    assert row["state"] == "waiting"


def test_handing_over_out_of_sight_still_answers(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    assert post(client, f"{path}/transfer", {"team": a_team("Others").public_id})["team"]["name"] == "Others"
    refused(client.get(f"/api{path}"), 404, "not_found")


def test_hand_over_to_nobody_is_refused(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    refused(send(client, "POST", f"{path}/transfer"), 422, "invalid")
    refused(send(client, "POST", f"{path}/transfer", {"to": "nobody"}), 404, "not_found")


def test_a_draft_survives_and_an_empty_one_goes(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    read(send(client, "PUT", f"{path}/draft", {"kind": "message", "body": "Dear Kim"}))
    assert [draft["body"] for draft in get(client, path)["drafts"]] == ["Dear Kim"]
    read(send(client, "PUT", f"{path}/draft", {"kind": "message", "body": ""}))
    assert not Draft.objects.exists()


def test_drafts_are_seen_by_their_author_only(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    read(send(client, "PUT", f"{path}/draft", {"kind": "note", "body": "hm"}))
    assert get(signed_in(a_user("Ben Agent")), path)["drafts"] == []


def test_what_staff_has_seen_is_no_longer_unread(client: Client) -> None:
    interaction = a_mail()
    post(client, f"/interactions/{interaction.public_id}/seen", {"s": interaction.seq})
    assert get(client, "/queue")["items"][0]["unread"] == 0


@pytest.mark.parametrize("seq", [-1, 2**40, "x", None])
def test_a_wrong_sequence_number_is_refused(client: Client, seq: object) -> None:
    path = f"/interactions/{a_mail().public_id}/seen"
    refused(send(client, "POST", path, {"s": seq}), 422, "invalid")


def test_the_log_is_read_backwards_by_pages(client: Client) -> None:
    path = f"/interactions/{a_mail().public_id}"
    for number in range(6):
        post(client, f"{path}/notes", a_reply(f"note {number}"))
    page = get(client, f"{path}/entries", limit=3)
    older = get(client, f"{path}/entries", limit=3, cursor=page["next"])
    assert [entry["s"] for entry in page["items"]] == [6, 7, 8]
    assert [entry["s"] for entry in older["items"]] == [3, 4, 5]
    assert [entry["s"] for entry in get(client, f"{path}/entries", before=3)["items"]] == [1, 2]


def test_an_offer_is_accepted_by_whom_it_was_made_to(client: Client, anna: User) -> None:
    interaction, ben = a_mail(), signed_in(a_user("Ben Agent"))
    set_status(user=anna, wanted="available")
    connect_agent(user=anna, node="test")
    offer = offer_next(NOW) or offer_next(NOW)
    assert offer is not None
    offered = get(client, f"/interactions/{interaction.public_id}")["offer"]
    assert (offered["id"], offered["mine"]) == (offer.public_id, True)
    refused(send(ben, "POST", f"/offers/{offer.public_id}/accept"), 404, "not_found")
    Offer.objects.update(expires_at="2099-01-01T00:00:00Z")
    assert post(client, f"/offers/{offer.public_id}/accept")["assigned_to"]["id"] == anna.public_id
    refused(send(client, "POST", f"/offers/{offer.public_id}/decline"), 409, "offer_over")


def test_knowledge_answers_to_what_the_customer_wrote(client: Client) -> None:
    fields = ArticleFields(
        title="Paper jam in the printer",
        summary="",
        body="Open the printer and take the jammed paper out.",
        locale="en",
    )
    publish_article(article=create_article(fields=fields, by=None), by=None)
    interaction = a_mail("There is a paper jam in my printer, what can I do?")
    found = get(client, f"/interactions/{interaction.public_id}/suggestions")
    assert found["items"][0]["title"] == "Paper jam in the printer"
    assert "paper jam in my printer" in found["query"]
    for _ in range(2):
        post(client, f"/interactions/{interaction.public_id}/suggestions/{found['items'][0]['id']}/inserted")
    assert KnowledgeEvent.objects.get(kind="inserted").article_id is not None, "counted once"


def test_only_an_administrator_sees_an_unknown_interaction_as_little_as_all(client: Client) -> None:
    boss = signed_in(an_administrator())
    for who in (client, boss):
        refused(who.get("/api/interactions/0123456789abcdef"), 404, "not_found")


def test_the_key_of_an_integration_without_the_right_to_everything_sees_no_team_of_others() -> None:
    _key, token = an_api_key()
    of_nobody, of_a_team = a_mail(), a_mail(sender="jo@example.org", team=a_team("Billing"))
    seen = [row["id"] for row in get(with_key(token), "/queue")["items"]]
    assert seen == [of_nobody.public_id]
    refused(with_key(token).get(f"/api/interactions/{of_a_team.public_id}"), 404, "not_found")


def test_of_a_very_long_mail_the_log_brings_the_beginning_and_its_own_address_all(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        interaction = a_mail("€" * 300_000, team=a_team("Printers", User.objects.get()))
    assert max(len(push.frame.encode()) for push in tap.pushes) < MAX_BYTES
    *_, entry = get(client, f"/interactions/{interaction.public_id}/entries")["items"]
    assert (len(entry["body"]), entry["more"]) == (BODY_SHOWN, True)
    whole = get(client, f"/entries/{entry['id']}")
    assert (len(whole["body"]), whole["more"]) == (300_000, False)
    assert whole | {"body": entry["body"], "more": True} == entry
    stranger = signed_in(a_user("Ben Agent"))
    refused(stranger.get(f"/api/entries/{entry['id']}"), 404, "not_found")
