"""What is wrong is told once, and with what to write instead."""

from __future__ import annotations

import pytest
from clean_programs import HEAD

from synth.program import lint

GOAL = "def goal(now, initial):\n    return True\n"
CLASS = "@dataclass\nclass Place:\n    row: int\n    def away(self):\n        return self.row\n"
ONCE = {
    "class": (
        f"from dataclasses import dataclass\n{CLASS}",
        "return Place(3).row > 2",
        ["S101", "S201"],
    ),
    "namedtuple": (
        "from collections import namedtuple\nPlace = namedtuple('Place', 'row, column')\n",
        "return Place(1, 2).column > 2",
        ["S101"],
    ),
    "match": (
        "",
        "match now.shape:\n        case (height, *rest):\n            return height > len(rest)",
        ["S201"],
    ),
    "try": (
        "",
        "try:\n        return now[9]\n    except (IndexError, KeyError):\n        pass",
        ["S201"],
    ),
    "module within a module": (
        "",
        "return bool(np.lib.stride_tricks.sliding_window_view(now, 3).any())",
        ["S401"],
    ),
    "count kept by a function": ("", "far.count = 1\n    return True", ["S403", "S505"]),
    "main": ("if __name__ == '__main__':\n    print(__file__)\n", "return False", ["S102"]),
}


@pytest.mark.parametrize("case", ONCE)
def test_what_follows_from_a_fault_is_not_told_again(case: str) -> None:
    """The names of a class, of a pattern or of a handler are no faults of their own."""
    top, body, expected = ONCE[case]
    checker = f"def far(now, initial):\n    {body}\n"
    found = lint(f"{HEAD}{top}{checker}{GOAL}SUBTASKS = [far, goal]\n")
    assert [finding.rule for finding in found] == expected


HINTS = [
    ("'{}-{}'.format(1, 2)", "'%d,%d' % (row, column)"),
    ("{f'{now}': 1}", "'%d,%d' % (row, column)"),
    ("now.dtype.name == 'uint8'", "x.dtype == np.uint8"),
    ("np.add(now, 1, where=now > 1)", "out=np.zeros(shape)"),
    ("list.append(now, 1)", "x.append(...)"),
    ("str(zip(now))", "list(...)"),
]


@pytest.mark.parametrize(("expression", "hint"), HINTS, ids=[hint for _, hint in HINTS])
def test_a_hint_says_what_to_write(expression: str, hint: str) -> None:
    """What people reach for has an answer that can be copied."""
    found = lint(f"{HEAD}def goal(now, initial):\n    return {expression}\nSUBTASKS = [goal]\n")
    assert any(hint in finding.hint for finding in found)
