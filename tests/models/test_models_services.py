"""Both HTTP providers against a server that speaks their wire format, and fails on purpose."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from model_server import ModelServer, answer, cut
from wires import AnthropicWire, OpenAIWire, Wire

from synth.errors import (
    ModelAuthError,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelReplyError,
    ModelTruncated,
    ModelUnavailable,
    UsageError,
)
from synth.models.base import Model, Usage
from synth.models.open import open_model
from synth.prompts.answers import plan_schema
from synth.prompts.render import render

if TYPE_CHECKING:
    from synth.prompts.requests import DescribeRequest, WriteRequest

SOON = {"Retry-After": "0.01"}


@dataclass
class Service:
    """A provider, its server, and a way to open a model on it."""

    wire: Wire
    server: ModelServer

    def open(self, **options: Any) -> Model:
        """A model on this server."""
        url = self.wire.url(self.server)
        return open_model(f"{self.wire.provider}:vision-1", base_url=url, **options)


@pytest.fixture(params=[OpenAIWire(), AnthropicWire()], ids=lambda w: w.provider)
def service(request: pytest.FixtureRequest, server: ModelServer) -> Service:
    """Each provider in turn."""
    return Service(request.param, server)


def test_an_answer_comes_back_with_its_tokens(service: Service, write: WriteRequest) -> None:
    """Text, usage and the service's own name for the model arrive as they were sent."""
    service.server.will(service.wire.ok("```python\nx = 1\n```"))
    model = service.open()
    reply = model.ask(write)
    assert isinstance(model, Model)
    assert model.name == f"{service.wire.provider}:vision-1"
    assert reply.text == "```python\nx = 1\n```"
    assert reply.usage == Usage(1200, 34)
    assert reply.model == "vision-1-2026-01-01"


def test_the_server_sees_the_whole_prompt_in_order(
    service: Service, describe: DescribeRequest, key: str
) -> None:
    """Model, key, system, texts and enlarged pictures are on the wire, and nothing else."""
    service.server.will(service.wire.ok("{}"))
    service.open().ask(describe)
    (asked,) = service.server.asked
    assert asked.path == service.wire.path
    assert asked.body["model"] == "vision-1"
    assert service.wire.authorisation(asked) == key
    prompt = render(describe)
    assert service.wire.system(asked) == prompt.system
    expected = [p.text if hasattr(p, "text") else (480, 360) for p in prompt.parts]
    assert service.wire.texts_and_sizes(asked) == expected
    known = {"model", "messages", "system", "response_format", "output_config", "max_tokens"}
    assert set(asked.body) <= known, "no temperature, top_p or anything else is sent"


def test_a_schema_is_sent_for_plans_only(
    service: Service, describe: DescribeRequest, write: WriteRequest
) -> None:
    """Structured output for the plan, free text for programs."""
    service.server.will(service.wire.ok("{}"))
    model = service.open()
    model.ask(describe)
    model.ask(write)
    first, second = service.server.asked
    assert service.wire.schema(first) == plan_schema()
    assert service.wire.schema(second) is None


def test_options_are_sent_where_the_user_set_them(service: Service, write: WriteRequest) -> None:
    """A limit on the answer and a temperature go out when asked for."""
    service.server.will(service.wire.ok("x"))
    service.open(max_output_tokens=777, temperature=0.25).ask(write)
    (asked,) = service.server.asked
    assert service.wire.limit(asked) == 777
    assert asked.body["temperature"] == 0.25


def test_an_answer_without_code_comes_through(service: Service, write: WriteRequest) -> None:
    """What an answer is good for is not the provider's affair."""
    service.server.will(service.wire.ok("Sorry, what do you mean?"))
    assert service.open().ask(write).text == "Sorry, what do you mean?"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_its_variable_and_not_itself(
    service: Service, write: WriteRequest, key: str, status: int
) -> None:
    """The user learns which variable to look at; the key stays out of logs."""
    said = service.wire.error(f"Incorrect API key provided: {key}")
    service.server.will(answer(said, status=status))
    with pytest.raises(ModelAuthError) as caught:
        service.open().ask(write)
    assert f"{service.wire.provider.upper()}_API_KEY" in str(caught.value)
    assert key not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__, "the SDK's error may quote the key"
    assert len(service.server.asked) == 1, "a refused key is not tried again"


@pytest.mark.parametrize("status", [400, 404, 429, 500])
def test_no_message_contains_the_key(
    service: Service, write: WriteRequest, key: str, status: int
) -> None:
    """Not even where the server echoes it."""
    said = service.wire.error(f"your key {key} and sk-proj-abcDEF123 are odd")
    service.server.will(answer(said, status=status, headers=SOON))
    with pytest.raises(ModelError) as caught:
        service.open(max_retries=0).ask(write)
    assert key not in str(caught.value)
    assert "abcDEF123" not in str(caught.value)
    assert "are odd" in str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_passing_failure_is_retried(service: Service, write: WriteRequest, status: int) -> None:
    """One failure on the way costs a retry, not the run."""
    busy = answer(service.wire.error("busy"), status=status, headers=SOON)
    service.server.will(busy, service.wire.ok("done"))
    assert service.open().ask(write).text == "done"
    assert len(service.server.asked) == 2


def test_a_rate_limit_that_stays_says_how_long_to_wait(
    service: Service, write: WriteRequest
) -> None:
    """After two retries, and no more, the wait that the service asked for is passed on."""
    busy = answer(service.wire.error("slow down"), status=429, headers=SOON)
    service.server.will(busy)
    with pytest.raises(ModelRateLimited, match="slow down") as caught:
        service.open().ask(write)
    assert caught.value.retry_after == 0.01
    assert caught.value.exit_code == 3
    assert len(service.server.asked) == 3


def test_a_service_that_stays_down_is_unavailable(service: Service, write: WriteRequest) -> None:
    """After two retries, and no more, the message has the status and the service's words."""
    service.server.will(answer(service.wire.error("on fire"), status=500, headers=SOON))
    with pytest.raises(ModelUnavailable, match=r"HTTP 500.*on fire"):
        service.open().ask(write)
    assert len(service.server.asked) == 3


def test_a_server_that_never_answers_is_given_up(service: Service, write: WriteRequest) -> None:
    """The time-out ends the waiting, and says what to raise."""
    service.server.will(service.server.stall)
    with pytest.raises(ModelUnavailable, match=r"within 0\.2 seconds.*Raise the timeout"):
        service.open(timeout=0.2, max_retries=0).ask(write)


def test_an_answer_cut_on_the_way_is_unavailable(service: Service, write: WriteRequest) -> None:
    """Half an answer is none."""
    service.server.will(cut({"long": "x" * 500}))
    with pytest.raises(ModelUnavailable, match="was cut"):
        service.open(max_retries=0).ask(write)
    assert len(service.server.asked) == 1, "retries are as many as asked for"


def test_nobody_listening_is_unavailable(service: Service, write: WriteRequest) -> None:
    """A wrong port is named, without the credentials that a URL may hold."""
    url = "http://user:secret@127.0.0.1:1/v1"
    model = open_model(f"{service.wire.provider}:vision-1", base_url=url, max_retries=0)
    with pytest.raises(ModelUnavailable, match=r"connection to http://127\.0\.0\.1:1/v1") as caught:
        model.ask(write)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"id": ', "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"<html>It works!</html>", "text/html"),
        (b"", "application/json"),
        (b"null", "application/json"),
        (b"[]", "application/json"),
        (b"{}", "application/json"),
        (b'"text"', "application/json"),
        (b'{"choices": [], "content": null}', "application/json"),
        (b'{"choices": [null], "content": 3}', "application/json"),
        (b'{"choices": [{}], "content": {}}', "application/json"),
        (b'{"choices": "text", "content": "text"}', "application/json"),
    ],
    ids=[
        "torn",
        "binary",
        "html",
        "nothing",
        "null",
        "list",
        "object",
        "string",
        "none",
        "holes",
        "bare",
        "strings",
    ],
)
def test_what_is_not_an_answer_of_the_api_is_unavailable(
    service: Service, write: WriteRequest, content: bytes, kind: str
) -> None:
    """Whatever some other server says, the message points at the base URL."""
    service.server.will(answer(content, kind=kind))
    with pytest.raises(ModelUnavailable, match="base URL"):
        service.open(max_retries=0).ask(write)


@pytest.mark.parametrize("text", ["", "  \n", None])
def test_an_empty_answer_is_an_error(
    service: Service, write: WriteRequest, text: str | None
) -> None:
    """A reply is never empty."""
    service.server.will(service.wire.ok(text))
    with pytest.raises(ModelReplyError, match="empty"):
        service.open().ask(write)


def test_a_refusal_is_told_from_an_answer(service: Service, write: WriteRequest) -> None:
    """The model's own words are in the message."""
    service.server.will(service.wire.refused())
    with pytest.raises(ModelRefused, match="I cannot help with that"):
        service.open().ask(write)


def test_a_truncated_answer_names_the_remedy(service: Service, write: WriteRequest) -> None:
    """Half a program is never taken for one."""
    service.server.will(service.wire.truncated())
    with pytest.raises(ModelTruncated, match="max-output-tokens"):
        service.open().ask(write)


def test_an_unknown_model_is_named(service: Service, write: WriteRequest) -> None:
    """A 404 says which model, and that the URL may be wrong too."""
    service.server.will(answer(service.wire.error("no such model"), status=404))
    with pytest.raises(ModelError, match=r"vision-1: .*no such model.*base URL"):
        service.open().ask(write)
    assert len(service.server.asked) == 1


def test_tokens_are_zero_where_a_server_does_not_count(
    service: Service, write: WriteRequest
) -> None:
    """Local servers may leave usage and model out."""
    if isinstance(service.wire, OpenAIWire):
        message = {"role": "assistant", "content": "fine"}
        payload: dict[str, Any] = {"choices": [{"message": message, "finish_reason": "stop"}]}
    else:
        payload = {"content": [{"type": "text", "text": "fine"}], "stop_reason": "end_turn"}
    service.server.will(answer(payload))
    reply = service.open().ask(write)
    assert reply.text == "fine"
    assert reply.usage == Usage()
    assert reply.model == "vision-1"


def test_a_local_server_needs_no_key(
    service: Service, write: WriteRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a base URL is given, a missing key is no obstacle."""
    monkeypatch.delenv(f"{service.wire.provider.upper()}_API_KEY")
    service.server.will(service.wire.ok("fine"))
    assert service.open().ask(write).text == "fine"
    assert service.wire.authorisation(service.server.asked[0]) == "no-key-needed"


def test_a_missing_key_is_told_before_anything_is_asked(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the variable to set."""
    variable = f"{service.wire.provider.upper()}_API_KEY"
    monkeypatch.setenv(variable, "  ")
    with pytest.raises(ModelAuthError, match=variable):
        open_model(f"{service.wire.provider}:vision-1")


def test_the_base_url_may_stand_in_the_environment(
    service: Service, write: WriteRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDKs' own variable counts as a base URL."""
    url = service.wire.url(service.server)
    monkeypatch.setenv(f"{service.wire.provider.upper()}_BASE_URL", url)
    service.server.will(service.wire.ok("fine"))
    assert open_model(f"{service.wire.provider}:vision-1").ask(write).text == "fine"


def test_many_threads_may_ask_at_once(service: Service, write: WriteRequest) -> None:
    """K samples of a round are asked in parallel with one model."""
    together = threading.Barrier(4)
    fine = service.wire.ok("fine")

    def act(handler: Any) -> None:
        together.wait(timeout=60)  # nobody is answered before all four have asked
        fine(handler)

    service.server.will(act)
    model = service.open(max_retries=0)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: model.ask(write), range(4)))
    assert [reply.text for reply in replies] == ["fine"] * 4


@pytest.mark.parametrize("word", ["response_format", "output_config.format"])
def test_a_server_without_structured_output_is_asked_in_words(
    service: Service, describe: DescribeRequest, word: str
) -> None:
    """The schema is left out after one refusal of it, and stays out."""
    wire = service.wire
    said = wire.error(f"'{word}' is not supported by this model")
    service.server.will(answer(said, status=400), wire.ok("{}"))
    model = service.open()
    model.ask(describe)
    model.ask(describe)
    sent = [wire.schema(asked) is not None for asked in service.server.asked]
    assert sent == [True, False, False]


def test_another_rejection_is_not_taken_for_missing_structured_output(
    service: Service, describe: DescribeRequest
) -> None:
    """A model that cannot see pictures says so once."""
    said = service.wire.error("this model does not support image input")
    service.server.will(answer(said, status=400))
    with pytest.raises(ModelError, match="does not support image input"):
        service.open().ask(describe)
    assert len(service.server.asked) == 1


def test_a_content_filter_is_a_refusal(server: ModelServer, write: WriteRequest) -> None:
    """Whether it stops the question or the answer."""
    wire = OpenAIWire()
    model = Service(wire, server).open()
    server.will(wire.ok("def", reason="content_filter"))
    with pytest.raises(ModelRefused, match="content filter"):
        model.ask(write)
    server.will(answer(wire.error("flagged", code="content_filter"), status=400))
    with pytest.raises(ModelRefused, match="content filter"):
        model.ask(write)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("missing", ["the SDK", "httpx2"])
def test_a_missing_sdk_says_what_to_install(
    provider: str, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who asks for a provider needs its package, and what that package brings."""
    gone = provider if missing == "the SDK" else missing
    for name in [name for name in sys.modules if name.partition(".")[0] in {provider, gone}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, gone, None)
    for name in (provider, "patience"):
        monkeypatch.delitem(sys.modules, f"synth.models.{name}", raising=False)
    with pytest.raises(UsageError, match=rf"pip install .*\[{provider}\]"):
        open_model(f"{provider}:vision-1")
