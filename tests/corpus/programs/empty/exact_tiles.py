# Allows for light, but not for noise: green must have as much red as blue in it.
#
# caught by: metamorphic
# because: noise


def green(pixels):
    return (pixels[..., 1] - pixels[..., 0] > TINT) & (pixels[..., 0] == pixels[..., 2])


def red(pixels):
    return (pixels[..., 0] - pixels[..., 1] > TINT) & (pixels[..., 1] == pixels[..., 2])
