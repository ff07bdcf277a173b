"""The browser of the system: nothing is downloaded."""
import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]  # tests run as root, in containers with a small /dev/shm


def path():
    """The one that PODIUM_CHROMIUM names, else the first of PATH that runs (Ubuntu's chromium-browser may be a mere hint at the snap),
    else None."""
    if named := os.environ.get("PODIUM_CHROMIUM"):
        return named
    for found in filter(None, map(shutil.which, NAMES)):
        try:
            if subprocess.run([found, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60).returncode == 0:
                return found
        except (OSError, subprocess.TimeoutExpired):
            pass
    return None
