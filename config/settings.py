"""Every setting, read from the environment in this one place.

Each variable is declared once with its type and default (docs/configuration.md describes them).
A value that can't be read stops the start and names the variable.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parent.parent

# Where this installation keeps what is its own: the SQLite file and collected static files.
VAR_DIR = BASE_DIR / "var"
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def boolean(name: str, *, default: bool) -> bool:
    """Read a yes-or-no variable; anything that is neither stops the start."""
    raw: str = env.str(name, default=str(default)).strip().lower()
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off", ""):
        return False
    raise ImproperlyConfigured(f"{name} is {raw!r}. Write true or false.")


def whole_number(name: str, *, default: int) -> int:
    """Read a number that can't be negative."""
    raw: str = env.str(name, default=str(default)).strip()
    if not raw.isdecimal():
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write a whole number, such as {default}.")
    return int(raw)


def seconds(name: str, *, default: int) -> float:
    """Read a time that can't be negative; a part of a second too."""
    raw: str = env.str(name, default=str(default)).strip()
    whole, _, part = raw.partition(".")
    if not (whole.isdecimal() and (part.isdecimal() or whole == raw)):
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write a number of seconds, such as {default} or 0.5.")
    return float(raw)


def origin(name: str, *, default: str) -> str:
    """Read an address of scheme, host and port, without a path."""
    raw: str = env.str(name, default=default).rstrip("/")
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write an origin, such as https://consent.example.com.")
    return raw


def rate(name: str, *, default: str) -> str | None:
    """Read a number of requests per second, minute, hour or day; empty means no limit."""
    raw: str = env.str(name, default=default).strip()
    if raw and not re.fullmatch(r"[1-9][0-9]*/(s|sec|second|m|min|minute|h|hour|d|day)", raw):
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write a rate such as 120/min, or nothing for no limit.")
    return raw or None


def header_name(name: str, *, default: str) -> str:
    """Read the name of a request header; empty means none is trusted."""
    raw: str = env.str(name, default=default).strip()
    if raw and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", raw):
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write a header's name, such as X-Country, or nothing.")
    return raw


def choice(name: str, options: tuple[str, ...], *, default: str) -> str:
    """Read one of a few words."""
    raw: str = env.str(name, default=default).strip().upper()
    if raw not in options:
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write one of {', '.join(options)}.")
    return raw


# --- What this server is ---------------------------------------------------------------------------

DEBUG = boolean("DEBUG", default=False)
PORT = whole_number("PORT", default=8000)
PUBLIC_URL = origin("PUBLIC_URL", default=f"http://localhost:{PORT}")
IS_HTTPS = PUBLIC_URL.startswith("https://")
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. Write a long random value in .env; `make run` makes one.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_URL).hostname])
DEMO = boolean("DEMO", default=False)
if DEMO:
    # The demo websites live on loopback names, so that they are other origins than the platform.
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", ".localhost", "127.0.0.1"]
WORKERS = whole_number("WORKERS", default=1)
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", default=0)
EVENT_RATE = rate("EVENT_RATE", default="120/min")
TOKEN_RATE = rate("TOKEN_RATE", default="600/min")
LIVE_REFRESH_SECONDS = seconds("LIVE_REFRESH_SECONDS", default=2)
COUNT_FLUSH_SECONDS = whole_number("COUNT_FLUSH_SECONDS", default=5)
# Where visitors are: what the edge says, else a database on this machine. It is opened and tried when the server starts
# (consent/geography.py).
COUNTRY_HEADER = header_name("COUNTRY_HEADER", default="")
REGION_HEADER = header_name("REGION_HEADER", default="")
if REGION_HEADER and not COUNTRY_HEADER:
    raise ImproperlyConfigured("REGION_HEADER is set, but COUNTRY_HEADER is not. Set both, or neither.")
GEOIP_DATABASE = env.str("GEOIP_DATABASE", default="").strip()
if GEOIP_DATABASE:
    GEOIP_DATABASE = str(BASE_DIR / GEOIP_DATABASE)
# The private keys that sign the ledgers' checkpoints: files, never rows. Only `maintain` reads them.
LEDGER_KEYS = BASE_DIR / env.str("LEDGER_KEYS", default="var/ledger-keys").strip()
# Files of evidence that auditors asked for, until their time is over.
EXPORTS_FOLDER = BASE_DIR / env.str("EXPORTS_FOLDER", default="var/exports").strip()
# Copies of each day's checkpoint, out of this server's reach.
CHECKPOINT_FOLDER = env.str("CHECKPOINT_FOLDER", default="").strip()
if CHECKPOINT_FOLDER:
    CHECKPOINT_FOLDER = str(BASE_DIR / CHECKPOINT_FOLDER)
CHECKPOINT_MAIL = env.list("CHECKPOINT_MAIL", default=[])
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"sayso@{urlsplit(PUBLIC_URL).hostname}")
SOURCE_URL = env.str("SOURCE_URL", default="")

# --- Applications ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "accounts",
    "cookies",
    "consent",
]
MIDDLEWARE = [
    # First, so that nothing is answered without it: not a static file, a redirect or an error either.
    "consent.wellknown.tk.say_tracking_status",
    "config.middleware.keep_transport_security_to_own_host",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.gate.SecondFactorGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database --------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'sayso.sqlite3'}")}
if not DATABASES["default"]["ENGINE"].endswith((".sqlite3", ".postgresql")):
    raise ImproperlyConfigured(
        "DATABASE_URL names neither SQLite nor PostgreSQL. Evidence is guarded on these two only."
    )
IS_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    # Opening the file anew for each request would cost more than the insert.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at once instead of failing
    # half-way; FULL makes an acknowledged event survive a power cut, not only a killed process.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
else:
    # A socket's folder is written percent-encoded in an address.
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 10}

# --- Static files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
# The demo and development serve straight from the source folders, so that `make run` has no extra step.
WHITENOISE_USE_FINDERS = DEMO or DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Security --------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "sayso_session"
CSRF_COOKIE_NAME = "sayso_csrf"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", default=31_536_000) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_ATTEMPTS = whole_number("LOGIN_ATTEMPTS", default=5)
LOGIN_LOCK_MINUTES = whole_number("LOGIN_LOCK_MINUTES", default=15)
if not LOGIN_ATTEMPTS or not LOGIN_LOCK_MINUTES:
    raise ImproperlyConfigured("LOGIN_ATTEMPTS or LOGIN_LOCK_MINUTES is 0. Write at least 1: 0 would let nobody in.")
REQUIRE_TWO_FACTOR = boolean("REQUIRE_TWO_FACTOR", default=False)
# What an authenticator app shows above its codes.
OTP_TOTP_ISSUER = f"Sayso {urlsplit(PUBLIC_URL).hostname}"

# --- Logging: levels and messages only, never an address, an identifier or a query string -----------

LOG_LEVEL = choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), default="WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    # Its warnings name the path of every refused request, and a receipt's path holds an event id.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

# --- API -------------------------------------------------------------------------------------------

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "consent.api.errors.as_error",
    "DEFAULT_THROTTLE_CLASSES": ["consent.api.throttling.ClientThrottle"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sayso API",
    "DESCRIPTION": "Consent events, published versions and the visitor's own record.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "consent.api.openapi.add_plain_views",
    ],
    "AUTHENTICATION_WHITELIST": ["consent.api.manage.authentication.BearerToken"],
    "ENUM_NAME_OVERRIDES": {
        "TechnologyEnum": "cookies.vocabulary.TECHNOLOGIES",
        "EventActionEnum": "consent.api.manage.records.ACTIONS",
    },
}

# --- Admin -----------------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Sayso",
    "SITE_HEADER": "Sayso",
    "SITE_SUBHEADER": "Consent for your websites",
    "SITE_URL": "/",
    "SITE_SYMBOL": "verified_user",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("pages/icon.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "10px",
    "STYLES": [lambda request: static("admin/sayso.css")],
    "LOGIN": {"form": "accounts.forms.LoginForm"},
    "DASHBOARD_CALLBACK": "consent.admin.home.websites",
    "COLORS": {
        "base": {
            "50": "#f5f6f8",
            "100": "#eef0f3",
            "200": "#dfe2e7",
            "300": "#c8cdd5",
            "400": "#a7aeba",
            "500": "#5f6672",
            "600": "#454c57",
            "700": "#343a44",
            "800": "#262b33",
            "900": "#1a1d23",
            "950": "#121419",
        },
        "primary": {
            "50": "#f1f5fe",
            "100": "#e8eefc",
            "200": "#cddafa",
            "300": "#b7caff",
            "400": "#9db8ff",
            "500": "#7d9dfb",
            "600": "#1d4ed8",
            "700": "#1a44bd",
            "800": "#183a9b",
            "900": "#172f77",
            "950": "#101d47",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "",
                "items": [
                    {"title": "Your websites", "icon": "language", "link": reverse_lazy("admin:index")},
                    {
                        "title": "Consent records",
                        "icon": "fact_check",
                        "link": reverse_lazy("admin:consent_consentevent_changelist"),
                        "permission": "consent.admin.home.may_read_events",
                    },
                ],
            },
            {
                "title": "This server",
                "items": [
                    {
                        "title": "People",
                        "icon": "group",
                        "link": reverse_lazy("admin:auth_user_changelist"),
                        "permission": "consent.admin.home.is_administrator",
                    },
                    {
                        "title": "Groups",
                        "icon": "shield_person",
                        "link": reverse_lazy("admin:auth_group_changelist"),
                        "permission": "consent.admin.home.is_administrator",
                    },
                ],
            },
        ],
    },
}
