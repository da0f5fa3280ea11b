# Tells door and key by their being coloured; a grey one is as grey as the walls.
#
# caught by: expert
# because: exactly those whose first image shows the colour \(45, 45, 45\)


def apart(one, other):
    tint = one.max(axis=-1) - one.min(axis=-1), other.max(axis=-1) - other.min(axis=-1)
    return np.abs(tint[0] - tint[1])
