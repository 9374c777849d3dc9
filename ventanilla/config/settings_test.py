"""Settings of the test suite: the real ones with a few lines changed."""

import os
import tempfile

os.environ["VENTANILLA_MODE"] = "demo"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="ventanilla-test-")
os.environ["PUBLIC_URL"] = "https://hub.example"

from .settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
