"""The tables of a board: pure counting over rows and details, one shape for page, chart and Excel.

Every number that counts reports carries the filter that lists exactly those reports.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ..wording import SEVERITIES
from .bands import RATES, SCORES, Band
from .rectifications import Tally
from .rows import NO_GRADE, STATES, Details, Row

HUNDRED = Decimal(100)
#: How many lines of a long table the page shows; the workbook has all.
SHOWN = 10

Value = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value; `narrow`: what a filter adds to list what is counted (None: nothing to list)."""

    value: Value
    narrow: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """`unit` stands behind each value; figures stand right."""

    label: str
    number: bool = True
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`bars`: (label, value) of its chart, `upright` for classes that follow each other. `total`: whether the
    last row sums the others up. `listed`: the filter that lists all rows, where the page shows the first.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    total: bool = False
    bars: tuple[tuple[str, int | Decimal], ...] = ()
    upright: bool = False
    listed: Mapping[str, str] | None = None


def board(rows: Collection[Row], found: Details) -> list[Table]:
    """All tables, in the order in which they are shown."""
    return [
        progress(rows),
        scores(rows),
        grades(rows),
        deductions(rows, found),
        findings(rows, found),
        rates(rows),
        lowest(rows),
        late(rows),
    ]


def progress(rows: Collection[Row]) -> Table:
    """进度: states by region, with those that are late."""
    by_region: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_region[row.region].append(row)
    lines = [_progress_line(part[0].region_name, part, {"place": code}) for code, part in by_region.items()]
    if len(lines) > 1:
        lines.append(_progress_line("合计", rows, {}))
    counted = Counter(row.state for row in rows)
    return Table(
        "progress",
        "进度",
        (Column("行政区划", False), Column("单位"), *map(Column, STATES.values()), Column("逾期未送审")),
        tuple(lines),
        total=len(lines) > 1,
        bars=tuple((label, counted[state]) for state, label in STATES.items()),
    )


def scores(rows: Collection[Row]) -> Table:
    """得分分布 of the official totals."""
    values = sorted(row.score for row in rows if row.score is not None)
    note = "还没有可以统计的得分。"
    if values:
        note = (
            f"{len(values)} 份报告，平均 {_mean(values)} 分，中位数 {_median(values)} 分，"
            f"最高 {values[-1]} 分，最低 {values[0]} 分。"
        )
    return _distribution("score", "得分分布", "分数段", SCORES, values, note)


def grades(rows: Collection[Row]) -> Table:
    """等级, the commonest first."""
    readable = [row for row in rows if row.readable]
    counted = Counter(row.grade or NO_GRADE for row in readable)
    lines = [
        (
            Cell("未定等级" if grade == NO_GRADE else grade),
            Cell(count, {"grade": grade}),
            Cell(_share(count, len(readable))),
        )
        for grade, count in counted.most_common()
    ]
    columns = (Column("等级", False), Column("报告"), Column("占比", unit="%"))
    return Table("grade", "等级", columns, tuple(lines), bars=_bars(lines, 0, 1))


def deductions(rows: Collection[Row], found: Details) -> Table:
    """失分指标: at which indicators most reports lost points, by template."""
    titles = {row.template: row.template_title for row in rows if row.readable}
    scored = Counter(row.template for row in rows if row.readable)
    lost: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in rows:
        for one in found.losses.get(row.pk, ()):
            lost[one.template, one.code].append(one.points)
    ordered = sorted(lost.items(), key=lambda item: (-len(item[1]), -sum(item[1]), item[0]))
    lines = tuple(
        (
            Cell(found.names.get(key, key[1])),
            Cell(titles[key[0]]),
            Cell(len(points), {"indicator": f"{key[0]}:{key[1]}"}),
            Cell(_share(len(points), scored[key[0]])),
            Cell(sum(points)),
            Cell(_mean(points)),
        )
        for key, points in ordered
    )
    columns = (
        Column("指标", False),
        Column("指标模板", False),
        Column("失分报告"),
        Column("占该模板报告", unit="%"),
        Column("共失分"),
        Column("平均失分"),
    )
    return Table("deduction", "失分最多的指标", columns, lines, bars=_bars(lines, 0, 2, 10))


def findings(rows: Collection[Row], found: Details) -> Table:
    """审核问题: which checks speak in most reports, as they were sent."""
    reports: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    said: dict[str, tuple[str, str]] = {}
    for row in rows:
        noted = found.findings.get(row.pk, ())
        reports.update({one.code for one in noted})
        for one in noted:
            counted[one.code] += one.count
            said[one.code] = (one.title, SEVERITIES[one.severity])
    lines = tuple(
        (
            Cell(said[code][0]),
            Cell(code),
            Cell(said[code][1]),
            Cell(reports[code], {"check": code}),
            Cell(counted[code]),
        )
        for code in sorted(reports, key=lambda code: (-reports[code], -counted[code], code))
    )
    columns = (
        Column("审核事项", False),
        Column("审核编号", False),
        Column("程度", False),
        Column("报告"),
        Column("条数"),
    )
    return Table("finding", "最常见的审核问题", columns, lines, bars=_bars(lines, 0, 3, 10))


def rates(rows: Collection[Row]) -> Table:
    """执行率 of the reports, and that of all their amounts together."""
    values = sorted(row.rate for row in rows if row.rate is not None)
    final = sum((row.final for row in rows if row.rate is not None), Decimal(0))
    executed = sum((row.executed for row in rows if row.rate is not None), Decimal(0))
    note = "还没有可以统计的执行率。"
    if values and final:
        note = (
            f"{len(values)} 份报告合计：全年预算数 {wan(final):,} 万元，全年执行数 {wan(executed):,} 万元，"
            f"执行率 {_share(executed, final)}%。"
        )
    return _distribution("rate", "预算执行率", "执行率", RATES, values, note)


def lowest(rows: Collection[Row]) -> Table:
    """The lowest execution rates first."""
    known = sorted((row for row in rows if row.rate is not None), key=lambda row: (row.rate, row.code))
    lines = tuple(
        (
            Cell(row.name, {"department": row.code}),
            Cell(row.region_name),
            Cell(wan(row.final)),
            Cell(wan(row.executed)),
            Cell(row.rate),
        )
        for row in known
    )
    columns = (
        Column("单位", False),
        Column("行政区划", False),
        Column("全年预算数（万元）"),
        Column("全年执行数（万元）"),
        Column("执行率", unit="%"),
    )
    return Table("lowest", "执行率从低到高", columns, lines)


def late(rows: Collection[Row]) -> Table:
    """逾期未送审, the longest first."""
    found = sorted((row for row in rows if row.late), key=lambda row: (-row.late, row.region, row.code))
    lines = tuple(
        (
            Cell(row.name, {"department": row.code}),
            Cell(row.region_name),
            Cell(row.state_label),
            Cell(row.due_on),
            Cell(row.late),
        )
        for row in found
    )
    columns = (
        Column("单位", False),
        Column("行政区划", False),
        Column("状态", False),
        Column("截止日期", False),
        Column("逾期", unit="天"),
    )
    return Table("late", "逾期未送审", columns, lines, listed={"late": "1"})


def rectification(counted: Tally) -> Table:
    """整改 of the year: tasks by state, and those that are overdue."""
    lines = [(Cell(label), Cell(count, {"rectification": state})) for state, label, count in counted.states]
    lines.append((Cell("其中逾期"), Cell(counted.late, {"rectification": "late"})))
    return Table(
        "rectification",
        "整改",
        (Column("状态", False), Column("事项")),
        tuple(lines) if counted.all else (),
        note="按年度和行政区划统计，不受其他条件影响。",
    )


def wan(amount: Decimal | None) -> Decimal | None:
    """元 → 万元 with two decimals."""
    return None if amount is None else _rounded(amount / 10000)


def _progress_line(name: str, part: Collection[Row], narrow: Mapping[str, str]) -> tuple[Cell, ...]:
    counted = Counter(row.state for row in part)
    overdue = sum(row.late > 0 for row in part)
    return (
        Cell(name),
        Cell(len(part), narrow),
        *(Cell(counted[state], {**narrow, "state": state}) for state in STATES),
        Cell(overdue, {**narrow, "late": "1"}),
    )


def _distribution(
    key: str, title: str, label: str, bands: Iterable[Band], values: Collection[Decimal], note: str
) -> Table:
    counted = [(band, sum(map(band.holds, values))) for band in bands]
    lines = tuple(
        (Cell(band.label), Cell(count, {key: band.key}), Cell(_share(count, len(values))))
        for band, count in counted
    )
    columns = (Column(label, False), Column("报告"), Column("占比", unit="%"))
    return Table(key, title, columns, lines, note, bars=_bars(lines, 0, 1), upright=True)


def _bars(
    lines: Iterable[tuple[Cell, ...]], label: int, value: int, most: int = 99
) -> tuple[tuple[str, int], ...]:
    return tuple((str(line[label].value), line[value].value) for line in [*lines][:most])


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return _rounded(Decimal(part) / Decimal(whole) * HUNDRED) if whole else None


def _mean(values: Collection[Decimal]) -> Decimal:
    return _rounded(sum(values, Decimal(0)) / len(values))


def _median(ordered: list[Decimal]) -> Decimal:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _rounded((ordered[middle - 1] + ordered[middle]) / 2)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
