#!/usr/bin/env python3
"""Makes the pictures of docs/images again: `.venv/bin/python tests/lab/pictures.py`, with the dev build. Look at them before you commit them."""
import os
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs/images"
MOST = 150_000


def main():
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/lab/test_examples.py"], cwd=ROOT, check=True,
                       env={**os.environ, "PODIUM_SCREENSHOTS": folder})
        for taken in sorted(pathlib.Path(folder).glob("notebook-*.png")):
            picture = IMAGES / taken.name
            Image.open(taken).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)
            size = picture.stat().st_size
            print(f"{picture.relative_to(ROOT)}: {size:,} bytes")
            if size > MOST:
                raise SystemExit(f"{picture.name} has more than {MOST:,} bytes")


if __name__ == "__main__":
    main()
