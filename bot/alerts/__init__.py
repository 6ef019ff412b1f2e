"""Alerts: what a rule watches, what it saw, and the one message that tells of it."""
