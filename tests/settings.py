"""The settings tests run with: their own data folder and database, a quick password hasher, no demo."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Every run has a folder of its own, so that runs on one machine do not meet; its xdist workers share it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="jixiao-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
for name in ("DEBUG", "HTTPS", "SECRET_KEY_FILE", "ALLOWED_HOSTS", "EMAIL_URL", "REDIS_URL", "SITE_URL"):
    os.environ.pop(name, None)
os.environ["DEMO"] = "0"

from config.settings import *  # noqa: E402, F403
from config.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file: in memory, threads get "database table is locked" at once and the timeout is not heeded.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    _options = DATABASES["default"]["OPTIONS"]
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
else:
    DATABASES["default"]["TEST"] = {"NAME": "test_" + Path(DATA_DIR).name.replace("-", "_")}

(DATA_DIR / "static").mkdir(exist_ok=True)  # WhiteNoise warns where it is missing
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
