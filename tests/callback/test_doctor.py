"""The doctor says of each thing whether it works and what to do, and mends only what it is told to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from channels_app.callback import account_rest, accounts, doctor
from channels_app.callback.doctor import Check, Line, Verdict, examine, lines_to_examine
from tests.callback.console_builders import a_line
from tests.callback.stand_in import NUMBER, OURS, Reply, StandIn, account, balance, number, page
from tests.callback.test_rest import use_real_account

BASE_URL = "https://center.example"
LINE = Line(OURS, f"{BASE_URL}/cb/in/line1", ("DE",))


@pytest.fixture
def healthy(twilio: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """A real account at which everything is in order, and a public address that answers."""
    use_real_account(monkeypatch)
    monkeypatch.setattr(settings, "PUBLIC_BASE_URL", BASE_URL)
    monkeypatch.setattr(doctor, "_answer_of", lambda base: Check("way in", Verdict.GOOD, base))
    allow(twilio)
    return twilio


def allow(twilio: StandIn, **more: bool) -> None:
    """Let calls to Germany be allowed."""
    body = {"iso_code": "DE", "low_risk_numbers_enabled": True, **more}
    twilio.replies["GET /v1/DialingPermissions/Countries/DE"] = Reply(200, body)


def checks(*lines: Line, mend: bool = False) -> dict[str, Check]:
    """The report by name."""
    return {check.name: check for check in examine(lines or (LINE,), mend=mend)}


def test_a_healthy_account_has_nothing_but_good_lines(healthy: StandIn) -> None:
    found = checks()
    assert {check.verdict for check in found.values()} == {Verdict.GOOD}, found
    assert list(found) == [
        "settings",
        "account",
        "way in",
        "balance",
        "clock",
        OURS,
        "dialling DE",
        "softphone",
    ]


def test_wrong_credentials_end_the_examination(healthy: StandIn) -> None:
    healthy.refuse("GET .json", 401, 20003, "Authenticate")
    found = checks()
    assert found["account"].verdict is Verdict.BAD
    assert "20003" in found["account"].text
    assert "balance" not in found


@pytest.mark.parametrize(
    ("name", "spoil", "verdict", "words"),
    [
        ("account", lambda t: put(t, ".json", {**account({}), "status": "suspended"}), Verdict.BAD, "suspended"),
        ("account", lambda t: put(t, ".json", {**account({}), "type": "Trial"}), Verdict.WARNING, "verified"),
        ("balance", lambda t: put(t, "/Balance.json", {**balance({}), "balance": "-0.10"}), Verdict.BAD, "Pay in"),
        ("balance", lambda t: put(t, "/Balance.json", {**balance({}), "balance": "1.5"}), Verdict.WARNING, "1.5 EUR"),
        ("balance", lambda t: put(t, "/Balance.json", {**balance({}), "balance": None}), Verdict.WARNING, "no figure"),
        ("balance", lambda t: t.refuse("GET /Balance.json", 404, 20404), Verdict.SKIPPED, "parent"),
        ("dialling DE", lambda t: allow(t, low_risk_numbers_enabled=False), Verdict.BAD, "Geo permissions"),
        ("dialling DE", lambda t: allow(t, high_risk_tollfraud_numbers_enabled=True), Verdict.WARNING, "Untick"),
        (OURS, lambda t: own(t, phone_number="+4930111"), Verdict.BAD, "not a number of this account"),
        (OURS, lambda t: own(t, capabilities={"voice": False, "sms": True}), Verdict.BAD, "no voice"),
        (OURS, lambda t: own(t, status_callback=""), Verdict.BAD, "the end of a call is told to POST nobody"),
        (OURS, lambda t: own(t, status_callback_method="GET"), Verdict.BAD, "told to GET"),
        (OURS, lambda t: own(t, voice_url="https://demo.twilio.com/welcome"), Verdict.BAD, "demo.twilio.com"),
        (OURS, lambda t: own(t, voice_method="GET"), Verdict.BAD, "not to POST"),
        (OURS, lambda t: own(t, voice_application_sid="AP1"), Verdict.BAD, "a trunk or a TwiML app"),
        (OURS, lambda t: t.refuse("GET /IncomingPhoneNumbers.json", 500), Verdict.BAD, "not known"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    healthy: StandIn, name: str, spoil: Callable[[StandIn], None], verdict: Verdict, words: str
) -> None:
    spoil(healthy)
    found = checks()
    check = found.get(name) or found["numbers"]
    assert (check.verdict, words in check.text) == (verdict, True), check


def put(twilio: StandIn, path: str, body: object) -> None:
    """Answer a question with this."""
    twilio.replies[f"GET {path}"] = Reply(200, body)


def own(twilio: StandIn, **changed: object) -> None:
    """Let our number be different."""
    put(twilio, "/IncomingPhoneNumbers.json", page("incoming_phone_numbers", {**number({}), **changed}))


def test_a_wrong_clock_is_found(healthy: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_rest, "twilio_time", lambda: datetime.now(UTC) - timedelta(seconds=90))
    assert (checks()["clock"].verdict, "by 90 s" in checks()["clock"].text) == (Verdict.BAD, True)


def test_a_webhook_is_mended_only_when_told_to(healthy: StandIn) -> None:
    own(healthy, voice_url="https://old.example/", status_callback="")
    assert "--fix" in checks()[OURS].text
    assert not [asked for asked in healthy.asked if asked.method == "POST"]
    assert checks(mend=True)[OURS].verdict is Verdict.GOOD
    (mended,) = [asked for asked in healthy.asked if asked.method == "POST"]
    assert mended.path.endswith(f"/IncomingPhoneNumbers/{NUMBER}.json")
    assert mended.form == {
        "VoiceUrl": [LINE.webhook],
        "VoiceMethod": ["POST"],
        "StatusCallback": [LINE.webhook],
        "StatusCallbackMethod": ["POST"],
    }


def test_a_number_that_a_trunk_has_is_left_to_a_person(healthy: StandIn) -> None:
    own(healthy, trunk_sid="TK1")
    assert "Take it off" in checks(mend=True)[OURS].text
    assert not [asked for asked in healthy.asked if asked.method == "POST"]


def test_a_number_whose_line_is_not_named_may_lead_to_any_line_and_is_not_mended(healthy: StandIn) -> None:
    assert checks(Line(OURS))[OURS].verdict is Verdict.GOOD
    own(healthy, voice_url="https://old.example/")
    assert checks(Line(OURS), mend=True)[OURS].verdict is Verdict.BAD
    assert not [asked for asked in healthy.asked if asked.method == "POST"]


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("http://center.example", "https"),
        ("https://127.0.0.1", "of this network only"),
        ("https://10.1.2.3:8443", "of this network only"),
        ("https://center", "of this network only"),
        ("https://center.local", "of this network only"),
    ],
)
def test_an_address_that_twilio_cannot_reach_is_refused(
    healthy: StandIn, monkeypatch: pytest.MonkeyPatch, base: str, words: str
) -> None:
    monkeypatch.setattr(settings, "PUBLIC_BASE_URL", base)
    assert words in checks()["way in"].text


def test_the_public_address_must_answer_by_itself(twilio: StandIn) -> None:
    twilio.replies["GET /healthz"] = Reply(200, {})
    assert doctor._answer_of(twilio.address).verdict is Verdict.GOOD
    twilio.replies["GET /healthz"] = Reply(301, {}, {"Location": f"{twilio.address}/elsewhere"})
    assert "answers 301" in doctor._answer_of(twilio.address).text
    assert "does not answer" in doctor._answer_of("http://127.0.0.1:1").text


def test_on_the_box_only_what_it_has_is_checked(twilio: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not accounts.twilio_account().is_real
    found = checks(Line(OURS, countries=("DE",)))
    assert found["settings"].verdict is Verdict.WARNING
    assert "no real telephone rings" in found["settings"].text
    skipped = {name for name, check in found.items() if check.verdict is Verdict.SKIPPED}
    assert skipped == {"way in", "balance", "dialling DE", "softphone"}


def test_a_box_that_does_not_run_is_named_as_such() -> None:
    account = checks()["account"]
    assert (account.verdict, account.text) == (Verdict.BAD, doctor.BOX_IS_CLOSED)


@pytest.mark.django_db
def test_the_command_prints_one_line_a_check_and_ends_with_0(healthy: StandIn) -> None:
    output = StringIO()
    call_command("twiliodoctor", number=[OURS], country=["de"], stdout=output)
    lines = output.getvalue().splitlines()
    assert [line[:4].strip() for line in lines] == ["ok"] * 8


@pytest.mark.django_db
def test_the_doctor_knows_the_lines_that_are_on_and_mends_their_addresses(healthy: StandIn) -> None:
    line = a_line(number=OURS, countries=["DE"])
    a_line(name="Off", number="+4930901821", active=False)
    assert lines_to_examine([]) == [Line(OURS, f"{BASE_URL}/cb/in/{line.public_id}", ("DE",))]
    call_command("twiliodoctor", fix=True, stdout=StringIO())
    (mended,) = [asked for asked in healthy.asked if asked.method == "POST"]
    assert mended.form["VoiceUrl"] == mended.form["StatusCallback"] == [f"{BASE_URL}/cb/in/{line.public_id}"]


def test_the_number_of_text_messages_is_examined_where_one_is_set(
    healthy: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.CONFIG, "twilio_sms_from", OURS)
    assert checks()["text messages"].verdict is Verdict.GOOD
    own(healthy, capabilities={"voice": True, "sms": False})
    assert "sends no SMS" in checks()["text messages"].text
    monkeypatch.setattr(settings.CONFIG, "twilio_sms_from", "+4930111")
    assert "not a number of this account" in checks()["text messages"].text


@pytest.mark.django_db
def test_the_command_fails_when_a_check_does(healthy: StandIn) -> None:
    healthy.refuse("GET .json", 401, 20003, "Authenticate")
    with pytest.raises(CommandError, match="1 of the checks failed"):
        call_command("twiliodoctor", number=[OURS], stdout=StringIO())


def test_without_a_line_the_doctor_asks_for_one(healthy: StandIn) -> None:
    found = {check.name: check for check in examine(())}
    assert (found["numbers"].verdict, "no telephone line" in found["numbers"].text) == (Verdict.WARNING, True)
