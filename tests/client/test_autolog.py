"""scikit-learn's autolog on a data set that it ships: model, metrics, parameters, data set; no warning from podium."""
import warnings

import pytest


@pytest.fixture
def trained(mlflow, podium):
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split

    mlflow.sklearn.autolog()
    x, y = load_iris(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with mlflow.start_run() as run:
            model = LogisticRegression(max_iter=500).fit(x_train, y_train)
            model.score(x_test, y_test)
    mlflow.sklearn.autolog(disable=True)
    yield run, model, x_test, [str(w.message) for w in caught]


def test_autolog(trained, mlflow, client, podium):
    run, model, x_test, messages = trained
    stored = client.get_run(run.info.run_id)
    assert stored.data.params["max_iter"] == "500"
    assert stored.data.metrics["training_accuracy_score"] > 0.9
    assert stored.inputs.dataset_inputs
    assert stored.outputs.model_outputs
    (output,) = stored.outputs.model_outputs
    logged = mlflow.get_logged_model(output.model_id)
    assert str(logged.status) in ("LoggedModelStatus.READY", "READY")
    assert logged.metrics
    loaded = mlflow.sklearn.load_model(f"models:/{output.model_id}")
    assert (loaded.predict(x_test) == model.predict(x_test)).all()
    assert not [m for m in messages if podium.url in m or "404" in m or "ENDPOINT" in m]


def test_logged_models_are_found(trained, mlflow, client):
    run, *_ = trained
    found = mlflow.search_logged_models(experiment_ids=[run.info.experiment_id], output_format="list")
    assert [m.source_run_id for m in found] == [run.info.run_id]
