"""Signing in by a mail link: nobody learns who is known, a link works once, a session ends where it should."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from channels_app.email.services import create_mailbox
from interaction_center.access.address_proofs import address_in
from interaction_center.access.models import User
from interaction_center.access.rate_limits import Buckets
from interaction_center.customers.models import ContactPoint, Customer, SuspectedMatch
from interaction_center.customers.services import claim_address
from interaction_center.envelope import Address, OutboundMessage
from interaction_center.errors import DeliveryError
from interaction_center.portal import sign_in
from interaction_center.portal.models import CustomerSession, SignInLink
from interaction_center.portal.sign_in import COOKIE, reader_audience
from interaction_center.portal.sign_in_mail import send_due_links
from interaction_center.portal.sign_in_services import redeem, remove_old
from interaction_center.queue.models import Interaction
from tests.access.builders import a_site
from tests.builders import a_chat, in_parallel, in_thread, landed
from tests.portal.builders import JO, a_browser_of, a_request, link_for, sends, shown, signs_in

pytestmark = pytest.mark.django_db(transaction=True)
SERVICE, SHOP = "service@center.test", "shop@center.test"


@pytest.fixture(autouse=True)
def mailbox() -> None:
    """Where links are mailed from."""
    create_mailbox(address=SERVICE)


def asks(address: str) -> tuple[int, str, str]:
    """What the page says to whoever asks for a link."""
    answer = Client().post("/help/requests/sign-in/", {"email": address})
    return answer.status_code, answer.headers.get("Location", ""), answer.content.decode()


async def test_the_answer_is_the_same_whether_the_address_is_known_or_not(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    assert await in_thread(lambda: asks(JO)) == await in_thread(lambda: asks("nobody@example.org"))
    assert await send_due_links() == 2
    assert [mail.to for mail in mails] == [JO]


async def test_the_mail_is_a_row_first_and_its_token_stands_in_the_fragment(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    await in_thread(lambda: asks(" JO@example.org "))
    link = await in_thread(SignInLink.objects.get)
    assert (link.address, link.state) == (JO, "due")
    await send_due_links()
    (mail,) = mails
    assert (mail.account, mail.data) == (SERVICE, {"automatic": True})
    assert "/help/requests/open/#t=" in mail.text
    assert link.public_id not in mail.text.split("#t=")[0]
    assert await in_thread(lambda: SignInLink.objects.get().state) == "done"


async def test_the_mail_leaves_from_the_mailbox_of_the_site_in_the_readers_language(
    mails: list[OutboundMessage],
) -> None:
    def prepare() -> None:
        create_mailbox(address=SHOP)
        a_site("Shop", mail_from=SHOP)
        a_request()
        Client(headers={"Accept-Language": "de"}).post("/help/requests/sign-in/", {"email": JO})

    await in_thread(prepare)
    await send_due_links()
    assert (mails[0].account, mails[0].subject) == (SHOP, "Ihre Anfragen: anmelden")


def test_a_page_without_the_cookie_learns_who_has_signed_in_and_other_sites_do_not() -> None:
    assert Client().get("/help/requests/me").json() == {}
    browser = a_browser_of(JO)
    Customer.objects.update(name="Jo Doe")
    answer = browser.get("/help/requests/me", headers={"Origin": "https://elsewhere.example"})
    known = answer.json()
    assert (known["name"], known["email"], address_in(known["proof"])) == ("Jo Doe", JO, JO)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert browser.post("/help/requests/me").status_code == 405
    CustomerSession.objects.all().delete()
    assert browser.get("/help/requests/me").json() == {}


async def test_a_mail_that_can_not_leave_is_tried_again(
    mails: list[OutboundMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object, message: OutboundMessage) -> None:
        raise DeliveryError("The mail server is away.", permanent=False)

    await in_thread(a_request)
    await in_thread(lambda: asks(JO))
    with monkeypatch.context() as broken:
        broken.setattr("channels_app.email.adapter.EmailAdapter.deliver", away)
        await send_due_links()
    assert await in_thread(lambda: SignInLink.objects.get().last_error) == "The mail server is away."
    await in_thread(lambda: SignInLink.objects.update(due_at=timezone.now()))
    await send_due_links()
    assert len(mails) == 1


async def test_a_mail_that_would_open_nothing_any_more_is_not_sent(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    await in_thread(lambda: asks(JO))
    await in_thread(lambda: SignInLink.objects.update(created_at=timezone.now() - timedelta(minutes=31)))
    assert await send_due_links() == 1
    assert mails == []


async def test_opening_the_page_alone_signs_nobody_in(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    await link_for(JO, mails)
    html = await in_thread(lambda: shown(Client(), "/help/requests/open/"))
    assert "data-confirm" in html
    assert await in_thread(CustomerSession.objects.count) == 0


async def test_a_press_proves_the_address_and_signs_in(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    point = await in_thread(ContactPoint.objects.get)
    assert (point.proof, point.verified_by) == ("verified", "mail_link")
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/help/")
    assert cookie["secure"] == ""
    assert "Waiting for us" in await in_thread(lambda: shown(client, "/help/requests/"))


async def test_over_https_the_cookie_is_secure(mails: list[OutboundMessage], settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    assert client.cookies[COOKIE]["secure"] is True


async def test_only_a_hash_of_the_token_is_kept(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    session = await in_thread(CustomerSession.objects.get)
    assert client.cookies[COOKIE].value not in str(vars(session))


async def test_a_token_works_once_and_then_explains_what_to_do(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    link = await link_for(JO, mails)
    first, second = Client(), Client()
    assert await in_thread(lambda: first.post("/help/requests/open/", {"token": link}).status_code) == 302
    refused = await in_thread(lambda: second.post("/help/requests/open/", {"token": link}))
    assert refused.status_code == 422
    assert "Ask for a new link" in refused.content.decode()
    assert COOKIE not in second.cookies


async def test_of_two_presses_at_once_one_signs_in(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    link = await link_for(JO, mails)
    results = await in_thread(lambda: in_parallel([lambda: redeem(token=link)] * 2))
    assert sorted(isinstance(result, str) for result in results) == [False, True]
    assert await in_thread(CustomerSession.objects.count) == 1


async def test_a_link_of_half_an_hour_ago_opens_nothing(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    link = await link_for(JO, mails)
    await in_thread(lambda: SignInLink.objects.update(created_at=timezone.now() - timedelta(minutes=31)))
    refused = await in_thread(lambda: Client().post("/help/requests/open/", {"token": link}))
    assert refused.status_code == 422
    assert "older than 30 minutes" in refused.content.decode()


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "\x00", "é" * 5000])
def test_a_wrong_token_gets_a_sentence(token: str) -> None:
    refused = Client().post("/help/requests/open/", {"token": token})
    assert refused.status_code == 422
    assert "Ask for a new link" in refused.content.decode()


async def test_a_second_sign_in_ends_the_first_session_of_this_browser(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    before = client.cookies[COOKIE].value
    link = await link_for(JO, mails)
    await in_thread(lambda: client.post("/help/requests/open/", {"token": link}))
    assert client.cookies[COOKIE].value != before
    assert await in_thread(CustomerSession.objects.count) == 1


async def test_a_signed_out_session_is_dead_even_with_the_old_cookie(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    thief = Client()
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    assert await in_thread(lambda: thief.get("/help/requests/").status_code) == 200
    await in_thread(lambda: client.post("/help/requests/sign-out/"))
    assert client.cookies[COOKIE].value == ""
    assert await in_thread(lambda: thief.get("/help/requests/").headers["Location"]) == "/help/requests/sign-in/"
    assert "You are signed out" in await in_thread(lambda: shown(thief, "/help/requests/sign-in/"))


async def test_signing_out_everywhere_ends_all_browsers_and_links_on_their_way(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    here, there = await signs_in(JO, mails), await signs_in(JO, mails)
    pending = await link_for(JO, mails)
    await in_thread(lambda: here.post("/help/requests/sign-out/", {"where": "everywhere"}))
    assert await in_thread(lambda: there.get("/help/requests/").status_code) == 302
    assert await in_thread(lambda: Client().post("/help/requests/open/", {"token": pending}).status_code) == 422


@pytest.mark.parametrize(("days", "visits", "status"), [(6, 5, 302), (6, 4, 200), (8, 1, 302), (6, 1, 200)])
async def test_a_session_ends_after_a_week_without_a_visit_and_after_thirty_days(
    days: int, visits: int, status: int, mails: list[OutboundMessage]
) -> None:
    await in_thread(a_request)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = await signs_in(JO, mails)
        for _ in range(visits):
            clock.shift(timedelta(days=days, seconds=1))
            answer = await in_thread(lambda: client.get("/help/requests/"))
        assert answer.status_code == status


async def test_once_a_day_the_token_is_renewed_and_the_one_before_is_good_for_a_moment(
    mails: list[OutboundMessage],
) -> None:
    await in_thread(a_request)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client, late = await signs_in(JO, mails), Client()
        late.cookies[COOKIE] = before = client.cookies[COOKIE].value
        clock.shift(timedelta(days=1, seconds=1))
        await in_thread(lambda: client.get("/help/requests/"))
        assert client.cookies[COOKIE].value != before
        assert await in_thread(lambda: late.get("/help/requests/").status_code) == 200
        assert late.cookies[COOKIE].value == before
        clock.shift(timedelta(minutes=2))
        assert await in_thread(lambda: late.get("/help/requests/").status_code) == 302
        assert await in_thread(lambda: client.get("/help/requests/").status_code) == 200


async def test_a_customer_is_no_member_of_staff_and_the_other_way_round(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    assert await in_thread(lambda: client.get("/console/").status_code) == 302
    assert await in_thread(lambda: client.get("/api/queue").status_code) == 401
    staff = Client()
    await in_thread(lambda: staff.force_login(User.objects.create_user("a@center.test", name="A")))
    assert await in_thread(lambda: staff.get("/help/requests/").status_code) == 302


async def test_who_has_signed_in_reads_as_a_customer_everybody_else_as_the_public(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    request = RequestFactory().get("/help/")
    assert await in_thread(lambda: reader_audience(request)) == "public"
    request = RequestFactory().get("/help/")
    request.COOKIES[COOKIE] = client.cookies[COOKIE].value
    assert await in_thread(lambda: reader_audience(request)) == "customer"
    request = RequestFactory().get("/help/")
    request.COOKIES[COOKIE] = "forged"
    assert await in_thread(lambda: reader_audience(request)) == "public"


async def test_with_the_address_its_sessions_go(mails: list[OutboundMessage]) -> None:
    await in_thread(a_request)
    client = await signs_in(JO, mails)
    await in_thread(lambda: ContactPoint.objects.all().delete())
    assert await in_thread(lambda: client.get("/help/requests/").status_code) == 302


@pytest.mark.parametrize("limit", ["LINKS_PER_IP", "LINKS_PER_ADDRESS"])
def test_too_many_links_are_refused_with_a_sentence(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, limit, Buckets(rate=0.0001, burst=1))
    assert asks(JO)[0] == 302
    status, _, html = asks("Jo@Example.org")
    assert status == 429
    assert "Wait a few minutes" in html
    assert SignInLink.objects.count() == 1


@pytest.mark.parametrize("address", ["", "jo", "jo@", "a b@example.org"])
def test_what_is_no_address_is_said(address: str) -> None:
    status, _, html = asks(address)
    assert status == 422
    assert "This is no e-mail address." in html


def test_foreign_pages_can_neither_ask_nor_sign_in_nor_out() -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("sign-in", "open", "sign-out"):
        assert strict.post(f"/help/requests/{path}/").status_code == 403


def test_old_links_and_sessions_are_removed() -> None:
    now = timezone.now()
    point = ContactPoint.objects.create(customer=Customer.objects.create(), kind="email", value=JO, normalised=JO)
    for days in (0, 2):
        at = now - timedelta(days=days)
        SignInLink.objects.create(address=JO, created_at=at, due_at=at)
    for number, days in enumerate((0, 6, 8, 31)):
        at = now - timedelta(days=days)
        CustomerSession.objects.create(
            contact_point=point, digest=str(number), created_at=at, renewed_at=at, seen_at=at
        )
    assert remove_old() == 3
    assert SignInLink.objects.count() == 1
    assert set(CustomerSession.objects.values_list("digest", flat=True)) == {"0", "1"}


def test_every_page_of_requests_stays_out_of_caches() -> None:
    for path in ("", "sign-in/", "open/"):
        assert "no-store" in Client().get(f"/help/requests/{path}").headers["Cache-Control"]


async def test_an_address_that_somebody_known_only_typed_goes_to_its_owner_and_is_a_suspicion(
    mails: list[OutboundMessage],
) -> None:
    def prepare() -> Interaction:
        old = a_request("ann@example.org", subject="WORDS OF ANN")
        claim_address(customer=old.customer, address=Address("email", JO))
        return old

    old = await in_thread(prepare)
    jo, ann = await signs_in(JO, mails), await signs_in("ann@example.org", mails)
    await in_thread(lambda: a_request(subject="WORDS OF JO"))
    of_jo = await in_thread(lambda: shown(jo, "/help/requests/"))
    of_ann = await in_thread(lambda: shown(ann, "/help/requests/"))
    assert ("WORDS OF JO" in of_jo, "WORDS OF ANN" in of_jo) == (True, False)
    assert ("WORDS OF JO" in of_ann, "WORDS OF ANN" in of_ann) == (False, True)
    suspected = await in_thread(SuspectedMatch.objects.get)
    owner = await in_thread(lambda: ContactPoint.objects.get(normalised=JO).customer_id)
    assert (suspected.customer_id, suspected.other_id, suspected.state) == (old.customer_id, owner, "open")


async def test_a_chat_in_which_the_address_was_only_typed_does_not_come_with_it(mails: list[OutboundMessage]) -> None:
    def prepare() -> None:
        chat = landed(a_chat("TYPED BY A VISITOR"))
        claim_address(customer=chat.customer, address=Address("email", JO))

    await in_thread(prepare)
    jo = await signs_in(JO, mails)
    assert "TYPED" not in await in_thread(lambda: shown(jo, "/help/requests/"))


async def test_who_is_known_by_the_typed_address_alone_has_what_was_sent_with_it(mails: list[OutboundMessage]) -> None:
    await in_thread(lambda: sends(subject="WORDS OF JO"))
    jo = await signs_in(JO, mails)
    assert "WORDS OF JO" in await in_thread(lambda: shown(jo, "/help/requests/"))
    assert not await in_thread(SuspectedMatch.objects.exists)
