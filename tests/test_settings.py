"""What the environment decides, and what it is told when it is wrong."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from config import environment, fonts, secret_key
from config.environment import EnvironmentProblem


@pytest.fixture
def env(monkeypatch):
    """Sets environment variables: `env(DEMO="0")`."""

    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_all


def python(code: str, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs `code` after the real settings are loaded, in a process and with a data folder of its own."""
    names = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
    clean = {name: os.environ[name] for name in names if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings as s; {code}"],
        env=clean | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path)} | env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


# -- Reading variables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "meaning"), [("1", True), ("TRUE", True), ("off", False), ("0", False)])
def test_flags(env, word, meaning):
    env(DEMO=word)
    assert environment.flag("DEMO", default=not meaning) is meaning


def test_an_empty_variable_counts_as_unset(env):
    env(DEMO="  ")
    assert environment.flag("DEMO", default=True) is True


def test_an_unreadable_flag_names_itself_and_its_value(env):
    env(DEMO="maybe")
    with pytest.raises(EnvironmentProblem, match=r"DEMO='maybe'.*1（开）或 0（关）"):
        environment.flag("DEMO", default=True)


def test_sqlite_waits_for_the_write_lock_instead_of_failing(env):
    env(DATABASE_URL="sqlite:////data/db.sqlite3")
    database = environment.database("DATABASE_URL", default="")
    assert database["NAME"] == "/data/db.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_postgresql_keeps_its_connections(env):
    env(DATABASE_URL="postgres://u:p@db:5433/jixiao")
    database = environment.database("DATABASE_URL", default="")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", 5433, "jixiao")
    assert database["CONN_MAX_AGE"] == 60
    assert database["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("url", ["nonsense", "postgres://u:s3cret@db:port/x", "mysql://u:s3cret@db/x"])
def test_a_wrong_database_url_is_refused_without_repeating_its_password(env, url):
    env(DATABASE_URL=url)
    with pytest.raises(EnvironmentProblem, match="DATABASE_URL") as refusal:
        environment.database("DATABASE_URL", default="")
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ("", ""),
        ("https://jixiao.example.gov.cn/", "https://jixiao.example.gov.cn"),
        ("http://10.0.0.8:8000", "http://10.0.0.8:8000"),
    ],
)
def test_the_address_of_the_site(env, given, site):
    env(SITE_URL=given)
    assert environment.site("SITE_URL") == site


@pytest.mark.parametrize(
    "given", ["jixiao.example.gov.cn", "ftp://a", "https://", "http://[a", "https://a/?b"]
)
def test_an_address_that_no_browser_takes_is_refused(env, given):
    env(SITE_URL=given)
    with pytest.raises(EnvironmentProblem, match=r"https://jixiao\.example\.gov\.cn"):
        environment.site("SITE_URL")


def test_mail_is_off_until_configured(env):
    env(EMAIL_URL="")
    assert environment.mail("EMAIL_URL", "EMAIL_FROM") == {}
    assert settings.EMAIL_CONFIGURED is False


def test_mail_server(env):
    env(EMAIL_URL="smtps://a%40b.cn:p%2Fw@mail.example.cn", EMAIL_FROM="绩效系统 <jixiao@example.cn>")
    mail = environment.mail("EMAIL_URL", "EMAIL_FROM")
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("mail.example.cn", 465)
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("a@b.cn", "p/w")
    assert mail["EMAIL_USE_SSL"] and not mail["EMAIL_USE_TLS"]


@pytest.mark.parametrize(("url", "sender"), [("http://h", "a@b.cn"), ("smtp://h", ""), ("smtp://", "a@b.cn")])
def test_half_configured_mail_is_refused(env, url, sender):
    env(EMAIL_URL=url, EMAIL_FROM=sender)
    with pytest.raises(EnvironmentProblem, match="EMAIL_URL"):
        environment.mail("EMAIL_URL", "EMAIL_FROM")


# -- The secret key ------------------------------------------------------------------------------------------


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path):
    file = tmp_path / "key"
    key = secret_key.read_or_create(file)
    assert secret_key.read_or_create(file) == key
    assert len(key) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    code = "print(s.SECRET_KEY)"
    with ThreadPoolExecutor(4) as pool:
        keys = {done.stdout for done in pool.map(lambda _: python(code, tmp_path), range(4))}
    assert len(keys) == 1
    assert len(keys.pop().strip()) >= 50


def test_a_damaged_key_file_is_named(tmp_path):
    (tmp_path / "key").write_text("short")
    with pytest.raises(EnvironmentProblem, match=f"{tmp_path}/key"):
        secret_key.read_or_create(tmp_path / "key")


# -- The whole -----------------------------------------------------------------------------------------------


def test_safe_without_any_configuration(tmp_path):
    done = python("print(s.DEBUG, s.ALLOWED_HOSTS, s.DEMO, s.SESSION_ENGINE)", tmp_path)
    assert done.stdout.split("\n")[0] == (
        "False ['localhost', '127.0.0.1', '[::1]'] True django.contrib.sessions.backends.cached_db"
    )


def test_sessions_hold_on_every_machine_where_there_may_be_several(tmp_path):
    url = "postgres://postgres@127.0.0.1/x"
    assert "backends.db" in python("print(s.SESSION_ENGINE)", tmp_path, DATABASE_URL=url).stdout
    redis = {"DATABASE_URL": url, "REDIS_URL": "redis://cache"}
    assert "cached_db" in python("print(s.SESSION_ENGINE)", tmp_path, **redis).stdout


def test_https_secures_the_cookies(tmp_path):
    code = "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
    assert python(code, tmp_path, HTTPS="1").stdout.split() == ["True"] * 3
    assert python(code, tmp_path).stdout.split() == ["False"] * 3


def test_the_command_line_answers_a_wrong_variable_in_one_line():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DEMO": "perhaps"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "DEMO='perhaps'" in done.stderr


def test_the_command_line_says_that_the_database_is_unreachable():
    url = "postgres://postgres@127.0.0.1:1/x"
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("无法打开数据库，请检查 DATABASE_URL")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("score_evaluation", "缺少 REF。"),
        ("check_evaluation 2024-x --jsno", "没有 --jsno 这样的参数。"),
        ("render_report 2024-x --output", "--output 后面要写一个值。"),
        ("render_report 2024-x --output r --format odt", "--format 不能是 'odt'，只能是 'pdf', "),
        ("load_template", "缺少 FILE。"),
    ],
)
def test_wrong_arguments_are_one_chinese_line_in_every_terminal(tmp_path, words: str, sentence: str):
    done = subprocess.run(
        [sys.executable, "manage.py", *words.split()],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
            "DATA_DIR": str(tmp_path),
            "PYTHONIOENCODING": "ascii",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_every_answer_carries_the_content_security_policy(client):
    policy = client.get("/no-such-page").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


# -- Fonts ---------------------------------------------------------------------------------------------------


def test_missing_faces_are_reported(tmp_path):
    assert fonts.fontconfig_file(tmp_path) is None
    assert fonts.missing(tmp_path) == fonts.FANDOL_FACES
    (tmp_path / "fandol").mkdir()
    for face in fonts.FANDOL_FACES[1:]:
        (tmp_path / "fandol" / f"{face}.otf").touch()
    (tmp_path / "fonts.conf").touch()
    assert fonts.missing(tmp_path) == ("FandolFang-Regular",)
    assert fonts.fontconfig_file(tmp_path) == tmp_path / "fonts.conf"
