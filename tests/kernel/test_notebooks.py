"""Notebooks as nbclient runs them, and as somebody reads them without a kernel."""
import json

import nbclient
import nbformat
from nbconvert import HTMLExporter

ESM = "export default {}; // a module\n"


def executed(cells, tmp_path, monkeypatch):
    elements = tmp_path / "podium-elements.js"
    elements.write_text(ESM)
    monkeypatch.setenv("PODIUM_ELEMENTS", str(elements))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in cells],
        metadata={"kernelspec": {"name": "podium", "display_name": "podium", "language": "podium"}})
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="podium", resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    nbformat.validate(notebook)
    return notebook


def test_a_notebook(vision, tmp_path, monkeypatch):
    notebook = executed([
        "projects",
        "tasks in vision where metrics.acc > 0.2 sort metrics.acc desc limit 2 as best",
        "chart metrics.acc of best smooth 0.5",
        "chart params.lr metrics.acc in vision kind scatter group by params.arch",
        f"show {vision['a']}",
        "tag best reviewed=yes",
        "export in vision show id, name to out.csv",
    ], tmp_path, monkeypatch)
    kinds = [[sorted(o.get("data", {"stream": 0})) for o in c["outputs"]] for c in notebook.cells]
    assert kinds[0] == [["text/html", "text/plain"]]
    assert kinds[1] == [["text/html", "text/plain"], ["application/vnd.jupyter.widget-view+json", "text/plain"]]
    assert kinds[2] == [["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]]
    assert kinds[3] == [["application/vnd.vegalite.v5+json", "text/plain"]]  # HTML would be shown instead
    assert (tmp_path / "out.csv").read_text().startswith("id,name")
    # What is kept is small: the question and the view, never the rows.
    text = json.dumps({k: v for k, v in notebook.metadata["widgets"].items()})
    assert "metrics.acc" in text and vision["b"] not in text


def test_read_without_a_kernel(vision, tmp_path, monkeypatch):
    notebook = executed(["tasks in vision show id, name, params.p", "chart metrics.acc in vision"], tmp_path, monkeypatch)
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert vision["a"] in page and ("<svg" in page or "data:image/svg+xml" in page)
    assert "<img src=x" not in page and "onerror=alert(1)>" not in page


def test_ten_tables_are_small(podium, vision, tmp_path, monkeypatch):
    """Fifty rows each; the module of the tables is not among what is kept."""
    many = podium.call("POST", "/api/v1/projects", {"name": "many"})["id"]
    for i in range(60):
        podium.task(many, f"cnn-{i}", "completed", metrics={"acc": [0.1 * i]})
    notebook = executed(["tasks in many sort metrics.acc desc"] * 10, tmp_path, monkeypatch)
    text = nbformat.writes(notebook)
    assert len(text) < 100_000 and "a module" not in text


def test_an_error_stops_it(vision, tmp_path, monkeypatch):
    try:
        executed(["tasks in nowhere", "projects"], tmp_path, monkeypatch)
    except nbclient.exceptions.CellExecutionError as e:
        assert "nowhere" in str(e)
    else:
        raise AssertionError("it went on")


def test_previews(podium, vision, tmp_path, monkeypatch):
    import base64
    import mlflow
    mlflow.set_tracking_uri(podium.url)
    mlflow.set_experiment("pictures")
    picture = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    (tmp_path / "plot.png").write_bytes(picture)
    (tmp_path / "notes.md").write_text("# <b>bold</b>\nsecond line\n")
    (tmp_path / "drawn.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (tmp_path / "model.bin").write_bytes(b"\0\1\2")
    with mlflow.start_run() as run:
        for name in ("plot.png", "notes.md", "drawn.svg", "model.bin"):
            mlflow.log_artifact(str(tmp_path / name))
    notebook = executed([f"show {run.info.run_id}", f"artifacts {run.info.run_id} plot.png", f"artifacts {run.info.run_id} model.bin"],
                        tmp_path, monkeypatch)
    outputs = notebook.cells[0]["outputs"]
    data = [o["data"] for o in outputs if "data" in o]
    assert any("image/png" in d for d in data)
    html = "".join(d.get("text/html", "") for d in data)
    assert "&lt;b&gt;bold" in html and "<script" not in html and "data:image/svg+xml;base64," in html
    assert base64.b64decode(notebook.cells[1]["outputs"][0]["data"]["image/png"]) == picture
    assert "neither an image" in notebook.cells[2]["outputs"][0]["text"]
