"""Static verification of scoring rules: what can be told from a rule's parameters alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby, pairwise

from . import open_groups
from .faults import Fault
from .kinds import ZERO, Bands, Checklist, Deviation, Judged, Level, Ratio, Scaled, Target
from .names import did_you_mean
from .rules import HUNDRED, first_band, level_range
from .spec import Indicator, OpenGroup
from .values import plain

_WAYS = (ROUND_FLOOR, ROUND_CEILING)


def rule_faults(place: str, leaf: Indicator) -> Iterator[Fault]:
    """Faults of the rule of one leaf with a weight."""
    verifier = _KINDS.get(leaf.rule.kind)
    if verifier:
        yield from verifier(f"{place}.rule", leaf.rule, leaf.weight)
    if leaf.round_value is not None and leaf.round_value not in range(7):
        yield Fault(f"{place}.round_value", "指标值的小数位数应在 0 至 6 之间")
    elif isinstance(leaf.rule, Bands):
        yield from _holes(f"{place}.rule", leaf.rule, leaf.round_value)


def open_faults(place: str, group: Indicator, level: int) -> Iterator[Fault]:
    """Faults of an open group at `level` (0: 一级指标) of the tree."""
    own = group.open
    if level:
        yield Fault(f"{place}.open", "自设指标的组应是一级指标：它下面是二级指标和自设的三级指标")
    if group.rule is not None:
        yield Fault(f"{place}.rule", "自设指标的组不写计分规则，规则写在 open 里")
    if group.na != "forbidden" or group.na_when:
        yield Fault(f"{place}.na", "自设的指标没有不适用：不适用的就不设")
    if len(set(own.seconds)) < len(own.seconds):
        yield Fault(f"{place}.open.seconds", "二级指标重复")
    for number, name in enumerate(own.required_seconds):
        if name not in own.seconds:
            yield Fault(f"{place}.open.required_seconds[{number}]", f"“{name}”不在可选的二级指标里")
    yield from _firsts(f"{place}.open.firsts", own)
    if own.max_rows < max(len(own.required_seconds), 1):
        yield Fault(f"{place}.open.max_rows", "行数不够填写必须有的二级指标")
    yield from _own_columns(f"{place}.open", group)
    yield from _target(f"{place}.open.rule", own.rule, None)


def _firsts(place: str, own: OpenGroup) -> Iterator[Fault]:
    """Every 二级指标 below one 一级指标, and those of one side by side."""
    first_of: dict[str, str] = {}
    for first, seconds in own.firsts.items():
        for second in seconds:
            if second not in own.seconds:
                yield Fault(f"{place}.{first}", f"“{second}”不在可选的二级指标里")
            elif second in first_of:
                yield Fault(f"{place}.{first}", f"“{second}”已经归入“{first_of[second]}”")
            first_of.setdefault(second, first)
    lacking = [second for second in own.seconds if own.firsts and second not in first_of]
    if lacking:
        yield Fault(place, f"“{lacking[0]}”没有归入哪个一级指标")
    runs = [first for first, _ in groupby(own.seconds, key=first_of.get) if first]
    if apart := next((first for first in runs if runs.count(first) > 1), None):
        yield Fault(place, f"“{apart}”的二级指标在可选的二级指标（seconds）里没有排在一起")


def _own_columns(place: str, group: Indicator) -> Iterator[Fault]:
    """Columns that the form adds, and what it calls the others."""
    own = group.open
    known = {column.code for column in open_groups.columns(group)}
    for number, column in enumerate(own.columns):
        if not column.label.strip():
            yield Fault(f"{place}.columns[{number}].label", "没有名称，请写上")
        if (column.kind == "choice") != bool(column.choices):
            yield Fault(f"{place}.columns[{number}].choices", "选择项（choice）要写可选的值，其他类型不写")
    for code, label in own.labels.items():
        if code not in known:
            yield Fault(f"{place}.labels.{code}", f"自设指标没有“{code}”这一列{did_you_mean(code, known)}")
        elif not label.strip():
            yield Fault(f"{place}.labels.{code}", "没有名称，请写上")


def _positive(place: str, rule: object, *names: str) -> Iterator[Fault]:
    for name in names:
        if getattr(rule, name) <= 0:
            yield Fault(f"{place}.{name}", f"应大于 0，而不是 {plain(getattr(rule, name))}")


def _floor(place: str, floor: Decimal, weight: Decimal) -> Iterator[Fault]:
    if not 0 <= floor < weight:
        yield Fault(f"{place}.floor", f"最低分 {plain(floor)} 应不小于 0、小于分值 {plain(weight)}")


def _unreachable(place: str, loss: Decimal, floor: Decimal, weight: Decimal, why: str) -> Iterator[Fault]:
    """扣完为止 that can never come true: a property of some real standards, so a warning."""
    if 0 < loss < weight - floor:
        message = (
            f"{why}，最多扣 {plain(loss)} 分，最低得 {plain(weight - loss)} 分，扣不到 {plain(floor)} 分"
        )
        yield Fault(f"{place}.floor", message, "warning")


def _deviation(place: str, rule: Deviation, weight: Decimal) -> Iterator[Fault]:
    yield from _positive(place, rule, "step", "points_per_step")
    yield from _floor(place, rule.floor, weight)
    if rule.side == "under" and rule.limit > 0 and rule.step > 0:
        loss = rule.limit / rule.step * rule.points_per_step
        yield from _unreachable(
            place, loss, rule.floor, weight, f"指标值不小于 0 时，低于 {plain(rule.limit)} 的部分"
        )


def _bands(place: str, rule: Bands, weight: Decimal) -> Iterator[Fault]:
    if not rule.bands:
        yield Fault(f"{place}.bands", "一档也没有，请至少写一档")
        return
    samples = _samples(sorted({band.bound for band in rule.bands}))
    winners = [first_band(rule, value) for value in samples]
    for number, band in enumerate(rule.bands):
        where = f"{place}.bands[{number}]"
        if not 0 <= band.points <= weight:
            yield Fault(f"{where}.points", f"{plain(band.points)} 分不在 0 至分值 {plain(weight)} 之间")
        if not any(winner is band for winner in winners):
            yield Fault(where, f"这一档（{band.op} {plain(band.bound)}）永远轮不到：前面的档已经包含它")
    if rule.otherwise is not None and not 0 <= rule.otherwise <= weight:
        yield Fault(f"{place}.otherwise", f"{plain(rule.otherwise)} 分不在 0 至分值 {plain(weight)} 之间")
    if max(band.points for band in rule.bands) != weight and rule.otherwise != weight:
        yield Fault(f"{place}.bands", f"没有一档能得满分 {plain(weight)} 分", "warning")
    yield from _overlap(place, rule)


def _holes(place: str, rule: Bands, places: int | None) -> Iterator[Fault]:
    """Values that no band covers, of those that a value rounded to `places` can take.

    Fewer points between two bands than in both is a mistake; fewer beyond the best band may be one. Between
    two values that are named one by one nothing is expected.
    """
    if rule.otherwise is None or not rule.bands:
        return
    samples = sorted(_samples(sorted({band.bound for band in rule.bands})))
    line = [(value, band) for value in samples if (band := first_band(rule, value))]
    least = plain(rule.otherwise)
    for (low, below), (high, above) in pairwise(line):
        hole = _uncovered(rule, low, high, [value for value in samples if low < value < high], places)
        exact = below.op == above.op == "=="
        if hole is not None and rule.otherwise < min(below.points, above.points) and not exact:
            words = f"各档之间有空档：{plain(hole)} 不在任何一档，只得 {least} 分，请补上这一段"
            yield Fault(f"{place}.bands", words)
    best = max(band.points for band in rule.bands)
    for end, end_of_line, where in ((0, samples[0], "小于"), (-1, samples[-1], "大于")):
        band = line[end][1]
        is_best = band.points == best > rule.otherwise
        rising = any(other.points < best for _, other in line) or (band.op == "==" and end)
        if first_band(rule, end_of_line) is None and is_best and rising:
            words = f"比最好的一档还要{where} {plain(band.bound)} 的值不在任何一档，只得 {least} 分"
            yield Fault(f"{place}.bands", words, "warning")


def _uncovered(
    rule: Bands, low: Decimal, high: Decimal, between: list[Decimal], places: int | None
) -> Decimal | None:
    """A value between `low` and `high` that occurs and that no band covers."""
    if places is not None:
        scaled = (one.scaleb(places) for one in between)
        between = [one.to_integral_value(way).scaleb(-places) for one in scaled for way in _WAYS]
    return next((one for one in between if low < one < high and first_band(rule, one) is None), None)


def _overlap(place: str, rule: Bands) -> Iterator[Fault]:
    """An upper and a lower bound that hold together leave it to the order which counts."""
    above = [band for band in rule.bands if band.op in (">=", ">")]
    below = [band for band in rule.bands if band.op in ("<=", "<")]
    for high in above:
        for low in below:
            if high.bound < low.bound or (high.bound == low.bound and (high.op, low.op) == (">=", "<=")):
                words = (
                    f"{high.op} {plain(high.bound)} 与 {low.op} {plain(low.bound)} 两档重叠，排在前面的算数"
                )
                yield Fault(f"{place}.bands", words, "warning")


def _samples(bounds: list[Decimal]) -> list[Decimal]:
    """A value at every bound, between every two, and beyond both ends: no band can change in between."""
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    return [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]


def _checklist(place: str, rule: Checklist, weight: Decimal) -> Iterator[Fault]:
    if not rule.items:
        yield Fault(f"{place}.items", "一项也没有，请至少写一项评价要点")
        return
    if rule.mode == "add":
        added = sum((item.points for item in rule.items), ZERO)
        if added != weight:
            yield Fault(f"{place}.items", f"各项分数之和 {plain(added)} 不等于分值 {plain(weight)}")
        for number, item in enumerate(rule.items):
            yield from _positive(f"{place}.items[{number}]", item, "points")
        return
    yield from _positive(place, rule, "per_violation")
    yield from _floor(place, rule.floor, weight)
    if rule.count == "items":
        loss = rule.per_violation * len(rule.items)
        why = f"共 {len(rule.items)} 项，每项扣 {plain(rule.per_violation)} 分"
        yield from _unreachable(place, loss, rule.floor, weight, why)


def _scaled(place: str, rule: Scaled, weight: Decimal) -> Iterator[Fault]:
    yield from _positive(place, rule, "of")


def _ratio(place: str, rule: Ratio, weight: Decimal) -> Iterator[Fault]:
    yield from _explain_over(place, rule)


def _explain_over(place: str, rule: Ratio | Target) -> Iterator[Fault]:
    if rule.explain_over is not None and rule.explain_over < HUNDRED:
        yield Fault(f"{place}.explain_over", "应不小于 100（目标的百分之几）")


def _target(place: str, rule: Target, weight: Decimal | None) -> Iterator[Fault]:
    """`weight` is None for the rows of an open group, which have weights of their own."""
    yield from _explain_over(place, rule)
    if rule.over_deduct and rule.explain_over is None:
        yield Fault(f"{place}.over_deduct", "写了超过目标扣的分，没有写超过百分之几才扣（explain_over）")
    if rule.over_deduct < 0:
        yield Fault(f"{place}.over_deduct", f"扣分应不小于 0，而不是 {plain(rule.over_deduct)}")
    elif weight is not None and rule.over_deduct > weight:
        words = f"扣 {plain(rule.over_deduct)} 分，多于分值 {plain(weight)} 分"
        yield Fault(f"{place}.over_deduct", words)
    if rule.coefficient_places is not None:
        yield from _coefficient(place, rule)
    fixed = [number for number, level in enumerate(rule.levels) if level.points is not None]
    if weight is None and fixed:
        words = "自设的指标分值各不相同，等次只能写占分值的百分比（low、high），不能写固定分数"
        yield Fault(f"{place}.levels[{fixed[0]}].points", words)
        return
    if weight is None:
        yield from _levels(place, rule.levels, HUNDRED, "% ")
    else:
        yield from _levels(place, rule.levels, weight)
    yield from _whole(place, rule.levels)


def _coefficient(place: str, rule: Target) -> Iterator[Fault]:
    """得分＝得分系数 × 分值 leaves no room for points of another origin."""
    if rule.coefficient_places not in range(5):
        yield Fault(f"{place}.coefficient_places", "得分系数的小数位数应在 0 至 4 之间")
    if rule.over_deduct:
        yield Fault(f"{place}.over_deduct", "按得分系数计分的（coefficient_places），不能另外扣分")
    fixed = next((number for number, level in enumerate(rule.levels) if level.points is not None), None)
    if fixed is not None:
        words = "按得分系数计分的，等次写百分比的区间（low、high），不能写固定分数"
        yield Fault(f"{place}.levels[{fixed}].points", words)


def _judged(place: str, rule: Judged, weight: Decimal) -> Iterator[Fault]:
    yield from _levels(place, rule.levels, weight)


def _whole(place: str, levels: tuple[Level, ...]) -> Iterator[Fault]:
    """Ranges that leave points at the bottom or at the top which nobody can be given."""
    ranges = [level_range(level, HUNDRED) for level in levels if level.points is None]
    if ranges and len(ranges) == len(levels):
        low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
        if (low, high) != (ZERO, HUNDRED):
            words = f"各等次合起来是分值的 {plain(low)}%–{plain(high)}%，没有覆盖 0–100%"
            yield Fault(f"{place}.levels", words)


def _levels(place: str, levels: tuple[Level, ...], weight: Decimal, unit: str = " 分") -> Iterator[Fault]:
    ranges = []
    for number, level in enumerate(levels):
        where = f"{place}.levels[{number}]"
        if level.points is not None:
            if not 0 <= level.points <= weight:
                yield Fault(f"{where}.points", f"{plain(level.points)} 分不在 0 至分值 {plain(weight)} 之间")
            if level.low is not None or level.high is not None:
                yield Fault(where, "固定分数（points）和区间（low、high）只能写一种")
            continue
        low, high = level_range(level, weight)
        if not 0 <= low < high <= weight:
            yield Fault(where, "区间应写成 low < high，都在 0 至 100（分值的百分之几）之间")
        ranges.append((low, high))
    if len({level.text for level in levels}) < len(levels):
        yield Fault(f"{place}.levels", "等次的名称重复")
    yield from _gaps(place, sorted(ranges), unit)


def _gaps(place: str, ranges: list[tuple[Decimal, Decimal]], unit: str) -> Iterator[Fault]:
    for (low, high), (next_low, next_high) in pairwise(ranges):
        if high != next_low:
            first = f"{plain(low)}–{plain(high)}{unit}"
            second = f"{plain(next_low)}–{plain(next_high)}{unit}"
            apart = "重叠" if high > next_low else "有空档"
            yield Fault(f"{place}.levels", f"{first}与 {second}之间{apart}")


_KINDS: dict[str, Callable[..., Iterator[Fault]]] = {
    "deviation": _deviation,
    "bands": _bands,
    "checklist": _checklist,
    "scaled": _scaled,
    "judged": _judged,
    "ratio": _ratio,
    "target": _target,
}
