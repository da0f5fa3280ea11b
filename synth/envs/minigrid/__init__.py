"""The MiniGrid family: grid worlds of https://minigrid.farama.org, and BabyAI's levels.

Everything that synth knows of them is in this folder. Importing it needs no simulator;
making an environment does.
"""

from __future__ import annotations

from synth.envs.minigrid.family import FAMILY, MiniGridFamily
from synth.envs.minigrid.planning import planner

__all__ = ["FAMILY", "MiniGridFamily", "planner"]
