"""How good are the help pages in Lighthouse's eyes? `python -m bench.portal` starts the demo, measures, prints.

As a phone on slow mobile data sees them (Lighthouse's own default). Ends with 1 when a page stays under 95 in
performance, accessibility, best practices or SEO. Needs Chromium and Node; Lighthouse is installed once beside the
project's other caches, never into the project.
"""

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from bench.report import conditions, middle, table, verdict
from tests.machine import chromium, needed
from tests.servers import Center

LIGHTHOUSE = "lighthouse@12.8.2"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "interaction-center" / "lighthouse"
PAGES = {
    "home": "/help/en/",
    "article": "/help/en/printer-film-jam",
    "search": "/help/en/?q=film",
    "error code": "/help/en/code/aurelia-mr/e04",
}
KINDS = ("performance", "accessibility", "best-practices", "seo")
NOT_FOR_RESULTS = "is-crawlable"  # a list of results asks not to be indexed: that is no fault of it
LEAST = 95
TRIES = 3
Report = dict[str, Any]


def main() -> None:
    """Measure every page so often, print the middle of each score."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    program = installed()
    with tempfile.TemporaryDirectory(prefix="bench-portal-") as folder:
        center = Center(Path(folder))
        center.migrate()
        center.manage("loaddemo")
        center.start()
        try:
            scores = {name: measured(program, center.base_url + path, rounds) for name, path in PAGES.items()}
        finally:
            center.kill9()
    print(conditions(), "\n")
    print(table(["page", *KINDS], [[name, *(of[kind] for kind in KINDS)] for name, of in scores.items()]), "\n")
    is_good = [
        verdict(f"{name}: every score at least {LEAST}", is_met=min(of.values()) >= LEAST)
        for name, of in scores.items()
    ]
    sys.exit(0 if all(is_good) else 1)


def installed() -> Path:
    """Lighthouse's command. Outside the lock of the front end, which it would make three times as long."""
    program = CACHE / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--no-save", "--no-audit", "--no-fund", LIGHTHOUSE], cwd=CACHE, check=True)
    return program


def measured(program: Path, url: str, rounds: int) -> dict[str, int]:
    """The middle score of each kind, 0 to 100."""
    reports = [report(program, url) for _ in range(rounds)]
    return {kind: round(middle(score(one, kind) for one in reports)) for kind in KINDS}


def report(program: Path, url: str) -> Report:
    """What Lighthouse found; it is asked again when it could not see the page (its NO_NAVSTART and the like)."""
    for _ in range(TRIES):
        found = _asked(program, url)
        if "runtimeError" not in found:
            return found
    raise RuntimeError(f"Lighthouse could not measure {url}: {found['runtimeError']}")


def _asked(program: Path, url: str) -> Report:
    """By a file: what Lighthouse writes to a pipe ends where the pipe was full when it left."""
    environment = {**os.environ, "CHROME_PATH": needed("chromium", chromium())}
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        flags = ["--quiet", "--output=json", f"--output-path={file.name}", f"--only-categories={','.join(KINDS)}"]
        command = [str(program), url, *flags, "--chrome-flags=--headless --no-sandbox"]
        subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False)
        found: Report = json.loads(Path(file.name).read_text())
    return found


def score(found: Report, kind: str) -> float:
    """As Lighthouse weighs it, in hundredths; for a list of results without the check that is not meant for it."""
    left_out = NOT_FOR_RESULTS if "?q=" in found["requestedUrl"] else ""
    parts = [part for part in found["categories"][kind]["auditRefs"] if part["id"] != left_out]
    weighed = [(float(part["weight"]), found["audits"][part["id"]]["score"]) for part in parts]
    told = [(weight, float(of)) for weight, of in weighed if of is not None]
    return 100 * sum(weight * of for weight, of in told) / sum(weight for weight, _ in told)


if __name__ == "__main__":
    main()
