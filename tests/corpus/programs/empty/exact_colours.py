# Compares colours exactly, as they are without the light of the agent's view.
#
# caught by: metamorphic
# because: highlight


def green(pixels):
    return (pixels == np.array((0, 255, 0))).all(axis=-1)


def red(pixels):
    return (pixels == np.array((255, 0, 0))).all(axis=-1)
