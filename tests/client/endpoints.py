#!/usr/bin/env python3
"""The table of endpoints in compat/mlflow/README.md: what MLflow's server answers, read from the installed package, against the
routes of a running podium (GET /api/v1/routes).

    tests/client/endpoints.py    starts a podium (PODIUM_BINARY) and writes the table into the README

test_endpoints.py fails when the README is not what this would write.
"""
import dataclasses
import pathlib
import re
import sys
import tempfile

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "compat/mlflow/README.md"
BEGIN, END = "<!-- endpoints: written by tests/client/endpoints.py -->", "<!-- end of endpoints -->"

NOT_YET, OUT = "not yet", "out of scope"
# The first pattern that fits a path says its group, and the state of what podium does not answer there.
GROUPS = [
    (r"/experiments/", "Experiments", NOT_YET),
    (r"/runs/(?!create-promptlab-run)|/(upload-artifact|get-artifact)\b", "Runs and their artifacts", NOT_YET),
    (r"/metrics/", "Metrics", NOT_YET),
    (r"/mlflow/artifacts/", "Runs and their artifacts", NOT_YET),
    (r"/mlflow-artifacts/", "The proxy of artifacts", NOT_YET),
    (r"/logged-models", "Logged models", NOT_YET),
    (r"/(registered-models|model-versions)/", "Model registry", NOT_YET),
    (r"/assessments", "Assessments", NOT_YET),
    (r"/(traces|unified-traces|get-online-trace-details|get-trace-artifact)\b", "Traces", NOT_YET),
    (r"/mlflow/datasets/", "Evaluation data sets", NOT_YET),
    (r"/scorers/(?!online-config)", "Scorers", NOT_YET),
    (r"/webhooks", "Webhooks", NOT_YET),
    (r"^/graphql", "MLflow's own pages", NOT_YET),
    (r"^/(health|version)$|/server-info$", "The server", NOT_YET),
    (r"^/(|build/.*|static-files/.*)$|/ui-telemetry|/demo/", "MLflow's own pages", OUT),
    (r"/workspaces", "Workspaces", OUT),
    (r"/issues", "Issues", OUT),
    (r"/label-schemas", "Label schemas", OUT),
    (r"/review-queues", "Review queues", OUT),
    (r"/prompt-optimization", "Prompt optimisation", OUT),
    (r"/gateway\b|/gateway-proxy|/create-promptlab-run", "Gateway", OUT),
    (r"/mcp-servers", "MCP registry", OUT),
    (r"/assistant/", "Assistant", OUT),
    (r"/jobs\b|/scorer/|/genai/|/scorers/online-config", "Jobs of MLflow's server", OUT),
]
# MLflow has these in its table and answers 404 (its path lacks a slash), as podium does.
NOT_FOUND_THERE = {"POST /api/2.0mlflow/experiments/search-datasets"}
NOTES = {
    "POST /api/2.0mlflow/experiments/search-datasets": "404, as there: the path lacks a slash",
    "POST /api/2.0/mlflow/runs/log-batch": "all or nothing",
    "POST /api/2.0/mlflow/artifacts/presigned-upload-url": "refused as for proxied storage",
    "POST /api/2.0/mlflow/artifacts/presigned-download-url": "refused as for proxied storage",
    "POST /api/2.0/mlflow-artifacts/mpu/create/{artifact_path*}": "501: clients then upload whole",
    "POST /api/2.0/mlflow-artifacts/mpu/complete/{artifact_path*}": "501",
    "POST /api/2.0/mlflow-artifacts/mpu/abort/{artifact_path*}": "501",
    "GET /api/2.0/mlflow-artifacts/presigned/{artifact_path*}": "501: a local destination signs nothing",
    "GET /ajax-api/2.0/mlflow/metrics/get-history-bulk": "NaN written bare, as there",
    "POST /ajax-api/2.0/mlflow/upload-artifact": "up to 10 MB",
    "GET /version": "answers 3.17.2",
}


@dataclasses.dataclass
class Endpoint:
    method: str
    path: str  # with {name} for a segment and {name*} for the rest
    rpc: str = ""
    spellings: list = dataclasses.field(default_factory=list)  # the paths it is served at


def shape(method, path):
    """What two spellings of one route share: names of parameters do not count."""
    return method, re.sub(r"\{[^}]*?(\*?)\}", r"{\1}", path)


def rpc_names():
    """RPCs by method and path below /api/V.0, from the protos."""
    from google.protobuf import descriptor_pool

    import mlflow.server.handlers  # noqa: F401  (registers the protos)
    from mlflow.protos import databricks_pb2, mlflow_artifacts_pb2, model_registry_pb2, service_pb2, webhooks_pb2

    found = {}
    for module in (service_pb2, model_registry_pb2, mlflow_artifacts_pb2, webhooks_pb2):
        for service in descriptor_pool.Default().FindFileByName(module.DESCRIPTOR.name).services_by_name.values():
            for method in service.methods:
                for endpoint in method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                    path = f"/api/{endpoint.since.major}.0{endpoint.path}"
                    path = re.sub(r"<(path:)?([^>]*)>", lambda m: "{" + m[2] + ("*" if m[1] else "") + "}", path)
                    found[shape(endpoint.method, path)] = method.name
    return found


def mlflow_routes():
    """(method, path) of everything that MLflow's server answers."""
    import warnings

    warnings.simplefilter("ignore")
    from mlflow.server import app
    from mlflow.server.fastapi_app import app as outer

    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(path:)?([^>]*)>", lambda m: "{" + m[2] + ("*" if m[1] else "") + "}", rule.rule)
        found += [(method, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    for path, methods in outer.openapi()["paths"].items():
        # The document does not say which parameters take several segments; the Flask twin or this list does.
        path = re.sub(r"\{(artifact_path|path)\}$", r"{\1*}", path)
        found += [(method.upper(), path) for method in methods]
    return found


def mlflow_endpoints():
    """One for each endpoint; /api and /ajax-api are two spellings of it."""
    names = rpc_names()
    endpoints = {}
    for method, path in mlflow_routes():
        bare = path.removeprefix("/ajax-api").removeprefix("/api") if path.startswith(("/api/", "/ajax-api/")) else path
        key = shape(method, bare)
        endpoint = endpoints.setdefault(key, Endpoint(method, path))
        if path.startswith("/api/"):
            endpoint.path = path
        if path not in endpoint.spellings:
            endpoint.spellings.append(path)
        endpoint.rpc = endpoint.rpc or names.get(shape(method, path), "")
    return list(endpoints.values())


def group_of(path):
    for pattern, title, state in GROUPS:
        if re.search(pattern, path):
            return title, state
    raise SystemExit(f"MLflow answers {path}, and GROUPS of {__file__} does not say what podium thinks of it")


def podium_routes(url):
    """(method, path) of what podium's compatibility plugin answers."""
    routes = requests.get(url + "/api/v1/routes", timeout=30).json()["routes"]
    return [(r["method"], r["path"]) for r in routes if r["plugin"] == "mlflow"]


def table(url):
    served = {shape(*route): route for route in podium_routes(url)}
    groups = {title: [] for _, title, _ in GROUPS}
    known, counts = set(), {"done": 0, NOT_YET: 0, OUT: 0}
    for e in mlflow_endpoints():
        spellings = {shape(e.method, p) for p in e.spellings}
        known |= spellings
        missing = spellings - served.keys()
        title, state = group_of(e.path)
        name = f"{e.method} {e.path}"
        if not missing or name in NOT_FOUND_THERE:
            state = "done"
        elif missing != spellings:
            raise SystemExit(f"podium answers {e.method} {e.path} at some of its addresses only; not at {sorted(missing)}")
        counts[state] += 1
        groups[title].append(f"| `{name}` | {e.rpc} | {state} | {NOTES.get(name, '')} |")
    strangers = sorted(served[s] for s in served.keys() - known)
    if strangers:
        raise SystemExit(f"podium's mlflow plugin answers what MLflow does not: {strangers}")
    unused = [n for n in NOTES if not any(f"`{n}`" in line for lines in groups.values() for line in lines)]
    if unused:
        raise SystemExit(f"notes about endpoints that MLflow does not have: {unused}")
    out = [f"{counts['done']} done, {counts[NOT_YET]} not yet, {counts[OUT]} out of scope.", ""]
    for title, lines in groups.items():
        if lines:
            out += [f"### {title}", "", "| endpoint | RPC | state | |", "|---|---|---|---|", *lines, ""]
    return "\n".join(out)


def readme_with(section):
    text = README.read_text()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:begin] + "\n" + section + text[end:]


def main():
    sys.path.insert(0, str(ROOT / "tests/support"))
    from podium import Podium

    with tempfile.TemporaryDirectory() as folder, Podium(pathlib.Path(folder) / "data") as running:
        README.write_text(readme_with(table(running.url)))
    print(f"wrote {README.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
