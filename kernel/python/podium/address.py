"""To which podium, and who calls: found as podium's command line and its kernel find it."""
import base64
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import PodiumError

USUAL = "http://127.0.0.1:5000"


@dataclass
class Address:
    url: str
    source: str = ""  # who said so: an environment variable, or nobody
    authorization: str = field(default="", repr=False)  # the header; shown nowhere

    @property
    def told(self):
        return self.url + (f" ({self.source})" if self.source else "")


def _is_http(url):
    return url.startswith(("http://", "https://"))


def _basic(user):
    return "Basic " + base64.b64encode(user.encode()).decode()


def _is_this_machine(url):
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _found(given):
    address = Address(given, "connect") if given else Address(os.environ.get("PODIUM_URL", ""), "PODIUM_URL")
    if address.url and not _is_http(address.url):
        raise PodiumError("invalid", f"{address.source} '{address.url}' is no address such as {USUAL}")
    if not address.url:
        address = Address(os.environ.get("MLFLOW_TRACKING_URI", ""), "MLFLOW_TRACKING_URI")
        if not _is_http(address.url):
            address = Address(USUAL)
    url = address.url.rstrip("/")
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    if "@" in authority:  # a name and a password are taken out of the address
        user, _, authority = authority.rpartition("@")
        address.authorization = _basic(user)
    address.url = f"{scheme}://{authority}{slash}{path}"
    return address


def _environment_authorization():
    for name in ("PODIUM_TOKEN", "PODIUM_TOKEN_FILE", "MLFLOW_TRACKING_TOKEN"):
        token = os.environ.get(name, "")
        if token and name == "PODIUM_TOKEN_FILE":
            try:
                with open(token, encoding="utf-8") as file:
                    token = file.readline().rstrip("\r\n")
            except OSError:
                raise PodiumError("invalid", "PODIUM_TOKEN_FILE names no file that can be read") from None
        if token:
            return "Bearer " + token
    user = os.environ.get("MLFLOW_TRACKING_USERNAME", "")
    return _basic(f"{user}:{os.environ.get('MLFLOW_TRACKING_PASSWORD', '')}") if user else ""


def find_host(given=""):
    """`given`, else PODIUM_URL, else MLFLOW_TRACKING_URI when it is an http address, else a podium on this machine."""
    address = _found(given)
    if address.authorization:
        return address
    # A token goes to the host that it is for and not to whatever address somebody typed.
    if not given or _is_this_machine(address.url) or _found("").url == address.url:
        address.authorization = _environment_authorization()
    return address
