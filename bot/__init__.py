"""Slack and the clock: what talks to people, and when."""
