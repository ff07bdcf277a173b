"""What the real MLflow client logs: artifacts, data sets, models and curves, side by side."""
import pandas


def test_artifacts(api, mlflow):
    runs = []
    for i in range(3):
        with mlflow.start_run() as run:
            mlflow.log_text("the same\n", "notes/same.txt")
            mlflow.log_text(f"number {i}\n", "number.txt")
            mlflow.log_text("x" * (i + 1), "size.txt")
            if i == 0:
                mlflow.log_text("only here", "deep/er/only.txt")
            runs.append(run.info.run_id)
    answer = api.compare("artifacts", tasks=runs)
    found = {a["path"]: (a["sizes"], a["equal"]) for a in answer["artifacts"]}
    assert found == {
        "deep/er/only.txt": ([9, None, None], False), "notes/same.txt": ([9, 9, 9], True), "number.txt": ([9, 9, 9], False),
        "size.txt": ([1, 2, 3], False)}
    assert answer["unread"] == [] and answer["truncated"] is False
    assert [a["path"] for a in api.compare("artifacts", tasks=runs, path="deep/")["artifacts"]] == ["deep/er/only.txt"]
    assert api.compare("artifacts", tasks=runs, path="nowhere")["artifacts"] == []
    assert api.compare("artifacts", 400, tasks=runs, path="../..")["code"] == "invalid"


def test_a_large_artifact_of_one_size_is_not_looked_into(api, mlflow, tmp_path):
    large = tmp_path / "large.bin"
    runs = []
    for i in range(2):
        large.write_bytes(bytes([i]) * (4 * 1024 * 1024 + 1))
        with mlflow.start_run() as run:
            mlflow.log_artifact(str(large))
            runs.append(run.info.run_id)
    [found] = api.compare("artifacts", tasks=runs)["artifacts"]
    assert found["equal"] is None and found["sizes"] == [4 * 1024 * 1024 + 1] * 2


def test_artifacts_elsewhere_are_told(api, project):
    task = api.task(project, artifact_uri="s3://bucket/x")
    assert api.compare("artifacts", tasks=[task])["unread"] == [0]


def test_datasets(api, mlflow):
    same, own = pandas.DataFrame({"x": [1, 2]}), [pandas.DataFrame({"x": [i]}) for i in range(2)]
    runs = []
    for i in range(2):
        with mlflow.start_run() as run:
            mlflow.log_input(mlflow.data.from_pandas(same, name="shared"), context="training")
            mlflow.log_input(mlflow.data.from_pandas(own[i], name="own"), context="testing")
            runs.append(run.info.run_id)
    found = {(d["name"], d["context"]): d for d in api.compare("datasets", tasks=runs)["datasets"]}
    assert set(found) == {("shared", "training"), ("own", "testing")}
    assert found["shared", "training"]["equal"] and not found["own", "testing"]["equal"]
    assert [len(d) for d in found["own", "testing"]["digests"]] == [1, 1]


def test_models(api, mlflow):
    runs = []
    for _ in range(2):
        with mlflow.start_run() as run:
            model = mlflow.initialize_logged_model(name="net", model_type="cnn")
            mlflow.finalize_logged_model(model.model_id, "READY")
            mlflow.log_outputs(models=[mlflow.entities.LoggedModelOutput(model.model_id, step=1)])
            runs.append((run.info.run_id, model.model_id))
    rows = api.compare("models", tasks=[r for r, _ in runs])["models"]
    assert rows == [{"direction": "out", "name": "net", "type": "cnn", "models": [[m] for _, m in runs]}]


def test_curves_that_the_client_logged(api, mlflow):
    with mlflow.start_run(run_name="logged") as run:
        for step in range(50):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_params({"lr": 0.1})
    [curve] = api.series(tasks=[run.info.run_id], metrics=["loss"])["series"]
    assert curve["label"] == "logged" and curve["of"] == 50
    assert [float(y) for y in curve["columns"]["y"]] == [1 / (s + 1) for s in range(50)]
    elapsed = [float(x) for x in api.series(tasks=[run.info.run_id], metrics=["loss"], x="elapsed")["series"][0]["columns"]["x"]]
    assert elapsed == sorted(elapsed) and 0 <= elapsed[0] and elapsed[-1] < 600_000
