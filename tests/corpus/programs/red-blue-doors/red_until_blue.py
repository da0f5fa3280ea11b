# Takes the red door for open only until the blue one is, too.
#
# caught by: scenes
# because: red_door_open no longer holds at frame \d+ .* only another thing


def red_door_open(now, initial):
    return opens(now, initial, LEFT_WALL) and not opens(now, initial, RIGHT_WALL)
