"""A phone of our own: apps are opened by taps, and the mission names the app."""
