"""Trains random forests on two data sets that scikit-learn brings, and logs them with the MLflow client: `train.py SEED ... [--all]`.

Each of the forests is trained with each seed on each data set; one of them is left out on one of the data sets unless --all is given.
Everything follows from the seeds: the same figures come out of every run."""
import argparse

import mlflow
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

DATA = {"digits": load_digits, "breast_cancer": load_breast_cancer}
FORESTS = [("gini", 2, 8), ("gini", 4, 8), ("gini", 8, 8), ("gini", 8, 32), ("entropy", 8, 8), ("entropy", 8, 32)]
LEFT_OUT = ("entropy", 8, 32), "breast_cancer"
STEPS = 8  # points of a curve: after so many parts of the trees
JOULES_A_VISIT = 1e-6  # of a row to a node: an estimate from the work done, so that it is the same everywhere


def train(name, x, y, criterion, depth, trees, seed):
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.5, random_state=seed, stratify=y)
    with mlflow.start_run(run_name=f"{name}-{criterion}-{depth}-{trees}-{seed}"):
        mlflow.log_params({"criterion": criterion, "depth": depth, "trees": trees, "seed": seed})
        mlflow.log_input(mlflow.data.from_numpy(x, targets=y, name=name), context="evaluation")
        forest = RandomForestClassifier(n_estimators=trees, criterion=criterion, max_depth=depth, random_state=seed, n_jobs=1)
        forest.fit(x_train, y_train)
        probability = np.zeros((len(x_test), len(forest.classes_)))
        for i, tree in enumerate(forest.estimators_, start=1):
            probability += tree.predict_proba(x_test)
            if i % (trees // STEPS) == 0:
                guessed = forest.classes_[probability.argmax(axis=1)]
                brier = np.mean(((probability / i - (y_test[:, None] == forest.classes_)) ** 2).sum(axis=1))
                mlflow.log_metrics({"accuracy": float(np.mean(guessed == y_test)), "brier": round(float(brier), 6)}, step=i)
        nodes = sum(tree.tree_.node_count for tree in forest.estimators_)
        visits = sum(int(tree.tree_.weighted_n_node_samples.sum()) for tree in forest.estimators_)
        mlflow.log_metrics({"nodes": nodes, "energy": round(visits * JOULES_A_VISIT, 6)})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", nargs="+", type=int)
    parser.add_argument("--all", action="store_true", help="also what was left out, with the seeds before, too")
    options = parser.parse_args()
    mlflow.set_experiment("forests")
    trained = 0
    for name, load in DATA.items():
        x, y = load(return_X_y=True)
        for forest in FORESTS:
            late = (forest, name) == LEFT_OUT
            if late and not options.all:
                continue
            for seed in range(max(options.seeds) + 1) if late else options.seeds:
                train(name, x, y, *forest, seed)
                trained += 1
    print(f"trained {trained} forests")


if __name__ == "__main__":
    main()
