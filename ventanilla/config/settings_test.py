"""Settings of the test suite: the real ones with a few lines changed."""

import os
import tempfile

os.environ["VENTANILLA_MODE"] = "demo"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="ventanilla-test-")
os.environ["PUBLIC_URL"] = "https://hub.example"
if (address := os.environ.get("DATABASE_URL", "")).startswith("postgres"):
    os.environ.setdefault("KEYS_DATABASE_URL", f"{address}_keys")

from .settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

# The key store has four tables: no need to go through the history of every app.
DATABASES["keys"]["TEST"] = {"MIGRATE": False}  # noqa: F405
# Tests that ask through a server of their own would close the connection whose work is rolled back.
for one in DATABASES.values():  # noqa: F405
    one["CONN_MAX_AGE"] = None
# Each half of the suite counts for itself, and only the tests of the limit have one.
CACHES = globals().get("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}})
CACHES["default"]["KEY_PREFIX"] = f"test-{os.getpid()}"
API_RATE = SITE_RATE = 0
