"""Labels: which pictures eyes are asked about, and what becomes of their answers.

Success flags vouch for the goal alone. For the other sub-tasks eyes are asked, and only where it
matters: on pictures on which *rival readings* of a sub-task disagree. `pool` gathers the pictures
that there are, `rivals` and `structural` think of readings, `choose` finds the pictures that tell
them apart, `sheets` deals them out for two looks, and `settle` turns answers into labels.

What a label is, and its file, is `synth.task.labels`; asking is the loop's.
"""
