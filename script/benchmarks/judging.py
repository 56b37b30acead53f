"""Judging mutants: forks of a warmed process, each with one mutated module, each running the tests that
matter.

`Judge(subject)` must be made in a process that has imported what the tests need of other packages, but
nothing of the mutated package nor of its tests. One fork runs the tests unchanged (they must pass) and
notes for every test its time and the lines it reaches. Then a fork per mutant runs the test files of
which any test reaches the mutated line, the reaching tests first, the quick ones before the slow; the
first failure ends it. A mutant of what runs on import is held against all tests. A test that takes ten
times what it took unchanged is in an endless loop.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import json
import os
import resource
import selectors
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import pytest

from .mutants import Mutant

SURVIVED, KILLED, TIMEOUT = "survived", "killed", "timeout"
UNREACHED = "no test reaches it"

Answer = Callable[[dict[str, Any]], NoReturn]

_IMPORT = "the import of the package"  # in place of a test that reaches a line
_NEAR = 3  # test files of the first turn
_MEMORY = 4 * 2**30  # bytes of address space: an endless list ends as a MemoryError


@dataclass(frozen=True, slots=True)
class Subject:
    """The modules of `package`, which lie in `folder`; the tests below `tests` are run from `root`.

    Tests marked `slow` or `spreadsheet` are left out. `patience`: CPU seconds that a test may take beyond ten
    times its own.
    """

    package: str
    folder: Path
    tests: Path
    root: Path
    patience: float = 5

    def sources(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted(self.folder.glob("*.py"))}

    def module(self, file: str) -> str:
        name = file.removesuffix(".py")
        return self.package if name == "__init__" else f"{self.package}.{name}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`by`: the test that failed, or why none did."""

    mutant: Mutant
    outcome: str
    by: str
    seconds: float


def _file(test: str) -> str:
    return test.partition("::")[0]


class TestsFail(Exception):
    """The tests fail without any mutant, so they can judge none. `args[0]`: their output's end."""


class Judge:
    def __init__(self, subject: Subject):
        self.subject = subject
        found = self._observed()
        self.times: dict[str, float] = found["times"]
        #: file → line → the tests and test files that reach it
        self.reached: dict[str, dict[int, set[str]]] = {
            file: {int(line): set(tests) for line, tests in lines.items()}
            for file, lines in found["lines"].items()
        }

    def verdicts(self, mutants: Iterable[Mutant], jobs: int) -> Iterator[Verdict]:
        """One a mutant, as they come, from `jobs` processes at a time."""
        waiting = iter(mutants)
        with selectors.DefaultSelector() as running:
            while True:
                while len(running.get_map()) < jobs and (mutant := next(waiting, None)):
                    turns = self.tests_for(mutant)
                    if turns:
                        trial = _Trial(
                            mutant, *_fork(lambda answer, m=mutant, t=turns: self._try(m, t, answer))
                        )
                        trial.allowed = 120 + 20 * sum(self.times[test] for turn in turns for test in turn)
                        running.register(trial.pipe, selectors.EVENT_READ, trial)
                    else:
                        yield Verdict(mutant, SURVIVED, UNREACHED, 0)
                if not running.get_map():
                    return
                done = {key.data for key, _ in running.select(timeout=5)}
                for trial in [key.data for key in list(running.get_map().values())]:
                    if trial in done or trial.is_late:
                        running.unregister(trial.pipe)
                        yield trial.end()

    def tests_for(self, mutant: Mutant) -> list[list[str]]:
        """Tests in two turns: of the few files that most of all test this module, then of the others.

        They are those of the files with a test that reaches the mutated line; reaching tests first, then the
        quickest. The first turn kills most mutants, and importing three files of tests takes no time.
        """
        lines = self.reached.get(mutant.module, {})
        whole = set().union(*lines.values())
        reaching = set().union(*(lines.get(line, ()) for line in mutant.reached))
        imported = mutant.imported or _IMPORT in reaching
        reaching = (whole if imported else reaching) - {_IMPORT}
        files = {_file(test) for test in (self.times if imported else reaching)}
        tests = sorted(
            (test for test in self.times if _file(test) in files),
            key=lambda test: (test not in reaching, self.times[test]),
        )
        near = set(sorted(files, key=lambda file: -self._nearness(file, mutant.module))[:_NEAR])
        turns = [[test for test in tests if (_file(test) in near) is first] for first in (True, False)]
        return [turn for turn in turns if turn]

    def _nearness(self, file: str, module: str) -> float:
        """The share of this module in all lines that the tests of a file reach."""
        reached = self._lines_by_file.get(file, {})
        return reached.get(module, 0) / max(sum(reached.values()), 1)

    @cached_property
    def _lines_by_file(self) -> dict[str, Counter[str]]:
        counted: dict[str, Counter[str]] = {}
        for module, lines in self.reached.items():
            for tests in lines.values():
                for file in {_file(test) for test in tests}:
                    counted.setdefault(file, Counter())[module] += 1
        return counted

    def _try(self, mutant: Mutant, turns: list[list[str]], answer: Answer) -> None:
        path = self.subject.folder / mutant.module
        sys.meta_path.insert(0, _Finder(self.subject.module(mutant.module), path, mutant.mutated))
        for tests in turns:
            _Run(self.subject, tests, self.times, answer).run()
        answer({"outcome": SURVIVED, "by": f"{sum(map(len, turns))} tests"})

    def _observed(self) -> dict[str, Any]:
        pid, pipe = _fork(lambda answer: answer(_Observer(self.subject).observe()))
        with os.fdopen(pipe, "rb") as stream:
            text = stream.read()
        os.waitpid(pid, 0)
        found = json.loads(text or b'{"fault": "the tests ended without an answer"}')
        if "fault" in found:
            raise TestsFail(found["fault"])
        return found


def _fork(work: Callable[[Answer], None]) -> tuple[int, int]:
    """Starts `work` in a silent process group of its own: (its id, a pipe that the answer comes through).

    The process ends when `work` calls its argument with the answer.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading

    def answer(found: dict[str, Any]) -> NoReturn:
        with os.fdopen(writing, "wb") as stream:
            stream.write(json.dumps(found).encode())
        os._exit(0)

    try:
        os.setsid()
        os.close(reading)
        with open(os.devnull, "r+b") as nothing:
            for stream in (0, 1, 2):
                os.dup2(nothing.fileno(), stream)
        work(answer)
    finally:
        os._exit(1)


class _Trial:
    """A mutant being tried in the process `pid`."""

    allowed = 0.0  # seconds before the process is ended; only where its own limit does not reach, as within C

    def __init__(self, mutant: Mutant, pid: int, pipe: int):
        self.mutant, self.pid, self.pipe = mutant, pid, pipe
        self.started = time.monotonic()

    @property
    def is_late(self) -> bool:
        return time.monotonic() - self.started > self.allowed

    def end(self) -> Verdict:
        late = self.is_late
        if late:
            os.killpg(self.pid, signal.SIGKILL)
        with os.fdopen(self.pipe, "rb") as stream:
            text = stream.read()
        os.waitpid(self.pid, 0)
        seconds = time.monotonic() - self.started
        if late:
            return Verdict(self.mutant, TIMEOUT, "the process", seconds)
        answer = json.loads(text or b'{"outcome": "killed", "by": "the process died"}')
        return Verdict(self.mutant, answer["outcome"], answer["by"], seconds)


class _Finder:
    """Finds one module of the package with another source; `inspect` and tracebacks keep its file."""

    def __init__(self, name: str, path: Path, source: str):
        self.name, self.path, self.source = name, path, source

    def find_spec(self, name: str, path: object = None, target: object = None):
        if name != self.name:
            return None
        loader = _Loader(name, str(self.path))
        loader.mutated = self.source
        return importlib.util.spec_from_file_location(
            name, self.path, loader=loader,
            submodule_search_locations=[str(self.path.parent)] if self.path.stem == "__init__" else None,
        )  # fmt: skip


class _Loader(importlib.machinery.SourceFileLoader):
    mutated = ""

    def get_code(self, fullname: str):
        return compile(self.mutated, self.path, "exec", dont_inherit=True)


class _Run:
    """A pytest plugin that runs `tests` in their order until one fails, each within its time."""

    def __init__(self, subject: Subject, tests: list[str], times: dict[str, float], answer: Answer):
        self.subject, self.times, self.answer = subject, times, answer
        self.order = {test: number for number, test in enumerate(tests)}
        self.running = "the import of the tests"
        self.failed = ""

    def run(self) -> None:
        """Answers for the mutant when a test fails."""
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.signal(signal.SIGPROF, self._end_late)  # CPU time: what else the machine does is not counted
        self._allow(60)
        files = list(dict.fromkeys(map(_file, self.order)))
        code = run_pytest(self.subject, files, self, "-x")
        self._allow(0)
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            self.answer({"outcome": KILLED, "by": self.failed or self.running})

    def _allow(self, seconds: float) -> None:
        signal.setitimer(signal.ITIMER_PROF, seconds)

    def _end_late(self, *_: object) -> None:
        self.answer({"outcome": TIMEOUT, "by": self.running})

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order), key=lambda item: self.order[item.nodeid]
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.running = nodeid
        self._allow(10 * self.times[nodeid] + self.subject.patience)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


class _Observer:
    """A pytest plugin that notes what every test takes and reaches."""

    def __init__(self, subject: Subject):
        import coverage

        self.subject = subject
        self.times: dict[str, float] = {}
        self.output: list[str] = []
        self.coverage = coverage.Coverage(
            data_file=None, include=[f"{subject.folder}/*.py"], config_file=False, messages=False
        )

    def observe(self) -> dict[str, Any]:
        self.coverage.start()
        self.coverage.switch_context(_IMPORT)
        for file in self.subject.sources():
            importlib.import_module(self.subject.module(file))
        self.coverage.switch_context("")
        code = run_pytest(self.subject, [str(self.subject.tests)], self)
        self.coverage.stop()
        if code != pytest.ExitCode.OK:
            return {"fault": "\n".join(self.output[-5:]) or f"pytest ends with {code}"}
        data = self.coverage.get_data()
        lines = {
            Path(file).name: {
                line: [test for test in tests if test]
                for line, tests in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        return {"times": self.times, "lines": lines}

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        self.coverage.switch_context(collector.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.times[report.nodeid] = self.times.get(report.nodeid, 0) + report.duration
        if report.failed:
            self.output.append(f"{report.nodeid} fails without a mutant")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.output.append(f"{report.nodeid} cannot be imported: {report.longreprtext[-500:]}")


def run_pytest(subject: Subject, files: list[str], plugin: object, *more: str) -> int:
    """pytest over `files` in this process, without the plugins and the conftest of the whole suite."""
    import hypothesis

    hypothesis.settings.register_profile(
        "mutation", deadline=None, derandomize=True, database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )  # fmt: skip
    hypothesis.settings.load_profile("mutation")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as settings:
        settings.write("[pytest]\nmarkers =\n slow\n spreadsheet\n")
        settings.flush()
        return pytest.main(
            [
                "-q", "--tb=no", "-p", "no:cacheprovider", "-c", settings.name,
                "-m", "not slow and not spreadsheet",
                "--rootdir", str(subject.root), f"--confcutdir={subject.tests}", "--import-mode=importlib",
                *more, *(str(subject.root / file) for file in files),
            ],
            plugins=[plugin],
        )  # fmt: skip
