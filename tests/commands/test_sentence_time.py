from datetime import date

import pytest

from commands._sentence_time import time_in

TODAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ("lead times over the past three months", "last 3 months", "lead times"),
        ("who left in the last 90 days?", "last 90 days", "who left ?"),
        ("late since January", "since 2026-01-01", "late"),
        ("late since October", "since 2025-10-01", "late"),
        ("late since the start of march 2024", "since 2024-03-01", "late"),
        ("what changed since yesterday?", "since 2026-03-19", "what changed ?"),
        ("what changed since Friday", "since 2026-03-13", "what changed"),
        ("late since monday", "since 2026-03-16", "late"),
        ("since 2026-01-31 please", "since 2026-01-31", "please"),
        ("what came in February", "in february 2026", "what came"),
        ("what came in may", "in may 2025", "what came"),
        ("turnover for 2025", "in 2025", "turnover"),
        ("which got slower this month", "this month", "which got slower"),
        ("otif so far this quarter", "this quarter", "otif"),
        ("otif ytd", "this year", "otif"),
        ("who left over the past year", "last 1 year", "who left"),
        ("who left last quarter", "last quarter", "who left"),
        ("slower than last year?", "vs last year", "slower ?"),
        ("last 6 months compared to last year", "last 6 months vs last year", ""),
        ("slower than before", None, "slower"),
        ("churn yoy", "vs last year", "churn"),
        ("Borealis Steel", None, "Borealis Steel"),
    ],
)
def test_a_window_is_taken_out_of_a_sentence(text, said, rest):
    window, left = time_in(text, TODAY)
    assert (window, " ".join(left.split())) == (said, rest)
