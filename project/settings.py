"""The one settings file. What differs between places comes from the environment (see docs/operations.md)."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from project.environment import read_database, read_flag, read_list, read_number, read_text

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(read_text("DONDOC_DATA_DIR", str(BASE_DIR / "var")))

DEBUG = read_flag("DONDOC_DEBUG", default=True)
DEMONSTRATION = read_flag("DONDOC_DEMONSTRATION", default=DEBUG)
INSECURE_KEY = "chi-dung-khi-phat-trien-khong-dung-khi-van-hanh"
SECRET_KEY = read_text("SECRET_KEY", INSECURE_KEY)
if not DEBUG and SECRET_KEY == INSECURE_KEY:
    raise ImproperlyConfigured("Khi vận hành phải đặt SECRET_KEY (chuỗi ngẫu nhiên, ít nhất 50 ký tự).")
ALLOWED_HOSTS = read_list("DONDOC_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = read_list("DONDOC_TRUSTED_ORIGINS", default=[])
BEHIND_HTTPS = read_flag("DONDOC_HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "guardian",
    "django_tasks",
    "django_tasks_db",
    "viewflow",
    "viewflow.workflow",
    "workflow",
    "approvals",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "workflow.web.middleware.ActorMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
ASGI_APPLICATION = "project.asgi.application"

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
                "workflow.web.context.frame",
            ],
        },
    },
]

DATABASES = {"default": read_database("DATABASE_URL", sqlite_file=DATA_DIR / "dondoc.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "workflow.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "workflow.queries.password.StrengthValidator"},
    {"NAME": "workflow.queries.password.ReuseValidator"},
]
PASSWORD_HISTORY = read_number("DONDOC_PASSWORD_HISTORY", default=10)
LOCKOUT_FAILURES = read_number("DONDOC_LOCKOUT_FAILURES", default=5)
LOCKOUT_WINDOW_MINUTES = read_number("DONDOC_LOCKOUT_WINDOW_MINUTES", default=15)
LOCKOUT_MINUTES = read_number("DONDOC_LOCKOUT_MINUTES", default=30)
SECOND_FACTOR_ROLES = read_list(
    "DONDOC_SECOND_FACTOR_ROLES", default=[] if DEMONSTRATION else ["admin", "leader", "clerk"]
)
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "my-work"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# Only our own files: viewflow's style sheets name fonts that it does not ship, and none of its pages are used.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [BASE_DIR / "workflow" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
ATTACHMENT_MAX_BYTES = read_number("DONDOC_ATTACHMENT_MAX_BYTES", default=20 * 1024 * 1024)
VERIFY_MAX_BYTES = read_number("DONDOC_VERIFY_MAX_BYTES", default=20 * 1024 * 1024)
TRUST_DIR = Path(read_text("DONDOC_TRUST_DIR", str(DATA_DIR / "trust")))
TSA_URL = read_text("DONDOC_TSA_URL", "")
if TSA_URL and not TSA_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(f"DONDOC_TSA_URL={TSA_URL!r} không hợp lệ: phải là địa chỉ http:// hoặc https://.")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

EMAIL_HOST = read_text("DONDOC_MAIL_HOST", "")
EMAIL_PORT = read_number("DONDOC_MAIL_PORT", default=25)
EMAIL_HOST_USER = read_text("DONDOC_MAIL_USER", "")
EMAIL_HOST_PASSWORD = read_text("DONDOC_MAIL_PASSWORD", "")
EMAIL_USE_TLS = read_flag("DONDOC_MAIL_TLS", default=False)
DEFAULT_FROM_EMAIL = read_text("DONDOC_MAIL_FROM", "don-doc@localhost")
BASE_URL = read_text("DONDOC_BASE_URL", "").rstrip("/")
EMAIL_TIMEOUT = 30
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "django.core.mail.backends.filebased.EmailBackend"
)

SESSION_ENGINE = "workflow.adapters.session"
SESSION_IDLE_MINUTES = read_number("DONDOC_SESSION_IDLE_MINUTES", default=60)
SESSION_HOURS = read_number("DONDOC_SESSION_HOURS", default=8)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_FAILURE_VIEW = "workflow.web.views.error.csrf_failure"
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_HSTS_SECONDS = 31536000 if BEHIND_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_HTTPS
SECURE_HSTS_PRELOAD = BEHIND_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": read_text("DONDOC_LOG_LEVEL", "WARNING")},
    "loggers": {
        "workflow": {"level": "INFO"},
        "approvals": {"level": "INFO"},
        # What they find wrong in a file is told to whoever asked; a trace of each such file would fill the log.
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "CRITICAL"},
    },
}
