"""Settings: read from the environment once, documented in docs/reference/settings.md."""

import sys
from pathlib import Path

import django.conf.locale
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ventanilla.lib import env

from .checks import refuse_unsafe
from .databases import database_from_url
from .log_format import configuration

PACKAGE = Path(__file__).resolve().parent.parent

CHECKOUT = PACKAGE.parent
# A checkout keeps its data beside the code, an installed package where it is started.
_HOME = CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path()
DATA_DIR = Path(env.text("DATA_DIR", str(_HOME / "data"))).resolve()
# `ventanilla demo` leaves this mark, so that later commands on the same data know what it is.
DEMO_MARK = DATA_DIR / "this-is-a-demo"
MODE = env.text("VENTANILLA_MODE", "demo" if DEMO_MARK.exists() else "production")
if MODE not in ("production", "demo"):
    raise ImproperlyConfigured(f"VENTANILLA_MODE={MODE!r}: use 'production' or 'demo'.")
DEMO = MODE == "demo"
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "demo-only-never-in-production" if DEMO else "")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "*" if DEMO else "")
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000" if DEMO else "").rstrip("/")
TRUSTED_PROXY = env.flag("TRUSTED_PROXY")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS", "" if DEMO else PUBLIC_URL)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
refuse_unsafe(
    demo=DEMO,
    debug=DEBUG,
    secret_key=SECRET_KEY,
    allowed_hosts=ALLOWED_HOSTS,
    public_url=PUBLIC_URL,
    trusted_proxy=TRUSTED_PROXY,
    metrics_token=METRICS_TOKEN,
)
LOGGING = configuration(as_json=not DEMO)

BAKED_ROOT = DATA_DIR / "baked"
INDEX_ROOT = DATA_DIR / "index"
PACKS_ROOT = PACKAGE / "packs"

# Languages of the public site; the console speaks the first two.
django.conf.locale.LANG_INFO["ht"] = {
    "bidi": False,
    "code": "ht",
    "name": "Haitian Creole",
    "name_local": "Kreyòl ayisyen",
}
PUBLIC_LANGUAGES = ["es", "en", "fr", "ht"]
LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English")), ("fr", _("French")), ("ht", _("Haitian Creole"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("es", "Español"), ("en", "English")]
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

INSTALLED_APPS = [
    "ventanilla.config",
    "ventanilla.web",
    "ventanilla.console",
    "ventanilla.api",
    "ventanilla.labour",
    "ventanilla.answers",
    "ventanilla.library",
    "ventanilla.directory",
    "ventanilla.verification",
    "ventanilla.hubs",
    "ventanilla.cms",
    "ventanilla.accounts",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.sites",
    "wagtail.embeds",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "ventanilla.config.metrics.measured",
    "ventanilla.web.health.probes_first",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ventanilla.console.gate.ConsoleGate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "ventanilla.config.urls"
ASGI_APPLICATION = "ventanilla.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": database_from_url(env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'ventanilla.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Requests to the public API a minute from one address; a whole shelter may stand behind it. 0: no limit.
API_RATE = env.number("API_RATE", "600")

VALKEY_URL = env.text("VALKEY_URL", "")
if VALKEY_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": VALKEY_URL}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "wagtailadmin_login"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/console/"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY else None
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
# With "no-referrer" browsers send forms with "Origin: null", which is refused: nobody could sign in.
# Public pages set "no-referrer" themselves.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

STATIC_URL = "/static/"
STATIC_ROOT = None
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# Files are served straight from the packages: no collecting step between clone and first page.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

WAGTAIL_SITE_NAME = "Ventanilla"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILADMIN_USER_LOGIN_FORM = "ventanilla.console.forms.sign_in.SignInForm"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_FINISH_WORKFLOW_ACTION = "ventanilla.library.publishing.publish_approved"
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_KEYBOARD_SHORTCUTS_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = True
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False

TESTING = "pytest" in sys.modules
