"""How a run looks while it goes on, and what its lines say."""

from __future__ import annotations

import io

from rich.console import Console

from synth.cli.lines import line_of
from synth.cli.live import RunDisplay, groups_of
from synth.failure import Failure, Find
from synth.loop import Verdict, events
from synth.plan import Plan, SubTask
from synth.spec import MetamorphicSpec, NearMissSpec, SearchSpec, parse_spec
from tests.cli.conftest import SPEC

PLAIN = parse_spec(SPEC, name="walk")
FULL = PLAIN.model_copy(
    update={
        "near_miss": NearMissSpec(),
        "metamorphic": MetamorphicSpec(noise=2),
        "search": SearchSpec(),
    }
)
GOAL = SubTask(name="reach_goal", description="there", visible="covered")


def test_the_table_has_the_groups_that_a_spec_asks_for() -> None:
    """Those of the stronger suite come last, in the order of the cascade."""
    assert groups_of(PLAIN) == ("program", "contract", "expert", "random")
    assert groups_of(FULL)[4:] == (
        "near_miss",
        "scenes",
        "progress",
        "metamorphic",
        "search",
        "necessity",
    )


def test_every_group_has_its_place_in_the_table() -> None:
    """What passed, what failed, and what the cascade has not reached."""
    console = Console(file=io.StringIO(), force_terminal=True, width=140)
    lie = Failure("search::no_lie_is_found", "search", "lies", subtask="reach_goal")
    verdict = Verdict.of(("program::parses", "near_miss::x"), (lie.test,), (lie,))
    with RunDisplay(console, rounds=3, groups=groups_of(FULL)) as display:
        display(events.Planned("describe-0-0", Plan(task="walk", stages=((GOAL,),))))
        display(events.Judged("write-1-0", "p", verdict, Plan(task="walk", stages=((GOAL,),))))
    drawn = console.file.getvalue()
    heads = next(line for line in drawn.splitlines() if "sub-task" in line)
    assert heads.index("near miss") < heads.index("search") < heads.index("necessity")
    row = next(line for line in drawn.splitlines() if "reach_goal" in line)
    assert row.count("✓") == 2
    assert row.count("✗") == 1
    assert row.count("·") == 7


def test_a_find_and_fresh_episodes_are_a_line_each() -> None:
    """For logs: which program lies where, and how often held-out episodes were replaced."""
    find = Find(70003, (2, 2, 1), "the goal holds without success")
    told = line_of(events.FoundEpisode("refine-2-0", find))
    assert told is not None
    assert "refine-2-0 lies on seed 70003 after 3 actions: the episode is kept" in told
    fresh = line_of(events.HeldOut("refine-3-0", 8, 1, look=2, generation=1))
    assert fresh is not None
    assert "held-out episodes, replaced once: 8 tests pass, 1 fail (look 2)" in fresh
    assert "replaced" not in str(line_of(events.HeldOut("write-1-0", 8, 1, look=1)))
