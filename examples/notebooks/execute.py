"""Executes the notebooks, looks whether their outputs hold what they must, and writes them and their HTML into a folder."""
import argparse
import copy
import json
import pathlib
import sys

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from normal import stored  # noqa: E402

CHART, AXES, WIDGET = "application/vnd.vegalite.v5+json", "application/vnd.vega.v5+json", "application/vnd.jupyter.widget-view+json"

# What must be there: for a line of a cell a media type and what its output contains; none: it holds for all outputs.
MUST = {
    "tour": [
        ("connect", None, "connected to http://127.0.0.1"),
        ("projects", "text/html", "vision"),
        ("tasks in vision where metrics.acc > 0.8", "text/html", "<td>cnn-lr0.1-s1"),
        ("tasks in vision where metrics.acc > 0.8", WIDGET, "model_id"),
        ("tasks in vision group by", "text/html", "<td>vit<td>6"),
        ("best in vision by", "text/plain", "cnn-lr0.1-"),
        ("chart metrics.loss of best", CHART, "cnn-lr0.1-s1"),
        ("chart metrics.loss of best", "image/svg+xml", "<polyline"),
        ("chart metrics.acc in vision band", CHART, '"area"'),
        ("chart params.lr", CHART, '"point"'),
        ("chart metrics.acc in vision kind box", CHART, '"boxplot"'),
        ("chart params.arch params.lr", AXES, '"brush0"'),
        ("tasks in vision where state = 'running'", "text/html", "<td>cnn-lr0.05-s3"),
        ("chart metrics.acc of cnn-lr0.05-s3", CHART, "cnn-lr0.05-s3"),
        ("diff", "text/plain", "params.arch"),
        ("show cnn-lr0.1-s1", "text/html", "the last loss is"),
        ("tag best", "text/html", "<td>cnn-lr0.1-s1<td>yes"),
        ("archive", "text/html", "<td>vit-lr0.3-s2<td>failed<td>yes"),
        ("undo\ntasks", "text/html", "<td>vit-lr0.3-s2<td>failed<td>no"),
        ("actions", "text/html", "<td>archive<td>"),
        ("note", "text/plain", "try more seeds"),
        ("help tasks", None, "Clauses, in any order"),
    ],
    "training": [
        ("%podium tasks in digits", "text/html", "<td>alpha0.0001-seed"),
        ("%podium tasks in digits", WIDGET, "model_id"),
        ("%podium chart metrics.accuracy in digits band", CHART, '"area"'),
        ("%podium chart metrics.accuracy in digits kind box", CHART, '"boxplot"'),
        ("least = 0.915", "text/html", "<td>alpha0.0001-seed"),
        ("frame = good.to_df()", "text/html", "<th>0.0001</th>"),
        ("frame.dtypes", "text/plain", "float64"),
        ("%%podium", "text/html", "<td>alpha0.0001-seed"),
        ("answer = podium.run", "text/plain", "params.seed"),
        ("try:", None, "did you mean 'state'?"),
    ],
}


def text_of(output, kind):
    if kind is None:
        return output.get("text", "")
    content = output.get("data", {}).get(kind, "")
    return content if isinstance(content, str) else json.dumps(content)


def check(name, notebook):
    """Says what is missing."""
    missing = []
    for begin, kind, what in MUST[name]:
        cells = [c for c in notebook.cells if c.cell_type == "code" and c.source.startswith(begin)]
        if not any(what in text_of(o, kind) for c in cells for o in c.outputs):
            missing.append(f"{name}: no output of '{begin}' has {what!r}" + (f" as {kind}" if kind else ""))
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                missing.append(f"{name}: '{cell.source.splitlines()[0]}' failed: {output.evalue}")
            if "<script" in text_of(output, "text/html"):
                missing.append(f"{name}: an output of '{cell.source.splitlines()[0]}' has a script")
    return missing


def execute(name, folder):
    notebook = nbformat.read(HERE / f"{name}.ipynb", 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(notebook, timeout=300, kernel_name=notebook.metadata.kernelspec.name, allow_errors=True,
                   resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.validate(notebook)
    return notebook


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    missing = []
    for name in MUST:
        print(f"== execute {name}.ipynb", flush=True)
        notebook = execute(name, options.out)
        missing += check(name, notebook)
        nbformat.write(notebook, options.out / f"{name}.ipynb")
        page, _ = HTMLExporter().from_notebook_node(notebook)
        (options.out / f"{name}.html").write_text(page, encoding="utf-8")
        code = sum(c.cell_type == "code" for c in notebook.cells)
        print(f"   {code} cells, written to {options.out / name}.ipynb and .html", flush=True)
        if options.store:
            nbformat.write(stored(copy.deepcopy(notebook)), HERE / f"{name}.ipynb")
    if missing:
        raise SystemExit("\n".join(missing))


if __name__ == "__main__":
    main()
