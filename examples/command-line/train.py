"""Trains a linear classifier of handwritten digits for each alpha given, and logs it with the MLflow client."""
import sys

import mlflow
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

EPOCHS = 12

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x / 16, y, test_size=0.3, random_state=0)
mlflow.set_experiment("digits")
for alpha in map(float, sys.argv[1:]):
    with mlflow.start_run(run_name=f"alpha={alpha}"):
        mlflow.log_params({"alpha": alpha, "epochs": EPOCHS, "loss": "log_loss"})
        model = SGDClassifier(loss="log_loss", alpha=alpha, random_state=0)
        for epoch in range(EPOCHS):
            model.partial_fit(x_train, y_train, classes=range(10))
            mlflow.log_metric("accuracy", model.score(x_test, y_test), step=epoch)
    print(f"trained alpha={alpha}")
