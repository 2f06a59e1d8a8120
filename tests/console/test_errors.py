"""Every refusal that people can meet is said in their language."""

import re
from pathlib import Path

from channels_app.email.mime import Unreadable
from interaction_center import errors
from interaction_center.access.policy import BUILT_IN_ROLES

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "frontend" / "console"
CODE = re.compile(r'Error\(\s*(?:f?"[^"]*"\s*)*\w*,\s*"(\w+)"')


def test_the_console_has_a_sentence_for_every_code_of_a_refusal() -> None:
    packages = ("interaction_center", "channels_app", "kb")
    sources = [path.read_text() for package in packages for path in (ROOT / package).glob("**/*.py")]
    codes = {code for source in sources for code in CODE.findall(source)}
    assert {"take_first", "address_taken", "article_state"} <= codes
    codes |= {errors.AlreadyTakenError.code, errors.ClosedError.code}
    console = (CONSOLE / "app" / "errors.ts").read_text()
    assert sorted(code for code in codes if f"  {code}: 'error." not in console) == []


def test_the_console_says_why_a_mail_is_kept_back_and_what_a_role_is_called() -> None:
    events, roles = (CONSOLE / path for path in ("conversation/eventText.ts", "settings/roleName.ts"))
    assert [why for why in Unreadable if f"  {why}: 'quarantine." not in events.read_text()] == []
    names = roles.read_text()
    assert [name for name in BUILT_IN_ROLES if not re.search(f"  '?{name}'?: 'role\\.", names)] == []
