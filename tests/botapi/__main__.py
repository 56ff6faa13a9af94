"""The server as a process: prints its address, the control port and the bot's token on one line, and runs until its input ends."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

from tests.botapi.server import Server
from tests.botapi.world import TOKEN, World


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--no-limits", action="store_true", help="no 429")
    parser.add_argument("--journal", type=int, default=200_000, help="calls remembered")
    parser.add_argument("--privacy", action="store_true", help="in groups only commands, mentions and replies arrive")
    given = parser.parse_args()
    world = World(given.token, limits=not given.no_limits, journal=given.journal, all_group_messages=not given.privacy)
    async with Server(world, given.port) as server:
        print(server.url, server.control_port, world.token, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
