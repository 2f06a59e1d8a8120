"""What a team could install instead, each as its documentation advises, with the interface of the yardstick.

They take part in `python -m bench.kb` only. PostgreSQL is a throw-away cluster (tests/postgres.py).
"""

import re
import sqlite3
from contextlib import ExitStack
from typing import Any

import psycopg

from tests import machine, postgres

Docs = list[dict[str, Any]]
Hits = list[tuple[str, float]]


class Fts5:
    """SQLite FTS5: all words joined by OR, bm25 with the title three times as heavy."""

    tokenizer = "unicode61 remove_diacritics 2"

    def index(self, docs: Docs) -> None:
        """One virtual table."""
        self._ids = [doc["id"] for doc in docs]
        self._database = sqlite3.connect(":memory:")
        self._database.execute(f"create virtual table t using fts5(title, body, tokenize='{self.tokenizer}')")
        rows = ((n, doc["title"], doc["body"]) for n, doc in enumerate(docs))
        self._database.executemany("insert into t(rowid, title, body) values (?, ?, ?)", rows)
        self._database.execute("insert into t(t) values ('optimize')")

    def search(self, query: str, k: int) -> Hits:
        """Best first."""
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(self._words(query.lower())))
        if not match:
            return []
        sql = "select rowid, bm25(t, 3.0, 1.0) s from t where t match ? order by s limit ?"
        return [(self._ids[n], -score) for n, score in self._database.execute(sql, (match, k))]

    def _words(self, query: str) -> list[str]:
        return re.findall(r"\w+", query)


class Trigrams(Fts5):
    """SQLite FTS5 with the trigram tokenizer: all runs of three characters joined by OR."""

    tokenizer = "trigram"

    def _words(self, query: str) -> list[str]:
        plain = re.sub(r'["\s]+', " ", query)
        return [plain[n : n + 3] for n in range(len(plain) - 2)]


class _Postgres:
    """A table in a cluster of its own."""

    setup: tuple[str, ...] = ()
    question = ""

    def index(self, docs: Docs) -> None:
        """Filled by COPY, then indexed and analysed."""
        programs = machine.postgresql()
        if programs is None:
            raise SystemExit(f"PostgreSQL is missing: apt-get install {machine.APT['postgresql']}")
        self._stack = ExitStack()
        url = self._stack.enter_context(postgres.cluster(programs))
        self._connection = self._stack.enter_context(psycopg.connect(url, autocommit=True))
        self._connection.execute("create table t (id text, title text, body text)")
        with self._connection.cursor().copy("copy t from stdin") as copy:
            for doc in docs:
                copy.write_row((doc["id"], doc["title"].replace("\x00", ""), doc["body"].replace("\x00", "")))
        for line in (*self.setup, "analyze t"):
            self._connection.execute(line)

    def search(self, query: str, k: int) -> Hits:
        """Best first."""
        rows = self._connection.execute(self.question, {"q": self._asked(query), "k": k})
        return [(name, float(score)) for name, score in rows]

    def _asked(self, query: str) -> str:
        return query.replace("\x00", "")


class Tsvector(_Postgres):
    """Full text search: all words joined by OR, ts_rank with the title heavier."""

    setup = (
        "alter table t add v tsvector",
        "update t set v = setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'C')",
        "create index on t using gin (v)",
    )
    question = (
        "select id, ts_rank(v, q) s from t, to_tsquery('simple', %(q)s) q where v @@ q order by s desc, id limit %(k)s"
    )

    def _asked(self, query: str) -> str:
        return " | ".join(dict.fromkeys(re.findall(r"\w+", query.lower())))


class PgTrgm(_Postgres):
    """pg_trgm: word_similarity of the question to the titles."""

    setup = ("create extension pg_trgm", "create index on t using gist (title gist_trgm_ops)")
    question = "select id, word_similarity(%(q)s, title) s from t order by %(q)s <<-> title limit %(k)s"
