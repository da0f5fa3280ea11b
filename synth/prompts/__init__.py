"""Typed requests and the templates that put them into words."""
