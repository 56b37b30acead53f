"""Typed reading of environment variables.

An empty variable counts as unset. Whatever cannot be read raises `EnvironmentProblem` with one sentence that
names the variable, what stands there and what may stand there, in Chinese and in English.
"""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})

# Measured with eight writing processes: WAL alone leaves "database is locked" errors, IMMEDIATE removes them
# all; synchronous=FULL (no committed save lost at a power cut) costs nothing measurable beside it.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
        "PRAGMA cache_size=-32000;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
    ),
}


class EnvironmentProblem(ImproperlyConfigured):
    """A setting from outside that cannot be used; its text is meant for the person who starts the program."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} ({english})")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """`1 true yes on` or `0 false no off`."""
    word = text(name).lower()
    if not word:
        return default
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise EnvironmentProblem(
        f"环境变量 {name}={word!r} 无法识别，请写 1（开）或 0（关）。", f"{name} must be 1 or 0"
    )


def words(name: str, default: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def path(name: str, default: Path) -> Path:
    """An absolute path; `~` is the home folder, a relative path starts at the current folder."""
    return Path(text(name, str(default))).expanduser().absolute()


def database(name: str, default: str) -> dict[str, Any]:
    """Django's settings for one database URL: `sqlite:///…` or `postgres://…`. The URL is never repeated in a
    message, it may hold a password."""
    try:
        config = dj_database_url.parse(text(name, default))
    except (ValueError, KeyError) as error:
        raise EnvironmentProblem(
            f"环境变量 {name} 不是有效的数据库地址，例如 postgres://用户:口令@主机:5432/库名。",
            f"{name} is not a database URL",
        ) from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # Kept open like PostgreSQL's: opening it with its PRAGMAs took 0.6 ms for every request.
        return config | {"OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": 60}
    if config["ENGINE"] == "django.db.backends.postgresql":
        return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    raise EnvironmentProblem(
        f"环境变量 {name} 只支持 sqlite 和 postgres。", f"{name}: only sqlite and postgres are supported"
    )


def site(name: str) -> str:
    """The address under which browsers reach this installation, without a slash at its end; "" when unset."""
    url = text(name).rstrip("/")
    try:
        parts = urlsplit(url)
        usable = not url or (parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query)
    except ValueError:
        usable = False
    if not usable:
        raise EnvironmentProblem(
            f"环境变量 {name} 不是有效的网址，例如 https://jixiao.example.gov.cn。",
            f"{name} must be an http:// or https:// address",
        )
    return url


def mail(url_name: str, from_name: str) -> dict[str, Any]:
    """Django's `EMAIL_…` settings from `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`; empty when mail is
    not configured. A sender is required with it: servers refuse webmaster@localhost, and only too late."""
    url = text(url_name)
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
        port = parts.port or ports[parts.scheme]
    except (ValueError, KeyError) as error:
        raise EnvironmentProblem(
            f"环境变量 {url_name} 不是有效的邮件服务器地址，例如 smtps://用户:口令@mail.example.gov.cn:465。",
            f"{url_name} must be smtp://, smtp+tls:// or smtps://",
        ) from error
    sender = text(from_name)
    if not parts.hostname or "@" not in parseaddr(sender)[1]:
        raise EnvironmentProblem(
            f"{url_name} 要写明服务器名，并配置发件人 {from_name}，例如 绩效系统 <jixiao@example.gov.cn>。",
            f"{url_name} needs a host and {from_name} a sender address",
        )
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "DEFAULT_FROM_EMAIL": sender,
        "SERVER_EMAIL": sender,
    }
