"""Providers and servers of one API, each by what it does differently; ``docs/models.md`` has them.

Bodies are those of their documentation and of the issue threads that the table there names.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from model_server import answer
from wires import AnthropicWire, OpenAIWire

from synth.errors import (
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelReplyError,
    ModelUnavailable,
)
from synth.models.manner import Manner
from synth.models.open import open_model
from synth.program import extract_code

if TYPE_CHECKING:
    from model_server import ModelServer

    from synth.models.base import Model
    from synth.prompts.requests import DescribeRequest, WriteRequest

OPENAI, ANTHROPIC = OpenAIWire(), AnthropicWire()
DOCS = Path(__file__).parents[2] / "docs" / "models.md"


def opened(server: ModelServer, wire: Any = OPENAI, **options: Any) -> Model:
    """A model on the server that never repeats a request by itself."""
    return open_model(
        f"{wire.provider}:vision-1", base_url=wire.url(server), max_retries=0, **options
    )


def test_openai(server: ModelServer, write: WriteRequest) -> None:
    """Newer models refuse the older name of the limit; the newer one is sent, and kept."""
    refusal = OPENAI.error(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        type="invalid_request_error",
        param="max_tokens",
        code="unsupported_parameter",
    )
    server.will(answer(refusal, status=400), OPENAI.ok("x = 1"))
    model = opened(server, max_output_tokens=900)
    model.ask(write)
    model.ask(write)
    sent = [(a.body.get("max_tokens"), a.body.get("max_completion_tokens")) for a in server.asked]
    assert sent == [(900, None), (None, 900), (None, 900)]


def test_azure(server: ModelServer, write: WriteRequest) -> None:
    """A filter that stops the question comes as a 400, one that stops the answer as its reason."""
    filtered = {
        "error": {
            "message": "The response was filtered due to the prompt triggering Azure OpenAI's "
            "content management policy.",
            "type": None,
            "param": "prompt",
            "code": "content_filter",
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation"},
        }
    }
    server.will(answer(filtered, status=400))
    with pytest.raises(ModelRefused, match="content management policy"):
        opened(server).ask(write)
    server.will(OPENAI.ok("", reason="content_filter"))
    with pytest.raises(ModelRefused, match="stopped the answer"):
        opened(server).ask(write)
    said = "Unrecognized request argument supplied: max_completion_tokens"
    manner = Manner(limit="max_completion_tokens", tokens=900, given=True)
    after = manner.after(400, OPENAI.error(said), schema_sent=False)
    assert after is not None
    assert (after.limit, after.tokens) == ("max_tokens", 900)


def test_anthropic(server: ModelServer, write: WriteRequest) -> None:
    """Overload is 529 and passes; a model with a lower limit gets the one that it names."""
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    server.will(answer(overloaded, status=529))
    with pytest.raises(ModelUnavailable, match="Overloaded"):
        opened(server, ANTHROPIC).ask(write)
    said = "max_tokens: 16384 > 8192, which is the maximum allowed number of output tokens"
    server.asked.clear()
    server.will(answer(ANTHROPIC.error(said), status=400), ANTHROPIC.ok("x = 1"))
    opened(server, ANTHROPIC).ask(write)
    assert [ANTHROPIC.limit(asked) for asked in server.asked] == [16384, 8192]


@pytest.mark.parametrize(
    ("code", "kind"), [(429, ModelRateLimited), (502, ModelUnavailable), (403, ModelError)]
)
def test_openrouter(
    server: ModelServer, write: WriteRequest, code: int, kind: type[ModelError]
) -> None:
    """What fails once a model has begun comes inside a 200; an empty account is a 402."""
    server.will(answer({"error": {"code": code, "message": "Provider returned error"}}))
    with pytest.raises(kind):
        opened(server).ask(write)
    broken = {
        "index": 0,
        "finish_reason": "error",
        "message": {"role": "assistant", "content": "half of an ans"},
        "error": {"code": code, "message": "Provider disconnected"},
    }
    server.will(answer(OPENAI.payload([broken])))
    with pytest.raises(kind) as caught:
        opened(server).ask(write)
    assert caught.value.paid is not None
    assert caught.value.paid.input_tokens == 1200
    server.will(answer({"error": {"code": 402, "message": "Insufficient credits"}}, status=402))
    with pytest.raises(ModelError, match=r"no credit left.*Insufficient"):
        opened(server).ask(write)
    waiting = b"\n" * 40 + b'{"choices": [{"message": {"content": "x = 1"}}], "model": "m"}'
    server.will(answer(waiting))
    assert opened(server).ask(write).text == "x = 1"


def test_vllm(server: ModelServer, write: WriteRequest, describe: DescribeRequest) -> None:
    """Few pictures, no opening tag before what was thought, and answers taken for thought."""
    few = {
        "object": "error",
        "message": "At most 1 image(s) may be provided in one request.",
        "type": "BadRequestError",
        "param": None,
        "code": 400,
    }
    server.will(answer(few, status=400))
    with pytest.raises(ModelError, match="--max-images"):
        opened(server).ask(describe)
    server.will(
        OPENAI.ok("```python\nx = 0\n```\nNo.\n</think>\n```python\ndef f(a):\n    return a\n```")
    )
    assert extract_code(opened(server).ask(write).text) == "def f(a):\n    return a\n"
    message = {"role": "assistant", "content": None, "reasoning": "def f(a): return a"}
    payload = OPENAI.payload([{"index": 0, "finish_reason": "stop", "message": message}])
    server.will(answer(payload))
    with pytest.raises(ModelReplyError, match="reasoning parser"):
        opened(server).ask(write)


def test_ollama(server: ModelServer, write: WriteRequest, describe: DescribeRequest) -> None:
    """Pictures come as data and no address; a limit that thinking uses up leaves nothing."""
    server.will(OPENAI.ok("{}"))
    opened(server).ask(describe)
    (asked,) = server.asked
    urls = [
        part["image_url"]["url"]
        for part in asked.body["messages"][1]["content"]
        if part["type"] == "image_url"
    ]
    assert urls
    assert all(url.startswith("data:image/png;base64,") for url in urls)
    message = {"role": "assistant", "content": "", "reasoning": "hm"}
    payload = OPENAI.payload([{"index": 0, "finish_reason": "length", "message": message}])
    server.will(answer(payload))
    with pytest.raises(ModelError, match="--max-output-tokens") as caught:
        opened(server).ask(write)
    assert caught.value.paid is not None


def test_litellm(server: ModelServer, describe: DescribeRequest) -> None:
    """A proxy refuses what the model behind it does not take, in words of its own."""
    said = (
        "litellm.UnsupportedParamsError: deepinfra does not support parameters: "
        "['response_format'], for model=vision-1. To drop these, set `litellm.drop_params=True`"
    )
    error = {"error": {"message": said, "type": "None", "param": None, "code": "400"}}
    server.will(answer(error, status=400), OPENAI.ok("{}"))
    opened(server).ask(describe)
    assert [OPENAI.schema(asked) is not None for asked in server.asked] == [True, False]
    limited = {"error": {"message": "litellm.RateLimitError", "type": None, "code": "429"}}
    server.will(answer(limited, status=429, headers={"retry-after": "7"}))
    with pytest.raises(ModelRateLimited) as caught:
        opened(server).ask(describe)
    assert caught.value.retry_after == 7


def test_gemini(server: ModelServer, write: WriteRequest, describe: DescribeRequest) -> None:
    """Errors come in a list, and schemas of a part of JSON Schema only."""
    spent = [
        {
            "error": {
                "code": 429,
                "message": "Resource has been exhausted (e.g. check quota).",
                "status": "RESOURCE_EXHAUSTED",
            }
        }
    ]
    server.will(answer(spent, status=429))
    with pytest.raises(ModelRateLimited, match=r'\("Resource has been exhausted'):
        opened(server).ask(write)
    refused = [
        {
            "error": {
                "code": 400,
                "message": 'Invalid JSON payload received. Unknown name "additionalProperties" at '
                "'generation_config.response_schema': Cannot find field.",
                "status": "INVALID_ARGUMENT",
            }
        }
    ]
    server.asked.clear()
    server.will(answer(refused, status=400), OPENAI.ok("{}"))
    opened(server).ask(describe)
    assert [OPENAI.schema(asked) is not None for asked in server.asked] == [True, False]


def test_groq(server: ModelServer, write: WriteRequest, describe: DescribeRequest) -> None:
    """A model that misses the schema is a 400 of its own; 498 is no capacity at the moment."""
    missed = OPENAI.error(
        "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more "
        "details.",
        type="invalid_request_error",
        code="json_validate_failed",
        failed_generation="{",
    )
    server.will(answer(missed, status=400), OPENAI.ok("{}"))
    opened(server).ask(describe)
    assert [OPENAI.schema(asked) is not None for asked in server.asked] == [True, False]
    server.will(answer(OPENAI.error("Flex tier capacity exceeded"), status=498))
    with pytest.raises(ModelUnavailable, match="capacity"):
        opened(server).ask(write)


@pytest.mark.parametrize("number", ["9" * 5_000, "\u0664" * 400, "16384" * 900])
def test_numbers_without_end_in_a_refusal_are_no_limit(
    server: ModelServer, write: WriteRequest, number: str
) -> None:
    """Whatever a service says ends in its words."""
    error = {"message": f"max_tokens: {number} > {number}", "code": number, "status": number}
    for status in (400, 200):
        server.will(answer({"error": error}, status=status))
        with pytest.raises(ModelError):
            opened(server, ANTHROPIC).ask(write)
        with pytest.raises(ModelError):
            opened(server).ask(write)


def test_the_table_names_a_test_for_each() -> None:
    """Each row of the documentation's table is held by a test here, and no test has no row."""
    named = re.findall(r"`(test_\w+)` \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    here = {name for name in globals() if name.startswith("test_")}
    assert sorted(named) == sorted(name for name in here if name.count("_") == 1)
