"""Settings: everything that differs between machines comes from the environment, and is safe when unset.

`make run` asks for DEBUG and gets a key, a database and a broker of its own; elsewhere SECRET_KEY must be given.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from dure.local.home import home_of_clone
from dure.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = home_of_clone()

# One thread for NumPy's matrix products: processes, not threads, use the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

env = Env()

DEBUG = env.bool("DEBUG", False)
HTTPS = env.bool("HTTPS", not DEBUG)
SECRET_KEY = env.str("SECRET_KEY", "") or (HOME.secret("secret-key") if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. On a developer's machine set DEBUG=1, as `make run` does.")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SITE_HOST = env.str("SITE_HOST", "127.0.0.1:8000")

# --- Apps ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "dure.apps.DureConfig",
    "core",
    "accounts",
    "insights",
    "factory_sim",
    "configurator",
    "editions",
    "orders",
    "dure.apps.DureAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "payments",
]

MIDDLEWARE = [
    "dure.health.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.stylesheet.StylesheetMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.http.CompressionMiddleware",
    "core.http.RequestLogMiddleware",
    "core.http.UnavailableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.consent.ConsentMiddleware",
]

ROOT_URLCONF = "dure.urls"
ASGI_APPLICATION = "dure.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orders.context.site",
            ],
        },
    },
]
FORM_RENDERER = "dure.forms.FormRenderer"

# --- Database, cache, sessions -------------------------------------------------------------------

DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", 0)
# How many requests a process answers at a time (docs/decisions/0020-threads.md); streams take connections beside them.
WEB_THREADS = env.int("WEB_THREADS", 4)
DATABASES = {"default": env.dj_db_url("DATABASE_URL", HOME.database_url)}
DATABASES["default"].setdefault("OPTIONS", {})
if DATABASE_POOL_SIZE:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL_SIZE, "timeout": 2}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", HOME.redis_url)
CACHES = {
    "default": {
        "BACKEND": "core.cache.ProcessRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "dure",
    },
}

# --- Pictures ------------------------------------------------------------------------------------

# Files that can always be made again: composed pictures, and the plates as they are decoded.
PICTURE_CACHE = env.str("PICTURE_CACHE", str(HOME.path / "pictures" / "files"))
PICTURE_CACHE_BYTES = env.int("PICTURE_CACHE_BYTES", 1_000_000_000)
PLATE_CACHE = env.str("PLATE_CACHE", str(HOME.path / "pictures" / "plates"))
PLATE_CACHE_BYTES = env.int("PLATE_CACHE_BYTES", 2_000_000_000)

# --- Celery (why these values: docs/decisions/0005-tasks.md) -------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A broker that went dead without closing its connections is found out after polling_interval and two health checks.
    "polling_interval": 2,
    "health_check_interval": 5,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_TASK_DEFAULT_QUEUE = "dure"
# Letters may pile up; the factory and its promises go on beside them.
CELERY_TASK_ROUTES = {
    name: {"queue": "tick"}
    for name in ("factory_sim.tick", "factory_sim.replan", "factory_sim.replan_plant", "orders.publish_queues")
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
TICK_SECONDS = env.float("TICK_SECONDS", 0.5)
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "factory_sim.tick", "schedule": TICK_SECONDS, "options": {"queue": "tick", "expires": 2}},
    # At 720 times as fast a second is twelve minutes in the factory; what begins within the hour keeps its place.
    "replan": {"task": "factory_sim.replan", "schedule": 1.0, "options": {"queue": "tick", "expires": 2}},
    "publish-queues": {"task": "orders.publish_queues", "schedule": 1.0, "options": {"queue": "tick", "expires": 2}},
    "advance-lobbies": {"task": "editions.advance_lobbies", "schedule": 5.0, "options": {"expires": 10}},
    "sweep-outbox": {"task": "core.sweep_outbox", "schedule": 5.0, "options": {"expires": 10}},
    "settle-payments": {"task": "orders.settle_open_payments", "schedule": 30.0, "options": {"expires": 60}},
    "remove-unused-artworks": {"task": "orders.remove_unused_artworks", "schedule": 24 * 3600.0},
    "forget-lobby-people": {"task": "editions.forget_lobby_people", "schedule": 3600.0, "options": {"expires": 3600}},
    "tend-lines": {"task": "editions.tend_lines", "schedule": 5.0, "options": {"expires": 10}},
    "forget-waiting-people": {
        "task": "editions.forget_waiting_people",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget-answers": {"task": "core.forget_answers", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-processed": {"task": "core.forget_processed", "schedule": 24 * 3600.0},
}

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "orders:pieces"
ACCOUNT_LOGOUT_REDIRECT_URL = "orders:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_SESSION_REMEMBER = True
MFA_TOTP_ISSUER = "Dure"
STAFF_MFA_REQUIRED = not DEBUG
DEMO_STAFF_EMAIL = "maker@dure.example"

EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", f"file:///{HOME.mail}" if DEBUG else "smtp://localhost")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Dure <hello@dure.example>")

# --- Languages and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

# --- Static files --------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "build" / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = env.str("MEDIA_ROOT", str(HOME.media))
CATALOGUE_DIR = BASE_DIR / "catalogue"
FRONTEND_DIR = BASE_DIR / "frontend"

# --- Security ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "dure_session"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "dure_csrf"
CSRF_FAILURE_VIEW = "dure.errors.csrf_failure"
LANGUAGE_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
# How many proxies of our own stand in front: without it TLS would redirect for ever behind one, and all visitors
# would share its address and so its rate limits.
PROXIES = env.int("PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# A customer's own picture is the only file that is ever sent, in a form with little beside it.
ARTWORK_BYTES = env.int("ARTWORK_BYTES", 12_000_000)
UPLOAD_BYTES = ARTWORK_BYTES
FILE_UPLOAD_HANDLERS = [
    "core.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Beyond this a body is not even read. In between, the answer can say in the visitor's language what is too large.
LARGEST_BODY = 5 * ARTWORK_BYTES

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

# --- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # JSON only: a form on a foreign page cannot send it without asking first.
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.problems.exception_handler",
    "DEFAULT_THROTTLE_RATES": {
        "quote": env.str("RATE_QUOTE", "240/min"),
        # A held piece is kept from everybody else: one address takes no more than these.
        "hold": env.str("RATE_HOLD", "20/10min"),
        "order": env.str("RATE_ORDER", "20/min"),
        # Each look at a changed design is checked, priced and promised.
        "change": env.str("RATE_CHANGE", "60/10min"),
        "picture": env.str("RATE_PICTURE", "600/min"),
        # Some hundred kilobytes each.
        "model": env.str("RATE_MODEL", "240/min"),
        "design": env.str("RATE_DESIGN", "30/min"),
        # Codes of designs have 35 random bits: at this rate one address guesses a particular one in five centuries.
        "lookup": env.str("RATE_LOOKUP", "120/min"),
        # A whole ledger is some hundred bytes for each order.
        "ledger": env.str("RATE_LEDGER", "120/min"),
        # A thousand promises each.
        "promises": env.str("RATE_PROMISES", "120/min"),
        # Pages whose stream was refused ask every five seconds.
        "standing": env.str("RATE_STANDING", "600/min"),
        # Each one is read by a person.
        "appeal": env.str("RATE_APPEAL", "10/10min"),
        # Whoever has no account is known by her browser only: this is what keeps one address from being a crowd.
        "lobby": env.str("RATE_LOBBY", "20/10min"),
        # Each asks for a letter to an address that somebody typed.
        "waiting": env.str("RATE_WAITING", "10/10min"),
        # By the address it goes to: nobody fills a stranger's letter box.
        "waiting_letter": env.str("RATE_WAITING_LETTER", "3/1h"),
        # Each takes some seconds of a core; staff only.
        "lab": env.str("RATE_LAB", "60/10min"),
        "what_if": env.str("RATE_WHAT_IF", "60/10min"),
        # A plant's own system, which reports each step of each piece.
        "plant": env.str("RATE_PLANT", "600/min"),
        # Each takes up to a second of a core.
        "upload": env.str("RATE_UPLOAD", "30/10min"),
    },
    "NUM_PROXIES": PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Dure",
    "DESCRIPTION": "Co-design a piece of a limited edition, see its honest price and date, hold it and order it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}

# --- Payment -------------------------------------------------------------------------------------

PAYMENT_MODEL = "orders.Payment"
# PAYMENT_VARIANTS is JSON: {"stripe": ["payments.stripe.StripeProviderV3", {"api_key": "…"}]}.
PAYMENT_VARIANT = env.str("PAYMENT_VARIANT", "demo" if DEBUG else "")
PAYMENT_VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "demo": ("orders.demo_payment.DemoProvider", {}),
    **{name: (provider, options) for name, (provider, options) in dict(env.json("PAYMENT_VARIANTS", {})).items()},
}
PAYMENT_HOST = SITE_HOST
PAYMENT_USES_SSL = HTTPS

# --- Live counters and metrics (docs/metrics.md) -------------------------------------------------

STREAMS_PER_ADDRESS = env.int("STREAMS_PER_ADDRESS", 30)
STREAMS_PER_PROCESS = env.int("STREAMS_PER_PROCESS", 2000)
# Who may read /metrics says it as a bearer token; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# --- The shop and its factory --------------------------------------------------------------------

PLANT = env.str("PLANT", "mangwon")
# In demos a day of the factory passes in two minutes.
FACTORY_SPEED = env.float("FACTORY_SPEED", 720.0 if DEBUG else 1.0)
# Plants outside (docs/plant-interface.md): {"mangwon": "whsec_…"}, two secrets apart by a space while one is changed.
PLANT_SECRETS: dict[str, str] = dict(env.json("PLANT_SECRETS", {}))
# Networks besides the public internet in which plants may be. To this machine itself messages may go without TLS.
PLANT_NETWORKS = env.list("PLANT_NETWORKS", ["127.0.0.0/8", "::1/128"] if DEBUG else [])
REVIEW_WORKING_MINUTES = env.float("REVIEW_WORKING_MINUTES", 480.0)
# How long a piece is kept for the first in a waiting list. Letters are not read within minutes.
WAITING_OFFER_HOURS = env.float("WAITING_OFFER_HOURS", 24.0)
# By currency, included in every price: {"KRW": "10", "EUR": "19"}. Where none is named no tax is charged.
TAX_PERCENT = {currency: Decimal(str(rate)) for currency, rate in dict(env.json("TAX_PERCENT", {"KRW": 10})).items()}

LOGGING = logging_settings(json=env.bool("LOG_JSON", not DEBUG), level=env.str("LOG_LEVEL", "INFO"))
