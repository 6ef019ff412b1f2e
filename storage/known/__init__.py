"""What is known at `now`: the only way in which facts are read, a module for each kind of fact.

An event is known iff its instant is before `now`; a date-only event bears the last microsecond
of its day, so it is known once the day is over. Quantities that came or went are those of
receipts and shipments alone. What a source overwrites (promises, states) is what it was at `now`,
and unknown before we first saw it.
"""

from storage.known._rows import Named

__all__ = ["Named"]
