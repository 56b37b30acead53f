"""年度指标值 and 实际完成值 as people write them: what is a number, and what a person must judge."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indicators.engine import attainment, targets
from indicators.engine.attainment import same_unit
from indicators.engine.targets import MAX_CHARS, Goal, read

D = Decimal

#: What is typed → operator, number, unit; then the words before and behind.
READ = {
    # as the five reports and the forms have it
    "≥500人 次": ("≥", "500", "人次"),
    "参保人数超过25000人": (">", "25000", "人", "参保人数"),
    "33000人参保": ("=", "33000", "人", "", "参保"),
    "1次/季": ("=", "1", "次/季"),
    "100%": ("=", "100", "%"),
    "100百分比": ("=", "100", "%"),
    "≥100百分比": ("≥", "100", "%"),
    "≤90万元": ("≤", "900000", "元"),
    "≥50个": ("≥", "50", "个"),
    "95.9%": ("=", "95.9", "%"),
    "800": ("=", "800", ""),
    "新增工会会员8000人": ("=", "8000", "人", "新增工会会员"),
    # signs
    ">=100": ("≥", "100", ""),
    ">= 100 场": ("≥", "100", "场"),
    "=>5": ("≥", "5", ""),
    "≧90%": ("≥", "90", "%"),
    "≥90﹪": ("≥", "90", "%"),
    "≦3.5‰": ("≤", "3.5", "‰"),
    "<3起": ("<", "3", "起"),
    "=100%": ("=", "100", "%"),
    "＞２": (">", "2", ""),
    # words for signs, before and behind the number
    "不低于95%": ("≥", "95", "%"),
    "不得低于95％": ("≥", "95", "%"),
    "每季度不少于2次": ("≥", "2", "次", "每季度"),
    "至少3场": ("≥", "3", "场"),
    "满意度达到90%以上": ("≥", "90", "%", "满意度"),
    "达标率达95%": ("≥", "95", "%", "达标率"),
    "大于等于5": ("≥", "5", ""),
    "小于或等于5": ("≤", "5", ""),
    "等于5": ("=", "5", ""),
    "80分以上": ("≥", "80", "分"),
    "50人及以上": ("≥", "50", "人"),
    "100%（含）以上": ("≥", "100", "%"),
    "超过500人以上": (">", "500", "人"),
    "高于60%": (">", "60", "%"),
    "不超过 5 个工作日": ("≤", "5", "个工作日"),
    "5个工作日内完成": ("≤", "5", "个工作日", "", "完成"),
    "控制在500人以内": ("≤", "500", "人", "控制"),
    "30日内": ("≤", "30", "日"),
    "3年内": ("≤", "3", "年"),
    "至多2起": ("≤", "2", "起"),
    "1000万元以下": ("≤", "10000000", "元"),
    "少于3起": ("<", "3", "起"),
    "低于5%": ("<", "5", "%"),
    # numbers
    "≥５００人次": ("≥", "500", "人次"),
    "1,000人": ("=", "1000", "人"),
    "１，０００ 人": ("=", "1000", "人"),
    "不少于 25 000 人": ("≥", "25000", "人"),
    "0.5亿元": ("=", "50000000", "元"),
    "3万余人次": ("≥", "30000", "人次"),
    "3600余人次": ("≥", "3600", "人次"),
    "1500多人": ("≥", "1500", "人"),
    "10余场": ("≥", "10", "场"),
    "1.7万人": ("=", "17000", "人"),
    "5千克": ("=", "5000", "克"),
    "百分之95": ("=", "95", "%"),
    "提高2个百分点": ("=", "2", "个百分点", "提高"),
    "-5%": ("=", "-5", "%"),
    "+5%": ("=", "5", "%"),
    "0起": ("=", "0", "起"),
    # words around a number
    "2022年新增会员500人": ("=", "500", "人", "2022年新增会员"),
    "比上年增长10%以上": ("≥", "10", "%", "比上年增长"),
    "节约5万元": ("=", "50000", "元", "节约"),
    "5家职工书屋": ("=", "5", "家", "", "职工书屋"),
    "100%达标": ("=", "100", "%", "", "达标"),
    "100完成": ("=", "100", "", "", "完成"),
    "500元/人/年": ("=", "500", "元/人/年"),
    "24小时/天": ("=", "24", "小时/天"),
    "5壶": ("=", "5", "壶"),
    "≥98%（含98%）": ("≥", "98", "%"),
    "20个以上（含20个）": ("≥", "20", "个"),
    "10万元（含）以内": ("≤", "100000", "元"),
    "预算控制数260万元以内": ("≤", "2600000", "元", "预算控制数"),
    "至少完成5项": ("≥", "5", "项"),
    "500 元/人次": ("=", "500", "元/人次"),
    "“≥90%”": ("≥", "90", "%", "“", "”"),
    "≥90%。": ("≥", "90", "%"),
}

#: What stays words: nothing here may ever be compared as a number.
WORDS = {
    "no number": (
        "|无|——|—|/|*|合规|优|零事故|全部完成|两家|不超过预算|有效提升|按规定时限完成|≥|%|不适用"
        "|组织开展“访民情\n民意、助解困脱\n困”大走访活动"
    ),
    "several numbers": (
        "500-800人|90%~95%|5—8场|80%至90%|5场、6场|1/2|1:3|7*24小时|3×2|12,34|1,0000|1.2.3|PM2.5≤35"
        "|≥500人次（其中困难职工200人）"
    ),
    "a date": (
        "2022年12月底前|2022年底前|12月底前完成|2022-12-31|2022年12月31日|30日前|6月|4季度|2022年内完成|18点前|3年前"
        "|获评 2022年长沙市文明单位"
    ),
    "a rank or a name": (
        "第1名|前3名|排名前10%|5A级|ISO9001|T+1|COVID-19|做好12345热线工作|1.培训完成|①完成培训|名列第3"
    ),
    "not exact": "近500人|约30%|500人左右|接近90%|30人上下|5个不等",
    "in doubt": (
        "控制在预算的100%以内|不低于上年的95%|未超过100%|达不到90%|没有超过5起|优秀(90分)|≥500人以下"
        "|等于5人以上|超过5人以内|低于平均5个百分点以上|培训5场，质量良好|培训50人；发放资料|5场。已完成"
    ),
    "hostile": (
        "1e5|0x10|1111111111111111|NaN|Infinity|²|½|①|٣|=1+1|{5}|<b>5</b>|5\x00人"
        "|'; DROP TABLE 5|5\u0301\u0301"
    ),
}
LONG = ("９" * 40, "人" * 200, f"≥500人次{'，' * 5000}", f"{'人' * 5000}5")


@pytest.mark.parametrize("text", READ)
def test_a_target_with_one_clear_number_is_read(text: str) -> None:
    op, number, unit, before, after = (*READ[text], "", "")[:5]
    goal = read(text)
    assert (goal.op, goal.number, goal.unit) == (op, D(number), unit)
    assert (goal.before, goal.after) == (before, after)


#: Every way to write an operator: before the number, behind it, and with a sign of its own.
BEFORE = {
    "≥": "不低于 不少于 不小于 大于等于 大于或等于 至少 最少 最低 达到 达 不得低于 不得少于 ≥ >= => ≧ ⩾ ≮",
    ">": "超过 大于 高于 多于 突破 超 > 〉",
    "≤": "不超过 不高于 不大于 小于等于 小于或等于 不多于 不突破 不得超过 不得高于 至多 最多 最高 不超 "
    "≤ <= =< ≦ ⩽ ≯",
    "<": "低于 小于 少于 不足 不到 不满 < 〈",
    "=": "等于 = ==",
}
BEHIND = {"≥": "以上 及以上 或以上", "≤": "以下 及以下 或以下 以内 及以内 之内 内"}


@pytest.mark.parametrize(
    ("op", "word"), [(op, word) for op, words in BEFORE.items() for word in words.split()]
)
def test_every_sign_and_word_before_a_number(op: str, word: str) -> None:
    for text in (f"{word}5人", f"参加{word} 5人"):
        goal = read(text)
        assert (goal.op, goal.number, goal.unit) == (op, 5, "人")


@pytest.mark.parametrize(
    ("op", "word"), [(op, word) for op, words in BEHIND.items() for word in words.split()]
)
def test_every_word_behind_a_number(op: str, word: str) -> None:
    goal = read(f"5人{word}")
    assert (goal.op, goal.number, goal.unit) == (op, 5, "人")


@pytest.mark.parametrize("written", ["500余人", "500多人", "500人+", "5百余人", "5百多人"])
def test_and_some_more_is_at_least(written: str) -> None:
    goal = read(written)
    assert (goal.op, goal.number, goal.unit) == ("≥", 500, "人")


def test_every_magnitude_is_multiplied_out() -> None:
    zeros = {"百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
    for written, count in zeros.items():
        goal = read(f"≥2{written}元")
        assert (goal.number, goal.unit, goal.shown) == (2 * D(10) ** count, "元", f"≥ 2 {written}元")


@pytest.mark.parametrize("text", [*"|".join(WORDS.values()).split("|"), *LONG])
def test_everything_else_is_words(text: str) -> None:
    goal = read(text)
    assert (goal.op, goal.number, goal.unit) == ("", None, "")


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(READ) >= 40
    assert sum(len(texts.split("|")) for texts in WORDS.values()) >= 40


def test_the_text_is_kept_as_typed_on_one_line() -> None:
    assert read("获评　２０２２年\n 长沙市文明单位，").text == "获评 ２０２２年 长沙市文明单位，"
    assert read(" ≥５００\n人次").text == "≥５００ 人次"


def test_a_narrative_that_mentions_a_number_is_no_target() -> None:
    assert read(f"{'全' * (MAX_CHARS - 4)}500人").number == 500
    assert read(f"{'全' * (MAX_CHARS - 3)}500人").number is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("≥500人 次", "≥ 500 人次"),
        ("不超过90万元", "≤ 90 万元"),
        ("3万余人次", "≥ 3 万人次"),
        ("3万", "= 3万"),
        ("百分之95.50", "= 95.5%"),
        ("1,234.5", "= 1234.5"),
        ("合规", "合规"),
    ],
)
def test_a_goal_is_shown_as_it_was_meant(text: str, shown: str) -> None:
    assert read(text).shown == shown


ALPHABET = "0123456789.,，%‰≥≤<>=万亿千百余多人次个元年月日内前以上下不低于超过约近第()（） /-+~"
texts = st.text(max_size=80) | st.text(ALPHABET, max_size=24)


@given(texts)
@example("-1")
@example("5" * 100)
@example("＞" * 100)
def test_any_text_is_read_and_a_number_shown_again_is_the_same(text: str) -> None:
    goal = read(text)
    if goal.number is None:
        assert goal == Goal("", None, "", goal.text)
    else:
        again = read(goal.shown)
        assert (again.op, again.number, again.unit) == (goal.op, goal.number, goal.unit), goal.shown


signs = st.sampled_from(["", "≥", ">", "=", "<", "≤", "不低于", "不超过", "超过", "少于"])
written = st.decimals(0, 10**9, places=2).map(str) | st.integers(0, 10**9).map("{:,}".format)


units = st.sampled_from(["", "人", "人次", "%", "元", "次/季", "个工作日"])


@given(signs, written, st.sampled_from(["", "万", "千"]), units)
def test_sign_number_magnitude_and_unit_come_apart(sign: str, number: str, times: str, unit: str) -> None:
    goal = read(f"{sign} {number} {times}{unit}")
    assert goal.number == D(number.replace(",", "")) * targets.MAGNITUDES.get(times, 1)
    assert (goal.unit, goal.magnitude) == (unit, times)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("人", "人", True),
        ("人", "", True),
        ("", "", True),
        ("人", "名", True),
        ("位", "名", True),
        ("天", "日", True),
        ("起", "件", True),
        ("个", "家", True),
        ("㎡", "平方米", True),
        ("人", "人次", False),
        ("户", "户次", False),
        ("家", "件", False),
        ("个", "人", False),
        ("%", "人", False),
        ("%", "个百分点", False),
        ("元", "元/人", False),
        ("次/季", "次", False),
        ("次/季", "次每季度", True),
        ("元/人", "元/名", True),
    ],
)
def test_units_are_compared_by_what_they_count(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same_unit(other, one) is same


#: Units of one line mean the same, those of different lines do not.
SAME_UNITS = """
    人 名 位
    人次 人次数
    % 百分比
    百分点 个百分点
    日 天
    工作日 个工作日
    月 个月
    季度 季 个季度
    场 场次
    次 回 次数
    件 起 例 宗
    元 人民币 元人民币
    平方米 平米 ㎡ m² m2
    立方米 m³ m3
    米 m
    公里 km
    公斤 kg
    吨 t
    升 L
    毫升 ml
"""


def test_what_a_unit_is_also_called() -> None:
    lines = [line.split() for line in SAME_UNITS.strip().splitlines()]
    for line in lines:
        for other in lines:
            for one in line:
                assert [same_unit(one, name) for name in other] == [line is other] * len(other)


@pytest.mark.parametrize(
    ("actual", "goal", "met"),
    [
        ("500", "≥500", True),
        ("499.99", "≥500", False),
        ("500", ">500", False),
        ("501", ">500", True),
        ("500", "500", True),
        ("501", "500", True),
        ("499", "500", False),
        ("90", "≤90", True),
        ("90.01", "≤90", False),
        ("90", "<90", False),
        ("89", "<90", True),
        ("0", "0起", True),
        ("1", "0起", False),
        ("0", "≤0", True),
        # of the actual figure a bound is known only
        ("≥90%", "≥90%", True),
        ("95%以上", "≥90%", True),
        ("90%以上", "≥95%", None),
        ("90%以上", ">90%", None),
        (">90%", ">90%", True),
        (">90%", "≥90%", True),
        ("95%以上", "90%", True),
        ("90%以上", "≤90%", None),
        ("不到5日", "≤5日", True),
        ("不到5日", "<5日", True),
        ("3日内", "≤5日", True),
        ("3600余人", "≤4000人", None),
        ("5日内", "≤5日", True),
        ("5日内", "≤3日", None),
        ("5日内", "<5日", None),
    ],
)
def test_whether_a_goal_is_met(actual: str, goal: str, met: bool | None) -> None:
    assert attainment.meets(read(actual), read(goal)) is met


def test_exactly_means_no_more_either() -> None:
    assert attainment.meets(read("4次"), read("4次"), exactly=True) is True
    assert attainment.meets(read("5次"), read("4次"), exactly=True) is False
    assert attainment.meets(read("5次"), read("≥4次"), exactly=True) is True
    assert attainment.meets(read("4次以上"), read("4次"), exactly=True) is None


@pytest.mark.parametrize(
    ("actual", "goal", "words"),
    [
        ("800", "≥500人次", ""),
        ("2.8万人次", "≥3万人次", ""),
        ("28000人次", "≥3万人次", ""),
        ("100户", "≤90人", "实际完成值的单位是“户”，年度指标值的单位是“人”，不能比较：请改为同一单位"),
        ("100", "≤90万元", "实际完成值 100 没有写单位，看不出是否也以“万元”计：请写明单位"),
        ("0.959", "≥90%", "实际完成值 0.959 没有写单位，看不出是否也以“%”计：请写明单位"),
        ("0", "≥90%", ""),
        ("95.9", "≥90%", ""),
        ("2.8万", "30000", "年度指标值 30000 没有写单位，看不出是否也以“万”计：请写明单位"),
    ],
)
def test_what_cannot_be_compared_says_why(actual: str, goal: str, words: str) -> None:
    assert attainment.incomparable(read(actual), read(goal)) == words


@pytest.mark.parametrize(
    ("actual", "goal", "opposed"),
    [
        ("增长3%", "下降5%", True),
        ("下降3%", "增长5%", True),
        ("-3%", "下降5%", True),
        ("下降6%", "下降5%", False),
        ("6%", "下降5%", False),
        ("-3%", "增长5%", False),
    ],
)
def test_more_of_one_is_not_more_of_the_other(actual: str, goal: str, opposed: bool) -> None:
    assert attainment.opposed(read(actual), read(goal)) is opposed
