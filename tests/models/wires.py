"""The wire formats of the two APIs, as their documentation has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model_server import answer, png_size

if TYPE_CHECKING:
    from model_server import Act, Asked, ModelServer


class OpenAIWire:
    """Chat completions, as that API writes them."""

    provider = "openai"
    path = "/v1/chat/completions"

    def url(self, server: ModelServer) -> str:
        """The base URL of a server that speaks it."""
        return f"{server.url}/v1"

    def ok(self, text: str | None, **changes: Any) -> Act:
        """An answer with that text."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": changes.get("refusal")},
            "finish_reason": changes.get("reason", "stop"),
            "logprobs": None,
        }
        return answer(self.payload([choice]))

    def payload(self, choices: Any) -> dict[str, Any]:
        """The JSON of an answer."""
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "vision-1-2026-01-01",
            "choices": choices,
            "usage": {"prompt_tokens": 1200, "completion_tokens": 34, "total_tokens": 1234},
        }

    def truncated(self) -> Act:
        """An answer cut at the token limit."""
        return self.ok("def half(", reason="length")

    def refused(self) -> Act:
        """A refusal."""
        return self.ok(None, refusal="I cannot help with that.")

    def error(self, message: str, **extra: Any) -> dict[str, Any]:
        """The JSON of an error."""
        return {"error": {"message": message, "type": "some_error", "param": None, **extra}}

    def authorisation(self, asked: Asked) -> str:
        """The key that came."""
        return asked.headers["authorization"].removeprefix("Bearer ")

    def system(self, asked: Asked) -> str:
        """The system text that came."""
        first = asked.body["messages"][0]
        assert first["role"] == "system"
        return first["content"]

    def texts_and_sizes(self, asked: Asked) -> list[Any]:
        """The texts, and in their places the sizes of the pictures, in order."""
        found: list[Any] = []
        for part in asked.body["messages"][1]["content"]:
            if part["type"] == "text":
                found.append(part["text"])
            else:
                head, _, data = part["image_url"]["url"].partition(",")
                assert head == "data:image/png;base64"
                found.append(png_size(data))
        return found

    def schema(self, asked: Asked) -> Any:
        """The JSON schema that came, or None."""
        form = asked.body.get("response_format")
        if form is None:
            return None
        assert form["type"] == "json_schema"
        assert form["json_schema"]["strict"] is True
        return form["json_schema"]["schema"]

    def limit(self, asked: Asked) -> int | None:
        """The limit of output tokens that came, or None."""
        return asked.body.get("max_tokens")


class AnthropicWire:
    """Messages, as that API writes them."""

    provider = "anthropic"
    path = "/v1/messages"

    def url(self, server: ModelServer) -> str:
        """The base URL of a server that speaks it."""
        return server.url

    def ok(self, text: str | None, **changes: Any) -> Act:
        """An answer with that text."""
        blocks: list[dict[str, Any]] = [{"type": "thinking", "thinking": "hm", "signature": "x"}]
        if text is not None:
            blocks += [{"type": "text", "text": text[:3]}, {"type": "text", "text": text[3:]}]
        return answer(self.payload(blocks, changes.get("reason", "end_turn")))

    def payload(self, blocks: Any, reason: str = "end_turn") -> dict[str, Any]:
        """The JSON of an answer."""
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "vision-1-2026-01-01",
            "content": blocks,
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": {
                "input_tokens": 1000,
                "cache_read_input_tokens": 150,
                "cache_creation_input_tokens": 50,
                "output_tokens": 34,
            },
        }

    def truncated(self) -> Act:
        """An answer cut at the token limit."""
        return self.ok("def half(", reason="max_tokens")

    def refused(self) -> Act:
        """A refusal."""
        return self.ok("I cannot help with that.", reason="refusal")

    def error(self, message: str, **extra: Any) -> dict[str, Any]:
        """The JSON of an error."""
        return {"type": "error", "error": {"type": "some_error", "message": message, **extra}}

    def authorisation(self, asked: Asked) -> str:
        """The key that came."""
        # Newer versions of the SDK send a bearer token, older ones a header of their own.
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return asked.headers.get("x-api-key") or bearer

    def system(self, asked: Asked) -> str:
        """The system text that came."""
        return asked.body["system"]

    def texts_and_sizes(self, asked: Asked) -> list[Any]:
        """The texts, and in their places the sizes of the pictures, in order."""
        found: list[Any] = []
        (message,) = asked.body["messages"]
        assert message["role"] == "user"
        for part in message["content"]:
            if part["type"] == "text":
                found.append(part["text"])
            else:
                assert part["source"]["media_type"] == "image/png"
                found.append(png_size(part["source"]["data"]))
        return found

    def schema(self, asked: Asked) -> Any:
        """The JSON schema that came, or None."""
        config = asked.body.get("output_config")
        if config is None:
            return None
        assert config["format"]["type"] == "json_schema"
        return config["format"]["schema"]

    def limit(self, asked: Asked) -> int | None:
        """The limit of output tokens that came, or None."""
        return asked.body.get("max_tokens")


Wire = OpenAIWire | AnthropicWire
