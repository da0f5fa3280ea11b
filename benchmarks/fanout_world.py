"""What the measurements of fanning out share: a small committed task, and a slow service.

The service speaks chat completions on an address of this machine. It writes down each request as it
arrives, since then it is paid for, thinks for as long as it is told, and answers from a script: a
plan, a program that fails its suite, and one that passes. It knows nothing of who asks, and samples
of one task are asked in the same words.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from synth.episode import read_store
from synth.loop import promote, run_loop
from synth.loop.adopt import RecordedTask
from synth.models.scripted import ScriptedModel
from synth.record import record_folder
from synth.spec import load_spec

if TYPE_CHECKING:
    from types import TracebackType

SPEC = """\
env = "MiniGrid-Empty-5x5-v0"
goal = "reach the green square"
max_steps = 20

[render]
tile_size = 8
highlight = false

[expert]
policy = "synth.envs.minigrid:planner"
episodes = 2

[random]
episodes = 2

[held_out]
episodes = 2

[target]
microseconds_per_frame = 1000000
"""
PLAN = json.dumps(
    {
        "task": "walk to the green square",
        "stages": [
            [
                {
                    "name": "reach_goal",
                    "description": "the agent stands on the green square",
                    "visible": "part of the green is covered",
                }
            ]
        ],
    }
)
PROGRAM = """\
```python
from synth import vision

GREEN = (0, 255, 0)


def perceive(frame):
    return vision.count_colour(frame, GREEN)


def reach_goal(now, initial):
    # draft {draft}
    return {verdict}


SUBTASKS = [reach_goal]
```
"""
WRONG, RIGHT = "now < 0", "0 < now < initial"
DRAFTS = 1
"""Wrong programs before the right one; a repair that is no better would be taken back."""
REQUESTS = 2 + DRAFTS
"""Of one sample: a plan, and each program."""


def make_checkout(folder: Path) -> None:
    """A working folder with one committed task, ``walk``; it must be the current one."""
    (folder / "specs").mkdir(parents=True)
    (folder / "specs" / "walk.toml").write_text(SPEC, encoding="utf-8")
    spec, home = load_spec(str(folder / "specs" / "walk.toml")), folder / "generated" / "walk"
    record_folder(spec, home / "episodes")
    task = RecordedTask(spec, read_store(home / "episodes"))
    model = ScriptedModel([PLAN, PROGRAM.format(draft=DRAFTS, verdict=RIGHT)], name="scripted:walk")
    outcome = run_loop(task, model, folder / "first")
    promote(outcome.folder, home, outcome.deciding_store())


def answer_to(body: str) -> str:
    """What the service answers to a request."""
    if '"response_format"' in body:
        return PLAN
    drafts = [int(number) for number in re.findall(r"# draft (\d+)", body)]
    draft = max(drafts) + 1 if drafts else 0
    return PROGRAM.format(draft=draft, verdict=RIGHT if draft >= DRAFTS else WRONG)


@dataclass(frozen=True, slots=True)
class Service:
    """The service, in a process of its own; a context manager.

    Attributes:
        folder: Holds ``arrived.jsonl`` and the service's address.
        seconds: It thinks for so long.
        host: An address of this machine.
    """

    folder: Path
    seconds: float
    host: str = "127.0.0.1"

    @property
    def log(self) -> Path:
        """A line for each request."""
        return self.folder / "arrived.jsonl"

    @property
    def url(self) -> str:
        """For ``--base-url``."""
        return (self.folder / "address").read_text()

    def arrived(self) -> Counter[str]:
        """How often each request came."""
        return self._lines("asked")

    def under_way(self) -> int:
        """Requests that have come and are not answered yet."""
        return self._lines("asked").total() - self._lines("answered").total()

    def _lines(self, what: str) -> Counter[str]:
        if not self.log.exists():
            return Counter()
        lines = (json.loads(line) for line in self.log.read_text().splitlines())
        return Counter(digest for kind, digest in lines if kind == what)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, str(Path(__file__)), str(self.folder)),
            *(str(self.seconds), self.host),
        ]
        PROCESSES[self.folder] = subprocess.Popen(command)
        while not (self.folder / "address").exists():
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = PROCESSES.pop(self.folder)
        process.terminate()
        process.wait()
        (self.folder / "address").unlink()


PROCESSES: dict[Path, subprocess.Popen[bytes]] = {}


def repeated(arrived: Counter[str], samples: int) -> int:
    """Requests that came more often than there are samples that ask in these words."""
    return sum(max(0, count - samples) for count in arrived.values())


def serve(folder: Path, seconds: float, host: str) -> None:
    """Be the service, until terminated."""
    log = (folder / "arrived.jsonl").open("a", buffering=1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            digest = hashlib.sha256(raw).hexdigest()
            log.write(json.dumps(["asked", digest]) + "\n")
            time.sleep(seconds)
            log.write(json.dumps(["answered", digest]) + "\n")
            message = {"role": "assistant", "content": answer_to(raw.decode())}
            told = json.dumps(
                {
                    "id": "1",
                    "object": "chat.completion",
                    "created": 1,
                    "model": "sleepy-1",
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": {
                        "prompt_tokens": 1000,
                        "completion_tokens": 100,
                        "total_tokens": 1100,
                    },
                }
            ).encode()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)
            except OSError:
                self.close_connection = True  # whoever asked is gone; it was paid for all the same

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    address = folder / "address.tmp"
    address.write_text(f"http://{host}:{server.server_address[1]}/v1")
    address.replace(folder / "address")
    server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("host")
    told = parser.parse_args()
    serve(told.folder, told.seconds, told.host)
