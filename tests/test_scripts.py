"""script/setup and script/server on machines that lack something."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from config.environment import EnvironmentProblem
from config.serve import listen, wanted_port

SETUP = settings.BASE_DIR / "script" / "setup"

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-query"), reason="描述的是 Debian/Ubuntu 的行为")


@pytest.fixture
def machine(tmp_path):
    """`machine(apt_get="exit 1")` runs script/setup with stand-ins for programs and an empty font folder."""
    programs = tmp_path / "bin"
    programs.mkdir()

    def setup(**stand_ins: str) -> subprocess.CompletedProcess[str]:
        for name, body in stand_ins.items():
            program = programs / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{body}\n")
            program.chmod(0o755)
        env = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "FONTS_DIR": str(tmp_path / "fonts")}
        return subprocess.run([SETUP], env=env, capture_output=True, text=True)

    return setup


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# -- script/setup --------------------------------------------------------------------------------------------


def test_without_root_setup_lists_what_an_administrator_must_install(machine):
    done = machine(id="echo 1000", dpkg_query="exit 1")
    assert done.returncode == 2
    assert "当前不是 root" in done.stderr
    assert "apt-get install -y" in done.stderr
    assert "libharfbuzz-subset0" in done.stderr


def test_without_root_setup_goes_on_where_nothing_is_missing(machine):
    packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"
    packages += " fonts-noto-cjk fonts-symbola fonts-liberation"
    installed = f"for p in {packages}; do echo installed $p; done"
    done = machine(id="echo 1000", dpkg_query=installed, apt_get="exit 1")
    assert done.returncode == 0, done.stderr


def test_without_fandol_setup_says_so_and_goes_on_with_noto(machine, tmp_path):
    done = machine(apt_get=f"echo $* >>{tmp_path}/calls; exit 1")
    assert done.returncode == 0, done.stderr
    assert "未能取得 Fandol 字体" in done.stderr
    assert "Noto" in done.stderr
    assert (tmp_path / "fonts" / "fonts.conf").is_file()
    assert not (tmp_path / "fonts" / "fandol").exists()


def test_a_machine_without_network_does_not_try_at_every_start(machine, tmp_path):
    machine(apt_get=f"echo $* >>{tmp_path}/calls; exit 1")
    calls = (tmp_path / "calls").read_text()
    done = machine()
    assert "未能取得 Fandol 字体" in done.stderr
    assert (tmp_path / "calls").read_text() == calls


def test_a_broken_download_leaves_nothing_behind(machine, tmp_path):
    done = machine(apt_get="echo half >texlive-lang-chinese_1_all.deb")
    assert done.returncode == 0, done.stderr
    assert "未能取得 Fandol 字体" in done.stderr
    assert sorted(entry.name for entry in (tmp_path / "fonts").iterdir()) == [
        "cache",
        "fandol-unavailable",
        "fonts.conf",
    ]


def test_the_fontconfig_file_repairs_weights_and_knows_the_usual_names(tmp_path):
    if not settings.FONTCONFIG_FILE or settings.FONTS_MISSING:
        pytest.skip("本机没有 Fandol 字体")
    asked = {
        "仿宋_GB2312": "FandolFang-Regular.otf",
        "楷体_GB2312": "FandolKai-Regular.otf",
        "黑体": "FandolHei-Regular.otf",
        "SimSun": "FandolSong-Regular.otf",
        "方正小标宋简体:bold": "FandolSong-Bold.otf",
        "FandolHei:bold": "FandolHei-Bold.otf",
        "emoji": "Symbola_hint.ttf",
    }
    env = os.environ | {"FONTCONFIG_FILE": str(settings.FONTCONFIG_FILE)}
    for name, file in asked.items():
        found = subprocess.run(
            ["fc-match", "-f", "%{file}", name], env=env, capture_output=True, text=True, check=True
        )
        assert Path(found.stdout).name == file, name


def production(data: Path) -> dict[str, str]:
    """The environment of an installation without demo, on SQLite in `data`."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(data), "DEMO": "0"}
    env.pop("DATABASE_URL", None)
    return env


# -- script/server -------------------------------------------------------------------------------------------


def test_a_taken_port_gives_the_next_free_one():
    with listen(free_port()) as first:
        taken = first.getsockname()[1]
        with listen(taken) as second:
            assert second.getsockname()[1] > taken


@pytest.mark.parametrize("text", ["0", "65536", "八千", "-1", "80a", "²"])
def test_an_impossible_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(EnvironmentProblem, match="PORT"):
        wanted_port()


def test_commands_work_right_after_setup(tmp_path):
    """An empty database gets its tables by the first of our own commands."""
    done = subprocess.run(
        [sys.executable, "manage.py", "load_template", "indicators/library/baojing-2017.yaml"],
        env=production(tmp_path),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "baojing-2017" in done.stdout


def wait_for(url: str, seconds: float = 60) -> int:
    """The status with which `url` answers, once it does."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 our own server
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.mark.slow
def test_the_server_starts_beside_a_taken_port_and_stops_on_ctrl_c(tmp_path):
    """Also: connections that a browser opens ahead and leaves idle keep nobody waiting."""
    with listen(free_port()) as occupied:
        port = occupied.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-m", "config.serve"],
            env=production(tmp_path) | {"PORT": str(port)},
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            lines = []
            for line in server.stdout:
                lines.append(line.strip())
                if "系统已启动" in line:
                    break
            said = "\n".join(lines)
            assert f"端口 {port} 已被占用，改用" in said
            address = said.rsplit("系统已启动：", 1)[-1].split("（")[0]
            used = int(address.rsplit(":", 1)[1])
            idle = [socket.create_connection(("127.0.0.1", used)) for _ in range(4)]
            assert wait_for(address + "/", seconds=5) == 200  # idle connections hold nobody up
            for connection in idle:
                connection.close()
        finally:
            os.killpg(server.pid, signal.SIGINT)  # what Ctrl-C does
            server.communicate(timeout=20)
        with listen(used) as again:
            assert again.getsockname()[1] == used


@pytest.mark.parametrize("group", ["page", "save", "scoring"])
def test_a_benchmark_measures(group: str, tmp_path: Path) -> None:
    """One round on a database of its own; `report` is the same harness around what test_pdf renders."""
    root = settings.BASE_DIR
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "--rounds",
        "1",
        "--json",
        str(tmp_path / "rows.json"),
        group,
    ]
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("POSTGRES_URL", "DJANGO_SETTINGS_MODULE")
    }
    environment["PYTHONPATH"] = f"{root / 'script'}:{root}"
    subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
    rows = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert rows
    assert {"name", "value", "floor", "ratio", "goal", "met"} == set(rows[0])
    assert all(row["value"] > 0 for row in rows)
