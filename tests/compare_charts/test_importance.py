"""Importance of parameters beside scikit-learn's forest on the same numbers."""
import numpy
import pytest
from scipy.stats import pearsonr, spearmanr
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance

TASKS = 300


@pytest.fixture(scope="module")
def made(api):
    """Tasks whose score is a function of some of their parameters."""
    random = numpy.random.default_rng(7)
    x = random.uniform(0, 1, (TASKS, 6))
    opt = random.integers(0, 3, TASKS)
    effect = numpy.array([0.0, 1.2, 0.4])
    y = 3 * x[:, 0] - 1.5 * x[:, 1] + 6 * (x[:, 2] - 0.5) ** 2 + effect[opt] + random.normal(0, 0.1, TASKS)
    project = api.project("importance")
    for i in range(TASKS):
        params = {f"p{k}": repr(float(v)) for k, v in enumerate(x[i])}
        params |= {"opt": ["adam", "sgd", "lion"][opt[i]], "same": "1", "id": f"task-{i}", "flag": "True" if y[i] > 1.5 else "False"}
        task = api.task(project, name=f"task {i}", params=params)
        api("POST", f"tasks/{task}/log", json={"metrics": [{"key": "score", "scope": "", "points": [[0, 1_700_000_000_000, float(y[i])]]}]})
    return x, opt, y


PARAMETERS = [f"params.p{k}" for k in range(6)] + ["params.opt"]


def test_beside_scikit_learn(api, made):
    x, opt, y = made
    answer = api.compare("importance", project="importance", limit=TASKS, target="metrics.score", parameters=PARAMETERS)
    ours = {p["name"]: p for p in answer["parameters"]}
    assert list(ours) == sorted(ours, key=lambda n: -ours[n]["importance"])
    columns = numpy.column_stack([x, opt == 0, opt == 1, opt == 2]).astype(float)
    falls = numpy.zeros(7)
    scores = []
    for seed in range(4):  # of different halves: one alone wobbles
        order = numpy.random.default_rng(seed).permutation(TASKS)
        seen, unseen = order[:200], order[200:]
        forest = RandomForestRegressor(100, max_features=1 / 3, random_state=seed).fit(columns[seen], y[seen])
        scores.append(forest.score(columns[unseen], y[unseen]))
        falls[:6] += permutation_importance(forest, columns[unseen], y[unseen], n_repeats=5, random_state=seed).importances_mean[:6] / 4
        for kind in range(3):
            falls[6] += permutation_importance(forest, columns[unseen], y[unseen], n_repeats=5, random_state=seed).importances_mean[6 + kind] / 4
    theirs = dict(zip(PARAMETERS, falls))
    print(f"score {answer['score']:.3f} beside {numpy.mean(scores):.3f}")
    for name in PARAMETERS:
        print(f"{name}: {ours[name]['importance']:.3f} beside {theirs[name]:.3f}")
    assert answer["score"] > numpy.mean(scores) - 0.05
    # The same ranking, of those whose importances are not all but the same.
    strong = [name for name in sorted(theirs, key=lambda n: -theirs[n]) if theirs[name] > 0.03]
    assert set(strong) == {"params.p0", "params.p1", "params.p2", "params.opt"}
    numeric = [n for n in strong if n != "params.opt"]
    assert sorted(numeric, key=lambda n: -ours[n]["importance"]) == numeric
    for name in numeric:
        assert ours[name]["importance"] == pytest.approx(theirs[name], rel=0.35)
    for name in PARAMETERS:
        if name not in strong:
            assert abs(ours[name]["importance"]) < 0.02
    # A category is one parameter here, three columns there.
    assert ours["params.opt"]["importance"] > 0.1 and ours["params.opt"]["kind"] == "text"
    assert sum(p["share"] for p in answer["parameters"]) == pytest.approx(1)


def test_correlations_are_scipys(api, made):
    x, _, y = made
    answer = api.compare("importance", project="importance", limit=TASKS, target="metrics.score", parameters=PARAMETERS, trees=10)
    for p in answer["parameters"]:
        if p["name"] == "params.opt":
            assert p["pearson"] is None and p["spearman"] is None
            continue
        column = x[:, int(p["name"][-1])]
        assert p["pearson"] == pytest.approx(pearsonr(column, y)[0], abs=1e-9)
        assert p["spearman"] == pytest.approx(spearmanr(column, y)[0], abs=1e-9)


def test_all_parameters_that_differ(api, made):
    answer = api.compare("importance", project="importance", limit=TASKS, target="metrics.score")
    names = {p["name"]: p for p in answer["parameters"]}
    assert set(names) == {*PARAMETERS, "params.flag"}
    assert answer["notices"] == ["Left out, for every task has a text of its own: params.id."]
    assert names["params.flag"]["spearman"] > 0.5 and names["params.flag"]["distinct"] == 2
    assert answer["figure"]["media_type"] == "application/vnd.vegalite.v5+json"


def test_the_same_seed_is_the_same_answer(api, made):
    asked = dict(project="importance", limit=100, target="metrics.score", parameters=PARAMETERS, trees=20)
    first = api.compare("importance", **asked)
    assert api.compare("importance", **asked) == first
    assert api.compare("importance", **asked, seed=2)["score"] != first["score"]


def test_missing_values_and_targets(api):
    project = api.project("missing")
    for i in range(40):
        params = {"a": str(i % 7)} | ({"b": "x" if i % 4 else "y"} if i % 2 else {})
        task = api.task(project, params=params)
        if i % 5:
            value = "NaN" if i % 10 == 1 else (5.0 if i % 2 else 0.0)
            api("POST", f"tasks/{task}/log", json={"metrics": [{"key": "m", "scope": "", "points": [[0, 1, value]]}]})
    answer = api.compare("importance", project="missing", target="metrics.m")
    assert answer["counted"] == 28
    assert answer["notices"] == ["12 of 40 tasks do not have the target and do not count."]
    assert [p["name"] for p in answer["parameters"]] == ["params.b", "params.a"]  # whether it has b decides
    assert answer["score"] > 0.9


def test_refused(api, made):
    def refused(field, sentence, **asked):
        answer = api.compare("importance", 400, **asked)
        assert (answer["field"], answer["detail"]) == (field, sentence)

    refused("target", "'target' is missing: what is to be explained", project="importance")
    refused("target", "'target' must be a number in 5 tasks or more; of these 4 it is in 4", project="importance", limit=4, target="metrics.score")
    refused("target", "'target' must be a number in 5 tasks or more; of these 100 it is in 0", project="importance", target="params.opt")
    refused("trees", "'trees' must be from 10 to 500", project="importance", target="metrics.score", trees=5)
    assert api.compare("importance", 400, project="importance", target="metrics")["field"] == "target"
    assert api.compare("importance", 400, project="importance", target="metrics.score", parameters=["params.p0", "nothing"])["field"] == "parameters[1]"


def test_nothing_differs(api, made):
    answer = api.compare("importance", project="importance", target="metrics.score", parameters=["params.same"])
    assert answer["parameters"] == [] and answer["score"] == 0
    assert answer["notices"] == ["Left out, for all tasks have the same: params.same.",
                                 "There are no parameters that differ among the tasks."]
