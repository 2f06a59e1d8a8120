"""“My requests”: a customer sees their own, all of it and nothing else; answers and closes it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.dateformat import format as date_format

from interaction_center.access.models import User
from interaction_center.access.rate_limits import Buckets
from interaction_center.customers.models import CustomerMerge
from interaction_center.customers.services import claim_address, merge_customers, undo_merge, verify_contact_point
from interaction_center.envelope import Address, FilePart
from interaction_center.portal import requests
from interaction_center.portal.requests_selectors import LIST_PAGE, LOG_PAGE
from interaction_center.queue.models import Attachment, Entry, Interaction
from interaction_center.queue.services import acknowledge, add_note, reply, save_draft
from interaction_center.routing.services import close_interaction, take_interaction
from tests.access.builders import a_user
from tests.builders import NOW, a_chat, a_mail, fresh, goes_on, happened, landed, said
from tests.portal.builders import JO, a_browser_of, a_key, a_request, sends, shown

pytestmark = pytest.mark.django_db


def path_of(interaction: Interaction) -> str:
    return f"/help/requests/{interaction.public_id}/"


def answered(interaction: Interaction, body: str = "Restart it.") -> User:
    """An agent has taken it and answered."""
    agent = User.objects.filter(name="Anna Agent").first() or a_user()
    row = take_interaction(interaction=fresh(interaction), user=agent)
    reply(interaction=row, user=agent, body=body, client_id=body)
    return agent


def writes(client: Client, interaction: Interaction, text: str = "Still broken", **fields: Any) -> Any:
    """The answer form as a browser posts it."""
    form = {"request": interaction.public_id, "key": a_key(), "text": text, **fields}
    return client.post("/help/requests/answer/", form)


def test_the_list_holds_all_channels_last_activity_first_with_its_state() -> None:
    mail = a_request(subject="By mail", received_at=NOW)
    chat = landed(a_chat("By chat", received_at=NOW + timedelta(hours=1)))
    verify_contact_point(customer=chat.customer, kind="email", value=JO, by="mail_link")
    form = a_request(subject="Third", received_at=NOW + timedelta(hours=2))
    answered(mail)
    close_interaction(interaction=form, user=None)
    html = shown(a_browser_of(JO), "/help/requests/")
    places = [html.index(words) for words in ("Third", "Closed", "By mail", "Answered", "By chat", "Waiting for us")]
    assert places == sorted(places)


@pytest.mark.parametrize(("lang", "form"), [("en", r"j F Y \a\t H:i T"), ("de", r"j. F Y \u\m H:i T")])
def test_a_time_has_the_form_of_all_help_pages_and_names_its_zone(lang: str, form: str) -> None:
    interaction = a_request(received_at=NOW)
    client = a_browser_of(JO)
    at = timezone.localtime(fresh(interaction).last_entry_at)
    with translation.override(lang):
        words = date_format(at, form)
    for path in ("/help/requests/", path_of(interaction)):
        assert f'<time datetime="{at.isoformat()}">{words}</time>' in shown(client, f"{path}?lang={lang}")


def test_the_list_is_paged_and_its_queries_do_not_grow() -> None:
    client = a_browser_of(JO)
    counts = []
    for number in (1, LIST_PAGE):
        for index in range(number):
            a_request(subject=f"Number {number}-{index:03}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html = shown(client, "/help/requests/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    older = html.split('href="?after=')[1].split('"')[0]
    assert "Number 1-000" not in html
    assert "Number 1-000" in shown(client, f"/help/requests/?after={older}")
    assert client.get("/help/requests/?after=forged").status_code == 302


def test_without_requests_the_page_says_what_will_stand_there() -> None:
    assert "Nothing here yet." in shown(a_browser_of(JO), "/help/requests/")


def test_one_request_shows_what_was_said_and_nothing_of_what_happened_among_staff() -> None:
    interaction = a_request()
    agent = answered(interaction, "Restart it, see https://shop.example/restart")
    acknowledge(interaction=interaction.public_id, body="We have it.", client_id="ack")
    add_note(interaction=interaction, user=agent, body="SECRET NOTE", client_id="note")
    save_draft(interaction=interaction, user=agent, kind="message", body="SECRET DRAFT")
    html = shown(a_browser_of(JO), path_of(interaction))
    for words in ("My printer shows E-04", "Restart it, see", "Anna Agent", "We have it.", "Automatic answer"):
        assert words in html
    assert 'href="https://shop.example/restart"' in html
    for words in ("SECRET", "assigned", "opened", "a@center", agent.email):
        assert words not in html


def test_facts_of_a_mail_that_only_staff_may_see_do_not_show() -> None:
    facts = {"reply_to_differs": True, "reply_to": "odd@example.net", "references_other": True, "from": "forged@x.test"}
    interaction = a_request(data=facts)
    html = shown(a_browser_of(JO), path_of(interaction))
    assert "odd@example.net" not in html
    assert "forged@x.test" not in html


def test_what_a_guest_wrote_shows_only_when_the_address_is_the_customers_own() -> None:
    interaction = a_request()
    goes_by_mail(interaction, "GUEST WORDS", data={"guest": True, "from": "guest@example.net"})
    answered(interaction, "Our answer")
    client = a_browser_of(JO)
    html = shown(client, path_of(interaction))
    assert "My printer shows E-04" in html
    assert "Our answer" in html  # it went to the customer
    assert "GUEST" not in html
    verify_contact_point(customer=interaction.customer, kind="email", value="guest@example.net", by="mail_link")
    assert "GUEST WORDS" in shown(client, path_of(interaction))


def goes_by_mail(interaction: Interaction, text: str, **values: Any) -> None:
    """A mail that its channel has found to belong here; of a guest nobody is noted."""
    landed(a_mail(text, sender=(), thread=(interaction.public_id,), **values))


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_request_does_not_exist(method: str) -> None:
    a_request()
    other = a_request("ann@example.org", text="PRIVATE WORDS")
    client = a_browser_of(JO)
    paths = {"get": [path_of(other)], "post": [f"{path_of(other)}close/"]}[method]
    for path in [*paths, *(["/help/requests/nothing/", "/help/requests/%00/"] if method == "get" else [])]:
        answer = getattr(client, method)(path)
        assert answer.status_code == 404
        assert b"PRIVATE" not in answer.content
    assert writes(client, other).status_code == 404
    assert "PRIVATE" not in shown(client, "/help/requests/")
    assert (fresh(other).state, said(other)) == ("waiting", ["PRIVATE WORDS"])


def test_who_only_typed_the_address_has_requests_of_their_own() -> None:
    mine = a_request()
    theirs = landed(a_chat("TYPED BY ANOTHER"))
    client = a_browser_of(JO)
    assert client.get(path_of(theirs)).status_code == 404
    verify_contact_point(customer=theirs.customer, kind="email", value=JO, by="mail_link")
    assert client.get(path_of(theirs)).status_code == 200
    undo_merge(merge=CustomerMerge.objects.get())
    assert [client.get(path_of(each)).status_code for each in (mine, theirs)] == [200, 404]


def test_signed_out_nothing_is_there_to_read_or_do() -> None:
    interaction = a_request()
    for path in ("/help/requests/", path_of(interaction), f"{path_of(interaction)}files/x"):
        assert Client().get(path).headers["Location"] == "/help/requests/sign-in/"
    for path in ("/help/requests/answer/", f"{path_of(interaction)}close/"):
        assert Client().post(path, {"request": interaction.public_id}).headers["Location"] == "/help/requests/sign-in/"
    assert fresh(interaction).state == "waiting"


def test_files_are_served_to_their_owner_only_and_never_as_a_page() -> None:
    part = FilePart("page.html", "text/html", b"<script>alert(1)</script>")
    interaction = a_request(files=(part,))
    file = Attachment.objects.get()
    path = f"{path_of(interaction)}files/{file.public_id}"
    client = a_browser_of(JO)
    assert f'href="{path}"' in shown(client, path_of(interaction))
    served: Any = client.get(path)
    assert b"".join(served.streaming_content) == b"<script>alert(1)</script>"
    assert served.headers["Content-Disposition"].startswith("attachment")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in served.headers["Cache-Control"]
    mine = a_request("ann@example.org")
    ann = a_browser_of("ann@example.org")
    for stolen in (path, f"{path_of(mine)}files/{file.public_id}", f"{path_of(mine)}files/%00"):
        assert ann.get(stolen).status_code == 404


def test_a_file_of_a_note_is_not_served() -> None:
    interaction = a_request(files=(FilePart("a.txt", "text/plain", b"x"),))
    file = Attachment.objects.get()
    Entry.objects.filter(attachments=file).update(kind="note")
    assert a_browser_of(JO).get(f"{path_of(interaction)}files/{file.public_id}").status_code == 404


def test_an_answer_goes_into_the_same_interaction_and_waits_for_us() -> None:
    interaction = a_request()
    agent = answered(interaction)
    client = a_browser_of(JO)
    answer = writes(client, interaction, files=SimpleUploadedFile("photo.png", b"pixels"))
    row = fresh(interaction)
    assert answer.headers["Location"] == f"{path_of(interaction)}#m{row.seq}"
    assert said(interaction)[-1] == "Still broken"
    assert (row.state, row.assigned_to, row.reply_channel, row.reply_to) == ("assigned", agent, "web_form", JO)
    assert row.waiting_since is not None
    assert [file.filename for file in Attachment.objects.filter(entry__seq=row.seq)] == ["photo.png"]
    assert "Waiting for us" in shown(client, path_of(interaction))


def test_an_answer_sent_twice_is_there_once_and_a_changed_one_is_another() -> None:
    interaction, client, key = a_request(), a_browser_of(JO), a_key()
    for text in ("Still broken", "Still broken", "Works now", "Still broken"):
        writes(client, interaction, text, key=key)
    assert said(interaction) == ["My printer shows E-04", "Still broken", "Works now"]


def test_an_answer_opens_a_closed_request_again_and_a_very_old_one_is_followed_by_a_new_one() -> None:
    interaction, client = a_request(), a_browser_of(JO)
    close_interaction(interaction=interaction, user=None)
    writes(client, interaction)
    assert happened(interaction)[-1] == "reopened"
    close_interaction(interaction=interaction, user=None)
    Interaction.objects.update(closed_at=timezone.now() - timedelta(days=31))
    followed = writes(client, interaction, "After a long time")
    (other,) = Interaction.objects.exclude(pk=interaction.pk)
    assert followed.headers["Location"].startswith(path_of(other))
    assert (other.subject, other.customer) == (interaction.subject, interaction.customer)
    assert "After a long time" in shown(client, path_of(other))


def test_an_empty_or_endless_answer_is_said_and_nothing_is_lost() -> None:
    interaction, client = a_request(), a_browser_of(JO)
    assert "Please fill this in." in writes(client, interaction, " ").content.decode()
    html = writes(client, interaction, "y" * 20_001, files=SimpleUploadedFile("photo.png", b"x")).content.decode()
    assert "This is too long." in html
    assert "photo.png" in html
    assert "y" * 20_001 in html
    old = writes(client, interaction, "Kept words", key=a_key(seconds=25 * 3600))
    assert (old.status_code, b"Kept words</textarea>" in old.content) == (422, True)
    assert f'href="{path_of(interaction)}?lang=de"' in html
    assert client.get("/help/requests/answer/").headers["Location"] == "/help/requests/"
    assert said(interaction) == ["My printer shows E-04"]


def test_a_file_may_stand_for_itself() -> None:
    interaction = a_request()
    writes(a_browser_of(JO), interaction, "", files=SimpleUploadedFile("photo.png", b"x"))
    assert said(interaction) == ["My printer shows E-04", ""]


def test_too_many_answers_are_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "ANSWERS_PER_SESSION", Buckets(rate=0.0001, burst=1))
    interaction, client = a_request(), a_browser_of(JO)
    key = a_key()
    for _ in range(2):
        assert writes(client, interaction, "One", key=key).status_code == 302
    assert b"Wait a few minutes" in writes(client, interaction, "Two").content
    assert said(interaction) == ["My printer shows E-04", "One"]


def test_the_customer_closes_a_request_once_and_can_come_back() -> None:
    interaction, client = a_request(), a_browser_of(JO)
    for _ in range(2):
        assert client.post(f"{path_of(interaction)}close/").headers["Location"] == path_of(interaction)
    assert (fresh(interaction).state, happened(interaction)) == ("closed", ["opened", "closed"])
    html = shown(client, path_of(interaction))
    assert "Is something still open?" in html
    assert "Yes, close this request" not in html


def test_what_was_shown_counts_as_seen() -> None:
    interaction = a_request()
    answered(interaction)
    shown(a_browser_of(JO), path_of(interaction))
    assert fresh(interaction).customer_seen == fresh(interaction).seq


def test_who_looks_at_what_was_before_has_not_seen_what_came_since() -> None:
    interaction = a_request()
    first = Entry.objects.filter(interaction=interaction, kind="message").order_by("seq")[0].seq
    answered(interaction)
    shown(a_browser_of(JO), f"{path_of(interaction)}?before={first + 1}")
    assert fresh(interaction).customer_seen == first
    shown(a_browser_of(JO), f"{path_of(interaction)}?before={first}")
    assert fresh(interaction).customer_seen == first


def test_a_long_log_shows_its_end_and_leads_to_what_was_before() -> None:
    interaction = landed(a_chat("Line 0"))
    verify_contact_point(customer=interaction.customer, kind="email", value=JO, by="mail_link")
    for number in range(1, LOG_PAGE + 1):
        goes_on(interaction, f"Line {number}")
    client = a_browser_of(JO)
    html = shown(client, path_of(interaction))
    assert f"Line {LOG_PAGE}<" in html
    assert "Line 0<" not in html
    before = html.split("?before=")[1].split('"')[0]
    assert "Line 0<" in shown(client, f"{path_of(interaction)}?before={before}")
    assert "Line 0<" not in shown(client, f"{path_of(interaction)}?before=99999999999999999999")


def test_markup_in_a_message_is_shown_as_text() -> None:
    interaction = a_request(text="<script>alert(1)</script> javascript:alert(1)", subject="<b>x</b>")
    raw = a_browser_of(JO).get(path_of(interaction)).content
    assert b"<script>alert" not in raw
    assert b"<b>x</b>" not in raw
    assert b'href="javascript:' not in raw


def test_who_has_signed_in_writes_a_new_request_as_themselves() -> None:
    known = a_request()
    client = a_browser_of(JO)
    assert f"<strong>{JO}</strong>" in shown(client, "/help/write/")
    form = {"key": a_key(), "name": "Jo", "email": "ann@example.org", "subject": "New", "text": "Another thing"}
    client.post("/help/write/", form)
    row = Interaction.objects.get(subject="New")
    assert (row.customer, row.reply_to) == (known.customer, JO)
    assert "Another thing" in shown(client, path_of(row))


def test_whoever_waits_reads_by_when_there_is_an_answer() -> None:
    interaction = a_request()
    client = a_browser_of(JO)
    html = shown(client, path_of(interaction))
    assert "<span>You will have an answer by" in html
    answered(interaction)
    assert "You will have an answer by" not in shown(client, path_of(interaction))


def sent_without_signing_in() -> Interaction:
    """Somebody sends the form with the address of Jo, who is known."""
    sends(subject="TYPED BY ANOTHER", text="TYPED WORDS")
    return Interaction.objects.get(subject="TYPED BY ANOTHER")


def test_a_form_with_the_address_of_somebody_known_is_theirs_when_they_say_so() -> None:
    mine, typed = a_request(), sent_without_signing_in()
    client = a_browser_of(JO)
    html = shown(client, "/help/requests/")
    assert "Did you send this?" in html
    assert "TYPED" not in html  # somebody may have mistaken the address for their own
    assert client.get(path_of(typed)).status_code == 404
    assert client.post(f"{path_of(typed)}claim/").headers["Location"] == path_of(typed)
    assert "TYPED WORDS" in shown(client, path_of(typed))
    assert "Did you send this?" not in shown(client, "/help/requests/")
    assert CustomerMerge.objects.get().reason == "claim"
    assert client.get(path_of(mine)).status_code == 200


def test_nobody_claims_what_was_not_sent_with_their_address_or_not_by_a_form() -> None:
    a_request()
    typed, chat = sent_without_signing_in(), landed(a_chat("TYPED IN A CHAT"))
    claim_address(customer=chat.customer, address=Address("email", JO))
    ann = a_request("ann@example.org")
    for client, row in ((a_browser_of("ann@example.org"), typed), (a_browser_of(JO), chat), (a_browser_of(JO), ann)):
        assert client.post(f"{path_of(row)}claim/").status_code == 404
    assert "TYPED" not in shown(a_browser_of(JO), "/help/requests/")
    assert not CustomerMerge.objects.exists()


def test_what_an_agent_has_joined_with_somebody_else_is_not_to_be_claimed() -> None:
    a_request()
    typed, ann = sent_without_signing_in(), a_request("ann@example.org", text="PRIVATE WORDS")
    merge_customers(loser=typed.customer, winner=ann.customer, reason="agent")
    client = a_browser_of(JO)
    assert "Did you send this?" not in shown(client, "/help/requests/")
    assert client.post(f"{path_of(typed)}claim/").status_code == 404
    assert client.get(path_of(ann)).status_code == 404


def test_pages_speak_german() -> None:
    interaction = a_request()
    client = a_browser_of(JO)
    assert "Wartet auf uns" in shown(client, "/help/requests/", language="de")
    assert "Ihre Antwort" in shown(client, path_of(interaction), language="de")
