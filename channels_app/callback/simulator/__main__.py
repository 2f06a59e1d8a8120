"""The phone network in a box as a process of its own: `python -m channels_app.callback.simulator --port 0 --data DIR`.

It prints its address as one line of JSON and runs until SIGTERM. The auth token comes from `--token` or, so that no
list of processes shows it, from the environment: PHONE_NETWORK_TOKEN.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from channels_app.callback.simulator.account import Account
from channels_app.callback.simulator.phones import MANUAL, Script
from channels_app.callback.simulator.server import start_in_loop


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT."""
    given = _parser().parse_args(arguments)
    try:
        account = Account(given.account, given.token or os.environ.get("PHONE_NETWORK_TOKEN", ""))
    except ValueError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    asyncio.run(_run(account, given))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phone network in a box")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0: any that is free")
    parser.add_argument("--data", type=Path, help="folder of the ledger; without it the ledger is in memory alone")
    parser.add_argument("--account", required=True, help="AC and 32 hexadecimal digits")
    parser.add_argument("--token", help="auth token of the account; else from PHONE_NETWORK_TOKEN")
    parser.add_argument("--seed", type=int, help="for the same sids and the same chance again")
    parser.add_argument("--manual-clock", action="store_true", help="time passes by POST /box/clock alone")
    parser.add_argument("--manual-phones", action="store_true", help="telephones ring until somebody answers them")
    return parser


async def _run(account: Account, given: argparse.Namespace) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    running = await start_in_loop(
        account,
        data=given.data,
        port=given.port,
        seed=given.seed,
        is_manual=given.manual_clock,
        otherwise=MANUAL if given.manual_phones else Script(),
    )
    print(json.dumps({"address": running.address, "account": account.sid}), flush=True)
    await ended.wait()
    await running.stop()


if __name__ == "__main__":
    sys.exit(main())
