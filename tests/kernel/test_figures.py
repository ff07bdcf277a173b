"""Answers that are figures, in a notebook: drawn by Vega where there is one, else the table as text."""
import pytest

from conftest import HOSTILE, PLUGIN


@pytest.fixture(autouse=True)
def drawing(podium):
    if not PLUGIN.exists():
        pytest.skip("the tests' plugin was not built")


@pytest.mark.parametrize("words, kind", [("", "application/vnd.vegalite.v5+json"), (" vega", "application/vnd.vega.v5+json")])
def test_a_figure_is_drawn(kernel, words, kind):
    (shown,) = kernel.ok(f"sketch waves{words}").displays
    data = shown["data"]
    # HTML beside it would be what JupyterLab shows.
    assert set(data) == {kind, "text/plain"}
    assert data[kind]["$schema"].endswith("/v5.json")
    assert data["text/plain"].startswith("waves drawn\nwhat") and "waves" in data["text/plain"]


def test_many_rows_are_not_all_written_out(kernel):
    (shown,) = kernel.ok("sketch waves limit 5000").displays
    assert len(shown["data"]["text/plain"].splitlines()) < 100 and "of 5000 rows" in shown["data"]["text/plain"]
    assert len(shown["data"]["application/vnd.vegalite.v5+json"]["data"]["values"]) == 5000


def test_hostile_names_are_values(kernel):
    word = HOSTILE.replace("'", "''")
    (shown,) = kernel.ok(f"sketch '{word}'").displays
    assert "\u202e" not in shown["data"]["text/plain"]
    assert shown["data"]["application/vnd.vegalite.v5+json"]["data"]["values"][0]["what"] == HOSTILE
