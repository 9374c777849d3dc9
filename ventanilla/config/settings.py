"""Settings: read from the environment once, documented in docs/reference/settings.md."""

import sys
from pathlib import Path

import django.conf.locale
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ventanilla.lib import env

from .checks import one_of, reader_from, refuse_unsafe, scanner_from
from .databases import database_from_url, demo_master_key, key_store_from_url, shared_cache
from .log_format import configuration
from .mail import mail_settings
from .oidc import roles_from

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
MASTER_KEY = env.text("MASTER_KEY", demo_master_key(DATA_DIR / "keys") if DEMO else "")
MASTER_KEY_FORMER = env.text("MASTER_KEY_FORMER", "")
KEY_MASTER = env.text("KEY_MASTER", "ventanilla.privacy.sealing.masters.FromSettings")
refuse_unsafe(
    demo=DEMO,
    debug=DEBUG,
    secret_key=SECRET_KEY,
    allowed_hosts=ALLOWED_HOSTS,
    public_url=PUBLIC_URL,
    trusted_proxy=TRUSTED_PROXY,
    metrics_token=METRICS_TOKEN,
    master_key=MASTER_KEY,
    key_master=KEY_MASTER,
    database=env.text("DATABASE_URL", ""),
    key_database=env.text("KEYS_DATABASE_URL", ""),
)
LOGGING = configuration(as_json=not DEMO)

BAKED_ROOT = DATA_DIR / "baked"
INDEX_ROOT = DATA_DIR / "index"
KEYS_ROOT = DATA_DIR / "keys"
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
# Django has no Haitian Creole: the second path holds the names of its months and days.
LOCALE_PATHS = [PACKAGE / "locale", PACKAGE / "config" / "formats" / "locale"]
FORMAT_MODULE_PATH = ["ventanilla.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

INSTALLED_APPS = [
    "ventanilla.config",
    "ventanilla.web",
    "ventanilla.console",
    "ventanilla.api",
    "ventanilla.labour",
    "ventanilla.enquiries",
    "ventanilla.channels",
    "ventanilla.answers",
    "ventanilla.library",
    "ventanilla.directory",
    "ventanilla.verification",
    "ventanilla.hubs",
    "ventanilla.cms",
    "ventanilla.privacy",
    "ventanilla.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
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
    "ventanilla.config.headers.safe_headers",
    "django.middleware.security.SecurityMiddleware",
    "ventanilla.web.health.probes_first",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ventanilla.console.session_guard.SessionGuard",
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
    "default": database_from_url(env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'ventanilla.sqlite3'}")),
    # Keys stand apart from all that they open: no backup of the data holds one.
    "keys": key_store_from_url(env.text("KEYS_DATABASE_URL", f"sqlite:///{KEYS_ROOT / 'keys.sqlite3'}")),
}
DATABASE_ROUTERS = ["ventanilla.privacy.sealing.router.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Requests to the public API a minute from one address; a whole shelter may stand behind it. 0: no limit.
API_RATE = env.number("API_RATE", "600")
# The same for the forms of the public site: asking, the chat, one's own data.
SITE_RATE = env.number("SITE_RATE", "600")

VALKEY_URL = env.text("VALKEY_URL", "")
if VALKEY_URL:
    CACHES = {"default": shared_cache(VALKEY_URL, secret_key=SECRET_KEY, database=DATABASES["default"])}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "ventanilla.accounts.passwords.NotBreached"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/console/"
LOGOUT_REDIRECT_URL = "/console/login/"
# Sessions end after so many hours whatever happens, and lock when nobody touches them. 0: no lock.
SESSION_COOKIE_AGE = max(1, env.number("SESSION_HOURS", "12")) * 3600
LOCK_MINUTES = env.number("LOCK_MINUTES", "5")
INVITATION_DAYS = max(1, env.number("INVITATION_DAYS", "7"))
# Another code of conduct than the shipped one, in the shape of ventanilla/accounts/undertaking.yaml.
UNDERTAKING = env.text("UNDERTAKING", "")
ACCOUNT_ADAPTER = "ventanilla.console.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Trying is slowed down by ventanilla.accounts.throttle, which all processes share and stores no address.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {
    "login": "ventanilla.console.forms.sign_in.SignInForm",
    "change_password": "ventanilla.console.forms.sign_in.ChangePasswordForm",
    "reset_password": "ventanilla.console.forms.sign_in.ForgottenForm",
}
MFA_ADAPTER = "ventanilla.console.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey that asks for a finger or a PIN is two factors at once.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Clocks of telephones are off by some seconds.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "activate_totp": "ventanilla.console.forms.second_factor.AppForm",
    "authenticate": "ventanilla.console.forms.second_factor.CodeForm",
    "reauthenticate": "ventanilla.console.forms.second_factor.CodeAgainForm",
    "add_webauthn": "ventanilla.console.forms.second_factor.PasskeyForm",
    "login_webauthn": "ventanilla.console.forms.second_factor.PasskeySignInForm",
    "authenticate_webauthn": "ventanilla.console.forms.second_factor.PasskeySecondForm",
    "reauthenticate_webauthn": "ventanilla.console.forms.second_factor.PasskeyAgainForm",
}
SOCIALACCOUNT_ADAPTER = "ventanilla.console.adapters.MinistryAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# Signing in through a ministry (OpenID Connect); off without OIDC_ISSUER.
OIDC_ISSUER = env.text("OIDC_ISSUER", "")
OIDC_NAME = env.text("OIDC_NAME", "")
OIDC_ROLES = roles_from(env.text("OIDC_ROLES", "[]"))
OIDC_ROLES_CLAIM = env.text("OIDC_ROLES_CLAIM", "groups")
OIDC_TRUSTED_FACTORS = env.items("OIDC_TRUSTED_FACTORS")
SOCIALACCOUNT_PROVIDERS = {
    "ministry": {
        "APPS": [
            {
                "provider_id": "ministry",
                "name": OIDC_NAME,
                "client_id": env.text("OIDC_CLIENT_ID", ""),
                "secret": env.text("OIDC_CLIENT_SECRET", ""),
                "settings": {},
            }
        ]
    }
}
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
# Browsers take cookies of these names over TLS and from this very host alone, so that no neighbour below the
# same domain plants one; the whole site is their path, and public pages never look at them. A demonstration
# has no TLS.
SESSION_COOKIE_NAME = "sessionid" if DEMO else "__Host-session"
CSRF_COOKIE_NAME = "csrftoken" if DEMO else "__Host-csrf"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/console/" if DEMO else "/"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY else None
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
# With "no-referrer" browsers send forms with "Origin: null", which is refused: nobody could sign in.
# Public pages set "no-referrer" themselves.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Files that people send. One at a time fits into memory, so that it is never on a disk before it is sealed.
FILE_MAX_MB = max(1, env.number("FILE_MAX_MB", "16"))
FILE_UPLOAD_MAX_MEMORY_SIZE = (FILE_MAX_MB + 1) * 1024 * 1024
CLAMAV = scanner_from(env.text("CLAMAV", ""))
CLAMAV_AWAY = one_of("CLAMAV_AWAY", env.text("CLAMAV_AWAY", "hold"), ("hold", "refuse"))

# A machine that translates for staff, as LibreTranslate does; off without TRANSLATE_URL.
TRANSLATE_URL = reader_from("TRANSLATE_URL", env.text("TRANSLATE_URL", ""))
TRANSLATE_KEY = env.text("TRANSLATE_KEY", "")
TRANSLATE_SECONDS = max(1, env.number("TRANSLATE_SECONDS", "20"))

# A model for answers on another machine, in the place of our own; off without ENCODER_URL.
ENCODER_URL = reader_from("ENCODER_URL", env.text("ENCODER_URL", ""))
ENCODER_MODEL = env.text("ENCODER_MODEL", "")
ENCODER_DIMENSIONS = env.number("ENCODER_DIMENSIONS", "0")
ENCODER_KEY = env.text("ENCODER_KEY", "")
ENCODER_QUESTION_PREFIX = env.text("ENCODER_QUESTION_PREFIX", "")
ENCODER_PASSAGE_PREFIX = env.text("ENCODER_PASSAGE_PREFIX", "")
if ENCODER_URL and not (ENCODER_MODEL and ENCODER_DIMENSIONS):
    raise ImproperlyConfigured("ENCODER_URL also needs ENCODER_MODEL and ENCODER_DIMENSIONS.")

EMAIL_FROM = DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", "Ventanilla <no-reply@localhost>")
locals().update(mail_settings(env.text("EMAIL_URL", ""), demo=DEMO, folder=DATA_DIR / "mail"))

STATIC_URL = "/static/"
STATIC_ROOT = None
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# Files are served straight from the packages: no collecting step between clone and first page.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

WAGTAIL_SITE_NAME = "Ventanilla"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_FINISH_WORKFLOW_ACTION = "ventanilla.library.publishing.publish_approved"
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_KEYBOARD_SHORTCUTS_ENABLED = False
# Passwords and addresses are changed on our own pages, with proof and notice.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False

TESTING = "pytest" in sys.modules
