"""The secret key of one installation: a file that only its owner can read, made at the first start."""

import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key

from config.environment import EnvironmentProblem


def read_or_create(path: Path) -> str:
    """The key in `path`. A missing file is created whole and at once: two processes starting together end
    with the same key. Raises `EnvironmentProblem` when folder or file cannot be used."""
    try:
        if not path.exists():
            _create(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "不是文本文件"
        raise EnvironmentProblem(
            f"无法读写密钥文件 {path}（{reason}），请检查 SECRET_KEY_FILE 和 DATA_DIR。",
            "secret key file unusable",
        ) from error
    if len(key) < 50:
        raise EnvironmentProblem(
            f"密钥文件 {path} 内容不足 50 个字符，请删除后重新启动，系统会另行生成。", "secret key too short"
        )
    return key


def _create(path: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(get_random_secret_key() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, path)  # unlike a rename, a link never replaces the key of whoever came first
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
