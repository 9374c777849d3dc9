"""The commands a person types first: they help, they refuse in a sentence, they need no settings for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ventanilla.config.command import COMMANDS, _parser

ROOT = Path(__file__).resolve().parent.parent
# Runs the command and says at the end whether it loaded Django's database layer, which takes seconds.
_RUN = """
import sys
from ventanilla.config.command import main
try:
    code = main(sys.argv[1:])
except SystemExit as stop:
    code = stop.code
print("SLOW" if "django.db" in sys.modules else "QUICK", file=sys.stderr)
sys.exit(code)
"""


def ventanilla(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing but PATH set."""
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "COLUMNS": "100", **env}
    command = [sys.executable, "-c", _RUN, *arguments]
    return subprocess.run(command, env=clean, cwd=ROOT, capture_output=True, text=True)


def test_help_lists_every_command_and_needs_no_settings():
    done = ventanilla("--help")
    assert done.returncode == 0
    shown = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")}
    assert shown >= set(COMMANDS)
    assert "QUICK" in done.stderr


def test_help_of_each_command_says_what_it_does_and_fits_the_screen():
    parser, modules = _parser()
    (commands,) = (action for action in parser._actions if action.dest == "command")
    for name in COMMANDS:
        text = commands.choices[name].format_help()
        assert f" {name} " in text.splitlines()[0] + " "
        assert (modules[name].__doc__ or modules[name].HELP).split()[0] in text
        assert len(text.splitlines()) < 40


@pytest.mark.parametrize("command", ["check", "restore", "serve"])
def test_help_of_a_command_is_instant(command):
    done = ventanilla(command, "--help")
    assert done.returncode == 0
    assert f"ventanilla {command}" in done.stdout
    assert "QUICK" in done.stderr


def test_an_unknown_flag_is_named():
    done = ventanilla("check", "--everything")
    assert done.returncode == 2
    assert "not understood: --everything" in done.stderr


def test_an_unknown_command_gets_the_list_of_commands():
    done = ventanilla("chekc")
    assert done.returncode == 2
    assert "invalid choice: 'chekc'" in done.stderr
    assert "import-pack" in done.stderr


def test_a_command_without_settings_says_all_that_is_missing_in_sentences(tmp_path):
    done = ventanilla("migrate", DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    for name in ("SECRET_KEY", "PUBLIC_URL", "ALLOWED_HOSTS", "TRUSTED_PROXY"):
        assert f"Set {name}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with the tools that the scripts use and no Python at all."""
    for tool in ("sh", "dirname", "cat", "cksum"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    return tmp_path


def test_setup_says_in_one_line_that_python_is_missing_or_too_old(bare_path):
    old = bare_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        ["sh", "script/setup"],
        env={"PATH": str(bare_path), "PYTHON": "/bin/false"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Ventanilla needs Python 3.11 or newer: install it, or name it with PYTHON=/path/to/python3."
    ]


SCRIPTS = [path for path in sorted((ROOT / "script").iterdir()) if not path.suffix] + [ROOT / ".ci" / "run"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_executable_and_posix(script):
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", str(script)]).returncode == 0
