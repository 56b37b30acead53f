"""Words that several pages and commands share."""

from __future__ import annotations

#: What a finding asks of the person, by severity.
SEVERITIES = {"must_fix": "必须改正", "explain": "需说明", "hint": "提示"}
