"""The promise of the first minute, kept on a Debian that has python3 and pip and nothing else."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers

PACKAGES = "python3,python3-pip,ca-certificates"
MACHINE_FILES = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
KEPT = ("PIP_", "UV_", "NPM_CONFIG_", "SSL_CERT", "NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
FIRST, SECOND = 90, 5

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="a root of its own needs root"),
    pytest.mark.skipif(not shutil.which("debootstrap"), reason="debootstrap is missing: apt-get install debootstrap"),
]


@pytest.fixture(scope="module")
def bare_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A minimal Debian 12 with an empty copy of this project in /centre."""
    root = tmp_path_factory.mktemp("bare") / "root"
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", root], check=True)
    for name in filter(os.path.exists, MACHINE_FILES):
        shutil.copy(name, root / name.lstrip("/"))
    not_sources = shutil.ignore_patterns(".venv", ".git", "var", "node_modules", "dist", "__pycache__", ".*_cache")
    shutil.copytree(servers.ROOT, root / "centre", ignore=not_sources)
    yield root
    shutil.rmtree(root)


def seconds_to_health(root: Path) -> float:
    """Start it in there, wait for the answer, stop it in order."""
    ports = servers.free_ports(3)
    words = ["--port", str(ports[0]), "--smtp-port", str(ports[1]), "--catcher-port", str(ports[2])]
    kept = {name: value for name, value in os.environ.items() if name.upper().startswith(KEPT)}
    environment = {**kept, "HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    started = time.monotonic()
    process = subprocess.Popen([shutil.which("chroot") or "chroot", root, "/centre/bin/serve", *words], env=environment)
    try:
        while not servers.is_healthy(f"http://127.0.0.1:{ports[0]}"):
            assert process.poll() is None
            assert time.monotonic() - started < 300
            time.sleep(0.05)
        return time.monotonic() - started
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_bare_debian_answers_in_ninety_seconds_and_then_in_five(bare_root: Path) -> None:
    present = [name for name in ("node", "uv", "git", "make", "curl") if (bare_root / "usr/bin" / name).exists()]
    assert not present, "the machine is not bare"
    first = seconds_to_health(bare_root)
    second = seconds_to_health(bare_root)
    print(f"cold {first:.1f} s, second start {second:.1f} s")
    assert first <= FIRST
    assert second <= SECOND
