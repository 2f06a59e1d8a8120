"""What a customer is told of their callback; the link in it is in no log and in no table."""

import pytest
from django.db import connection

from channels_app.callback import letters, text_messages
from channels_app.callback.changing import cancel_request, move_request
from channels_app.callback.failures import Action, CallFailure, RefusedError, failure_of
from channels_app.callback.links import link_to, token_of
from channels_app.callback.models import TextMessage
from channels_app.callback.requests import open_missed
from interaction_center import settings as center_settings
from interaction_center.envelope import OutboundMessage
from interaction_center.queue.delivery import deliver_due, finish_deliveries
from tests.builders import in_thread, said
from tests.callback.builders import OURS, a_world
from tests.callback.test_requests import a_missed_call
from tests.callback.wishes import E164, a_line, first_slot, wishes
from tests.email.builders import mailbox
from tests.mails import caught

JO = "jo@example.org"


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[OutboundMessage]:
    """What leaves by mail."""
    return caught(monkeypatch)


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Text messages are set up; what leaves."""
    left: list[dict[str, str]] = []
    monkeypatch.setattr(center_settings.CONFIG, "twilio_sms_from", "+4930999")
    monkeypatch.setattr(text_messages, "send_message", lambda **message: left.append(message))
    return left


async def delivered() -> None:
    """Both ways of the mail: from the line to the mailbox, and out."""
    for _ in range(2):
        await deliver_due()
        await finish_deliveries()


@pytest.mark.django_db(transaction=True)
async def test_the_confirmation_brings_the_link_and_the_log_only_names_it(mails: list[OutboundMessage]) -> None:
    await in_thread(mailbox)
    request = await in_thread(lambda: wishes(a_line(), email=JO))
    await delivered()
    assert (mails[0].to, mails[0].subject) == (JO, "Callback: A question")
    assert link_to(request) in mails[0].text
    assert "as soon as possible" in mails[0].text
    assert "[link to move or cancel the callback]" in (await in_thread(lambda: said(request.interaction)))[1]


@pytest.mark.django_db(transaction=True)
async def test_what_a_customer_asks_in_german_is_confirmed_in_german(mails: list[OutboundMessage]) -> None:
    await in_thread(mailbox)
    line = await in_thread(a_line)
    request = await in_thread(lambda: wishes(line, email=JO, language="de", wanted_at=first_slot(line)))
    await delivered()
    assert mails[0].subject == "Rückruf: Eine Frage"
    assert "wir rufen Sie zurück unter +49 30 901820" in mails[0].text
    assert "zwischen" in mails[0].text
    assert link_to(request) in mails[0].text


@pytest.mark.django_db
def test_no_table_holds_the_secret_of_a_link() -> None:
    request = wishes(a_line(), email=JO)
    move_request(request=request, wanted_at=first_slot(request.line))
    assert token_of(request.public_id) not in everything_stored()


def everything_stored() -> str:
    """Every value of every table."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(rows)


@pytest.mark.django_db
def test_each_change_is_told_once() -> None:
    request = wishes(a_line(), email=JO)
    move_request(request=request, wanted_at=first_slot(request.line))
    for _ in range(2):
        cancel_request(request=request)
    told = said(request.interaction)[1:]
    assert ["will call you back" in told[0], "new time" in told[1], "is cancelled" in told[2]] == [True] * 3
    assert len(told) == 3


@pytest.mark.django_db
def test_who_gave_no_address_is_not_written_to() -> None:
    assert len(said(wishes(a_line()).interaction)) == 1
    assert not TextMessage.objects.exists()


@pytest.mark.django_db
def test_a_missed_caller_is_told_by_text_message_where_one_can_be_sent(sender: list[dict[str, str]]) -> None:
    line = a_line()
    call = a_missed_call(line)
    request = open_missed(line=line, number=E164, at=call.created_at, call=call)
    assert request is not None
    assert text_messages.send_due() == 1
    assert text_messages.send_due() == 0
    [message] = sender
    assert (message["to"], message["from_"]) == (E164, "+4930999")
    assert message["body"].startswith("Sie haben angerufen")
    assert link_to(request) in message["body"]
    assert token_of(request.public_id) not in everything_stored()


@pytest.mark.django_db
def test_a_confirmation_goes_out_by_text_message_too_where_one_can_be_sent(sender: list[dict[str, str]]) -> None:
    line = a_line()
    request = wishes(line, email=JO)
    move_request(request=request, wanted_at=first_slot(line))
    cancel_request(request=request)
    assert text_messages.send_due() == 3
    assert [message["to"] for message in sender] == [E164] * 3
    asked, moved, cancelled = (message["body"] for message in sender)
    assert (asked.startswith("We will call you back: "), link_to(request) in asked) == (True, True)
    assert (moved.startswith("Your callback has a new time: "), link_to(request) in moved) == (True, True)
    assert cancelled == "Your callback is cancelled."
    assert len(said(request.interaction)[1:]) == 3, "and by mail"


@pytest.mark.django_db
def test_a_text_message_comes_to_the_telephone_of_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(center_settings.CONFIG, "twilio_sms_from", OURS)
    with a_world() as world:
        request = wishes(a_line(), language="de")
        assert text_messages.send_due() == 1
        world.run(3)
        [message] = world.network.phone(E164).messages
    assert message["sender"] == OURS
    assert message["text"] == f"Wir rufen Sie zurück: so bald wie möglich. {link_to(request)}"


@pytest.mark.django_db
def test_no_number_is_flooded_with_text_messages_however_often_somebody_types_it(sender: list[dict[str, str]]) -> None:
    line = a_line()
    for _ in range(letters.TEXTS_A_DAY):
        cancel_request(request=wishes(line))
    while text_messages.send_due():
        pass
    assert len(sender) == letters.TEXTS_A_DAY
    wishes(line, number="030 901999")
    assert text_messages.send_due() == 1, "others are told"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "state"),
    [(Action.BACK_OFF, "due"), (Action.RECONCILE, "done"), (Action.OFFER_OTHER_WAY, "dead")],
)
def test_a_text_message_is_tried_again_only_where_none_can_have_left(
    sender: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, action: Action, state: str
) -> None:
    def fails(**_: str) -> None:
        raise CallFailure(action)

    wishes(a_line())
    monkeypatch.setattr(text_messages, "send_message", fails)
    text_messages.send_due()
    assert TextMessage.objects.get().state == state


@pytest.mark.django_db
def test_a_sender_that_twilio_does_not_know_is_no_secret(
    sender: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(**_: str) -> None:
        raise failure_of(RefusedError(400, 21606, "The From number +4930999 sends no messages", None))

    wishes(a_line())
    monkeypatch.setattr(text_messages, "send_message", fails)
    text_messages.send_due()
    assert "Twilio refuses the account or our number. Ask the twiliodoctor command." in caplog.text
    assert "4930999" not in caplog.text
    assert TextMessage.objects.get().last_error.startswith("Twilio refuses the account")


@pytest.mark.django_db
def test_numbers_names_and_links_are_in_no_log(
    caplog: pytest.LogCaptureFixture, sender: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: str) -> None:
        raise CallFailure(Action.REFUSE)

    with caplog.at_level("DEBUG", logger="channels_app"), caplog.at_level("INFO"):
        request = wishes(a_line(), email=JO, name="Jo Doe")
        monkeypatch.setattr(text_messages, "send_message", fails)
        text_messages.send_due()
        cancel_request(request=request)
    logged = caplog.text
    for secret in (E164, "901820", JO, "Jo Doe", token_of(request.public_id)):
        assert secret not in logged
