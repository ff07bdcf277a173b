"""MlflowClient: experiments, runs, inputs, searches, errors."""
import time

import pytest
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException


def test_experiments(client, podium):
    name = f"exp-{time.time_ns()}"
    identity = client.create_experiment(name, tags={"k": "v"})
    experiment = client.get_experiment(identity)
    assert experiment.name == name and experiment.tags == {"k": "v"}
    assert experiment.artifact_location == f"mlflow-artifacts:/{identity}"
    assert client.get_experiment_by_name(name).experiment_id == identity
    with pytest.raises(MlflowException, match="already exists"):
        client.create_experiment(name)
    client.rename_experiment(identity, name + "-new")
    client.set_experiment_tag(identity, "k", "w")
    assert client.get_experiment(identity).name == name + "-new"
    assert client.get_experiment(identity).tags["k"] == "w"
    run = client.create_run(identity)
    client.delete_experiment(identity)
    assert client.get_experiment(identity).lifecycle_stage == "deleted"
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    with pytest.raises(MlflowException):
        client.delete_experiment(identity)
    client.restore_experiment(identity)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"
    found = client.search_experiments(filter_string=f"name = '{name}-new'")
    assert [e.experiment_id for e in found] == [identity]
    assert client.get_experiment("0").name == "Default"


def test_unknown_things_are_not_found(client):
    with pytest.raises(MlflowException) as caught:
        client.get_run("0" * 32)
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    with pytest.raises(MlflowException) as caught:
        client.get_experiment("123456")
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_log_batch(client, experiment):
    run = client.create_run(experiment.experiment_id)
    client.log_batch(run.info.run_id,
                     metrics=[Metric("m", float(i), 1000 + i, i) for i in range(1000)],
                     params=[Param(f"p{i}", str(i)) for i in range(0)],
                     tags=[])
    client.log_batch(run.info.run_id, params=[Param(f"p{i}", str(i)) for i in range(100)],
                     tags=[RunTag(f"t{i}", str(i)) for i in range(100)])
    stored = client.get_run(run.info.run_id)
    assert stored.data.metrics == {"m": 999.0}
    assert len(stored.data.params) == 100
    history = client.get_metric_history(run.info.run_id, "m")
    assert [(m.step, m.timestamp, m.value) for m in history] == [(i, 1000 + i, float(i)) for i in range(1000)]
    # a retry of the same batch changes nothing
    client.log_batch(run.info.run_id, metrics=[Metric("m", float(i), 1000 + i, i) for i in range(1000)])
    assert len(client.get_metric_history(run.info.run_id, "m")) == 1000


def test_latest_is_the_greatest_step_not_the_last_logged(client, experiment):
    run = client.create_run(experiment.experiment_id).info.run_id
    client.log_metric(run, "m", 5.0, timestamp=10, step=7)
    client.log_metric(run, "m", 1.0, timestamp=20, step=3)
    assert client.get_run(run).data.metrics["m"] == 5.0


def test_lifecycle(client, experiment):
    run = client.create_run(experiment.experiment_id, run_name="x").info.run_id
    client.update_run(run, status="FINISHED", name="y")
    assert client.get_run(run).info.run_name == "y"
    assert client.get_run(run).data.tags["mlflow.runName"] == "y"
    client.set_terminated(run, "FAILED", end_time=123456)
    assert client.get_run(run).info.end_time == 123456
    client.delete_run(run)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    assert client.search_runs([experiment.experiment_id]) == []
    assert len(client.search_runs([experiment.experiment_id], run_view_type=ViewType.DELETED_ONLY)) == 1
    with pytest.raises(MlflowException, match="must be in the 'active' state"):
        client.log_metric(run, "m", 1)
    client.restore_run(run)
    client.log_metric(run, "m", 1)
    client.set_tag(run, "k", "v")
    client.delete_tag(run, "k")
    with pytest.raises(MlflowException, match="No tag with name: k"):
        client.delete_tag(run, "k")


def test_pages_of_a_search(client, experiment):
    ids = [client.create_run(experiment.experiment_id, start_time=1000 + i).info.run_id for i in range(25)]
    seen, token = [], None
    while True:
        page = client.search_runs([experiment.experiment_id], max_results=7, page_token=token)
        seen += [r.info.run_id for r in page]
        token = page.token
        if not token:
            break
    assert seen == ids[::-1]
    with pytest.raises(MlflowException) as caught:
        client.search_runs([experiment.experiment_id], page_token="garbage")
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("bad", ["metrics.a >", "nonsense.x = 1", "params.a > 'x'", "metrics.a = 'x'", "a b c", "status = FINISHED"])
def test_bad_filters_are_refused(client, experiment, bad):
    with pytest.raises(MlflowException) as caught:
        client.search_runs([experiment.experiment_id], bad)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


def test_datasets(client, mlflow, experiment):
    import pandas

    data = mlflow.data.from_pandas(pandas.DataFrame({"x": [1, 2], "y": [0, 1]}), source="local.csv", name="toy", targets="y")
    with mlflow.start_run() as run:
        mlflow.log_input(data, context="training")
    stored = client.get_run(run.info.run_id)
    (given,) = stored.inputs.dataset_inputs
    assert given.dataset.name == "toy" and given.dataset.digest == data.digest
    assert {t.key: t.value for t in given.tags} == {"mlflow.data.context": "training"}
    found = client.search_runs([experiment.experiment_id], "dataset.name = 'toy' and dataset.context = 'training'")
    assert [r.info.run_id for r in found] == [run.info.run_id]
    assert client.search_runs([experiment.experiment_id], "dataset.name = 'other'") == []
