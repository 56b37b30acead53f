"""Settings. Whatever differs between two installations comes from the environment (README, 环境变量)."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from config import environment, fonts, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

# -- What the environment decides ----------------------------------------------------------------------------

DEBUG = environment.flag("DEBUG", default=False)
DEMO = environment.flag("DEMO", default=True)
# 1: behind one proxy that ends TLS and itself sets X-Forwarded-Proto and X-Forwarded-For
HTTPS = environment.flag("HTTPS", default=False)
REDIS_URL = environment.text("REDIS_URL")  # a cache that several machines share; needs `pip install redis`
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]")

DATA_DIR = environment.path("DATA_DIR", default=BASE_DIR / "var")
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise environment.EnvironmentProblem(
        f"无法建立数据目录 {DATA_DIR}（{error.strerror}），请检查 DATA_DIR。", "DATA_DIR cannot be created"
    ) from error
SECRET_KEY = secret_key.read_or_create(environment.path("SECRET_KEY_FILE", default=DATA_DIR / "secret_key"))

# -- Databases, cache, sessions ------------------------------------------------------------------------------

DATABASES = {"default": environment.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# ATOMIC_REQUESTS stays off: with IMMEDIATE every page view would take SQLite's only write lock.

if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:  # files, because gunicorn's workers do not share memory: one would miss what another has changed
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "cache",
            "OPTIONS": {"MAX_ENTRIES": 2000},
        }
    }

# A cache of files belongs to one machine. With PostgreSQL there may be several, and a log-out holds on all.
_SHARED_CACHE = bool(REDIS_URL) or DATABASES["default"]["ENGINE"].endswith("sqlite3")
SESSION_ENGINE = "django.contrib.sessions.backends." + ("cached_db" if _SHARED_CACHE else "db")
# Ports do not separate cookies: another Django site on this host keeps its own.
SESSION_COOKIE_NAME = "jixiao_session"
# A working day from log-in. Not renewed on every request: that would be a write for each page.
SESSION_COOKIE_AGE = 12 * 60 * 60

# -- Applications --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "evaluations",
    "indicators",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "js_lib_bootstrap5",
    "django_htmx",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "evaluations.middleware.SignInMiddleware",
    "evaluations.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",  # must be the last
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evaluations.context.site",
                "evaluations.navigation.context",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# -- People and passwords ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "evaluations.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "evaluations.access.RoleBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": _VALIDATORS + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": _VALIDATORS + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": _VALIDATORS + "CommonPasswordValidator"},
    {"NAME": _VALIDATORS + "NumericPasswordValidator"},
]

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# The pair: colleagues behind one address are not locked, nor can a stranger lock a person out everywhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "evaluations.views.accounts.locked_out"
AXES_COOLOFF_MESSAGE = "登录失败次数过多，该账号已锁定 15 分钟。请稍后再试，或请系统管理员重置密码。"

# -- Language and formats ------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# -- Files ---------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"  # no MEDIA_URL: a file leaves only through a view that asks the access door
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticStorage"},
}

# The largest honest form is a grid of budget lines pasted from Excel: 5,000 rows of 12 boxes. Its fields take
# about 80 bytes each with their names; a narrative of 100,000 characters takes 900 kB in a form's encoding.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 60_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Files do not count there. Up to 2.5 MB they are kept in memory, larger ones are written to a temporary file;
# what is too large is only counted (evaluations/uploading.py), whatever the page that receives it.
FILE_UPLOAD_HANDLERS = [
    "evaluations.uploading.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 40
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

FONTS_DIR = fonts.folder()
FONTCONFIG_FILE = fonts.fontconfig_file(FONTS_DIR)
FONTS_MISSING = fonts.missing(FONTS_DIR)

# -- Mail ----------------------------------------------------------------------------------------------------

_MAIL = environment.mail("EMAIL_URL", "EMAIL_FROM")
EMAIL_CONFIGURED = bool(_MAIL)  # without it only an administrator resets passwords
EMAIL_BACKEND = "django.core.mail.backends." + ("smtp" if EMAIL_CONFIGURED else "dummy") + ".EmailBackend"
EMAIL_TIMEOUT = 10
SITE_URL = environment.site("SITE_URL")  # for links in mails; without it they say where to look
globals().update(_MAIL)

# -- Browser security ----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its arrows and ticks by data: images in its style sheet
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "evaluations.views.errors.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    AXES_IPWARE_META_PRECEDENCE_ORDER = ("HTTP_X_FORWARDED_FOR", "REMOTE_ADDR")
    AXES_IPWARE_PROXY_COUNT = 1
# Whether sub-domains use HTTPS, and whether browsers know it beforehand, the owner of the domain decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# -- Log -----------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # one line for every subset table
    },
}
