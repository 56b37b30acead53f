"""版本比较: what differs between two contents of an evaluation, figure by figure and word by word.

compare    everything that differs, ready to be shown (`comparison.Comparison`)
same       whether anything that a person filled in differs at all; cheap
words      two texts → one with marked words
"""

from __future__ import annotations

from .comparison import Comparison, compare
from .sameness import same

__all__ = ["Comparison", "compare", "same"]
