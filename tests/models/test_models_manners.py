"""How services differ though they speak one API: what they refuse, cut, wrap and trickle."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_server import answer
from wires import AnthropicWire, OpenAIWire

from synth.errors import (
    ModelAuthError,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelReplyError,
    ModelTruncated,
    ModelUnavailable,
)
from synth.models.base import Usage
from synth.models.manner import Manner
from synth.models.open import open_model
from synth.prompts.telling import most_telling

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from model_server import ModelServer

    from synth.models.base import Model
    from synth.prompts.requests import DescribeRequest, WriteRequest

OPENAI, ANTHROPIC = OpenAIWire(), AnthropicWire()


def opened(server: ModelServer, wire: Any = OPENAI, **options: Any) -> Model:
    """A model on the server that never repeats a request by itself."""
    options.setdefault("max_retries", 0)
    return open_model(f"{wire.provider}:vision-1", base_url=wire.url(server), **options)


SCHEMA_REFUSALS = {
    "named": {"error": {"message": "'response_format' of type json_schema is not supported"}},
    "by its field": [
        {
            "error": {
                "code": 400,
                "status": "INVALID_ARGUMENT",
                "message": 'Unknown name "additionalProperties" at response_schema',
            }
        }
    ],
    "after trying": {"error": {"message": "Failed to generate JSON.", "code": "json_validate"}},
    "by its grammar": {"object": "error", "message": "Grammar error: Unimplemented keys"},
    "as validation": {"detail": [{"loc": ["body", "response_format"], "msg": "extra fields"}]},
    "as a text": "guided decoding is not enabled on this server",
}


@pytest.mark.parametrize("status", [400, 422, 500])
@pytest.mark.parametrize("refusal", SCHEMA_REFUSALS.values(), ids=SCHEMA_REFUSALS.keys())
def test_a_schema_refused_in_any_words_is_left_out(
    server: ModelServer, describe: DescribeRequest, refusal: Any, status: int
) -> None:
    """One more request goes out without it, and none of the later ones has it."""
    server.will(answer(refusal, status=status), OPENAI.ok("{}"))
    model = opened(server)
    model.ask(describe)
    model.ask(describe)
    assert [OPENAI.schema(asked) is not None for asked in server.asked] == [True, False, False]


def test_a_service_that_refuses_whatever_is_tried_is_told_once(
    server: ModelServer, describe: DescribeRequest
) -> None:
    """No manner is tried twice: the refusal comes out, in the server's words."""
    said = OPENAI.error("response_format, or anything else, is not supported")
    server.will(answer(said, status=400))
    with pytest.raises(ModelError, match="anything else"):
        opened(server).ask(describe)
    assert len(server.asked) == 2


def test_the_other_name_of_the_limit_is_tried(server: ModelServer, write: WriteRequest) -> None:
    """Newer models behind a base URL want `max_completion_tokens`, and get the same number."""
    said = OPENAI.error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    server.will(answer(said, status=400), OPENAI.ok("fine"))
    opened(server, max_output_tokens=4000).ask(write)
    assert [a.body.get("max_completion_tokens") for a in server.asked] == [None, 4000]
    assert [a.body.get("max_tokens") for a in server.asked] == [4000, None]


def test_a_limit_that_nobody_set_gives_way_to_the_services_own(
    server: ModelServer, write: WriteRequest
) -> None:
    """Where the service names its largest limit, that one is sent."""
    said = ANTHROPIC.error("max_tokens: 16384 > 8192, which is the maximum for vision-1")
    server.will(answer(said, status=400), ANTHROPIC.ok("fine"))
    opened(server, ANTHROPIC).ask(write)
    assert [ANTHROPIC.limit(asked) for asked in server.asked] == [16384, 8192]


def test_a_limit_that_the_user_set_is_the_users(server: ModelServer, write: WriteRequest) -> None:
    """It is not lowered in silence: the service's words come out."""
    said = ANTHROPIC.error("max_tokens: 9000 > 8192, which is the maximum")
    server.will(answer(said, status=400))
    with pytest.raises(ModelError, match="8192"):
        opened(server, ANTHROPIC, max_output_tokens=9000).ask(write)


@given(
    status=st.integers(200, 599),
    body=st.text(max_size=200),
    tokens=st.none() | st.integers(1, 100_000),
    given_=st.booleans(),
)
def test_manners_come_to_an_end(status: int, body: str, tokens: int | None, given_: bool) -> None:
    """The same refusal for ever leads to no endless change of manners."""
    manner: Manner | None = Manner(tokens=tokens, given=given_)
    seen = []
    while manner is not None:
        assert manner not in seen
        seen.append(manner)
        manner = manner.after(status, f"max_tokens response_format {body}", schema_sent=True)


PARTS: dict[str, Any] = {
    "text": [{"type": "text", "text": "fine"}],
    "after thought": [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "fine"},
    ],
    "in pieces": [{"type": "output_text", "text": "fi"}, {"type": "output_text", "text": "ne"}],
    "untyped": [{"text": "fine"}],
}


@pytest.mark.parametrize("content", PARTS.values(), ids=PARTS.keys())
def test_content_in_parts_is_read(server: ModelServer, write: WriteRequest, content: Any) -> None:
    """Text parts are the answer, and what was thought is not."""
    server.will(OPENAI.ok(content))
    assert opened(server).ask(write).text == "fine"


IN_A_200: dict[str, tuple[Any, type[ModelError]]] = {
    "a number": ({"code": 429, "message": "free models per day"}, ModelRateLimited),
    "a number as text": ({"code": "429", "message": "free models per day"}, ModelRateLimited),
    "a type": ({"type": "rate_limit_error", "message": "free models per day"}, ModelRateLimited),
    "overloaded": (
        {"type": "overloaded_error", "message": "free models per day"},
        ModelUnavailable,
    ),
    "a text alone": ("free models per day", ModelUnavailable),
    "an unknown model": ({"code": 404, "message": "free models per day"}, ModelError),
}


@pytest.mark.parametrize(("error", "kind"), IN_A_200.values(), ids=IN_A_200.keys())
@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def test_an_error_inside_a_200_is_told_by_its_code(
    server: ModelServer, write: WriteRequest, wire: Any, error: Any, kind: type[ModelError]
) -> None:
    """Its words come out, and its code decides what kind of failure it is."""
    server.will(answer({"type": "error", "error": error}))
    with pytest.raises(kind, match="free models per day"):
        opened(server, wire).ask(write)


def test_an_error_beside_an_empty_answer_is_told(server: ModelServer, write: WriteRequest) -> None:
    """A choice without content says less than the error that came with it."""
    payload = OPENAI.payload([{"index": 0, "message": {"role": "assistant", "content": None}}])
    error = {"code": 502, "message": "upstream broke"}
    server.will(answer({**payload, "error": error}))
    with pytest.raises(ModelUnavailable, match="upstream broke"):
        opened(server).ask(write)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("length", ModelTruncated),
        ("MAX_TOKENS", ModelTruncated),
        ("SAFETY", ModelRefused),
        ("content_filter", ModelRefused),
        ("error", ModelUnavailable),
        ("abort", ModelUnavailable),
    ],
)
def test_every_reason_to_end_is_told_from_an_answer(
    server: ModelServer, write: WriteRequest, reason: str, kind: type[ModelError]
) -> None:
    """An answer that did not end by itself is none, and what it cost is known."""
    server.will(OPENAI.ok("half of it", reason=reason))
    with pytest.raises(kind) as caught:
        opened(server).ask(write)
    paid = caught.value.paid
    assert paid is not None
    assert (paid.text, paid.input_tokens, paid.output_tokens) == ("half of it", 1200, 34)


def test_an_answer_that_was_all_thought_says_so(server: ModelServer, write: WriteRequest) -> None:
    """The remedy is a higher limit, not another prompt."""
    message = {"role": "assistant", "content": "", "reasoning_content": "hm, hm"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    server.will(answer(OPENAI.payload([choice])))
    with pytest.raises(ModelReplyError, match="all of it was thought"):
        opened(server).ask(write)


def test_a_server_that_wants_a_key_is_not_said_to_have_refused_one(
    server: ModelServer, write: WriteRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no key is set, a 401 says which variable to set."""
    monkeypatch.delenv("OPENAI_API_KEY")
    server.will(answer(OPENAI.error("no key"), status=401))
    with pytest.raises(ModelAuthError, match="OPENAI_API_KEY is not set"):
        opened(server).ask(write)


def test_a_service_with_few_pictures_names_the_option(
    server: ModelServer, describe: DescribeRequest
) -> None:
    """And with the option, so many are sent: the end and the beginning."""
    said = OPENAI.error("At most 2 image(s) may be provided in one request.")
    server.will(answer(said, status=400))
    with pytest.raises(ModelError, match="--max-images"):
        opened(server).ask(describe)
    server.will(OPENAI.ok("{}"))
    opened(server, max_images=1).ask(describe)
    parts = server.asked[-1].body["messages"][1]["content"]
    assert sum(part["type"] == "image_url" for part in parts) == 1
    assert any("not shown" in part.get("text", "") for part in parts)


def test_the_last_picture_of_a_demonstration_is_the_most_telling(
    describe: DescribeRequest,
) -> None:
    """It shows the goal; every picture of the request has a place."""
    order = most_telling(describe)
    assert order[0] == describe.demonstrations[0].shots[-1].name
    assert sorted(order) == sorted(shot.name for shot in describe.shots)


@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def test_blank_lines_do_not_outlive_the_timeout(
    server: ModelServer, write: WriteRequest, wire: Any
) -> None:
    """A service that keeps the line busy and does not answer is given up."""

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        lines = 0
        # Ends when the client hangs up, or is plainly not going to.
        while lines < 200:
            try:
                handler.wfile.write(b"1\r\n\n\r\n")
                handler.wfile.flush()
            except OSError:
                return
            lines += 1
            gone.wait(0.05)

    gone = threading.Event()
    server.will(trickle)
    with pytest.raises(ModelUnavailable, match=r"no answer within 0\.3 seconds"):
        opened(server, wire, timeout=0.3).ask(write)
    gone.set()


def test_usage_of_a_good_answer_is_what_the_service_counted(
    server: ModelServer, write: WriteRequest
) -> None:
    """A good answer carries its own cost; nothing is written off."""
    server.will(OPENAI.ok(json.dumps({})))
    assert opened(server).ask(write).usage == Usage(1200, 34)
