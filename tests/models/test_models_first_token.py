"""Probabilities of the first token over the wire, and a reward made of them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from model_server import answer
from wires import OpenAIWire

from synth.errors import ModelError
from synth.models.open import open_model
from synth.named_reward import open_reward
from synth.prompts.prompt import Prompt, TextPart

WIRE = OpenAIWire()
DOORKEY = Path(__file__).parents[2] / "generated" / "doorkey"
PROMPT = Prompt("Answer with one word.", (TextPart("True or False?"),))


def likely(*tokens):
    """A reply whose first token might have been any of these."""
    top = [{"token": t, "logprob": math.log(p), "bytes": None} for t, p in tokens]
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": tokens[0][0], "refusal": None},
        "finish_reason": "length",
        "logprobs": {"content": [{**top[0], "top_logprobs": top}], "refusal": None},
    }
    return answer(WIRE.payload([choice]))


def test_one_token_is_asked_for_and_the_likeliest_are_told(server):
    """With their logarithms, and the usage; an answer cut after one token is no fault."""
    server.acts.append(likely(("True", 0.7), (" false", 0.2)))
    model = open_model("openai:vision-1", base_url=WIRE.url(server))
    told = model.first_token(PROMPT)
    assert told.top == (("True", math.log(0.7)), (" false", math.log(0.2)))
    assert (told.usage.input_tokens, told.usage.output_tokens) == (1200, 34)
    body = server.asked[0].body
    assert (body["logprobs"], body["top_logprobs"], body["max_tokens"]) == (True, 20, 1)


def test_a_server_that_tells_none_is_named(server):
    """With what to do."""
    server.acts.append(WIRE.ok("True"))
    model = open_model("openai:vision-1", base_url=WIRE.url(server))
    with pytest.raises(ModelError, match="tells no log probabilities"):
        model.first_token(PROMPT)


def test_a_reward_of_probabilities_over_the_wire(server, monkeypatch, tmp_path):
    """One request for each sub-task of a picture; the picture comes beside its initial one."""
    monkeypatch.chdir(tmp_path)
    server.acts += [
        likely(("True", 0.9), ("False", 0.1)),
        likely(("False", 0.8), ("True", 0.2)),
        likely(("Maybe", 1.0)),
    ]
    name = f"vlm:openai:vision-1?logprobs=1&jobs=1&base_url={WIRE.url(server)}"
    with open_reward(name, DOORKEY) as reward:
        frame = np.zeros((1, 96, 96, 3), np.uint8)
        verdicts = reward.verdicts(frame, np.array([[0, 0]]))
        assert verdicts.cells.tolist() == [[1, 0, 3]]
        assert reward.program.progress == reward.subtasks
    assert len(server.asked) == 3
    *_, question = WIRE.texts_and_sizes(server.asked[0])
    assert question.endswith("True or False?")
    kept = tmp_path / "runs" / "doorkey" / "alternatives"
    assert len((kept / "openai-vision-1.jsonl").read_text().splitlines()) == 3
