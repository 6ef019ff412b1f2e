"""Digests: what a channel is told by the clock."""
