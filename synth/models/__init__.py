"""Providers: one module each, behind the protocol in `synth.models.base`."""
