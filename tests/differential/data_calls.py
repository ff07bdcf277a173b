"""Metrics of several runs, data sets, models and artifacts, wider than script.py's first look."""


def run(s, e, name, label):
    return s.name(s.call("run " + name, "POST", "runs/create", {"experiment_id": e, "start_time": 10, "run_name": name})["run"]["info"]["run_id"], label)


def intervals(s):
    c = s.call
    e = s.name(c("interval experiment", "POST", "experiments/create", {"name": "diff-interval"})["experiment_id"], "EI")
    runs = [run(s, e, f"interval {i}", f"I{i}") for i in range(3)]
    shapes = [[(step, step) for step in range(40)], [(step // 4, 100 - step) for step in range(40)], [(-5, 1), (0, 0), (0, 2), (1000000, 3)]]
    for r, shape in zip(runs, shapes):
        c("interval points", "POST", "runs/log-batch", {"run_id": r, "metrics": [{"key": "m", "value": i * 0.5, "timestamp": t, "step": step} for i, (step, t) in enumerate(shape)]})
    c("interval nan", "POST", "runs/log-batch", {"run_id": runs[2], "metrics": [{"key": "m", "value": v, "timestamp": 9, "step": 7} for v in ("NaN", "Infinity", "-Infinity", 0)]})
    roots = ("/api/2.0/mlflow", "/ajax-api/2.0/mlflow")
    for n, query in enumerate((
        {}, {"max_results": 1}, {"max_results": 2}, {"max_results": 3}, {"max_results": 7}, {"max_results": 10}, {"max_results": 39}, {"max_results": 40}, {"max_results": 41}, {"max_results": 2500},
        {"max_results": 2501}, {"max_results": 0}, {"max_results": -1}, {"max_results": "abc"}, {"max_results": "5.0"}, {"max_results": ""}, {"start_step": 0, "end_step": 0}, {"start_step": 5, "end_step": 20},
        {"start_step": 5, "end_step": 20, "max_results": 4}, {"start_step": -5, "end_step": 1000000}, {"start_step": 3, "end_step": 3, "max_results": 1}, {"start_step": 20, "end_step": 5}, {"end_step": 5},
        {"start_step": "a", "end_step": 5}, {"start_step": 1.5, "end_step": 5}, {"start_step": 2000000, "end_step": 3000000}, {"start_step": 0, "end_step": 39, "max_results": 2}, {"start_step": "", "end_step": ""},
    )):
        for which in (runs[:1], runs[1:2], runs[2:], runs):
            c(f"interval {n} {query} {runs.index(which[0])} {len(which)}", "GET", roots[n % 2] + "/metrics/get-history-bulk-interval", query={"run_ids": which, "metric_key": "m", **query})
    path = "metrics/get-history-bulk-interval"
    for label, query in {
        "one missing": {"run_ids": [runs[0], "0" * 32], "metric_key": "m"}, "twice": {"run_ids": [runs[0], runs[0]], "metric_key": "m", "max_results": 2}, "many": {"run_ids": [f"{i:032x}" for i in range(101)], "metric_key": "m"},
        "unknown key": {"run_ids": runs, "metric_key": "none"}, "empty key": {"run_ids": runs, "metric_key": ""}, "run_id": {"run_id": runs[0], "metric_key": "m"}, "empty id": {"run_ids": [""], "metric_key": "m"},
    }.items():
        c("interval of " + label, "GET", path, query=query)
        c("bulk of " + label, "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query={("run_id" if k == "run_ids" else k): v for k, v in query.items()})
    for query in ({"max_results": 5}, {"max_results": 0}, {"max_results": -1}, {"max_results": "abc"}, {"max_results": 25001}, {"max_results": ""}):
        c(f"bulk {query}", "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query={"run_id": runs[1:2], "metric_key": "m", **query})
        c(f"history {query}", "GET", "metrics/get-history", query={"run_id": runs[1], "metric_key": "m", **query})
    token, page = "", 0
    while page < 8:
        answer = c(f"history page {page}", "GET", "metrics/get-history", query={"run_id": runs[1], "metric_key": "m", "max_results": 7, **({"page_token": token} if token else {})})
        token, page = answer.get("next_page_token", ""), page + 1
        if not token:
            break
    c("history token of another", "GET", "metrics/get-history", query={"run_id": runs[0], "metric_key": "m", "max_results": 7, "page_token": "e30="})
    c("history uuid", "GET", "metrics/get-history", query={"run_uuid": runs[2], "metric_key": "m", "max_results": 2})
    c("interval deleted run", "POST", "runs/delete", {"run_id": runs[0]})
    c("interval of deleted", "GET", path, query={"run_ids": runs[:1], "metric_key": "m", "max_results": 2})
    c("history of deleted", "GET", "metrics/get-history", query={"run_id": runs[0], "metric_key": "m", "max_results": 2})


def datasets(s):
    c = s.call
    e = s.name(c("data experiment", "POST", "experiments/create", {"name": "diff-data"})["experiment_id"], "ED")
    e2 = s.name(c("data experiment 2", "POST", "experiments/create", {"name": "diff-data-2"})["experiment_id"], "ED2")
    runs = [run(s, e, f"data {i}", f"D{i}") for i in range(3)] + [run(s, e2, "data 3", "D3")]
    odd = run(s, s.name(c("odd data experiment", "POST", "experiments/create", {"name": "diff-data-odd"})["experiment_id"], "EDO"), "odd data", "DO")
    d = lambda name="d", digest="1", **more: {"name": name, "digest": digest, "source_type": "local", "source": "{}", **more}
    context = lambda value: [{"key": "mlflow.data.context", "value": value}]
    log = lambda label, r, **body: c("inputs " + label, "POST", "runs/log-inputs", {"run_id": r, **body})
    log("train", runs[0], datasets=[{"dataset": d(), "tags": context("train")}, {"dataset": d("e", "2", schema="s", profile="p"), "tags": context("eval")}])
    log("same in two runs", runs[1], datasets=[{"dataset": d(profile="other"), "tags": context("test")}])
    log("twice in one", runs[2], datasets=[{"dataset": d("twice", "1"), "tags": context("a")}, {"dataset": d("twice", "1"), "tags": context("b")}])
    log("same name other digest", runs[2], datasets=[{"dataset": d("d", "9")}])
    log("other experiment", runs[3], datasets=[{"dataset": d(), "tags": context("train")}])
    log("several tags", runs[3], datasets=[{"dataset": d("tagged", "3"), "tags": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]}])
    log("tag twice", runs[3], datasets=[{"dataset": d("tagtwice", "3"), "tags": [{"key": "b", "value": "2"}, {"key": "b", "value": "1"}]}])
    log("tag long key", runs[3], datasets=[{"dataset": d("l", "1"), "tags": [{"key": "k" * 256, "value": "2"}]}])
    log("tag long value", runs[3], datasets=[{"dataset": d("l", "1"), "tags": [{"key": "k", "value": "v" * 501}]}])
    log("tag key limits", runs[3], datasets=[{"dataset": d("l", "1"), "tags": [{"key": "k" * 255, "value": "v" * 500}]}])
    log("tag without key", runs[3], datasets=[{"dataset": d("l", "1"), "tags": [{"value": "v"}]}])
    log("tag without value", runs[3], datasets=[{"dataset": d("l", "1"), "tags": [{"key": "v"}]}])
    log("tag empty value", runs[3], datasets=[{"dataset": d("l2", "1"), "tags": [{"key": "v", "value": ""}]}])
    for field, size in {"name": 500, "digest": 36, "schema": 1048575, "source": 65535}.items():
        log(f"{field} at most", runs[3], datasets=[{"dataset": {**d("long" + field), field: "n" * size}}])
        log(f"{field} too long", runs[3], datasets=[{"dataset": {**d("long" + field), field: "n" * (size + 1)}}])
    for field in ("name", "digest", "source_type", "source", "schema", "profile"):
        for label, value in {"empty": "", "number": 5, "null": None, "object": {"a": 1}}.items():
            log(f"{field} {label}", odd, datasets=[{"dataset": {**d("odd" + field + label), field: value}}])
    for label, value in {"text": "x", "object": {"dataset": d()}, "null": None, "list of null": [None], "list of text": ["x"], "empty object": [{}]}.items():
        log("datasets " + label, odd, datasets=value)
    log("too many", odd, datasets=[{"dataset": d(f"m{i}")} for i in range(1001)])
    for r in runs:
        c("run with data", "GET", "runs/get", query={"run_id": r})
    search = "/ajax-api/2.0/mlflow/experiments/search-datasets"
    for label, body in {
        "one": {"experiment_ids": [e]}, "both": {"experiment_ids": [e, e2]}, "twice": {"experiment_ids": [e, e]}, "missing": {"experiment_ids": ["987654"]}, "text id": {"experiment_ids": ["abc"]}, "nothing": {},
        "text": {"experiment_ids": e}, "null": {"experiment_ids": None}, "numbers": {"experiment_ids": [int(e)]}, "twenty": {"experiment_ids": [str(900000 + i) for i in range(20)]}, "unknown": {"experiment_ids": [e2], "x": 1},
        "camel": {"experimentIds": [e2]},
    }.items():
        c("datasets of " + label, "POST", search, body)
    c("datasets by api", "POST", "/api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": [e]})
    c("datasets by get", "GET", search, query={"experiment_ids": [e]})
    for text in ("dataset.name = 'd'", "datasets.name LIKE 't%'", "dataset.digest = '1'", "dataset.context = 'train'", "dataset.context != 'train'", "dataset.name = 'd' AND dataset.context = 'eval'",
                 "dataset.name IN ('d', 'e')", "dataset.digest NOT IN ('1')", "dataset.name ILIKE 'D'", "dataset.context LIKE '%a%' AND run_name = 'data 0'", "dataset.name = 'd' AND metrics.x > 1"):
        c(f"runs by [{text}]", "POST", "runs/search", {"experiment_ids": [e, e2], "filter": text, "order_by": ["run_name"]})
    return e, runs


def models(s):
    c = s.call
    e = s.name(c("models experiment", "POST", "experiments/create", {"name": "diff-models"})["experiment_id"], "EM")
    r = run(s, e, "models", "MR")
    eo = s.name(c("odd models experiment", "POST", "experiments/create", {"name": "diff-models-odd"})["experiment_id"], "EMO")
    made = []
    for i in range(6):
        answer = c(f"model {i}", "POST", "logged-models", {"experiment_id": e, "name": f"model {i}", "model_type": "AB"[i % 2], "source_run_id": r, "params": [{"key": "p", "value": str(i)}], "tags": [{"key": "t", "value": str(i % 3)}]})
        made.append(s.name(answer.get("model", {}).get("info", {}).get("model_id", f"m-{i}"), f"MM{i}"))
    for label, body in {
        "nothing": {}, "number name": {"name": 5}, "null name": {"name": None}, "unicode": {"name": "größe"}, "long": {"name": "n" * 501}, "params number": {"params": [{"key": "a", "value": 5}]}, "params twice": {"params": [{"key": "a", "value": "1"}, {"key": "a", "value": "1"}]},
        "tag no key": {"tags": [{"value": "1"}]}, "tag no value": {"tags": [{"key": "only"}]}, "params text": {"params": "x"}, "missing run": {"source_run_id": "0" * 32}, "bad run": {"source_run_id": 7}, "unknown": {"bogus": 1}, "type number": {"model_type": 1},
        "long param": {"params": [{"key": "a", "value": "x" * 6001}]}, "long key": {"params": [{"key": "k" * 251, "value": "x"}]}, "bad key": {"params": [{"key": "a//b", "value": "x"}]}, "camel": {"modelType": "C", "sourceRunId": r, "name": "camel"},
    }.items():
        c("create model " + label, "POST", "logged-models", {"experiment_id": eo, "name": "odd", **body})
    for label, value in {"number": 7, "empty": "", "null": None, "text": "abc"}.items():
        c("create model in experiment " + label, "POST", "logged-models", {"experiment_id": value, "name": "x"})
    for i, m in enumerate(made):
        c("model metrics", "POST", "runs/log-batch", {"run_id": r, "metrics": [{"key": "acc", "value": i / 10, "timestamp": i, "step": 0, "model_id": m}, {"key": "acc", "value": 1 - i / 10, "timestamp": 20, "step": 1, "model_id": m, "dataset_name": "test", "dataset_digest": "1" if i % 2 else "2"}]})
    c("model metric nan", "POST", "runs/log-metric", {"run_id": r, "key": "odd", "value": "NaN", "timestamp": 1, "model_id": made[1]})
    c("model metric other", "POST", "runs/log-metric", {"run_id": r, "key": "odd", "value": 4, "timestamp": 1, "model_id": made[2]})
    c("model metric of unknown model", "POST", "runs/log-metric", {"run_id": r, "key": "odd", "value": 4, "timestamp": 1, "model_id": "m-" + "0" * 32})
    c("model metric half a data set", "POST", "runs/log-metric", {"run_id": r, "key": "half", "value": 4, "timestamp": 1, "model_id": made[2], "dataset_name": "x"})
    c("model metric other half", "POST", "runs/log-metric", {"run_id": r, "key": "half", "value": 4, "timestamp": 1, "model_id": made[2], "dataset_digest": "x"})
    c("data set without model", "POST", "runs/log-metric", {"run_id": r, "key": "nomodel", "value": 4, "timestamp": 1, "dataset_name": "x", "dataset_digest": "y"})
    for m in made:
        c("model with metrics", "GET", f"logged-models/{m}")
    m = c("odd model", "POST", "logged-models", {"experiment_id": eo, "name": "odd", "params": [{"key": "p", "value": "0"}], "tags": [{"key": "t", "value": "0"}]}).get("model", {}).get("info", {}).get("model_id", "m-odd")
    s.name(m, "MO")
    odd, ro = m, run(s, eo, "odd models", "MRO")
    for label, body in {
        "same": {"params": [{"key": "p", "value": "0"}]}, "changed": {"params": [{"key": "p", "value": "9"}]}, "new": {"params": [{"key": "q", "value": "1"}]}, "two": {"params": [{"key": "x", "value": "1"}, {"key": "y", "value": "2"}]},
        "twice": {"params": [{"key": "z", "value": "1"}, {"key": "z", "value": "1"}]}, "none": {}, "empty": {"params": []}, "no key": {"params": [{"value": "1"}]}, "no value": {"params": [{"key": "nv"}]}, 
        "long": {"params": [{"key": "long", "value": "x" * 6001}]}, "bad key": {"params": [{"key": "a?b", "value": "1"}]}, "after all": {"params": [{"key": "last", "value": "1"}]},
    }.items():
        c("log params " + label, "POST", f"logged-models/{m}/params", {"model_id": m, **body})
        c("params after " + label, "GET", f"logged-models/{m}")
    for label, body in {
        "new": {"tags": [{"key": "n", "value": "1"}]}, "over": {"tags": [{"key": "t", "value": "over"}]}, "two": {"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}, "twice": {"tags": [{"key": "tw", "value": "1"}, {"key": "tw", "value": "2"}]},
        "none": {}, "empty": {"tags": []}, "no key": {"tags": [{"value": "1"}]}, "no value": {"tags": [{"key": "nv"}]}, "long": {"tags": [{"key": "long", "value": "x" * 8001}]}, "bad key": {"tags": [{"key": "a?b", "value": "1"}]},
    }.items():
        c("set tags " + label, "PATCH", f"logged-models/{m}/tags", {"model_id": m, **body})
    c("model after params and tags", "GET", f"logged-models/{m}")
    for label, value in {"number": [{"key": "num", "value": 5}], "text": "x", "null": None}.items():
        c("set odd tags " + label, "PATCH", f"logged-models/{m}/tags", {"model_id": m, "tags": value})
        c("log odd params " + label, "POST", f"logged-models/{m}/params", {"model_id": m, "params": value})
    m = made[0]
    c("delete tag with slash", "DELETE", f"logged-models/{m}/tags/a%2Fb")
    c("delete tag", "DELETE", f"logged-models/{m}/tags/t")
    c("set tag again", "PATCH", f"logged-models/{m}/tags", {"tags": [{"key": "t", "value": "0"}]})
    none = "m-" + "0" * 32
    c("params without id", "POST", f"logged-models/{m}/params", {"params": [{"key": "x", "value": "1"}]})
    c("params of missing", "POST", f"logged-models/{none}/params", {"model_id": none, "params": [{"key": "x", "value": "1"}]})
    c("tags of missing", "PATCH", f"logged-models/{none}/tags", {"tags": [{"key": "x", "value": "1"}]})
    c("delete tag of missing", "DELETE", f"logged-models/{none}/tags/x")
    c("finalize missing", "PATCH", f"logged-models/{none}", {"status": "LOGGED_MODEL_READY"})
    c("delete missing model", "DELETE", f"logged-models/{none}")
    for label, value in {"ready": "LOGGED_MODEL_READY", "failed": "LOGGED_MODEL_UPLOAD_FAILED", "ready again": 2, "text number": "3", "bogus": "BOGUS", "lower": "ready", "beyond": 77, "null": None, "unspecified": 0}.items():
        target = made[3] if label in ("ready", "failed", "ready again", "text number") else odd
        c("finalize " + label, "PATCH", f"logged-models/{target}", {"model_id": target, "status": value})
        c("finalized " + label, "GET", f"logged-models/{made[3]}")
    c("finalize 4", "PATCH", f"logged-models/{made[4]}", {"status": "LOGGED_MODEL_READY"})
    search = lambda label, **body: c("models " + label, "POST", "logged-models/search", {"experiment_ids": [e], "order_by": [{"field_name": "name"}], **body})
    for text in ("name = 'model 1'", "name != 'model 1'", "name LIKE 'model%'", "name ILIKE 'MODEL%'", "name IN ('model 1', 'model 2')", "name NOT IN ('model 1')", "model_type = 'A'", "attributes.model_type = 'B'", "params.p = '1'", "params.p != '1'", "params.p > 1",
                 "tags.t = '1'", "tags.t LIKE '_'", "metrics.acc > 0.2", "metrics.acc >= 0.5", "metrics.acc = 0.3", "metrics.acc != 0.3", "metrics.odd > 0", "metrics.odd != 1", "metrics.none > 0", "creation_timestamp > 0", "creation_time > 0", "last_updated_timestamp > 0",
                 f"source_run_id = '{r}'", "source_run_id = 'x'", f"experiment_id = '{e}'", f"model_id = '{made[1]}'", f"model_id IN ('{made[1]}')", "model_type = 'A' AND metrics.acc > 0.1", "params.p = '1' AND tags.t = '1'", "tag.t = '1'", "param.p = '1'", "attribute.name = 'x'", "name > 'a'",
                 "name =", "name", "model_type = A", "creation_timestamp = 'x'", "metrics.acc = 'x'", "name = 'a' OR name = 'b'", "", " ", "params.p IS NULL", "tags.`t` = '1'", "metrics.`acc` > 0.2", "bogus.x = '1'", "name = 5", "lifecycle_stage = 'x'"):
        search(f"[{text}]", filter=text)
    for label, data in {"both": [{"dataset_name": "test", "dataset_digest": "1"}], "two": [{"dataset_name": "test", "dataset_digest": "1"}, {"dataset_name": "test", "dataset_digest": "2"}], "none": [{"dataset_name": "nope", "dataset_digest": "1"}], "empty": [{}], "digest": [{"dataset_digest": "1"}], "text": "x", "null": None}.items():
        search(f"data {label}", datasets=data)
        search(f"data {label} filter", datasets=data, filter="metrics.acc > 0.6")
    for order in ([{"field_name": "metrics.acc"}], [{"field_name": "metrics.acc", "ascending": False}], [{"field_name": "metrics.acc", "dataset_name": "test", "dataset_digest": "1"}], [{"field_name": "metrics.acc", "dataset_name": "test"}], [{"field_name": "metrics.odd"}, {"field_name": "name"}], [{"field_name": "name", "ascending": False}],
                  [{"field_name": "model_type"}, {"field_name": "name", "ascending": False}], [{"field_name": "creation_timestamp", "ascending": True}], [{"field_name": "creation_time"}], [{"field_name": "params.p"}], [{"field_name": "tags.t"}], [{"field_name": ""}], [{}], ["name"], [{"field_name": "name"}, {"field_name": "name"}],
                  [{"field_name": "name", "ascending": "false"}], [{"field_name": "name", "ascending": "no"}], [{"field_name": "name", "ascending": 0}], [{"field_name": "status"}, {"field_name": "name"}], [{"field_name": "source_run_id"}, {"field_name": "name"}], [{"field_name": "last_updated_timestamp"}], [{"field_name": "name", "dataset_name": "test"}],
                  [{"fieldName": "name"}], [{"field_name": "name ASC"}], [{"field_name": "name DESC"}], [{"field_name": "metrics.none"}, {"field_name": "name"}]):
        # Equal ones are told apart by name: models may be made in one millisecond.
        by_name = [{"field_name": "name"}] if all(isinstance(o, dict) and o.get("field_name", "").startswith(("metrics.", "creation", "last")) for o in order) else []
        c(f"models by {order}", "POST", "logged-models/search", {"experiment_ids": [e], "order_by": order + by_name, "filter": "name LIKE 'model%'"})
    for label, value in {"zero": 0, "negative": -1, "many": 51, "text": "2", "word": "x", "null": None}.items():
        search(f"max {label}", max_results=value, filter="name = 'model 1'")
    token, page = "", 0
    while page < 5:
        answer = search(f"page {page}", max_results=2, filter="name LIKE 'model%'", **({"page_token": token} if token else {}))
        if token and page == 1:
            search("token with another filter", max_results=2, filter="name LIKE 'mod%'", page_token=token)
        token, page = answer.get("next_page_token", ""), page + 1
        if not token:
            break
    for label, ids in {"none": [], "missing": ["987654"], "text": ["abc"], "two": [e, "0"], "number": [int(e)], "not a list": e}.items():
        c("models in " + label, "POST", "logged-models/search", {"experiment_ids": ids, "filter": "name = 'model 1'"})
    for label, body in {
        "good": {"models": [{"model_id": made[0], "step": 1}]}, "again": {"models": [{"model_id": made[0], "step": 1}]}, "other step": {"models": [{"model_id": made[0], "step": 5}]}, "no step": {"models": [{"model_id": made[1]}]}, "text step": {"models": [{"model_id": made[2], "step": "7"}]},
        "missing": {"models": [{"model_id": none, "step": 1}]}, "nothing": {}, "empty": {"models": []}, "two": {"models": [{"model_id": made[4], "step": 1}, {"model_id": made[5], "step": 2}]},
    }.items():
        c("outputs " + label, "POST", "runs/outputs", {"run_id": r, **body})
        c("model inputs " + label, "POST", "runs/log-inputs", {"run_id": r, **body})
    for label, body in {"no id": {"models": [{"step": 1}]}, "text": {"models": "x"}, "null": {"models": [None]}}.items():
        c("outputs " + label, "POST", "runs/outputs", {"run_id": ro, **body})
        c("model inputs " + label, "POST", "runs/log-inputs", {"run_id": ro, **body})
    c("outputs no run", "POST", "runs/outputs", {"models": [{"model_id": made[0], "step": 1}]})
    c("outputs missing run", "POST", "runs/outputs", {"run_id": "0" * 32, "models": [{"model_id": made[0], "step": 1}]})
    c("run with outputs", "GET", "runs/get", query={"run_id": r})
    for label, body in {
        "json": {"model_json": "{\"run_id\": \"%s\", \"artifact_path\": \"m\", \"utc_time_created\": \"t\", \"flavors\": {}}" % r}, "other run": {"model_json": "{\"run_id\": \"x\", \"artifact_path\": \"m\", \"utc_time_created\": \"t\", \"flavors\": {}}"}, "not json": {"model_json": "x"}, "missing keys": {"model_json": "{}"}, "none": {}, "empty": {"model_json": ""},
        "list": {"model_json": "[]"}, "object": {"model_json": {"run_id": r}}, "no flavors": {"model_json": "{\"run_id\": \"%s\", \"artifact_path\": \"m\", \"utc_time_created\": \"t\"}" % r},
    }.items():
        c("log-model " + label, "POST", "runs/log-model", {"run_id": r, **body})
    c("log-model missing run", "POST", "runs/log-model", {"run_id": "0" * 32, "model_json": "{}"})
    c("run after log-model", "GET", "runs/get", query={"run_id": r})
    c("delete model 5", "DELETE", f"logged-models/{made[5]}")
    c("get deleted allowed", "GET", f"logged-models/{made[5]}", query={"allow_deleted": "true"})
    c("get deleted not allowed", "GET", f"logged-models/{made[5]}", query={"allow_deleted": "false"})
    c("get deleted odd", "GET", f"logged-models/{made[5]}", query={"allow_deleted": "maybe"})
    search("after delete", filter="name LIKE 'model%'")
    base = f"/api/2.0/mlflow-artifacts/artifacts/{e}/models/{m}/artifacts"
    c("model artifact put", "PUT", f"{base}/MLmodel", raw=b"x", headers={"Content-Type": "application/octet-stream"})
    c("model artifact put deep", "PUT", f"{base}/d/data.bin", raw=b"xyz", headers={"Content-Type": "application/octet-stream"})
    for query in (None, {"artifact_directory_path": "d"}, {"artifact_directory_path": "nope"}, {"artifact_directory_path": "../x"}):
        c(f"model artifacts {query}", "GET", f"logged-models/{m}/artifacts/directories", query=query)
    for query in ({"artifact_file_path": "MLmodel"}, {"artifact_file_path": "d/data.bin"}, {"artifact_file_path": "d"}, {"artifact_file_path": "nope"}, {"artifact_file_path": "../MLmodel"}, {"artifact_file_path": ""}, None):
        c(f"model file {query}", "GET", f"/ajax-api/2.0/mlflow/logged-models/{m}/artifacts/files", query=query)
    c("artifacts of missing model", "GET", f"logged-models/{none}/artifacts/directories")


def artifacts(s):
    c = s.call
    e = s.name(c("artifact experiment", "POST", "experiments/create", {"name": "diff-artifacts"})["experiment_id"], "EA")
    r = run(s, e, "artifacts", "AR")
    root = "/api/2.0/mlflow-artifacts"
    own = f"{e}/{r}/artifacts"
    octets = {"Content-Type": "application/octet-stream"}
    for name in ("plain", "with%20space", "a%2Fb", "%C3%BC.txt", "x%23y", "q%3Fm", "..%2Fescape", "%2e%2e/escape", "a/../b", "./dot", "a//b", "ctrl%07", "plus+plus", "c%3A/x", "end/", "%", "%zz", ".hidden", "...", "~tilde", "%252e%252e/x", "semi;colon", "eq=1&2"):
        c("put name " + name, "PUT", f"{root}/artifacts/{own}/{name}", raw=b"data " + name.encode(), headers=octets)
        c("get name " + name, "GET", f"{root}/artifacts/{own}/{name}")
    odd = run(s, e, "odd artifacts", "AO")
    for name in ("back%5Cslash", "nul%00", "a%0Ab", "per%25cent", "x%FFy", "%C3"):
        c("put odd " + name, "PUT", f"{root}/artifacts/{e}/{odd}/artifacts/{name}", raw=b"odd", headers=octets)
        c("get odd " + name, "GET", f"{root}/artifacts/{e}/{odd}/artifacts/{name}")
    c("put by ajax", "PUT", f"/ajax-api/2.0/mlflow-artifacts/artifacts/{own}/ajax.txt", raw=b"ajax", headers=octets)
    c("get by ajax", "GET", f"/ajax-api/2.0/mlflow-artifacts/artifacts/{own}/ajax.txt")
    c("put as json", "PUT", f"{root}/artifacts/{own}/j.json", raw=b"{\"a\": 1}", headers={"Content-Type": "application/json"})
    c("put without type", "PUT", f"{root}/artifacts/{own}/untyped", raw=b"u", headers={"Content-Type": ""})
    c("put empty", "PUT", f"{root}/artifacts/{own}/nothing", raw=b"", headers=octets)
    c("put over a folder", "PUT", f"{root}/artifacts/{own}", raw=b"x", headers=octets)
    c("put below a file", "PUT", f"{root}/artifacts/{own}/plain/below", raw=b"x", headers=octets)
    c("put again", "PUT", f"{root}/artifacts/{own}/plain", raw=b"second", headers=octets)
    c("get again", "GET", f"{root}/artifacts/{own}/plain")
    c("get a folder", "GET", f"{root}/artifacts/{own}")
    c("post an artifact", "POST", f"{root}/artifacts/{own}/plain", raw=b"x", headers=octets)
    for path in ("", "/", ".", own, own + "/", "/" + own, own + "/plain", own + "//", "a/../b", "..", "%2e%2e", own + "/../artifacts", "#", "a\\b", "nope"):
        c(f"proxy list [{path}]", "GET", f"{root}/artifacts", query={"path": path})
        c(f"run list [{path}]", "GET", "artifacts/list", query={"run_id": r, "path": path})
    c("run list token", "GET", "artifacts/list", query={"run_id": r, "page_token": "x"})
    c("run list uuid", "GET", "artifacts/list", query={"run_uuid": r})
    for label, body in {"good": {"path": own + "/big", "num_parts": 2}, "no parts": {"path": own + "/big"}, "nothing": {}, "text parts": {"path": "x", "num_parts": "abc"}, "zero": {"path": "x", "num_parts": 0}}.items():
        c("mpu create " + label, "POST", f"{root}/mpu/create/{own}/big", body)
        c("mpu complete " + label, "POST", f"{root}/mpu/complete/{own}/big", {**body, "upload_id": "u", "parts": [{"part_number": 1, "etag": "e", "url": "u"}]})
        c("mpu abort " + label, "POST", f"{root}/mpu/abort/{own}/big", {**body, "upload_id": "u"})
    c("mpu create dots", "POST", f"{root}/mpu/create/..%2Fx", {"path": "x", "num_parts": 1})
    c("mpu by ajax", "POST", f"/ajax-api/2.0/mlflow-artifacts/mpu/create/{own}/big", {"path": "x", "num_parts": 1})
    c("mpu without body", "POST", f"{root}/mpu/create/{own}/big")
    c("presigned", "GET", f"{root}/presigned/{own}/plain")
    c("presigned dots", "GET", f"{root}/presigned/..%2Fx")
    for label, body in {"good": {"run_id": r, "path": "plain"}, "no run": {"path": "plain"}, "missing run": {"run_id": "0" * 32, "path": "plain"}, "nothing": {}, "dots": {"run_id": r, "path": "../x"}}.items():
        c("presigned upload " + label, "POST", "artifacts/presigned-upload-url", body)
        c("presigned download " + label, "POST", "artifacts/presigned-download-url", body)
    for query in ({"run_id": r, "path": "plain"}, {"run_id": r}, {"path": "plain"}, {"run_id": "0" * 32, "path": "plain"}, {"run_id": r, "path": "nope"}, {"run_id": r, "path": ""}, {"run_id": r, "path": "with space"}, {"run_id": r, "path": "/plain"}, {"run_id": r, "path": "."}, {"run_id": r, "path": "%2e%2e/x"}):
        c(f"get-artifact {query}", "GET", "/get-artifact", query=query)
    up = "/ajax-api/2.0/mlflow/upload-artifact"
    for label, query in {"good": {"run_uuid": r, "path": "up/x.txt"}, "no run": {"path": "x"}, "no path": {"run_uuid": r}, "dots": {"run_uuid": r, "path": "../x"}, "missing run": {"run_uuid": "0" * 32, "path": "x"}, "run_id": {"run_id": r, "path": "x"}, "top": {"run_uuid": r, "path": "top.txt"}}.items():
        c("upload " + label, "POST", up, raw=b"up", query=query, headers=octets)
    c("upload empty", "POST", up, raw=b"", query={"run_uuid": r, "path": "empty"}, headers=octets)
    c("upload too big", "POST", up, raw=b"x" * (10 * 1024 * 1024 + 1), query={"run_uuid": r, "path": "big"}, headers=octets)
    c("artifacts after", "GET", "artifacts/list", query={"run_id": r})
    c("delete a folder", "DELETE", f"{root}/artifacts/{own}/up")
    c("delete missing", "DELETE", f"{root}/artifacts/{own}/nope")
    c("delete dots", "DELETE", f"{root}/artifacts/..%2Fx")
    c("delete root", "DELETE", f"{root}/artifacts/")
    c("artifacts of a deleted run", "POST", "runs/delete", {"run_id": r})
    c("list deleted run", "GET", "artifacts/list", query={"run_id": r})
    c("put deleted run", "PUT", f"{root}/artifacts/{own}/late", raw=b"late", headers=octets)


def data(s):
    intervals(s)
    datasets(s)
    models(s)
    artifacts(s)
