"""The pytest side of a suite: the plugin, the audit fixture, and the files that use them."""
