"""A server that is up again at once whenever it was killed: `restarting_server.py PORT LOG`, settings from the environment.

It loads the program once and forks it for every start, so that a start takes a fraction of a second. It prints the id
of each server process and ends when its standard input is closed.
"""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

from review_app.server import serve


def main(port: str, log: Path) -> None:
    """Start the server again each time it ended, until nobody is listening any more."""
    while not select.select([sys.stdin], [], [], 0)[0]:
        child = os.fork()
        if child == 0:
            with log.open("a") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            serve.main(["--port", port], standalone_mode=False)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
