"""To which podium, and who calls."""
import pytest

from podium.address import find_host
from podium.errors import PodiumError

NAMES = ("PODIUM_URL", "MLFLOW_TRACKING_URI", "PODIUM_TOKEN", "PODIUM_TOKEN_FILE", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME",
         "MLFLOW_TRACKING_PASSWORD")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return lambda **values: [monkeypatch.setenv(k, v) for k, v in values.items()]


@pytest.mark.parametrize("given, settings, url, source", [
    ("", {}, "http://127.0.0.1:5000", ""),
    ("", {"MLFLOW_TRACKING_URI": "http://m:1/"}, "http://m:1", "MLFLOW_TRACKING_URI"),
    ("", {"MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"}, "http://127.0.0.1:5000", ""),
    ("", {"MLFLOW_TRACKING_URI": "http://m:1", "PODIUM_URL": "https://p/below//"}, "https://p/below", "PODIUM_URL"),
    ("http://x:3/", {"PODIUM_URL": "http://p"}, "http://x:3", "connect"),
])
def test_where(environment, given, settings, url, source):
    environment(**settings)
    found = find_host(given)
    assert (found.url, found.source, found.authorization) == (url, source, "")


def test_no_address(environment):
    environment(PODIUM_URL="podium.example")
    with pytest.raises(PodiumError, match="PODIUM_URL 'podium.example' is no address such as http://127.0.0.1:5000"):
        find_host()


@pytest.mark.parametrize("settings, header", [
    ({"PODIUM_TOKEN": "t1", "MLFLOW_TRACKING_TOKEN": "t2"}, "Bearer t1"),
    ({"MLFLOW_TRACKING_TOKEN": "t2", "MLFLOW_TRACKING_USERNAME": "u"}, "Bearer t2"),
    ({"MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p"}, "Basic dTpw"),
])
def test_who(environment, settings, header):
    environment(PODIUM_URL="http://p:1", **settings)
    assert find_host().authorization == header
    assert find_host("http://p:1/").authorization == header
    assert find_host("http://localhost:9").authorization == header
    # It is not for whatever address somebody typed.
    assert find_host("http://elsewhere:1").authorization == ""


def test_a_file_with_a_token(environment, tmp_path):
    (tmp_path / "token").write_text("t3\nmore\n")
    environment(PODIUM_TOKEN_FILE=str(tmp_path / "token"))
    assert find_host().authorization == "Bearer t3"
    environment(PODIUM_TOKEN_FILE=str(tmp_path / "none"))
    with pytest.raises(PodiumError, match="PODIUM_TOKEN_FILE names no file that can be read"):
        find_host()


def test_a_name_in_the_address(environment):
    environment(PODIUM_URL="http://u:p@h:7/x", PODIUM_TOKEN="t1")
    found = find_host()
    assert (found.url, found.authorization) == ("http://h:7/x", "Basic dTpw")
    assert "dTpw" not in repr(found) and "u:p" not in repr(found) + found.told
