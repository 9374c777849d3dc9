"""What stays as long as the process is not looked through again and again."""

import subprocess
import sys

LOOK = "import django, gc; django.setup(); print(gc.get_freeze_count(), gc.get_threshold()[0])"


def test_code_and_models_are_set_aside_and_garbage_is_still_collected():
    env = {"VENTANILLA_MODE": "demo", "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings_test"}
    done = subprocess.run([sys.executable, "-c", LOOK], env=env, capture_output=True, text=True, check=True)
    frozen, threshold = done.stdout.split()
    assert int(frozen) > 50_000
    assert int(threshold) > 10_000
