"""What a training script does, through MLflow's fluent API."""
import math
import multiprocessing

import pytest


def test_a_run_and_what_it_logged(mlflow):
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"layers": 3, "optimizer": "adam"})
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metric("loss", 0.25, step=2)
        mlflow.log_metrics({"acc": 0.9, "f1": 0.8}, step=2)
        mlflow.set_tag("team", "blue")
        mlflow.set_tags({"a": "1", "b": "ü"})
    stored = mlflow.get_run(run.info.run_id)
    assert stored.info.status == "FINISHED"
    assert stored.info.run_name == "first"
    assert stored.info.end_time >= stored.info.start_time > 0
    assert stored.data.params == {"lr": "0.1", "layers": "3", "optimizer": "adam"}
    assert stored.data.metrics == {"loss": 0.25, "acc": 0.9, "f1": 0.8}
    assert stored.data.tags["team"] == "blue" and stored.data.tags["b"] == "ü"
    assert stored.data.tags["mlflow.runName"] == "first"
    assert stored.data.tags["mlflow.user"]


def test_a_failing_run_is_failed(mlflow):
    with pytest.raises(ZeroDivisionError):
        with mlflow.start_run() as run:
            mlflow.log_metric("loss", 1 / 0)
    assert mlflow.get_run(run.info.run_id).info.status == "FAILED"


def test_search_runs_gives_a_frame(mlflow):
    for lr, acc in ((0.1, 0.7), (0.01, 0.9), (1.0, 0.2)):
        with mlflow.start_run():
            mlflow.log_param("lr", lr)
            mlflow.log_metric("acc", acc)
    frame = mlflow.search_runs(order_by=["metrics.acc DESC"])
    assert list(frame["metrics.acc"]) == [0.9, 0.7, 0.2]
    assert list(frame["params.lr"]) == ["0.01", "0.1", "1.0"]
    assert len(mlflow.search_runs(filter_string="metrics.acc > 0.5 and params.lr = '0.1'")) == 1
    assert len(mlflow.search_runs(filter_string="attributes.status = 'FINISHED'")) == 3
    assert len(mlflow.search_runs(filter_string="attributes.status != 'FINISHED'")) == 0


def test_nested_runs(mlflow):
    with mlflow.start_run(run_name="parent") as parent:
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("x", 1)
    assert mlflow.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert list(found["run_id"]) == [child.info.run_id]
    assert [r.info.run_id for r in mlflow.MlflowClient().search_runs(
        [parent.info.experiment_id], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")] == [child.info.run_id]


def test_params_are_written_once(mlflow):
    with mlflow.start_run():
        mlflow.log_param("p", 1)
        mlflow.log_param("p", 1)
        with pytest.raises(mlflow.exceptions.MlflowException, match="Changing param values is not allowed"):
            mlflow.log_param("p", 2)


def test_twenty_thousand_steps(mlflow, client):
    with mlflow.start_run() as run:
        for step in range(20_000):
            mlflow.log_metric("loss", 1.0 / (1 + step), step=step, synchronous=False)
        mlflow.flush_async_logging()
    history = client.get_metric_history(run.info.run_id, "loss")
    assert [m.step for m in history] == list(range(20_000))
    assert all(m.value == 1.0 / (1 + m.step) for m in history)
    assert client.get_run(run.info.run_id).data.metrics["loss"] == 1.0 / 20_000


def test_a_synchronous_loop(mlflow, client):
    with mlflow.start_run() as run:
        for step in range(500):
            mlflow.log_metric("loss", float(step), step=step)
    assert len(client.get_metric_history(run.info.run_id, "loss")) == 500


def test_async_logging(mlflow, client):
    with mlflow.start_run() as run:
        waits = [mlflow.log_metrics({"a": float(i), "b": -float(i)}, step=i, synchronous=False) for i in range(200)]
        waits.append(mlflow.log_params({f"p{i}": i for i in range(150)}, synchronous=False))
        waits.append(mlflow.set_tags({f"t{i}": str(i) for i in range(150)}, synchronous=False))
        for wait in waits:
            wait.wait()
    stored = client.get_run(run.info.run_id)
    assert len(stored.data.params) == 150
    assert sum(k.startswith("t") for k in stored.data.tags) >= 150
    assert len(client.get_metric_history(run.info.run_id, "b")) == 200


def test_not_a_number_and_infinities(mlflow, client):
    with mlflow.start_run() as run:
        mlflow.log_metric("x", math.nan, step=1)
        mlflow.log_metric("y", math.inf)
        mlflow.log_metric("z", -math.inf)
    metrics = client.get_run(run.info.run_id).data.metrics
    assert math.isnan(metrics["x"])
    assert metrics["y"] == 1.7976931348623157e308 and metrics["z"] == -1.7976931348623157e308


def _process(arguments):
    url, experiment, number = arguments
    import mlflow

    mlflow.set_tracking_uri(url)
    with mlflow.start_run(experiment_id=experiment, run_name=f"p{number}") as run:
        for step in range(50):
            mlflow.log_metric("m", number * 1000 + step, step=step)
    return run.info.run_id


def test_parallel_processes(mlflow, client, podium):
    experiment = client.create_experiment("parallel")
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        runs = pool.map(_process, [(podium.url, experiment, i) for i in range(8)])
    assert len(set(runs)) == 8
    for number, run in enumerate(runs):
        history = client.get_metric_history(run, "m")
        assert [m.value for m in history] == [number * 1000 + s for s in range(50)]
