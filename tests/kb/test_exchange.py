"""Error codes as a table: out and in again unchanged, every problem told by line, all or nothing."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from interaction_center.access.models import Permission
from interaction_center.errors import InvalidError
from kb import code_plan, code_tables
from kb.catalogue import write_product
from kb.changes import MAX_TARGETS
from kb.code_exchange import exported_codes, import_codes, try_import
from kb.code_tables import COLUMNS, Problem, read_table
from kb.models import ErrorCode, KnowledgeChange, Product
from kb.services import suggest
from tests.kb.api_client import person
from tests.kb.builders import draft, error_code, published
from tests.kb.file_builders import upload

pytestmark = pytest.mark.django_db
HEAD = "family,code,locale,meaning"


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines]).encode()


def exported(kind: str) -> bytes:
    return "".join(exported_codes(kind)).encode()


def problems(content: bytes, kind: str = "") -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.value) for one in try_import(content, kind=kind).problems]


def many(number: int, meaning: str = "Helium low") -> bytes:
    return table(*(f"Aurora MR,E-{n},en,{meaning}" for n in range(number)))


def test_a_table_is_tried_first_and_then_written_whole() -> None:
    error_code("E-04", "Aurora MR")
    content = table("Aurora MR,e04,en,Helium very low", "Kestrel DX,X-1,de,Tür offen", "Aurora MR,E-05,en,Door open")
    trial = try_import(content)
    assert (trial.rows, trial.new, trial.changed, trial.same, trial.problem_count) == (3, 2, 1, 0, 0)
    assert ErrorCode.objects.get().meaning == "Helium level low"
    assert not Product.objects.filter(key="kestrel-dx").exists()
    done = import_codes(content)
    assert (done.new, done.changed, done.same) == (2, 1, 0)
    assert list(ErrorCode.objects.order_by("code_key").values_list("product__name", "code", "locale", "meaning")) == [
        ("Aurora MR", "e04", "en", "Helium very low"),
        ("Aurora MR", "E-05", "en", "Door open"),
        ("Kestrel DX", "X-1", "de", "Tür offen"),
    ]
    again = try_import(content)
    assert (again.new, again.changed, again.same) == (0, 0, 3)


def test_what_a_table_does_not_have_stays_and_an_empty_cell_empties() -> None:
    article = published("Refill", slug="refill")
    code = error_code("E-04", "Aurora MR", cause="Boil-off", severity="danger", parts=("P-1",), articles=("refill",))
    import_codes(table("Aurora MR,E-04,en,Other"))
    code.refresh_from_db()
    assert (code.cause, code.severity, code.parts, code.remedy) == (
        "Boil-off",
        "danger",
        ["P-1"],
        ["Stop scanning.", "Call service."],
    )
    assert list(code.articles.all()) == [article]
    import_codes(table("Aurora MR,E-04,en,Other,,,,,", head=f"{HEAD},cause,severity,parts,articles,remedy"))
    code.refresh_from_db()
    assert (code.cause, code.severity, code.parts, code.remedy) == ("", "fault", [], [])
    assert not code.articles.exists()


def test_codes_keep_their_identity_and_are_found_by_their_new_words() -> None:
    code = error_code("E-04", "Aurora MR")
    import_codes(table("aurora-mr,E 04,en,Quench valve stuck"))
    code.refresh_from_db()
    assert (code.meaning, ErrorCode.objects.count()) == ("Quench valve stuck", 1)
    [found] = suggest("e04 aurora")
    assert (found.id, "Quench valve stuck" in found.title) == (code.public_id, True)


def test_a_renamed_family_takes_its_codes_back() -> None:
    error_code("E-04", "Aurora MR")
    write_product(name="Borealis", product=Product.objects.get())
    report = try_import(exported("csv"))
    assert (report.same, report.new, report.problem_count) == (1, 0, 0)
    error_code("E-04", "Borealis", meaning="Other")
    assert ErrorCode.objects.get().meaning == "Other"


def test_every_problem_is_told_by_line_field_and_value() -> None:
    head = f"{HEAD},severity,support_level,state,audience,articles"
    content = table(
        "Aurora MR,E-04,en,Fine,fault,1,published,public,",
        ",E-05,en,No family,,,,,",
        "Aurora MR,??,fr,,bad,12,shiny,secret,nowhere else",
        'Aurora MR,e 04,en,"Two\r\nlines",,,,,',
        "Aurora MR,E-06,en,Unknown article,,,,,nowhere",
        "Aurora MR,E-07,en,Too many cells,,,,,,extra",
        head=head,
    )
    assert problems(content) == [
        (3, "family", ""),
        (4, "locale", "fr"),
        (4, "severity", "bad"),
        (4, "state", "shiny"),
        (4, "audience", "secret"),
        (4, "code", "??"),
        (4, "meaning", ""),
        (4, "support_level", "12"),
        (5, "code", "e 04"),
        (7, "articles", "nowhere"),
        (8, "", "extra"),
    ]
    with pytest.raises(InvalidError) as caught:
        import_codes(content)
    assert caught.value.details["problem_count"] == 11
    assert (caught.value.details["rows"], caught.value.details["new"], caught.value.details["wrong"]) == (6, 1, 5)
    assert caught.value.details["problems"][0] == {
        "line": 3,
        "field": "family",
        "value": "",
        "message": "1 to 80 characters",
    }
    assert not ErrorCode.objects.exists()


def test_each_row_is_counted_once_and_one_with_a_problem_as_wrong() -> None:
    error_code("E-04", "Aurora MR")
    error_code("E-05", "Aurora MR", meaning="Same")
    lines = ("Aurora MR,E-04,en,Other,", "Aurora MR,E-05,en,Same,", "Aurora MR,E-06,en,New,", "Aurora MR,E-07,fr,x,")
    unlinked, longer = ("Aurora MR,E-05,de,x,nowhere", "Aurora MR,E-04,de,x,nowhere"), "Aurora MR,E-08,en,x,,extra"
    report = try_import(table(*lines, *unlinked, longer, head=f"{HEAD},articles"))
    assert (report.rows, report.new, report.changed, report.same, report.wrong) == (7, 1, 1, 1, 4)
    whole = {"family": "Aurora MR", "code": "E-04", "locale": "en", "meaning": "Other"}
    report = try_import(json.dumps([whole | {"colour": "red"}, 1]).encode())
    assert (report.rows, report.changed, report.wrong, report.changes) == (2, 0, 2, [])


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        (b"", 1, ""),
        (b"\x81\x8d", 1, ""),
        (b"family;code;locale\nA;1;en", 1, "meaning"),
        (b"family,code,locale,meaning,colour\n", 1, "colour"),
        (b"family,code,locale,meaning,code\n", 1, "code"),
        (b'family,code,locale,meaning\nA,E-1,en,"open', 2, ""),
        (b'[{"family": "A"}]', 1, "code"),
        (b'{"family": "A"}', 1, ""),
        (b"[1]", 1, ""),
        (b"[[[", 1, ""),
        (b"[" * 100_000, 1, ""),
        (b'[{"family": ["A"], "code": "E-1", "locale": "en", "meaning": "x"}]', 1, "family"),
        (
            b'[{"family": "A", "code": "E-1", "locale": "en", "meaning": "x", "support_level": true}]',
            1,
            "support_level",
        ),
    ],
)
def test_what_is_no_table_is_told_and_nothing_is_written(content: bytes, line: int, field: str) -> None:
    assert (line, field) in [(one[0], one[1]) for one in problems(content)]
    assert not ErrorCode.objects.exists()


def test_the_list_of_problems_is_bounded_and_their_number_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_tables, "MAX_PROBLEMS", 3)
    monkeypatch.setattr(code_plan, "MAX_PROBLEMS", 3)
    report = try_import(table(*["A,E-1,fr,x"] * 5, *["A,E-1,en,x,"] * 4, "A,E-1,en,x,y"))
    assert ([one.line for one in report.problems], report.problem_count, report.rows) == ([2, 3, 4], 9, 10)


def test_a_header_of_thousands_of_cells_is_one_problem() -> None:
    assert problems(",".join(f"c{n}" for n in range(20_000)).encode()) == [(1, "", "c19999")]


def test_reading_ends_behind_the_last_row_that_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_tables, "MAX_ROWS", 3)
    fits, too_many = many(3), many(200)
    assert (try_import(fits).new, try_import(fits).problem_count) == (3, 0)
    assert problems(too_many) == [(5, "", "")]
    assert len(read_table(too_many).rows) == 3
    rows = [{"family": "A", "code": f"E-{n}", "locale": "en", "meaning": "x"} for n in range(200)]
    assert problems(json.dumps(rows).encode()) == [(4, "", "")]
    assert "divide" in try_import(too_many).problems[0].message
    monkeypatch.setattr(code_tables, "MAX_SHEET", 10)
    assert problems(fits + b"\n" * 20) == [(12, "", "")]
    assert problems(fits + b"\n" * 5) == []


def test_a_row_without_end_is_refused_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_tables, "MAX_ROW", 40)
    rows = ("A,E-1,en,Fits", 'A,E-2,en,"' + "x\r\n" * 20 + '"')
    assert problems(table(*rows)) == [(3, "", "")]
    assert problems(table(*[rows[0].replace("1", str(n)) for n in range(9)])) == []


def test_too_much_json_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_tables, "MAX_JSON", 10)
    told = try_import(b"[[],[],[],[],[]]").problems
    assert [(one.line, one.message) for one in told] == [
        (1, "At most 10 bytes of JSON at once: divide the table, or take CSV.")
    ]


def test_half_a_character_is_a_problem_of_its_line() -> None:
    whole = {"family": "A", "code": "E-1", "locale": "en", "meaning": "a\N{GRINNING FACE}b"}
    broken = whole | {"code": "E-2", "remedy": ["Fine", "a\ud800b"], "x\udfff": "\ud800"}
    content = json.dumps([whole, broken]).encode()
    assert problems(content) == [(2, "remedy", "Finea\ufffdb"), (2, "x\ufffd", "\ufffd")]
    with pytest.raises(InvalidError):
        import_codes(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_come_in_whatever_a_spreadsheet_writes(encoding: str, separator: str) -> None:
    lines = [" FAMILY ,Code,LOCALE,meaning", "Röntgen,E-1,DE,Tür geöffnet: 5 °C zu heiß", ",,,"]
    import_codes("\n".join(lines).replace(",", separator).encode(encoding))
    code = ErrorCode.objects.get()
    assert (code.product.key, code.locale, code.meaning) == ("roentgen", "de", "Tür geöffnet: 5 °C zu heiß")


def test_excels_own_first_line_is_understood() -> None:
    assert read_table(b"sep=;\r\nfamily;code;locale;meaning\r\nA;E-1;en;x;y;z").problems.listed == [
        Problem(3, "", "z", "This line has 6 cells, the first one has 4. Is a cell not quoted?")
    ]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_all_that_a_code_has_is_exported(kind: str) -> None:
    published("Refill", slug="refill")
    published("Nachfüllen", slug="refill", locale="de")
    error_code("E-04", "Aurora MR", parts=("P-1", "P-2"), cause="Two\nlines", articles=("refill",), state="draft")
    content = exported(kind)
    ErrorCode.objects.all().delete()
    import_codes(content)
    code = ErrorCode.objects.get()
    assert (code.remedy, code.parts, code.cause, code.state) == (
        ["Stop scanning.", "Call service."],
        ["P-1", "P-2"],
        "Two\nlines",
        "draft",
    )
    assert [(article.slug, article.locale) for article in code.articles.all()] == [("refill", "en")]


def test_a_spreadsheet_runs_no_cell_as_a_formula() -> None:
    error_code("-04", "Aurora MR", meaning="=1+1", cause="@SUM(A1)", remedy=("+49 89 1", "'=x"), parts=("'quoted'",))
    lines = exported("csv").decode()
    assert "'=1+1" in lines
    assert "'@SUM" in lines
    assert "'-04" in lines
    assert "\"'+49" in lines
    assert ",'quoted'," in lines
    assert (try_import(lines.encode()).same, try_import(exported("json")).same) == (1, 1)


text = st.text(max_size=30) | st.text(alphabet="'=+-@\t\r\n\x85\u2028,;\" a", max_size=12)
steps = st.lists(text, max_size=3).map(tuple)


class TestRoundTrip(TestCase):
    """Whatever stands in a code comes back as the same."""

    @given(meaning=text, cause=text, code=text, remedy=steps, parts=steps)
    @example(meaning="'=a", cause="\n\n=a\r\nb ", code="=1", remedy=("''+x", "\n"), parts=("-",))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_an_export_changes_nothing_when_it_comes_back(
        self, meaning: str, cause: str, code: str, remedy: Sequence[str], parts: Sequence[str]
    ) -> None:
        error_code(f"{code}1", meaning=f"{meaning}x", cause=cause, remedy=remedy, parts=parts)
        for kind in ("csv", "json"):
            report = try_import(exported(kind))
            assert (report.same, report.problem_count) == (1, 0)


@given(st.binary(max_size=200) | text.map(str.encode))
def test_no_bytes_break_the_reading_of_a_table(content: bytes) -> None:
    read_table(content)
    read_table(HEAD.encode() + b"\n" + content)


def test_a_large_table_costs_no_query_for_each_row() -> None:
    counts = []
    for number, meaning in ((200, "One"), (400, "Two")):
        with CaptureQueriesContext(connection) as captured:
            import_codes(many(number, meaning))
        counts.append(len(captured))
    assert ErrorCode.objects.filter(meaning="Two").count() == 400
    assert counts[1] < 30
    assert counts[1] - counts[0] < 10  # a statement takes some rows at once


def test_a_large_table_is_one_change_that_makes_everything_be_read_again() -> None:
    error_code("Z-10", "Aurora MR", meaning="Old words")
    assert suggest("Z-10 Aurora")
    before = KnowledgeChange.objects.count()
    import_codes(many(MAX_TARGETS + 1))
    assert KnowledgeChange.objects.count() == before + 1
    assert KnowledgeChange.objects.latest("number").targets == []
    assert suggest("E-1000 Aurora")[0].code == "E-1000"


def answer(client: Client, query: str, content: bytes, status: int, kind: str = "text/csv") -> dict[str, Any]:
    response = client.generic("POST", f"/api/kb/error-codes/import?{query}", content, content_type=kind)
    assert response.status_code == status, response.content
    told: dict[str, Any] = response.json()
    return told


def test_the_table_goes_out_and_in_over_http() -> None:
    client = person(Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)
    error_code("E-04", "Aurora MR")
    for kind, start in (("csv", b"\xef\xbb\xbffamily,code,"), ("json", b'[\n{"family": "Aurora MR"')):
        response = client.get(f"/api/kb/error-codes/export?format={kind}")
        content = b"".join(response)
        assert content.startswith(start)
        assert response.headers["Content-Disposition"] == f'attachment; filename="error-codes.{kind}"'
        assert answer(client, "", content, 200)["same"] == 1
    assert set(json.loads(content)[0]) == set(COLUMNS)
    told = answer(client, "dry_run=true&format=csv", table("Aurora MR,E-04,en,Other"), 200)
    assert told["changes"] == [
        {
            "line": 2,
            "family": "Aurora MR",
            "code": "E-04",
            "locale": "en",
            "is_new": False,
            "fields": [{"field": "meaning", "before": "Helium level low", "after": "Other"}],
        }
    ]
    refused = answer(client, "dry_run=false", table("Aurora MR,E-04,fr,Other"), 422)
    assert refused["details"]["problems"] == [{"line": 2, "field": "locale", "value": "fr", "message": "one of en, de"}]
    assert answer(client, "", b"", 422)["details"] == {"file": "a CSV or JSON file"}
    assert client.post("/api/kb/error-codes/import", {"other": "x"}).status_code == 422
    form = {"file": upload("codes.csv", table("Aurora MR,E-04,en,Other"), "text/csv")}
    assert client.post("/api/kb/error-codes/import?dry_run=false", form).json()["changed"] == 1
    assert ErrorCode.objects.get().meaning == "Other"


def test_only_a_publisher_imports_and_only_editors_export() -> None:
    author, agent = person(Permission.EDIT_KNOWLEDGE), person(Permission.WORK_QUEUE)
    for client in (author, agent):
        answer(client, "dry_run=true", table(), 403)
    assert author.get("/api/kb/error-codes/export").status_code == 200
    assert agent.get("/api/kb/error-codes/export").status_code == 403
    assert Client().get("/api/kb/error-codes/export").status_code == 401


def test_a_code_is_linked_in_its_own_language() -> None:
    for locale in ("en", "de"):
        draft("Refill", slug="refill", locale=locale)
    import_codes(table("A,E-1,de,x,refill", "A,E-2,en,x,refill", head=f"{HEAD},articles"))
    linked = ErrorCode.objects.order_by("code").values_list("code", "articles__locale")
    assert list(linked) == [("E-1", "de"), ("E-2", "en")]
