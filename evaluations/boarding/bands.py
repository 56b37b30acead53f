"""Classes into which scores and execution rates are counted; the same for table, chart and filter."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """Values from `low` (None: without limit) up to, not including, `high`; `key` names it in addresses."""

    key: str
    label: str
    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal | None) -> bool:
        """Whether a value lies in the band; one that is missing lies in none."""
        if value is None:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


def _between(low: int, high: int, label: str) -> Band:
    return Band(str(low), label.format(low=low, high=high), Decimal(low), Decimal(high))


#: 分; the last holds 100 and what bonus points add.
SCORES = (
    Band("0", "不足 60 分", None, Decimal(60)),
    *(_between(low, low + 5, "{low}—{high} 分") for low in range(60, 95, 5)),
    Band("95", "95 分及以上", Decimal(95), None),
)
#: 全年执行数 ÷ 全年预算数 in percent, kept with two decimals: 100% is no overspending yet.
RATES = (
    Band("0", "不足 60%", None, Decimal(60)),
    *(_between(low, high, "{low}%—{high}%") for low, high in ((60, 70), (70, 80), (80, 90), (90, 95))),
    Band("95", "95%—100%", Decimal(95), Decimal("100.01")),
    Band("over", "超过 100%", Decimal("100.01"), None),
)


def labels(bands: tuple[Band, ...]) -> list[tuple[str, str]]:
    """As choices of a filter."""
    return [(band.key, band.label) for band in bands]


def band_of(bands: tuple[Band, ...], key: str) -> Band:
    """The band of this key; raises `StopIteration` for none, which a filter never lets pass."""
    return next(band for band in bands if band.key == key)
