import gc

from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.config"

    def ready(self) -> None:
        """Keep Python from looking through everything that was loaded for garbage, again and again.

        Code, models and templates stay as long as the process. By default Python walks through them time
        and again, which takes a tenth of the time of a request; garbage in circles waits a little longer.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
