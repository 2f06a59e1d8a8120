"""The page "call me back", the link in the mail and the doors of the widget, as browsers meet them."""

import io
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from channels_app.callback import doors, manage, views
from channels_app.callback.changing import cancel_request
from channels_app.callback.links import path_to, token_of
from channels_app.callback.models import CallbackRequest, DoNotCall
from channels_app.callback.stages import RequestStage
from interaction_center.access import visitor_tokens
from interaction_center.access.form_keys import MIN_SECONDS, new_key
from interaction_center.access.models import Site
from interaction_center.access.rate_limits import Buckets
from interaction_center.customers.models import ContactPoint
from interaction_center.queue.models import Interaction
from kb.models import KnowledgeEvent
from tests.access.builders import a_site
from tests.builders import a_waiting_chat, fresh, happened, said
from tests.callback.wishes import BERLIN_NUMBER, E164, a_line, a_number, an_office_line, first_slot, wishes
from tests.kb.builders import error_code
from tests.kb.conftest import fresh_index
from tests.portal.builders import a_browser_of

__all__ = ["fresh_index"]
pytestmark = pytest.mark.django_db
FORM = {"phone": BERLIN_NUMBER, "name": "Jo Doe", "email": "jo@example.org", "subject": "fault", "text": "It is broken"}
ORIGIN = "https://shop.example"


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has been here before."""
    for module in (doors, manage, views):
        for name, limit in vars(module).copy().items():
            if isinstance(limit, Buckets):
                monkeypatch.setattr(module, name, Buckets(rate=limit._rate, burst=limit._burst))


def a_key(*, seconds: int = 60) -> str:
    return new_key(timezone.now() - timedelta(seconds=seconds))


def sends(client: Client | None = None, *, language: str = "en", **fields: Any) -> tuple[int, str]:
    """The form as a browser posts it; status and page."""
    filled = {"key": a_key(), "step": "send", **FORM, **fields}
    answer = (client or Client()).post(f"/callback/{language}/", filled)
    return answer.status_code, unescape(answer.content.decode())


def sent_by(page: str) -> str:
    found = re.search(r'name="sent" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def without_secrets(page: str) -> str:
    """The page without what differs from one reader to the next."""
    return re.sub(r'(name="(sent|csrfmiddlewaretoken)") value="[^"]+"', r"\1", page)


def test_a_form_becomes_a_request_and_the_page_says_what_happens_next() -> None:
    a_site()
    a_line()
    status, page = sends()
    request = CallbackRequest.objects.get()
    assert (status, request.number, request.name, request.subject) == (200, E164, "Jo Doe", "fault")
    assert "We will call you" in page
    assert "as soon as somebody is free" in page
    assert "+49 30 901820" in page
    assert said(request.interaction)[0] == "It is broken"


def test_a_form_that_is_pressed_twice_is_one_request() -> None:
    a_line()
    key = a_key()
    assert sends(key=key)[0] == sends(key=key)[0] == 200
    assert CallbackRequest.objects.count() == 1


def test_the_address_without_a_language_leads_to_the_readers() -> None:
    answer = Client().get("/callback/?question=E-04", headers={"Accept-Language": "de"})
    assert answer.headers["Location"] == "/callback/de/?question=E-04"
    assert Client().get("/callback/?lang=en").headers["Location"] == "/callback/en/"


def test_the_question_that_was_asked_elsewhere_is_carried_along() -> None:
    a_line()
    page = Client().get("/callback/en/?question=What+means+E-04%3F&subject=fault").content.decode()
    assert "What means E-04?</textarea>" in page
    assert '<option value="fault" selected>' in page


def test_the_page_is_german_where_its_address_says_so() -> None:
    a_line()
    assert "Rufen Sie mich zurück" in Client().get("/callback/de/").content.decode()
    status, page = sends(language="de", phone="0900 1234567")
    assert status == 422
    assert "Kostenpflichtige Sondernummern rufen wir nicht an" in page


def test_without_a_line_the_page_says_whom_to_write_to() -> None:
    page = Client().get("/callback/en/").content.decode()
    assert "We can't call you back just now" in page
    assert "/help/write/" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": ""}, "Please fill this in"),
        ({"phone": "112"}, "This is an emergency number"),
        ({"phone": "+882 12345678"}, "no such number"),
        ({"name": " "}, "Please fill this in"),
        ({"email": "jo"}, "This is no e-mail address"),
        ({"text": "x" * 4001}, "too long"),
        ({"trap": "spam"}, "A field that stays empty"),
        ({"wanted_at": "2001-01-01T10:00:00Z"}, "this number at this time"),
        ({"wanted_at": "tomorrow"}, "this number at this time"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(fields: dict[str, Any], words: str) -> None:
    a_line()
    status, page = sends(**fields)
    assert status in (400, 422)
    assert words in page
    assert 'value="Jo Doe"' in page or "name" in fields
    assert not Interaction.objects.exists()


ENDS_OF_TIME = [
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59Z",
]


@pytest.mark.parametrize("time", ENDS_OF_TIME)
def test_a_time_at_the_end_of_time_is_refused_at_every_door(time: str) -> None:
    site, line = a_site(), a_line()
    assert sends(wanted_at=time)[0] == 400
    answer = asks(site, "requests", a_wish(wanted_at=time))
    assert (answer.status_code, answer.json()["code"]) == (400, "slot_not_offered")
    moved = Client().post(path_to(wishes(line)), {"step": "move", "wanted_at": time})
    assert moved.status_code == 400
    assert "this number at this time" in moved.content.decode()


def test_a_program_that_sends_at_once_is_asked_to_look_again() -> None:
    a_line()
    status, page = sends(key=a_key(seconds=0))
    assert (status, "very fast" in page) == (422, True)


def test_a_damaged_or_old_key_is_renewed_and_nothing_lost() -> None:
    a_line()
    for key in ("nonsense", a_key(seconds=90_000)):
        status, page = sends(key=key)
        assert (status, "open for too long" in page, "It is broken" in page) == (422, True, True)


def test_a_number_that_is_never_called_is_refused_at_its_field() -> None:
    a_line()
    DoNotCall.objects.create(number=E164, created_at=timezone.now())
    status, page = sends()
    assert status == 422
    assert re.search(r'id="phone-problem">We don\'t call this number', page)


def test_answers_that_are_there_are_shown_before_anybody_is_called() -> None:
    a_line()
    error_code(code="E-04", meaning="Paper jam", remedy="Open the rear door and pull the paper out.")
    status, page = sends(step="look", text="My printer shows E-04")
    assert (status, "Perhaps this answers it" in page, "Call me all the same" in page) == (200, True, True)
    assert not CallbackRequest.objects.exists()
    target = re.search(r'name="solved" value="([^"]+)"', page)
    assert target is not None
    answer = Client().post("/callback/en/", {"key": a_key(), "text": "My printer shows E-04", "solved": target[1]})
    assert answer.headers["Location"] == "/help/write/solved/"
    assert list(KnowledgeEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["shown", "solved"]


def test_a_slot_is_shown_on_the_clock_that_is_named() -> None:
    line = an_office_line()
    start = first_slot(line)
    status, page = sends(wanted_at=start.isoformat(), zone="America/New_York")
    assert status in (200, 422)  # at nine in the morning of Berlin nobody in New York is rung
    status, page = sends(wanted_at=start.isoformat())
    assert status == 200
    assert "Berlin time" in page
    assert CallbackRequest.objects.latest("pk").wanted_at == start


def test_a_stranger_who_types_a_number_reads_what_everybody_reads() -> None:
    a_line()
    first = wishes(a_line(), subject="fault", email="owner@example.org")
    stranger = sends()
    assert CallbackRequest.objects.get() == first
    cancel_request(request=first)
    newcomer = sends()
    assert CallbackRequest.objects.count() == 2
    assert (stranger[0], without_secrets(stranger[1])) == (newcomer[0], without_secrets(newcomer[1]))
    assert "was arranged before, that one stays, at its own time" in newcomer[1]


def test_the_page_that_has_sent_it_cancels_it() -> None:
    a_line()
    _, page = sends()
    answer = Client().post("/callback/en/", {"step": "cancel", "sent": sent_by(page)})
    assert "Your callback is cancelled" in answer.content.decode()
    assert CallbackRequest.objects.get().stage == RequestStage.CANCELLED


def test_whoever_goes_back_after_cancelling_is_promised_nothing_that_is_over() -> None:
    a_line()
    key = a_key()
    _, page = sends(key=key)
    Client().post("/callback/en/", {"step": "cancel", "sent": sent_by(page)})
    status, page = sends(key=key)
    assert (status, "This callback is over" in page, "It is broken" in page) == (409, True, True)
    renewed = re.search(r'name="key" value="([^"]+)"', page)
    assert renewed is not None
    with time_machine.travel(timezone.now() + timedelta(seconds=MIN_SECONDS + 1)):
        assert sends(key=renewed[1])[0] == 200
    assert sorted(CallbackRequest.objects.values_list("stage", flat=True)) == ["cancelled", "due"]


def test_a_stranger_cancels_nothing_and_reads_the_same() -> None:
    a_line()
    first = wishes(a_line(), subject="fault")
    _, page = sends()
    answer = Client().post("/callback/en/", {"step": "cancel", "sent": sent_by(page)})
    assert "Your callback is cancelled" in answer.content.decode()
    first.refresh_from_db()
    assert first.stage == RequestStage.DUE
    assert Client().post("/callback/en/", {"step": "cancel", "sent": "forged"}).status_code == 404


def test_whoever_goes_back_and_chooses_another_time_learns_what_is_open() -> None:
    line = a_line()
    key = a_key()
    sends(key=key)
    status, page = sends(key=key, wanted_at=first_slot(line).isoformat())
    assert status == 409
    assert "on its way already" in page
    assert path_to(CallbackRequest.objects.get()) in page


def test_a_flood_of_forms_is_stopped_and_what_was_written_stays() -> None:
    a_line()
    for _ in range(20):
        sends(phone="")
    status, page = sends()
    assert (status, "Wait a few minutes" in page, "It is broken" in page) == (429, True, True)


def test_who_has_signed_in_to_the_help_pages_asks_as_who_they_are() -> None:
    a_line()
    browser = a_browser_of("jo@example.org")
    me = browser.get("/help/requests/me").json()
    assert me["email"] == "jo@example.org"
    assert sends(browser, email="Jo@Example.org", proof=me["proof"])[0] == 200
    request = CallbackRequest.objects.get()
    assert (request.is_proved, request.email, request.visitor) == (True, "jo@example.org", "")
    owner = ContactPoint.objects.get(kind="email").customer
    assert fresh(request.interaction).customer == owner
    status, page = sends(browser, proof=me["proof"])
    assert (status, path_to(request) in page) == (409, True), "and learns what they have open"


def test_a_proof_is_worth_nothing_for_another_address_or_when_it_is_forged() -> None:
    a_line()
    proof = a_browser_of("jo@example.org").get("/help/requests/me").json()["proof"]
    for fields in (
        {"email": "maria@example.org", "proof": proof},
        {"proof": f"{proof}x"},
        {"email": "", "proof": proof},
    ):
        sends(phone=a_number(), **fields)
    assert [request.is_proved for request in CallbackRequest.objects.all()] == [False] * 3


def test_the_proof_of_a_form_that_must_be_corrected_is_not_lost() -> None:
    a_line()
    proof = a_browser_of("jo@example.org").get("/help/requests/me").json()["proof"]
    assert f'name="proof" value="{proof}"' in sends(phone="112", proof=proof)[1]


# The link in the mail


def test_opening_the_link_shows_it_and_changes_nothing() -> None:
    request = wishes(a_line())
    answer = Client().get(path_to(request))
    page = answer.content.decode()
    assert (answer.status_code, "+49 30 901820" in page) == (200, True)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "http://" not in page.replace("http://127.0.0.1", "")  # nothing of anybody else
    before = request.stage
    request.refresh_from_db()
    assert request.stage == before


def test_a_press_moves_it() -> None:
    line = a_line()
    request = wishes(line)
    start = first_slot(line)
    answer = Client(enforce_csrf_checks=True).post(
        path_to(request), {"step": "move", "wanted_at": start.isoformat()}, headers={"Origin": "null"}
    )
    assert "has a new time" in answer.content.decode()
    request.refresh_from_db()
    assert request.wanted_at == start


def test_a_time_that_is_gone_is_said_and_the_old_one_kept() -> None:
    line = a_line(slot_capacity=1)
    start = first_slot(line)
    wishes(line, number="+4930555555", wanted_at=start)
    request = wishes(line)
    answer = Client().post(path_to(request), {"step": "move", "wanted_at": start.isoformat()})
    assert answer.status_code == 409
    assert "has just taken this time" in answer.content.decode()
    request.refresh_from_db()
    assert request.wanted_at is None


def test_a_link_fills_no_inbox_however_often_it_is_pressed() -> None:
    line = a_line()
    request = wishes(line, email="stranger@example.org")
    answers = [press_to_move(request, first_slot(line, skip=place)) for place in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "It keeps its time" in answers[5].content.decode()
    assert [text for text in said(request.interaction) if "has a new time" in text][5:] == []
    assert "cancelled" in Client().post(path_to(request), {"step": "cancel"}).content.decode()


def press_to_move(request: CallbackRequest, start: datetime) -> Any:
    return Client().post(path_to(request), {"step": "move", "wanted_at": start.isoformat()})


def test_a_press_cancels_it_and_a_second_one_says_so_again() -> None:
    request = wishes(a_line())
    for _ in range(2):
        page = Client().post(path_to(request), {"step": "cancel"}).content.decode()
        assert "Your callback is cancelled" in page
    request.refresh_from_db()
    assert request.stage == RequestStage.CANCELLED


def test_a_link_that_is_over_and_one_that_never_was_look_the_same(django_assert_num_queries: Any) -> None:
    request = wishes(a_line())
    CallbackRequest.objects.filter(pk=request.pk).update(stage="done", ended_at=timezone.now())
    over, never = path_to(request), f"/callback/en/m/{'0' * 32}/"
    pages = []
    for path in (over, never, "/callback/en/m/x/"):
        with django_assert_num_queries(2):  # the link, and the site whose pages these are
            answer = Client().get(path)
        assert answer.status_code == 404
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        pages.append(answer.content.decode().replace(path.split("/m/")[1], ""))
    assert pages[0] == pages[1] == pages[2]
    assert "leads to no open callback" in pages[0]


def test_a_page_that_fails_does_not_put_its_secret_into_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    request = wishes(a_line())
    monkeypatch.setattr(manage, "offer_of", lambda *_, **__: 1 / 0)
    shown = io.StringIO()
    handler = logging.StreamHandler(shown)
    written: Any = settings.LOGGING
    for chosen in written["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(written["filters"][chosen]["()"])())
    logging.getLogger("django.request").addHandler(handler)
    try:
        answer = Client(raise_request_exception=False).get(path_to(request))
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert answer.status_code == 500
    assert "/callback/en/m/…/" in shown.getvalue()
    assert token_of(request.public_id) not in shown.getvalue()


def test_the_link_is_german_where_it_was_asked_for_in_german() -> None:
    request = wishes(a_line(), language="de")
    assert path_to(request).startswith("/callback/de/m/")
    page = Client().get(path_to(request)).content.decode()
    assert "Ihr Rückruf" in page
    other = Client().get(f"/callback/m/{token_of(request.public_id)}/?lang=en")
    assert other.headers["Location"] == path_to(request).replace("/de/", "/en/")
    assert other.headers["Referrer-Policy"] == "no-referrer"


# The widget


def asks(site: Site, path: str, body: dict[str, Any] | None = None, *, token: str = "", **query: str) -> Any:
    """A request of a page of the site; the answer."""
    words = "&".join(f"{name}={value}" for name, value in ({"site": site.key} | query).items())
    headers = {"Origin": ORIGIN} | ({"Authorization": f"Visitor {token}"} if token else {})
    client = Client(enforce_csrf_checks=True)
    if body is None:
        return client.get(f"/callback/{path}?{words}", headers=headers)
    return client.post(f"/callback/{path}?{words}", json.dumps(body), content_type="application/json", headers=headers)


def a_wish(**values: Any) -> dict[str, Any]:
    return {"client_id": "0a1b2c3d-0000-4000-8000-000000000000", **FORM, **values}


@pytest.fixture
def token() -> Callable[[Site], str]:
    """Gives the token of one visitor."""
    return lambda site: visitor_tokens.issue(site, "v-1")


def test_the_widget_learns_what_is_on_offer() -> None:
    site, line = a_site(), an_office_line()
    answer = asks(site, "offer", zone="Europe/London", lang="de").json()
    assert (answer["line"], answer["who"], answer["zone"]) == (line.public_id, "Service", "Europe/London")
    assert answer["clock"] == "Zeit in London"
    assert answer["days"][0]["choices"][0].keys() == {"start", "words"}
    assert answer["subjects"][1] == {"id": "fault", "words": "Etwas funktioniert nicht"}
    assert answer["open"] is None


def test_a_site_with_no_line_offers_none() -> None:
    a_line(site="another")
    assert asks(a_site(), "offer").json() == {"line": None}


def test_the_line_of_a_site_goes_before_that_of_all() -> None:
    site = a_site()
    a_line()
    own = a_line(site=site.key)
    assert asks(site, "offer").json()["line"] == own.public_id


def test_the_widget_asks_once(token: Callable[[Site], str]) -> None:
    site = a_site()
    a_line()
    answers = [asks(site, "requests", a_wish(), token=token(site)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["when"] == "as soon as somebody is free"
    request = CallbackRequest.objects.get()
    assert (request.source, request.visitor, request.site) == ("widget", "v-1", site.key)
    assert asks(site, "offer", token=token(site)).json()["open"] == {"when": "as soon as possible"}
    assert asks(site, "offer").json()["open"] is None


def test_a_widget_that_knows_no_clock_promises_by_that_of_the_number() -> None:
    site = a_site()
    a_line(countries=["US"], quiet_from="20:00", quiet_until="08:00")
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):  # before sunrise in New York
        answer = asks(site, "requests", a_wish(phone="+1 212 736 3100"))
    assert answer.json()["when"] == "from Monday, 2 March, 08:00 (New York time) on"


def test_a_page_of_somebody_else_is_refused() -> None:
    a_line()
    site = a_site(origins=["https://other.example"])
    assert asks(site, "requests", a_wish()).status_code == 403
    assert not CallbackRequest.objects.exists()


def test_the_widget_is_told_which_field_is_wrong_in_its_language() -> None:
    site = a_site()
    a_line()
    answer = asks(site, "requests", a_wish(phone="112"), lang="de")
    assert (answer.status_code, answer.json()["code"]) == (422, "number_emergency")
    assert answer.json()["details"]["phone"].startswith("Das ist eine Notrufnummer")
    answer = asks(site, "requests", a_wish(name=""))
    assert answer.json()["details"] == {"name": "Please fill this in."}


def test_a_request_from_an_open_chat_stands_in_its_log_if_the_chat_is_theirs(token: Callable[[Site], str]) -> None:
    site = a_site()
    a_line()
    own, other = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    asks(site, "requests", a_wish(source="chat", chat=other.public_id), token=token(site))
    assert "call_requested" not in happened(other)
    asks(site, "requests/cancel", {}, token=token(site))
    asks(site, "requests", a_wish(source="chat", chat=own.public_id, subject="order"), token=token(site))
    assert "call_requested" in happened(own)


def test_a_visitor_cancels_their_own_and_nobody_elses(token: Callable[[Site], str]) -> None:
    site = a_site()
    a_line()
    asks(site, "requests", a_wish(), token=token(site))
    for other in ("", visitor_tokens.issue(site, "v-2")):
        assert asks(site, "requests/cancel", {}, token=other).json() == {"cancelled": True}
    assert CallbackRequest.objects.get().stage == RequestStage.DUE
    assert asks(site, "requests/cancel", {}, token=token(site)).json() == {"cancelled": True}
    assert CallbackRequest.objects.get().stage == RequestStage.CANCELLED


def test_a_stranger_at_the_widget_is_told_what_everybody_is_told() -> None:
    site = a_site()
    line = a_line()
    first = wishes(line, subject="fault")
    stranger = asks(site, "requests", a_wish())
    cancel_request(request=first)
    newcomer = asks(site, "requests", a_wish())
    assert (stranger.status_code, stranger.json()) == (newcomer.status_code, newcomer.json())
    assert CallbackRequest.objects.count() == 2


def test_what_is_no_wish_is_refused_and_never_an_error_of_ours() -> None:
    site = a_site()
    a_line()
    for body in ("[]", "{", '"x"', "null", '{"client_id": 7}', '{"phone": ["1"], "name": {"a": 1}}'):
        answer = Client().post(f"/callback/requests?site={site.key}", body, content_type="application/json")
        assert answer.status_code in (400, 422), body


@pytest.mark.parametrize("path", ["/callback/en/", "/callback/de/"])
def test_the_page_costs_a_constant_number_of_queries(django_assert_max_num_queries: Any, path: str) -> None:
    line = an_office_line()
    for place in range(6):
        wishes(line, number=f"+4930777{place}00")
    with django_assert_max_num_queries(12):
        assert Client().get(path).status_code == 200


def test_the_help_pages_offer_a_call_where_there_is_a_line_for_it() -> None:
    path = "/help/en/?q=something+else"
    assert "have us call you back" not in Client().get(path).content.decode()
    a_line()
    page = Client().get(path).content.decode()
    assert '<a href="/callback/?question=something%20else">have us call you back</a>' in page
