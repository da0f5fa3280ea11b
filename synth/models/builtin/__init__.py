"""A program synthesiser that needs no key, no network and no GPU."""

from synth.models.builtin.model import BuiltinModel, open_provider

__all__ = ["BuiltinModel", "open_provider"]
