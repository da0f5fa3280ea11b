"""The checks, one module to a group of them; `synth.suite.registry` loads them."""
