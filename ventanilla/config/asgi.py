"""The ASGI application: baked pages first, Django for the rest."""

import os

from django.core.asgi import get_asgi_application

from ventanilla.config.at_most import AtMost
from ventanilla.config.whole_requests import WholeRequests
from ventanilla.web.baked import BakedFirst, BakedStore
from ventanilla.web.baked.responses import App

# Requests Django works on at once in one process. Each takes a thread and a database connection, so a crowd
# waits its turn here instead of exhausting the database; readers of baked pages never enter this queue.
DJANGO_AT_ONCE = 16


def build() -> App:
    """Django with the settings named by DJANGO_SETTINGS_MODULE, ours when it is not set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    django = get_asgi_application()
    from django.conf import settings

    at_work = AtMost(django, limit=DJANGO_AT_ONCE)
    from ventanilla.config.hooks_together import HooksTogether

    whole = WholeRequests(HooksTogether(at_work), most=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
    return BakedFirst(whole, BakedStore(settings.BAKED_ROOT))


application = build()
