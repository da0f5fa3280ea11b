"""How a service wants to be asked, learned from what it refuses.

Servers that speak the same API differ in what they take: a JSON schema for the answer, the name
of the limit on output tokens, its size. They say so in words of their own, in a rejection. So
the words are searched for the *kind* of thing refused, and the request is sent once more in the
next manner. Whatever was learned holds for the requests that follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["LimitName", "Manner"]

LimitName = Literal["max_tokens", "max_completion_tokens"]

_REJECTED = frozenset({400, 404, 405, 415, 422, 500, 501})
"""With a 5xx too: some servers fail inside where they cannot build a grammar."""

_SCHEMA = (
    "response_format", "response_schema", "responseschema", "json_schema", "json schema",
    "json mode", "json_validate", "generate json", "output_config", "output_format", "structured",
    "guided", "grammar", "additionalproperties", "generation_config", "text.format",
)  # fmt: skip
_LIMIT = ("max_tokens", "max_completion_tokens", "max_output_tokens", "max tokens")
_NOT_TAKEN = re.compile(
    r"unsupported|not supported|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed"
    r"|deprecated|use '?max|extra (?:inputs|fields)|additional propert|invalid (?:param|argument)"
)
_NUMBER = re.compile(r"(?<!\d)[0-9][0-9,_]{0,11}(?![0-9])")
_LEAST = 256
"""No model allows less than this; a smaller number in a message means something else."""


@dataclass(frozen=True, slots=True)
class Manner:
    """One way to send a request.

    Attributes:
        schema: Whether the answer's JSON schema is sent; the prompt asks for the same in words.
        limit: The name under which the limit on output tokens is sent.
        tokens: That limit; ``None`` sends none.
        given: Whether the user set the limit; then it is not changed.
    """

    schema: bool = True
    limit: LimitName = "max_tokens"
    tokens: int | None = None
    given: bool = False

    def after(self, status: int, body: object, *, schema_sent: bool) -> Manner | None:
        """The manner to try after a rejection, or ``None`` where it tells of no other.

        Args:
            status: HTTP status.
            body: What came with it, in whatever form.
            schema_sent: Whether the rejected request held a schema.

        For example, ``Manner(tokens=16384)`` after ``max_tokens: 16384 > 8192, which is the
        maximum`` is ``Manner(tokens=8192)``.
        """
        if status not in _REJECTED:
            return None
        said = str(body).lower()
        if self.tokens is not None and any(word in said for word in _LIMIT):
            other = self._other_limit(said)
            if other is not None:
                return other
        if self.schema and schema_sent and any(word in said for word in _SCHEMA):
            return replace(self, schema=False)
        return None

    def _other_limit(self, said: str) -> Manner | None:
        if _NOT_TAKEN.search(said):
            # Each name is tried once: whoever refuses the newer one is not sent the older again.
            newer = self.limit == "max_tokens" and "max_completion_tokens" in said
            older = self.limit == "max_completion_tokens"
            if newer or older:
                name: LimitName = "max_completion_tokens" if newer else "max_tokens"
                return None if older and "use 'max_comp" in said else replace(self, limit=name)
        if self.given or self.tokens is None:
            return None
        sizes = (int(re.sub(r"[,_]", "", number)) for number in _NUMBER.findall(said))
        allowed = max((n for n in sizes if _LEAST <= n < self.tokens), default=None)
        return None if allowed is None else replace(self, tokens=allowed)
