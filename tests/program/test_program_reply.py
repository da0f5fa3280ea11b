"""Finding the code in what a model says."""

from __future__ import annotations

import pytest
from clean_programs import CLEAN
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramSyntaxError
from synth.program import extract_code

WHOLE = "def goal(now, initial):\n    return True\n\n\nSUBTASKS = [goal]\n"
OTHER = WHOLE.replace("True", "False")
PART = "def goal(now, initial):\n    return 1 > 2\n"
HELPER = "def helper(x):\n    return x\n"


def fenced(code, info="python", fence="```"):
    """The code as a Markdown block."""
    return f"{fence}{info}\n{code}{fence}\n"


FOUND = {
    "one block": (f"Here it is:\n\n{fenced(WHOLE)}\nDone.", WHOLE),
    "py": (fenced(WHOLE, "py"), WHOLE),
    "Python, capitalised, with attributes": (fenced(WHOLE, "Python title=reward.py"), WHOLE),
    "unmarked": (fenced(WHOLE, ""), WHOLE),
    "tildes": (fenced(WHOLE, "python", "~~~"), WHOLE),
    "a longer fence": (fenced(WHOLE, "python", "`````"), WHOLE),
    "a space before the language": (fenced(WHOLE, " python"), WHOLE),
    "never closed": (f"Sure.\n```python\n{WHOLE}", WHOLE),
    "carriage returns": (fenced(WHOLE).replace("\n", "\r\n"), WHOLE),
    "within a list": ("1. So:\n" + "".join(f"   {x}\n" for x in fenced(WHOLE).splitlines()), WHOLE),
    "no fence": (WHOLE, WHOLE),
    "no fence, blank lines around": (f"\n\n{WHOLE}\n\n", WHOLE),
    "other languages passed over": (fenced('{"a": 1}\n', "json") + fenced(WHOLE), WHOLE),
    "unmarked output after the program": (fenced(WHOLE) + fenced("True False\n", ""), WHOLE),
    "a draft, then the program": (fenced(OTHER) + fenced(WHOLE), WHOLE),
    "the program, then an example of its use": (fenced(WHOLE) + fenced("goal(1, 2)\n"), WHOLE),
    "the program, then a part of it": (fenced(WHOLE) + fenced(PART), WHOLE),
    "thoughts with code": (f"<think>Perhaps\n{fenced(OTHER)}</think>\n{fenced(WHOLE)}", WHOLE),
    "thoughts beside a patch": (f"<think>{fenced(HELPER)}</think>\n{fenced(PART)}", PART),
    "a patch": (fenced(PART), PART),
    "a patch in pieces": (fenced(HELPER) + "and\n" + fenced(PART), f"{HELPER}\n\n{PART}"),
    "a piece said twice": (fenced(PART.replace("2", "3")) + fenced(PART), PART),
    "broken Python, to be reported": (fenced("def goal(:\n"), "def goal(:\n"),
    "broken piece among good ones": (fenced(HELPER) + fenced("def goal(:\n"), "def goal(:\n"),
}


@pytest.mark.parametrize("name", FOUND)
def test_the_code_is_found(name):
    """Whole programs are preferred, pieces are merged, and the rest is passed over."""
    reply, code = FOUND[name]
    assert extract_code(reply) == code


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(CLEAN)),
    st.sampled_from(["python", "py", "", "python3"]),
    st.sampled_from(["```", "~~~", "````"]),
    st.text(alphabet="abc .,:\n#*", max_size=60),
)
def test_programs_come_through_whole(name, info, fence, chatter):
    """Every program of the corpus survives being wrapped in an answer, byte for byte."""
    reply = f"{chatter}\n{fenced(CLEAN[name], info, fence)}{chatter}"
    assert extract_code(reply) == CLEAN[name].lstrip("\n")


NOTHING = {
    "empty": "",
    "a refusal": "I cannot help with that.",
    "one word that is Python": "Sure",
    "another language": fenced('{"a": 1}\n', "json"),
    "an empty block": "```python\n```",
    "code that defines nothing": fenced("goal(1, 2)\n") + fenced("print(3)\n"),
    "prose around bare code": f"Here you are:\n{WHOLE}",
}


@pytest.mark.parametrize("name", NOTHING)
def test_an_answer_without_code_says_what_to_send(name):
    """The error can be sent back as it is."""
    with pytest.raises(ProgramSyntaxError, match="one block that begins with ```python"):
        extract_code(NOTHING[name])


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="`~python \n=x1<think>/(", max_size=80))
def test_any_answer_gives_code_or_a_syntax_error(reply):
    """No answer crashes the search."""
    try:
        code = extract_code(reply)
    except ProgramSyntaxError:
        return
    assert code.endswith("\n")
