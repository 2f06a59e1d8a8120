"""The shape of the house, checked: who imports whom, what a new channel costs, what never gets into the repository."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("interaction_center", "channels_app", "kb")
WIRING = {"settings", "urls", "sockets", "asgi", "demo", "management", "__init__"}
NOT_OURS = {"node_modules", "dist", "var", "__pycache__"}
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".json", ".ts", ".tsx", ".css", ".html", ".yaml", ".yml", ".po", ""}


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    """The import contracts of pyproject.toml over the packages in this folder."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """Our packages and their contracts in a folder of their own."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_module_imports_only_what_lies_below_it() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "wrong_import", "contract"),
    [
        ("interaction_center/queue/services.py", "import interaction_center.routing.services", "lies below it"),
        ("interaction_center/customers/services.py", "import interaction_center.queue.models", "lies below it"),
        ("interaction_center/queue/intake.py", "import channels_app.email.adapter", "lies below it"),
        ("interaction_center/errors.py", "import interaction_center.envelope", "lies below it"),
        ("interaction_center/routing/services.py", "import aiosmtpd.smtp", "sockets, servers or mail"),
        ("kb/services.py", "import channels.generic.websocket", "sockets, servers or mail"),
        ("channels_app/email/services.py", "import channels_app.web_chat.services", "another channel"),
        ("channels_app/web_chat/services.py", "import interaction_center.queue.models", "never its tables"),
        ("channels_app/email/services.py", "import interaction_center.console.api", "never its tables"),
        ("kb/services.py", "import interaction_center.customers.models", "no customer"),
    ],
)
def test_a_wrong_import_turns_the_check_red(copied_tree: Path, module: str, wrong_import: str, contract: str) -> None:
    path = copied_tree / module
    path.write_text(f"{path.read_text()}\n{wrong_import}\n")
    done = lint_imports(copied_tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"{contract}.* BROKEN", done.stdout), done.stdout


def test_no_module_stands_outside_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {name.strip() for layer in contracts[0]["layers"] for name in re.split(r"[|:]", layer)}
    modules = {path.stem for path in (ROOT / "interaction_center").iterdir() if is_module(path)}
    assert {f"interaction_center.{name}" for name in modules - {"settings", "apps", "__init__"}} <= layers


def is_module(path: Path) -> bool:
    """A module or a package with code in it."""
    return path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())


def hub_modules() -> Iterator[Path]:
    """Every module of the hub but the wiring, which may see everything."""
    for path in sorted((ROOT / "interaction_center").rglob("*.py")):
        if path.relative_to(ROOT / "interaction_center").parts[0].removesuffix(".py") not in WIRING:
            yield path


def test_the_hub_names_no_channel() -> None:
    channels = {path.name for path in (ROOT / "channels_app").iterdir() if is_module(path)} - {"__init__.py", "email"}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for path in hub_modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and (node.value in channels or str(node.value).startswith("channels_app."))
    ]
    assert not wrong, "the hub knows a channel by name:\n" + "\n".join(wrong)


def test_no_import_hides_in_a_function() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not wrong, "imports inside functions:\n" + "\n".join(wrong)


# What the repository holds.


def our_files(*suffixes: str) -> Iterator[Path]:
    """Every text file of ours, or those with these suffixes."""
    for folder, names, files in os.walk(ROOT):
        names[:] = sorted(name for name in names if name == ".ci" or (name not in NOT_OURS and name[0] != "."))
        yield from (Path(folder) / file for file in sorted(files) if Path(file).suffix in (suffixes or TEXT))


def test_links_in_the_documentation_lead_to_files() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in our_files(".md")
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert not wrong, "dead links:\n" + "\n".join(wrong)


def test_files_named_in_the_documentation_exist() -> None:
    folders = "|".join((*PACKAGES, "bin", "tests", "frontend", "bench", "docs", "deploy", "requirements"))
    wrong = [
        f"{path.relative_to(ROOT)}: {named}"
        for path in our_files(".md")
        for named in re.findall(rf"`((?:{folders})/[\w./-]*\w/?)`", path.read_text())
        if not (ROOT / named).exists()
    ]
    assert not wrong, "files that are not there:\n" + "\n".join(wrong)


def test_no_machine_path_and_no_registry_address_is_in_the_repository() -> None:
    here = re.escape(str(ROOT.parent))  # wherever this copy lies, its own folder must not be written down
    paths = rf"(?<![\w.}}>/:-])(?:/(?:root|home|Users)/\w|{here}/(?:{re.escape(ROOT.name)}|shared)\b)"
    registries = "|".join(("pypi" + r"\.org/simple", "files" + r"\.pythonhosted\.org", "registry" + r"\.npmjs\.org"))
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in our_files()
        if path.name != ".env"
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if re.search(f"{paths}|{registries}", line)
    ]
    assert not wrong, "addresses of one machine:\n" + "\n".join(wrong)


def test_nothing_is_left_to_do_later() -> None:
    marks = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|X" + r"XX)\b")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in our_files()
        if path.parent.name != "requirements" and path.name != "package-lock.json"
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if marks.search(line)
    ]
    assert not wrong, "unfinished:\n" + "\n".join(wrong)
