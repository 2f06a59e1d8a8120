"""Which questions of visitors count, and how often: the share that knowledge answers is a share."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.web_chat import limits
from channels_app.web_chat.services import note_question
from channels_app.web_chat.visitors import Visitor
from interaction_center.access.models import Site
from kb.learning import learn_question
from kb.models import KnowledgeEvent, LearnedQuestion
from kb.reports import deflection_report, span_of
from kb.services import suggest
from tests.access.builders import a_site
from tests.kb.builders import error_code, published

pytestmark = pytest.mark.django_db
SHOP, BROWSER = "https://shop.example", "127.0.0.1 Firefox"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with full buckets and its own knowledge."""
    monkeypatch.setattr("channels_app.web_chat.views.DOORS", limits.Doors())
    monkeypatch.setattr("kb.live_index.LIVE_INDEX.check_every", 0.0)


@pytest.fixture
def site() -> Site:
    return a_site("Shop", origins=[SHOP])


def widget() -> Client:
    return Client(headers={"Origin": SHOP, "User-Agent": "Firefox"})


def types(site: Site, q: str) -> None:
    widget().get("/chat/suggest", {"site": site.key, "q": q})


def opens(site: Site, article: str, q: str = "", visitor: str = "") -> None:
    widget().get("/chat/article", {"site": site.key, "id": article, "q": q, "visitor": visitor})


def solves(site: Site, article: str, q: str = "", visitor: str = "") -> None:
    body = json.dumps({"q": q, "article": article, "visitor": visitor})
    widget().post(f"/chat/solved?site={site.key}", body, content_type="application/json")


def sends(site: Site, text: str, visitor: str = "v-1") -> None:
    someone = Visitor(id=visitor, site_key=site.key, team="", language="en", returning=False)
    note_question(someone, text, BROWSER)


def counted() -> dict[str, Any]:
    now = timezone.now()
    report = deflection_report(span_of(now - timedelta(days=1), now + timedelta(minutes=1)))
    return {kind: n for kind, n in report["counts"].items() if n} | {"rate": report["rate"]}


def test_ten_people_who_type_a_short_code_and_are_helped_have_asked_ten_questions(site: Site) -> None:
    code = error_code("X-1207").public_id
    for number in range(10):
        for typed in ("X-12", "X-120", "X-1207"):
            types(site, typed)
        opens(site, code, "X-1207", f"v-{number}")
        solves(site, code, "X-1207", f"v-{number}")
    assert counted() == {"shown": 10, "opened": 10, "solved": 10, "rate": 1.0}


def test_what_is_only_typed_counts_for_nothing(site: Site) -> None:
    published("Change the paper")
    for typed in ("how to change", "how to change the", "how to change the paper", "my cable is lost and gone"):
        types(site, typed)
    assert not KnowledgeEvent.objects.exists()


def test_a_question_counts_once_whatever_comes_of_it(site: Site) -> None:
    first, second = published("Change the paper").public_id, published("Change the paper tray").public_id
    for article in (first, second, first):
        opens(site, article, "Change  the paper")
    solves(site, second, "change the paper")
    solves(site, first, "change the paper")
    sends(site, "Change the paper")
    assert counted() == {"shown": 1, "opened": 2, "solved": 1, "asked": 1, "rate": 0.0}


def test_who_is_helped_and_asks_a_person_all_the_same_was_not_helped(site: Site) -> None:
    article = published("Change the paper").public_id
    solves(site, article, "Change the paper")  # the browser has no visitor yet
    assert counted()["rate"] == 1.0
    sends(site, "Something else is broken", "v-9")
    assert counted()["rate"] == 0.0


def test_an_answer_from_the_list_of_common_ones_is_a_question_too(site: Site) -> None:
    article = published("Change the paper").public_id
    opens(site, article)
    solves(site, article)
    assert counted() == {"shown": 1, "opened": 1, "solved": 1, "rate": 1.0}


def test_who_asks_a_person_has_asked_and_what_found_nothing_is_told(site: Site) -> None:
    published("Change the paper")
    sends(site, "How do I change the paper?")
    sends(site, "How do I change the paper?", "v-2")
    sends(site, "My cable is lost and gone")
    sends(site, "Hello!")
    assert counted() == {"shown": 2, "zero_hit": 1, "asked": 4, "rate": 0.0}
    assert KnowledgeEvent.objects.get(kind="zero_hit").question == "My cable is lost and gone"


def test_what_solved_a_question_is_learnt_with_it(site: Site) -> None:
    article = published("Change the paper").public_id
    solves(site, article, "How do I change the paper?", "v-1")
    assert list(LearnedQuestion.objects.values_list("text", "state")) == [("How do I change the paper?", "active")]


def test_one_address_is_one_reader_whatever_visitor_it_says_to_be(site: Site) -> None:
    published("Change the paper")
    other = published("Order film").public_id
    for visitor in ("v-1", "v-2", "v-3"):
        solves(site, other, "How do I change the paper?", visitor)
    assert LearnedQuestion.objects.get().state == "waiting"


@pytest.mark.parametrize("audience", ["internal", "customer"])
def test_a_learnt_question_shows_no_visitor_what_is_not_for_everybody(site: Site, audience: str) -> None:
    hidden = published("Staff only", audience=audience)
    asked = "Where does the magazine of the dry laser go?"
    learn_question(target=hidden.public_id, text=asked, locale="en", source="inserted")
    assert LearnedQuestion.objects.get().state == "active"
    found = widget().get("/chat/suggest", {"site": site.key, "q": asked}).json()["items"]
    page = Client().get("/help/", {"q": asked}, follow=True).content.decode()
    assert found == []
    assert "Staff only" not in page
    assert [one.title for one in suggest(asked, audience="internal")] == ["Staff only"]
