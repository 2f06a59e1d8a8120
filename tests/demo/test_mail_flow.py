"""One person plays the customer against a running centre: mail in, answer caught, answer answered, one interaction."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import pytest

from tests import seed
from tests.servers import Center

PATIENCE = 15  # seconds
T = TypeVar("T")


class Browser:
    """Somebody with cookies who fills in forms."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, follow_redirects=True, timeout=PATIENCE)

    def submit(self, form_at: str, action: str, **fields: str) -> httpx.Response:
        """Opens the page of a form and posts it, hidden fields included."""
        page = self.http.get(form_at).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        answer = self.http.post(action, data=hidden | fields, headers={"Referer": f"{self.http.base_url}{form_at}"})
        assert answer.status_code == 200, answer.text[-2000:]
        return answer

    def act(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """One command of the console."""
        headers = {"X-CSRFToken": self.http.get("/api/me").json()["csrf"]}
        answer = self.http.post(f"/api{path}", json=body or {}, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
def customer(center: Center) -> Iterator[Browser]:
    browser = Browser(center.base_url)
    yield browser
    browser.http.close()


@pytest.fixture
def agent(center: Center) -> Iterator[Browser]:
    browser = Browser(center.base_url)
    browser.submit("/accounts/login/", "/accounts/login/", login=seed.ANNA, password=seed.PASSWORD)
    yield browser
    browser.http.close()


def eventually(question: Callable[[], T]) -> T:
    """The first answer that is not empty."""
    deadline = time.monotonic() + PATIENCE
    while not (found := question()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.1)
    return found


def test_a_mail_of_the_demo_is_answered_in_the_console_and_the_answer_is_answered(
    customer: Browser, agent: Browser
) -> None:
    mail = {"name": "Robin “R.” Ashdown", "sender": "robin@ashdown.example", "to": seed.MAILBOX}
    customer.submit("/demo/", "/demo/mail/", **mail, subject="X-1207 ✓", text="It stopped.")
    row = eventually(lambda: agent.http.get("/api/queue?view=open").json()["items"])[0]
    assert (row["subject"], row["customer"]["name"]) == ("X-1207 ✓", "Robin “R.” Ashdown")

    agent.act(f"/interactions/{row['id']}/take")
    agent.act(f"/interactions/{row['id']}/reply", {"client_id": str(uuid4()), "body": "Let it cool down."})
    page = eventually(lambda: found if "Let it cool" in (found := customer.http.get("/demo/answers/").text) else "")

    answer = re.findall(r"\?answer=(\w+)", page)[0]
    customer.submit(f"/demo/?answer={answer}", "/demo/mail/", **mail, subject="Re: X-1207 ✓", text="It works again.")
    said = f"/api/interactions/{row['id']}/entries"

    def customers_words() -> list[str]:
        words = [entry["body"].strip() for entry in agent.http.get(said).json()["items"] if entry["from"] == "customer"]
        return words if len(words) > 1 else []

    assert eventually(customers_words) == ["It stopped.", "It works again."]
    assert len(agent.http.get("/api/queue?view=mine").json()["items"]) == 1


def test_a_mailbox_that_does_not_exist_is_refused_in_words(customer: Browser, center: Center) -> None:
    page = customer.http.get("/demo/").text
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    fields = {"sender": "robin@ashdown.example", "to": "nobody@center.test", "text": "Hi", "csrfmiddlewaretoken": token}
    answer = customer.http.post("/demo/mail/", data=fields, headers={"Referer": f"{center.base_url}/demo/"})
    assert answer.status_code == 502
    assert "550" in answer.text
