"""The few calls that the tests make, with nothing beside the Python of the distribution."""
import json
import os
import time
import urllib.error
import urllib.request

URL = os.environ.get("PODIUM_URL", "")


def call(method, path, body=None, url=None):
    """Returns (status, JSON)."""
    request = urllib.request.Request((url or URL) + path, method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"{what}: expected {wanted!r}, found {found!r}")
    print(f"{what}: {found}")


def eventually(what, look, wanted, seconds=30):
    """For what happens behind an answer: looks until it is there."""
    deadline = time.monotonic() + seconds
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    expect(what, found, wanted)
