"""Rewards that are no programs and answer like one, to be compared with programs.

Chosen by name, wherever a reward program is: ``clip:MODEL`` and ``vlm:MODEL``
(`synth.named_reward`). Each looks at one picture at a time and keeps no memory of episodes.
"""
