"""A supervisor in a process of its own, as `make run` has it: `python -m tests.unit.dure.supervise PLAN`.

PLAN is JSON: `folder`, `children` (a shell script by name) and, by name, the supervisor's settings to shorten.
"""

import json
import sys
from pathlib import Path

from dure.local import supervisor
from dure.local.process import UnableToRun


def main() -> None:
    plan = json.loads(sys.argv[1])
    folder = Path(plan["folder"])
    for name, value in plan["settings"].items():
        setattr(supervisor, name, value)
    children = [supervisor.Child(name, ["sh", "-c", script]) for name, script in plan["children"].items()]

    def keep_up() -> None:
        with (folder / "kept-up").open("a") as file:
            file.write(".")

    boss = supervisor.Supervisor(children, folder, keep_up=keep_up, say=lambda sentence: print(sentence, flush=True))
    try:
        with boss.claimed() as after_a_kill:
            print("after a kill" if after_a_kill else "afresh", flush=True)
            boss.run(when_up=lambda: print("up", flush=True))
    except UnableToRun as error:
        sys.exit(f"refused: {error}")


if __name__ == "__main__":
    main()
