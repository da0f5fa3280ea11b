"""The lint takes about as long as a text is long, whatever stands in it."""

from __future__ import annotations

import pytest

from synth.program import lint
from synth.program.lint import MOST_HITS, flow

GOAL = "\ndef goal(now, initial):\n    return True\n\nSUBTASKS = [goal]\n"


def nested(depth: int) -> str:
    """For loops within each other."""
    lines = ["def h(x):"]
    lines += [f"{' ' * (i + 1)}for a{i} in x:" for i in range(depth)]
    return "\n".join([*lines, f"{' ' * (depth + 1)}pass", GOAL])


def chain(length: int) -> str:
    """Helpers that hand their parameter on to the next, the last of which writes into it."""
    links = "".join(f"def f{i}(x):\n    f{i + 1}(x)\n\n" for i in range(length))
    last = f"def f{length}(x):\n    x[0] = 1\n"
    return (
        links
        + last
        + "\ndef goal(now, initial):\n    f0(now)\n    return True\n\nSUBTASKS = [goal]\n"
    )


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the statements that the data flow follows."""
    count = [0]
    statement = flow._Walk._statement

    def counted(self: flow._Walk, node: object) -> None:
        count[0] += 1
        statement(self, node)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(flow._Walk, "_statement", counted)
    return count


@pytest.mark.parametrize("depth", [7, 14, 30, 50])
def test_nested_loops_cost_no_more_beyond_the_limit(steps: list[int], depth: int) -> None:
    """Each loop too many is a finding, and is followed once."""
    found = lint(nested(depth))
    assert [f.rule for f in found] == ["S203"] * (depth - flow.MOST_LOOPS)
    twice = 2 ** (flow.MOST_LOOPS + 1)
    assert steps[0] <= 2 * twice * (depth + 2)  # two rules follow the flow


@pytest.mark.parametrize("length", [1, 50, 400])
def test_a_chain_of_helpers_is_followed_a_few_times(steps: list[int], length: int) -> None:
    """What the last of them writes into is told of the first, at a cost that grows with them."""
    assert "S602" in {f.rule for f in lint(chain(length))}
    assert steps[0] <= 2 * 3 * (length + 3)


def test_findings_of_one_rule_are_few() -> None:
    """A page of unknown names gives so many findings and no more."""
    names = ", ".join(f"q{i}" for i in range(2_000))
    found = lint(f"def h(x):\n    return [{names}]\n{GOAL}")
    assert len(found) == MOST_HITS


def test_recursion_is_found_at_the_end_of_a_long_chain() -> None:
    """Taking out what calls nothing leaves whatever calls itself."""
    ring = "def a(x):\n    return b(x)\n\ndef b(x):\n    return a(x)\n"
    chained = "".join(f"def f{i}(x):\n    return f{i + 1}(x)\n\n" for i in range(200))
    found = lint(f"{chained}def f200(x):\n    return a(x)\n\n{ring}{GOAL}")
    assert sorted(f.message for f in found) == ["a calls itself.", "b calls itself."]
