"""What a page says, and what it must not do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from synth.errors import UsageError

from .conftest import WRONG, Made, command

if TYPE_CHECKING:
    from pathlib import Path


class _Text(HTMLParser):
    """The words of a page, its elements, and what they refer to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self.scripts = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            if name in {"src", "href", "action", "data", "srcset"}:
                self.references.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def test_the_five_questions_are_answered_first(made: Made) -> None:
    """A newcomer's questions stand in their order before all else, each with its answer."""
    text = _Text(made.html).text
    places = [
        text.index(words)
        for words in (
            "What does this reward check?",
            "reach_goal: the agent stands on the green square",
            "How do we know it is right?",
            "tests of its suite pass",
            "Who wrote it, and at what cost?",
            "3 rounds, 3 answers",
            "What was not checked?",
            "What would fool it?",
            "The plan",
        )
    ]
    assert places == sorted(places)


def test_the_history_tells_what_failed_and_what_changed(made: Made) -> None:
    """The first program's failure is there with its frames, the repair with its diff."""
    html, text = made.html, _Text(made.html).text
    first = html.index('id="round-1"')
    second = html.index('id="round-2"')
    failing = html[first:second]
    assert 'class="fail"' in failing
    assert "the frame at fault" in failing
    assert failing.count('role="img"') >= 2
    assert "now &lt; 0" in html[second:]
    assert "Answer of scripted" in text
    assert "made from that of write-1-0" in text


def test_every_line_names_its_round(made: Made) -> None:
    """The line that was repaired is the repair's, all others are the first program's."""
    lines = re.findall(r"<li><i>\d+</i>.*?</li>", made.html, re.DOTALL)
    linked = [line for line in lines if 'href="#round-2"' in line]
    assert len(linked) == 1
    assert "initial" in linked[0]


def test_nothing_is_loaded_from_elsewhere(made: Made) -> None:
    """References lead within the page, and its style sheet holds its pictures."""
    page = _Text(made.html)
    assert all(reference.startswith("#") for reference in page.references), page.references
    assert set(re.findall(r"url\((.{10})", made.html)) <= {"data:image"}
    assert {reference[1:] for reference in page.references} <= set(page.ids)


def test_what_a_model_wrote_stays_words(made: Made) -> None:
    """Markup in a plan is shown and never obeyed."""
    assert _Text(made.html).scripts == 1
    assert "<img src=http" not in made.html
    assert "&lt;script&gt;document.title" in made.html


def test_no_picture_of_a_held_out_episode_is_shown(made: Made) -> None:
    """Where nothing fails, a page may be shown to anyone."""
    assert 'id="strip-expert-' in made.html
    assert 'id="strip-held-' not in made.html


def test_a_failing_program_is_shown_with_what_fails(made: Made, tmp_path: Path) -> None:
    """The page of a run's program has each failure, those of held-out episodes marked as such."""
    run = made.folder / "runs" / "walk" / "scripted-x"
    other = tmp_path / "worse"
    other.mkdir()
    for name in ("journal.jsonl", "task.toml"):
        (other / name).write_bytes((run / name).read_bytes())
    source = WRONG.partition("```python\n")[2].rpartition("```")[0]
    (other / "reward.py").write_text(source, encoding="utf-8")
    assert command("report", "walk", "--run", str(other), "--out", str(tmp_path)) == 0
    html = (tmp_path / "walk-worse.html").read_text(encoding="utf-8")
    assert "tests fail" in html
    failures = html[html.index('id="failures"') : html.index('id="evidence"')]
    assert "Held out: do not show it to a model." in failures
    assert failures.count('role="img"') >= 4
    assert 'class="strip" data-noun="frame"' in failures
    assert "It is not the committed reward" in html


def test_the_index_leads_to_the_pages(made: Made) -> None:
    """Every task is in the index, with a link where its page lies beside it."""
    assert command("report") == 0
    index = (made.page.parent / "index.html").read_text(encoding="utf-8")
    assert '<a href="walk.html">walk</a>' in index
    assert "held out: right on" in index


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("report", "--measure"), "about one task; name it"),
        (("report", "walk", "--run", "nowhere"), "no reward program here"),
    ],
)
def test_bad_input_is_named(made: Made, arguments: tuple[str, ...], message: str) -> None:
    """What cannot be reported is said in a sentence."""
    with pytest.raises(UsageError, match=message):
        command(*arguments)


def test_figures_hold_for_one_program_alone(made: Made) -> None:
    """What was measured of another program is not shown."""
    from synth.page import KeptFigures, committed  # noqa: PLC0415 - with the checkout's folder
    from synth.page.figures import KeptMutation  # noqa: PLC0415

    about = committed("walk")
    none = KeptFigures.read(about.task, about.source)
    assert none.mutation is None
    counted = KeptMutation(
        mutants=9, judged=4, killed=3, survived=1, undecided=0, equivalent=0, episodes=5,
        survivors=(),
    )  # fmt: skip
    none.kept(about.task, mutation=counted)
    assert KeptFigures.read(about.task, about.source).mutation == counted
    assert KeptFigures.read(about.task, f"{about.source}\n").mutation is None
    (made.folder / "runs" / "walk" / "report.json").unlink()


def test_tests_that_had_nothing_to_judge_say_so(made: Made) -> None:
    """A program that tells no progress passes the tests of it, and gets no credit for that."""
    page = made.page.read_text(encoding="utf-8")
    assert "nothing to judge: the program tells no progress" in page
