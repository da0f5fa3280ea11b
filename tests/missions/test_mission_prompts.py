"""What a model is told where missions vary, and what eyes are asked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from token_row import PLAN, REWARD, program, token_spec

from synth.episode.exhibit import exhibit_at
from synth.labels.pool import make_pool, verdicts
from synth.loop.demonstrations import demonstrations, shot, some_missions
from synth.loop.episodes import visible_digest
from synth.loop.feedback import every_report
from synth.loop.verdict import Verdict
from synth.program import lint, parse
from synth.prompts.render import render
from synth.prompts.requests import (
    DescribeRequest,
    FasterRequest,
    LabelPicture,
    LabelRequest,
    RefineRequest,
    WriteRequest,
    request_digest,
)
from synth.suite import judge
from synth.task.folder import TaskFolder


def common(store):
    """What all requests of the row share."""
    return {"goal": "take it", "missions": some_missions(store)}


def text_of(request):
    """System and body together."""
    prompt = render(request)
    return f"{prompt.system}\n{prompt.text}"


def test_missions_are_listed_and_stand_beside_each_picture(store):
    """Examples are of visible episodes, and each picture has the words of its own."""
    shown = demonstrations(store)
    text = text_of(DescribeRequest(**common(store), demonstrations=shown))
    for one in shown:
        assert f'; mission: "{store[one.episode].mission}"' in text
    assert len({store[one.episode].mission for one in shown}) == len(shown)
    hidden = {e.mission for e in store.select(split="held_out")}
    hidden -= {e.mission for e in store.select(split="visible")}
    assert all(mission in text for mission in some_missions(store))
    assert not any(mission in text for mission in hidden)
    assert "One plan serves all missions" in text


@pytest.mark.parametrize("kind", ["write", "refine", "faster"])
def test_the_contract_has_the_third_parameter(store, kind):
    """Whoever writes, repairs or hastens a program is told what it is and what it is for."""
    shown, more = demonstrations(store), common(store)
    request = {
        "write": lambda: WriteRequest(
            **more, plan=PLAN, demonstrations=shown, target_microseconds=60
        ),
        "refine": lambda: RefineRequest(
            **more, plan=PLAN, source=REWARD, reports=(), target_microseconds=60
        ),
        "faster": lambda: FasterRequest(
            **more,
            plan=PLAN,
            source=REWARD,
            profile=(),
            microseconds=90,
            target_microseconds=60,
        ),
    }[kind]()
    text = text_of(request)
    assert "def pick_up(frame, initial, mission): ..." in text
    assert "def pick_up_progress(frame, initial, mission): ..." in text
    assert "One program serves all missions" in text
    plain = render(replace(request, missions=())).system
    assert "mission" not in plain


def test_the_program_that_the_contract_shows_is_one(store):
    """The example lints, takes the mission, and tells its colours apart."""
    request = WriteRequest(
        **common(store),
        plan=PLAN,
        demonstrations=demonstrations(store),
        target_microseconds=60,
    )
    system = render(request).system
    source = re.findall(r"```python\n(.*?)```", system, re.DOTALL)[0]
    assert not lint(source, missions=True)
    assert parse(source).takes_mission


def test_a_failure_is_shown_with_the_mission_of_its_episode(store, row):
    """In the message and beside the pictures, which are its episode's."""
    task = TaskFolder(Path("tokens"), token_spec(), PLAN, store)
    found = judge(program("changed(now, initial)"), task, groups=("missions",))
    verdict = Verdict.of(found.passed, found.failed, found.failures)
    (report,) = every_report(verdict, "taken", task)
    mission = store[report.failure.episode].mission
    assert mission in report.failure.message
    assert {one.mission for one in report.shots if one.name.startswith(report.failure.episode)} == {
        mission
    }
    others = [one for one in report.shots if not one.name.startswith(report.failure.episode)]
    assert all(one.mission is not None for one in others)


def label_request(store, mission):
    """One question about a success."""
    episode = store.select(kind="expert", split="visible")[0]
    exhibit = exhibit_at(store, f"{episode.id}:{len(episode)}")
    picture = LabelPicture("picture-01", exhibit.initial, exhibit.frame, ("taken",), mission)
    return LabelRequest(goal="g", plan=PLAN, pictures=(picture,), part="a0")


def test_the_mission_is_part_of_a_question(store):
    """Eyes are told it, and the same picture under another mission is another question."""
    episode = store.select(kind="expert", split="visible")[0]
    requests = [label_request(store, words) for words in (episode.mission, "take the moon")]
    texts = [text_of(request) for request in requests]
    assert f'The mission of this episode: "{episode.mission}"' in texts[0]
    assert "what that mission asks for" in texts[0]
    assert len({request_digest(r, t) for r, t in zip(requests, texts, strict=True)}) == 2
    assert "ission of this episode" not in text_of(label_request(store, None))


def test_labels_go_by_the_mission_too(store):
    """Two episodes of the same pictures and other words are two rows of what may be asked."""
    mistaken = next(e for e in store.episodes if e.fulfils is not None and e.split == "visible")
    twin = replace(mistaken, id="twin", mission=mistaken.fulfils, note="")
    both = replace(store, episodes=(*store.episodes, twin))
    one, other = (exhibit_at(both, f"{id_}:{len(mistaken)}") for id_ in (mistaken.id, "twin"))
    assert one.sha != other.sha
    assert np.array_equal(one.frame, other.frame)
    pool = make_pool(both, "visible")
    rows = [pool.shas.index(exhibit.sha) for exhibit in (one, other)]
    assert verdicts(pool, parse(REWARD))[rows, 0].tolist() == [False, True]
    assert len(pool) > len(make_pool(store, "visible"))
    assert pool.digest != make_pool(store, "visible").digest


def test_what_a_verdict_depends_on_includes_the_missions(store):
    """Other words are another recording."""
    other = tuple(replace(e, mission=f"{e.mission}!") for e in store.episodes)
    assert visible_digest(replace(store, episodes=other)) != visible_digest(store)


def test_a_held_out_picture_is_never_shown(store):
    """Its mission no more than itself."""
    episode = store.select(kind="expert", split="held_out")[0]
    with pytest.raises(ValueError, match="held-out"):
        shot(store, episode, 0, "")
