"""`import podium` without a notebook: results for programs."""
import pandas
import pytest

from conftest import HOSTILE


def test_a_table(podium, vision):
    good = podium.tasks("in vision where metrics.acc > :least sort metrics.acc desc", least=0.4)
    assert good.ids() == [vision["b"], vision["a"], vision["c"]]
    assert good.selection is None and good.selected() == []
    assert good.answer["question"]["filter"] == "metrics.acc > 0.4"


def test_a_frame_has_the_types_of_its_columns(podium, vision):
    frame = podium.tasks("in vision where metrics.acc > 0.4 show name, state, archived, started, run_time, iteration, params.lr, params.arch, "
                         "metrics.acc, metrics.loss sort metrics.acc desc").to_df()
    assert frame["name"].tolist() == ["b", "a", "c"] and frame["id"].tolist() == [vision["b"], vision["a"], vision["c"]]
    kinds = frame.dtypes.astype(str).to_dict()
    assert kinds["archived"] == "bool" and kinds["params.lr"] == "float64" and kinds["metrics.acc"] == "float64"
    assert kinds["started"].startswith("datetime64[") and kinds["started"].endswith(", UTC]")
    assert kinds["run_time"].startswith("timedelta64[")
    assert frame["iteration"].dtype.kind in "iu" or str(frame["iteration"].dtype) == "Int64"
    assert frame["metrics.loss"].isna().tolist() == [True, True, False]
    assert frame["params.arch"].tolist() == ["cnn", "cnn", "mlp"]
    assert abs((frame["started"] - pandas.Timestamp.now(tz="UTC")).dt.total_seconds()).max() < 86_400


def test_a_frame_is_the_table_as_it_stands(podium, vision):
    table = podium.tasks("in vision where metrics.acc > 0.2 show name, metrics.acc")
    table.state = {"columns": [{"name": "name"}, {"name": "params.lr"}, {"name": "metrics.acc", "hidden": True}], "order": ["name desc"],
                   "filters": [{"column": "state", "in": ["completed"]}]}
    frame = table.to_df()
    assert list(frame.columns) == ["id", "name", "params.lr"] and frame["name"].tolist() == ["b", "a", HOSTILE]
    assert table.ids() == frame["id"].tolist()
    table.selection = {"ids": [vision["a"]]}
    assert table.selected() == [vision["a"]] and table.to_df(selected=True)["name"].tolist() == ["a"]
    table.selection = {**table.question, "except": [vision["a"]]}
    assert set(table.selected()) == {vision["b"], vision["c"], vision["hostile"]}


def test_all_rows_are_there(podium, server):
    many = server.call("POST", "/api/v1/projects", {"name": "many"})["id"]
    for i in range(1101):
        server.call("POST", "/api/v1/tasks", {"project": many, "name": f"n{i}"})
    table = podium.tasks("in many show name")
    assert len(set(table.to_df()["name"])) == 1101
    assert len(podium.tasks("in many show name limit 1050").to_df()) == 1050


def test_other_answers_as_frames(podium, vision):
    groups = podium.run("tasks in vision group by params.arch show count, max(metrics.acc)").to_df()
    assert groups.set_index("params.arch")["count"].to_dict()["cnn"] == 2
    curve = podium.run("series metrics.acc of a").to_df()
    assert curve["step"].tolist() == [0, 1, 2] and curve["value"].tolist() == [0.1, 0.5, 0.9]
    assert podium.run("projects").to_df()["tasks"].dtype == "int64"
    with pytest.raises(podium.PodiumError, match="the answer of 'help tasks' has no rows"):
        podium.run("help tasks").to_df()


def test_without_pandas(podium, vision, monkeypatch):
    import sys
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(podium.PodiumError, match="needs pandas, which is not installed here: pip install pandas"):
        podium.tasks("in vision").to_df()


def test_a_result_for_people(podium, vision):
    told = repr(podium.run("tasks in vision where metrics.acc > 0.92 show name, metrics.acc"))
    assert told.split() == ["name", "metrics.acc", "b", "0.95"]
    assert "Clauses, in any order" in repr(podium.run("help tasks"))


def test_a_script_and_a_terminal(server, vision, tmp_path):
    """No notebook: text."""
    import os
    import subprocess
    import sys
    line = "tasks in vision where metrics.acc > 0.92 show name, metrics.acc"
    for command in (["-c", f"import podium; podium.run({line!r}).show()"],
                    ["-m", "IPython", "--no-banner", "--colors=nocolor", "-c", f"%load_ext podium\n%podium {line}"]):
        shown = subprocess.run([sys.executable, *command], env=dict(os.environ, IPYTHONDIR=str(tmp_path)), capture_output=True, text=True)
        assert shown.stdout.replace("Out[0]:", "").split() == ["name", "metrics.acc", "b", "0.95"], shown.stdout + shown.stderr


def test_an_error_tells_where(podium, vision):
    with pytest.raises(podium.PodiumError) as caught:
        podium.tasks("in vision where stat = 'failed'")
    lines = str(caught.value).splitlines()
    assert caught.value.code == "invalid" and "did you mean 'state'?" in lines[0]
    assert lines[2].index("^") == lines[1].index("stat =") and lines[3] == "  perhaps: tasks in vision where state = 'failed'"
    with pytest.raises(podium.PodiumError, match="no value is given for ':missing'"):
        podium.tasks("where metrics.acc > :missing")
    with pytest.raises(podium.PodiumError, match="one command is run at a time"):
        podium.run("projects\nprojects")


def test_waiting(podium, vision):
    assert podium.run("wait a").answer["outcome"] == "done"
    late = podium.run("wait a until metrics.acc > 2 timeout 1s")
    with pytest.raises(podium.PodiumError, match="ended badly|did not happen in time"):
        late.show()


def test_nobody_answers(podium, monkeypatch):
    monkeypatch.setenv("PODIUM_URL", "http://127.0.0.1:9")
    with pytest.raises(podium.PodiumError) as caught:
        podium.run("projects")
    assert caught.value.code == "unavailable" and "no podium answers at http://127.0.0.1:9 (PODIUM_URL); start one with" in str(caught.value)


def test_connect(podium, server, monkeypatch):
    assert podium.connect() == server.url
    with pytest.raises(podium.PodiumError):
        podium.connect("http://127.0.0.1:9")
    assert podium.connect() == server.url  # one that does not answer is not gone to
    assert podium.connect(server.url + "/") == server.url


def test_a_local_one_is_started(podium, monkeypatch, tmp_path):
    """Where none runs: on a machine on which port 5000 may be taken by something else, that is told."""
    import pathlib

    from conftest import BUILD
    from podium import address, session
    monkeypatch.setattr(session, "USUAL", "http://127.0.0.1:9")
    monkeypatch.setenv("PATH", str(BUILD / "bin"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODIUM_DATA", str(tmp_path / "data"))
    url = podium.connect("local")
    try:
        assert url.startswith("http://127.0.0.1:") and podium.run("projects").answer["rows"]
        assert podium.connect("local") == url  # it is not started twice
    finally:
        podium._session._local.stop()
    monkeypatch.setattr(podium._session, "_local", None)
    monkeypatch.setenv("PATH", str(pathlib.Path(address.__file__).parent))
    with pytest.raises(podium.PodiumError, match="the program podium is not on PATH"):
        podium.connect("local")
