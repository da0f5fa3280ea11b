"""Merging: the patch's functions change, and not one byte else."""

from __future__ import annotations

import ast

import pytest
from clean_programs import CLEAN
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramSyntaxError
from synth.program import changed_functions, lint, merge, parse

SOURCE = '''\
"""A program."""
import numpy as np

RED = (255, 0, 0)  # as rendered
TABLE = {"r": RED}


# Looks.
def perceive(frame):
    return frame  # as it is


def key(now, initial):

    return bool(now.any())   # odd  spacing


# The goal, at last.
def goal( now,initial ):
    return key(now, initial)

SUBTASKS = [key, goal]
# The end.
'''


def segments(source):
    """Name and exact text of every top-level function, comments and blank lines left out."""
    lines = source.splitlines(keepends=True)
    return {
        node.name: "".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def variants(source):
    """The same program with other line endings, indentation and end of file."""
    yield source
    yield source.rstrip("\n")
    yield source.replace("\n", "\r\n")
    yield source + "\n\n   \n# trailing\n"
    yield "# leading\n\n" + source


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_merging_what_is_there_changes_nothing(data):
    """A program's own functions, any of them in any order, or the whole, are the identity."""
    clean = data.draw(st.sampled_from([SOURCE, *CLEAN.values()]))
    source = data.draw(st.sampled_from(list(variants(clean))))
    own = segments(clean)
    names = data.draw(st.lists(st.sampled_from(sorted(own)), unique=True))
    patch = "\n\n".join(own[name] for name in names)
    assert merge(source, patch) == source
    assert merge(source, source) == source
    assert merge(source, patch.replace("\n", "\r\n")) == source
    assert merge(source, "") == source


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_untouched_functions_keep_every_byte(data):
    """Whatever a patch replaces and adds, all other functions keep their exact text."""
    source = data.draw(st.sampled_from([SOURCE, *CLEAN.values()]))
    own = segments(source)
    replaced = data.draw(st.lists(st.sampled_from(sorted(own)), unique=True))
    added = data.draw(st.lists(st.sampled_from(["new_a", "new_b"]), unique=True))
    names = data.draw(st.permutations(replaced + added))
    body = "(*args):\n  # patched\n  return  len( args )\n"
    merged = merge(source, "\n".join(f"def {name}{body}" for name in names))
    after = segments(merged)
    for name, text in own.items():
        assert (after[name] == text) == (name not in replaced)
    assert set(after) == set(own) | set(added)
    assert set(changed_functions(source, merged)) == set(names)
    assert parse(merged).stages == parse(source).stages
    without = merged.splitlines()
    for line in source.splitlines():
        if not any(line in own[name].splitlines() for name in replaced):
            assert line in without


def test_a_function_is_replaced_where_it_stood():
    """Comments above stay, or give way to the patch's; what surrounds it stays."""
    patch = "def goal(now, initial):\n    return True\n"
    assert merge(SOURCE, patch) == SOURCE.replace(
        "def goal( now,initial ):\n    return key(now, initial)\n", patch
    )
    commented = f"# Better.\n{patch}"
    assert merge(SOURCE, f"import numpy as np\n\n{commented}") == SOURCE.replace(
        "# The goal, at last.\ndef goal( now,initial ):\n    return key(now, initial)\n", commented
    )


def test_new_things_come_where_they_work():
    """Imports on top, constants above the functions, helpers before who came with them."""
    patch = """
import numpy as np
from synth import vision

BLUE = (0, 0, 255)
TABLE = {"b": BLUE}

# A helper.
def helper(x, colour=BLUE):
    return vision.where(x, colour).any()

def key(now, initial):
    return bool(helper(now))

def last(now, initial):
    return True

SUBTASKS = [key, goal, last]
"""
    merged = merge(SOURCE, patch)
    order = ["import numpy", "from synth", "RED =", "BLUE =", "TABLE =", "def perceive"]
    order += [
        "# A helper.",
        "def helper",
        "def key",
        "def goal",
        "def last",
        "SUBTASKS",
        "# The end",
    ]
    places = [merged.index(text) for text in order]
    assert places == sorted(places)
    assert merged.count("import numpy") == 1
    assert lint(merged) == []
    assert changed_functions(SOURCE, merged) == ("helper", "key", "last")
    assert merge(merged, patch) == merged


def test_constants_are_replaced_in_place():
    """A constant of the same name changes on its line, and a pair replaces its parts."""
    assert merge(SOURCE, "RED = 3\n") == SOURCE.replace(
        "RED = (255, 0, 0)  # as rendered", "RED = 3"
    )
    assert merge("A = 1\nB = 2\nC = 3\n", "A, B = 4, 5\n") == "A, B = 4, 5\nC = 3\n"


def test_comments_below_a_body_stay_with_an_unchanged_function():
    """A function sent back without the comment that ends it is not a changed one."""
    commented = SOURCE.replace(
        "    return key(now, initial)\n", "    return key(now, initial)\n    # That is all.\n"
    )
    assert merge(commented, segments(SOURCE)["goal"]) == commented


def test_line_endings_and_indentation_are_the_programs():
    """A patch written otherwise adopts the line endings of the program."""
    merged = merge(SOURCE.replace("\n", "\r\n"), "def goal(a, b):\n    return False\n")
    assert merged.count("\r\n") == merged.count("\n")


def test_the_last_definition_of_a_patch_counts():
    """A patch that says a thing twice means the second, as Python would."""
    patch = "def goal(a, b):\n    return 1\ndef goal(a, b):\n    return 2\n"
    merged = merge(SOURCE, patch)
    assert "return 2" in merged
    assert "return 1" not in merged


def test_a_program_without_anything_takes_a_patch():
    """Merging into an empty text gives the patch's definitions."""
    assert merge("", "def goal(a, b):\n    return True\nSUBTASKS = [goal]") == (
        "def goal(a, b):\n    return True\n\n\nSUBTASKS = [goal]\n"
    )


@pytest.mark.parametrize(
    "patch", ["print(1)", "if 1:\n    pass", "class A:\n    pass", "x += 1", "del x", "def f(:"]
)
def test_a_patch_holds_definitions_only(patch):
    """Anything else is refused with its place, and nothing is merged."""
    with pytest.raises(ProgramSyntaxError) as caught:
        merge(SOURCE, f"def goal(a, b):\n    return True\n{patch}\n")
    assert caught.value.line == 3


def test_changes_are_told_by_code():
    """Added, changed and removed functions are named; comments above and constants are not."""
    after = SOURCE.replace("# The goal, at last.", "# Goal.").replace("(255, 0, 0)", "(1, 2, 3)")
    assert changed_functions(SOURCE, after) == ()
    assert changed_functions(SOURCE, SOURCE.replace("def key(", "def keys(")) == ("keys", "key")
    assert changed_functions(SOURCE, SOURCE.replace("now.any()", "now.all()")) == ("key",)


REMOVABLE = """\
import numpy as np

A = 1
B, C = 2, 3


def old(x):
    return x


def goal(now, initial):
    return True


SUBTASKS = [goal]
"""


def test_a_patch_may_remove_names() -> None:
    """Functions and constants go, the rest stays byte for byte, and REMOVE is not in it."""
    merged = merge(REMOVABLE, 'REMOVE = ["old", "A"]\n')
    assert merged == REMOVABLE.replace("A = 1\n", "").replace(
        "\n\ndef old(x):\n    return x\n\n\n", "\n\n"
    )
    assert changed_functions(REMOVABLE, merged) == ("old",)
    both = merge(REMOVABLE, 'REMOVE = ["old"]\n\n\ndef goal(now, initial):\n    return False\n')
    assert "old" not in both
    assert "return False" in both


@pytest.mark.parametrize(
    ("removed", "problem"),
    [
        ('["lost"]', "the program has no lost"),
        ('["B"]', "in one statement with C"),
        ("[old]", "a list of names as strings"),
        ("3", "a list of names as strings"),
    ],
)
def test_what_cannot_be_removed_is_said(removed: str, problem: str) -> None:
    """An answer that is not understood costs a round, and nothing is guessed."""
    with pytest.raises(ProgramSyntaxError, match=problem):
        merge(REMOVABLE, f"REMOVE = {removed}\n")
    with pytest.raises(ProgramSyntaxError, match="both removed and defined"):
        merge(REMOVABLE, 'REMOVE = ["A"]\nA = 2\n')
