"""MiniWoB++'s pages, of the package ``miniwob``, in a Chromium of our own."""
