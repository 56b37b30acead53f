"""The mutation run of script/benchmark: what it changes, what it leaves, what it draws, and how it judges."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.mutants import Mutant, mutants_of, sample

ROOT = Path(__file__).resolve().parent.parent


def changes(source: str) -> dict[str, set[str]]:
    """kind → the lines that its mutants bring."""
    found: dict[str, set[str]] = {}
    for mutant in mutants_of("sample.py", source):
        compile(mutant.mutated, "sample.py", "exec")
        before, after = source.splitlines(), mutant.mutated.splitlines()
        found.setdefault(mutant.kind, set()).update(line.strip() for line in after if line not in before)
    return found


# ── what is changed ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "line", "mutated"),
    [
        ("compare", "x = a < b", {"x = a <= b"}),
        ("compare", "x = a >= b != c", {"x = a > b != c", "x = a >= b == c"}),
        ("compare", "x = (a) is not (b)", {"x = (a) is (b)"}),
        ("compare", "x = '得分' not in b", {"x = '得分' in b"}),
        ("arithmetic", "x = a + b * c", {"x = a - b * c", "x = a + b / c"}),
        ("arithmetic", "x += a", {"x -= a"}),
        ("boolean", "x = a and b and c", {"x = a or b and c", "x = a and b or c"}),
        ("boolean", "x = not (a or b)", {"x =  (a or b)", "x = not (a and b)"}),
        ("boolean", "x = -a", {"x = a"}),
        ("condition", "x = a if b else c", {"x = a if not (b) else c"}),
        ("guard", "if a > 1: f()", {"if False: f()"}),
        ("guard", "x = [y for y in a if y]", {"x = [y for y in a if True]"}),
        ("constant", "x = f(0, True)", {"x = f(1, True)", "x = f(0, False)"}),
        ("constant", "x = Decimal('-0.5')", {'x = Decimal("-1.5")'}),
        ("word", "x = a == 'full'", {"x = a == 'full~'"}),
        ("word", "x = a == '缺数据'", {"x = a == '缺数据~'"}),
        ("word", "x = f'{a}.{b}'", {'x = "~"'}),
        ("word", "x = a in '<≤'", {"x = a in '<'"}),
        ("call", "x = any(a)", {"x = all(a)"}),
        ("call", "x = max(a, key=f, default=0)", {
            "x = min(a, key=f, default=0)", "x = max(a, default=0)", "x = max(a, key=f)"}),
        ("call", "x = f(key=a, down=True)", {"x = f(down=True)", "x = f(key=a)"}),
        ("return", "def f(): return a", {"def f(): return None"}),
        ("statement", "faults.append(a)", {"pass"}),
        ("statement", "a['得分'] = b", {"pass"}),
        ("statement", "raise a", {"pass"}),
        ("statement", "for x in a: continue", {"for x in a: break"}),
        ("message", "x = Fault(f'第 {n} 行没有得分')", {'x = Fault("")'}),
    ],
)  # fmt: skip
def test_a_mutant_is_a_slip_of_one_sign_or_word(kind: str, line: str, mutated: set[str]) -> None:
    assert changes(line)[kind] == mutated


@pytest.mark.parametrize(
    "source",
    [
        '"""得分 < 满分"""\n\n\ndef f(a):\n    """得分 > 0"""',
        "def f(a: Literal['x'] | None) -> Literal['y']: ...",
        "a: Literal['x']",
        "Value = Decimal | bool",
        "@dataclass(frozen=True, slots=True)\nclass A:\n    pass",
        "__all__ = ['f']",
        "__slots__ = ('a',)",
        "assert a > 0, '没有得分'",
        "x = isinstance(a, B | C)",
        "x = zip(a, b, strict=True)",
        "x = re.compile('[0-9]+')",
        "ENGINE_VERSION = 1",
        "return_nothing = lambda: None",
    ],
)
def test_what_would_stay_the_same_program_is_left(source: str) -> None:
    assert changes(source) == {}


def test_a_mutant_knows_its_place() -> None:
    source = "LIMIT = 10\n\n\ndef full(x):\n    '''得分'''\n    return x >= LIMIT\n"
    table, compare = (m for m in mutants_of("rules.py", source) if m.kind in ("constant", "compare"))
    assert (table.line, table.imported) == (1, True)
    assert (compare.line, compare.imported, list(compare.reached)) == (6, False, [6])
    assert "-    return x >= LIMIT\n+    return x > LIMIT" in compare.diff


# ── what is drawn ───────────────────────────────────────────────────────────────────────────────────────────


MODULES = {
    "large.py": "\n".join(f"def f{n}(a, b): return a < b + {n}" for n in range(200)),
    "small.py": "def g(a): return a > 1",
}


def drawn(size: int, seed: int, modules: dict[str, str] = MODULES) -> list[Mutant]:
    return sample((m for name, text in modules.items() for m in mutants_of(name, text)), size, seed)


def identities(mutants: list[Mutant]) -> set[str]:
    return {mutant.identity for mutant in mutants}


def test_a_seed_draws_the_same_sample_and_another_seed_another() -> None:
    assert identities(drawn(40, 1)) == identities(drawn(40, 1))
    assert len(identities(drawn(40, 1))) == 40
    assert len(identities(drawn(40, 1)) & identities(drawn(40, 2))) < 20


def test_no_module_is_left_out_of_a_sample() -> None:
    assert {mutant.module for mutant in drawn(2, 1)} == {"large.py", "small.py"}


def test_a_sample_outlives_lines_written_elsewhere() -> None:
    edited = MODULES | {"large.py": "import re\n\n\n" + MODULES["large.py"] + "\n\ndef h(a): return a"}
    assert len(identities(drawn(40, 1)) & identities(drawn(40, 1, edited))) >= 39


def test_sentences_are_drawn_a_quarter_as_often() -> None:
    both = {"a.py": "\n".join(f"f{n}(a < b)\ng(f'第 {n} 行 {{a}}')" for n in range(1000))}
    mutants = [m for m in mutants_of("a.py", both["a.py"]) if m.kind in ("compare", "message")]
    sentences = sum(mutant.kind == "message" for mutant in sample(mutants, 500, 1))
    assert 70 <= sentences <= 140


# ── how it is judged ────────────────────────────────────────────────────────────────────────────────────────

SOURCE = """
LIMIT = 100

def full(rate):
    return rate >= LIMIT

def steps(excess):
    count = 0
    while excess > 0:
        excess -= 5
        count += 1
    return count

def nobody_asks(rate):
    return rate > 1
"""
WEAK = """
from toy.limits import full, steps

def test_far_above_the_limit_is_full():
    assert full(150)

def test_far_below_the_limit_is_not():
    assert not full(50)

def test_two_steps():
    assert steps(10) == 2
"""
STRONG = f"""{WEAK}
def test_the_limit_itself_is_full():
    assert full(100)

def test_just_below_the_limit_is_not():
    assert not full(99)
"""
JUDGING = """
import json, sys
from pathlib import Path
from benchmarks.judging import Judge, Subject, TestsFail
from benchmarks.mutants import mutants_of

root = Path(sys.argv[1])
subject = Subject("toy", root / "toy", root / "tests", root, patience=0.5)
mutants = [m for file, source in subject.sources().items() for m in mutants_of(file, source)]
try:
    found = Judge(subject).verdicts(mutants, 2)
    verdicts = {f"{v.mutant.line} {v.mutant.kind}": [v.outcome, v.by] for v in found}
except TestsFail as failure:
    verdicts = {"fails": str(failure)}
print(json.dumps(verdicts))
"""


@pytest.fixture
def judged(tmp_path: Path):
    """`judged(tests)`: verdicts on the mutants of `toy.limits` by "line kind", from a process of its own."""

    def judge(tests: str) -> dict[str, list[str]]:
        (tmp_path / "toy").mkdir()
        (tmp_path / "toy" / "__init__.py").write_text("")
        (tmp_path / "toy" / "limits.py").write_text(SOURCE)
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests" / "test_limits.py").write_text(tests)
        done = subprocess.run(
            [sys.executable, "-c", JUDGING, tmp_path],
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'script'}:{tmp_path}"},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return judge


def test_a_mutant_is_killed_by_the_test_that_knows_it(judged) -> None:
    verdicts = judged(STRONG)
    assert verdicts["5 compare"] == ["killed", "tests/test_limits.py::test_the_limit_itself_is_full"]
    assert verdicts["2 constant"] == ["killed", "tests/test_limits.py::test_the_limit_itself_is_full"]


def test_without_that_test_it_survives(judged) -> None:
    verdicts = judged(WEAK)
    assert verdicts["5 compare"] == ["survived", "3 tests"]
    assert verdicts["2 constant"] == ["survived", "3 tests"]
    assert verdicts["5 return"][0] == "killed"
    assert verdicts["15 compare"] == ["survived", "no test reaches it"]
    assert verdicts["10 statement"] == ["timeout", "tests/test_limits.py::test_two_steps"]


def test_tests_that_fail_by_themselves_judge_nothing(judged) -> None:
    assert "test_two_steps fails without a mutant" in judged(WEAK.replace("== 2", "== 3"))["fails"]


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_run_is_long_so_it_has_to_be_named() -> None:
    from benchmarks import __main__ as command

    assert "mutation" in command.LONG
    assert "mutation" not in command.GROUPS
