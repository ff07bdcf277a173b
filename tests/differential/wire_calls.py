"""How requests may be spelled: numbers as texts, enums by number, unknown fields, content types, bodies, prefixes."""
import json


def setting(s):
    c = s.call
    e = s.name(c("wire experiment", "POST", "experiments/create", {"name": "diff-wire"})["experiment_id"], "EW")
    r = s.name(c("wire run", "POST", "runs/create", {"experiment_id": e, "start_time": 1, "run_name": "wire"})["run"]["info"]["run_id"], "W1")
    # MLflow drops values of the wrong type and goes on without them: those calls go to a run that nobody looks at.
    odd = s.name(c("odd run", "POST", "runs/create", {"experiment_id": e, "start_time": 1, "run_name": "odd"})["run"]["info"]["run_id"], "WO")
    return e, r, odd


GOOD = {"int", "float that is whole", "text", "text max", "exponent", "max", "leading zeros", "nan", "infinity", "minus", "true", "false", "huge text", "tiny", "minus zero", "empty", "unicode", "emoji", "newline", "escape",
        "text int", "big int", "number", "name", "text number"}
NUMBERS = {
    "int": 5, "float that is whole": 5.0, "float": 5.5, "text": "5", "text float": "5.0", "text fraction": "5.5", "exponent": 1e3, "text exponent": "1e3", "true": True, "false": False,
    "null": None, "empty text": "", "blank": " ", "spaces": " 5 ", "plus": "+5", "hex": "0x10", "word": "five", "list": [5], "object": {"v": 5}, "max": 2**63 - 1, "over": 2**63,
    "text max": str(2**63 - 1), "text over": str(2**63), "min": -(2**63), "text min": str(-(2**63)), "minus zero": -0.0, "underscore": "1_000", "leading zeros": "007",
}
DOUBLES = {
    "nan": "NaN", "small nan": "nan", "infinity": "Infinity", "inf": "inf", "minus": "-Infinity", "minus inf": "-inf", "int": 3, "text": "3.25", "text int": "3", "exponent": "1e-3",
    "true": True, "false": False, "empty": "", "word": "abc", "list": [1.0], "null": None, "huge text": "1e400", "tiny": 5e-324, "max": 1.7976931348623157e308, "minus zero": -0.0, "big int": 10**20,
    "spaces": " 1.5 ", "hex": "0x1p3", "object": {},
}
TEXTS = {"text": "x", "empty": "", "number": 7, "float": 7.5, "true": True, "null": None, "list": ["x"], "object": {"a": "b"}, "unicode": "größe-\u4e2d", "emoji": "🎉", "newline": "a\nb", "escape": "\u0007"}


def spellings(s, e, good, odd):
    c = s.call
    for label, value in NUMBERS.items():
        r = good if label in GOOD and value not in (True, False) else odd
        c("timestamp " + label, "POST", "runs/log-metric", {"run_id": r, "key": "t", "value": 1, "timestamp": value})
        c("step " + label, "POST", "runs/log-metric", {"run_id": r, "key": "s", "value": 1, "timestamp": 1, "step": value})
        c("start_time " + label, "POST", "runs/create", {"experiment_id": e, "run_name": "n", "start_time": value})
        c("end_time " + label, "POST", "runs/update", {"run_id": r, "end_time": value})
        c("max_results " + label, "POST", "runs/search", {"experiment_ids": [e], "filter": "run_name = 'none'", "max_results": value})
        c("experiments max_results " + label, "POST", "experiments/search", {"filter": "name = 'diff-wire'", "max_results": value})
        c("batch step " + label, "POST", "runs/log-batch", {"run_id": r, "metrics": [{"key": "bs", "value": 1, "timestamp": 1, "step": value}]})
        c("batch timestamp " + label, "POST", "runs/log-batch", {"run_id": r, "metrics": [{"key": "bt", "value": 1, "timestamp": value, "step": 1}]})
    for label, value in DOUBLES.items():
        r = good if label in GOOD else odd
        c("value " + label, "POST", "runs/log-metric", {"run_id": r, "key": "v " + label, "value": value, "timestamp": 1})
        c("batch value " + label, "POST", "runs/log-batch", {"run_id": r, "metrics": [{"key": "bv " + label, "value": value, "timestamp": 1, "step": 0}]})
    for label, value in TEXTS.items():
        r = good if isinstance(value, str) else odd
        c("param value " + label, "POST", "runs/log-parameter", {"run_id": r, "key": "p " + label, "value": value})
        c("param key " + label, "POST", "runs/log-parameter", {"run_id": r, "key": value, "value": "1"})
        c("tag value " + label, "POST", "runs/set-tag", {"run_id": r, "key": "t " + label, "value": value})
        c("batch param value " + label, "POST", "runs/log-batch", {"run_id": r, "params": [{"key": "bp " + label, "value": value}]})
        c("batch tag value " + label, "POST", "runs/log-batch", {"run_id": r, "tags": [{"key": "bt " + label, "value": value}]})
        c("experiment tag " + label, "POST", "experiments/set-experiment-tag", {"experiment_id": e if isinstance(value, str) else "0", "key": "k " + label, "value": value})
        c("run_name " + label, "POST", "runs/update", {"run_id": r, "run_name": value})
        c("user_id " + label, "POST", "runs/create", {"experiment_id": e, "run_name": "u", "user_id": value})
        c("filter " + label, "POST", "runs/search", {"experiment_ids": [e], "filter": value, "max_results": 1, "order_by": ["run_name"]})
        c("run_id " + label, "GET", "runs/get", query={"run_id": value})
        c("run_id in body " + label, "POST", "runs/set-tag", {"run_id": value, "key": "k", "value": "v"})
    c("wire run after", "GET", "runs/get", query={"run_id": good})
    c("wire experiment after", "GET", "experiments/get", query={"experiment_id": e})
    for label, value in {"name": "FINISHED", "lower": "finished", "number": 3, "text number": "3", "float": 3.0, "zero": 0, "beyond": 99, "negative": -1, "null": None, "empty": "", "list": ["FINISHED"]}.items():
        r = good if isinstance(value, str) and label in GOOD else odd
        c("status " + label, "POST", "runs/update", {"run_id": r, "status": value})
        c("view type " + label, "POST", "runs/search", {"experiment_ids": [e], "filter": "run_name = 'none'", "run_view_type": {"FINISHED": "ACTIVE_ONLY", "finished": "active_only"}.get(value, value) if not isinstance(value, list) else value})
    c("status after", "GET", "runs/get", query={"run_id": good})
    r = odd
    for label, value in {"text": "x", "number": 1, "object": {"0": e}, "null": None, "list of numbers": [int(e)], "list of lists": [[e]], "list with null": [None]}.items():
        c("experiment_ids " + label, "POST", "runs/search", {"experiment_ids": value, "filter": "run_name = 'none'"})
        c("order_by " + label, "POST", "runs/search", {"experiment_ids": [e], "filter": "run_name = 'none'", "order_by": value})
    for part in ("metrics", "params", "tags"):
        for label, value in {"text": "x", "number": 1, "object": {"key": "a", "value": "1"}, "null": None, "list of texts": ["x"], "list of null": [None], "list of lists": [[]], "empty object": [{}]}.items():
            c(f"batch {part} {label}", "POST", "runs/log-batch", {"run_id": r, part: value})
    for label, value in {"text": "x", "object": {"key": "a", "value": "b"}, "null": None, "list of texts": ["x"], "list of null": [None], "empty object": [{}], "number value": [{"key": "a", "value": 5}], "no value": [{"key": "a"}]}.items():
        c("create tags " + label, "POST", "runs/create", {"experiment_id": e, "run_name": "tagged", "tags": value})


def bodies(s, e, r):
    c = s.call
    good = json.dumps({"run_id": r, "key": "ct", "value": "1"}).encode()
    for label, kind in {
        "json": "application/json", "charset": "application/json; charset=utf-8", "upper": "Application/JSON", "text": "text/plain", "form": "application/x-www-form-urlencoded",
        "spaced": "application/json ;x", "vendor": "application/vnd.api+json", "empty": "", "octets": "application/octet-stream", "two": "application/json, text/plain",
    }.items():
        c("content type " + label, "POST", "runs/set-tag", raw=good, headers={"Content-Type": kind})
    for label, raw in {
        "empty": b"", "blank": b"  ", "null": b"null", "true": b"true", "number": b"5", "text": b'"x"', "list": b"[]", "list of object": b"[{}]", "cut": b'{"run_id": "', "two": b"{}{}", "trailing": b'{"key":"a",}',
        "single quotes": b"{'key': 'a'}", "bom": b"\xef\xbb\xbf" + good, "not utf-8": b'{"run_id": "\xff"}', "nan bare": b'{"key": NaN}', "comment": b'{"key": "a" /* c */}', "twice encoded": json.dumps(good.decode()).encode(),
        "nested text": b'"\\"x\\""', "lone surrogate": b'{"run_id": "\\ud800"}', "nul": b'{"run_id": "a\\u0000b"}', "key twice": b'{"run_id": "x", "run_id": "' + r.encode() + b'", "key": "kt", "value": "1"}',
    }.items():
        for path in ("runs/set-tag", "runs/log-metric", "runs/log-parameter", "runs/log-batch", "runs/create", "runs/update", "experiments/create", "experiments/search"):
            c(f"body {label} {path}", "POST", path, raw=raw)
    for label, body in {
        "unknown": {"bogus": 1}, "unknown object": {"bogus": {"a": [1]}}, "camel": {"runId": r}, "both": {"run_id": r, "runId": r}, "camel other": {"run_id": r, "runUuid": r}, "upper": {"RUN_ID": r},
    }.items():
        c("set-tag field " + label, "POST", "runs/set-tag", {"key": "f", "value": "1", **body})
        c("log-metric field " + label, "POST", "runs/log-metric", {"key": "f", "value": 1, "timestamp": 1, **body})
        c("log-batch field " + label, "POST", "runs/log-batch", {"params": [{"key": "f", "value": "1"}], **body})
        c("update field " + label, "POST", "runs/update", {"status": "RUNNING", **body})
    c("log-batch unknown inside", "POST", "runs/log-batch", {"run_id": r, "metrics": [{"key": "ui", "value": 1, "timestamp": 1, "step": 0, "bogus": [1, {"a": 2}]}], "params": [{"key": "ui", "value": "1", "more": None}]})
    for path, body in {"experiments/get": {"experiment_id": e}, "runs/get": {"run_id": r}, "metrics/get-history": {"run_id": r, "metric_key": "t", "max_results": 1}, "artifacts/list": {"run_id": r}}.items():
        c("get by body " + path, "GET", path, body)
        c("get by body and query " + path, "GET", path, {"x": 1}, query=body)
        c("get with unknown query " + path, "GET", path, query={**body, "bogus": "1"})
        c("get camel query " + path, "GET", path, query={"".join(w.title() if i else w for i, w in enumerate(k.split("_"))): v for k, v in body.items()})
        c("get twice in query " + path, "GET", path, query={k: [v, "other"] for k, v in body.items()})
        c("get twice, first other " + path, "GET", path, query={k: ["other", v] for k, v in body.items()})


def prefixes(s, e, r):
    c = s.call
    for root in ("/api/2.0/mlflow", "/ajax-api/2.0/mlflow", "/api/3.0/mlflow", "/ajax-api/3.0/mlflow", "/api/2.0/preview/mlflow", "/api/1.0/mlflow", "/mlflow", "/api/2.0/MLFLOW"):
        c("prefix get " + root, "GET", f"{root}/runs/get", query={"run_id": r})
        c("prefix post " + root, "POST", f"{root}/runs/set-tag", {"run_id": r, "key": "prefix", "value": root})
        c("prefix search " + root, "POST", f"{root}/experiments/search", {"filter": "name = 'diff-wire'", "max_results": 1})
        c("prefix create " + root, "POST", f"{root}/runs/create", {"experiment_id": e, "start_time": 3, "run_name": "prefix"})
        c("prefix batch " + root, "POST", f"{root}/runs/log-batch", {"run_id": r, "tags": [{"key": "pb", "value": root}]})
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path in ("runs/create", "runs/get", "experiments/search", "runs/search", "experiments/delete", "metrics/get-history"):
            if (method, path) not in {("POST", "runs/create"), ("GET", "runs/get"), ("GET", "experiments/search"), ("POST", "experiments/search"), ("POST", "runs/search"), ("POST", "experiments/delete"), ("GET", "metrics/get-history")}:
                c(f"method {method} {path}", method, path, {} if method != "GET" else None)
    c("trailing slash", "GET", "runs/get/", query={"run_id": r})
    c("double slash", "GET", "/api/2.0/mlflow//runs/get", query={"run_id": r})
    c("escaped path", "GET", "/api/2.0/mlflow/runs%2Fget", query={"run_id": r})
    c("escaped letter", "GET", "/api/2.0/mlflow/runs/%67et", query={"run_id": r})
    c("workspace header", "GET", "runs/get", query={"run_id": r}, headers={"X-MLFLOW-WORKSPACE": "team"})
    c("workspace header empty", "GET", "runs/get", query={"run_id": r}, headers={"X-MLFLOW-WORKSPACE": ""})


def tokens(s, e):
    c = s.call
    for i in range(5):
        c("paged run", "POST", "runs/create", {"experiment_id": e, "start_time": 100 + i, "run_name": f"paged {i}"})
    for label, token in {"empty": "", "garbage": "garbage", "base64 of text": "Z2FyYmFnZQ==", "object without offset": "e30=", "list": "W10=", "negative": "eyJvZmZzZXQiOiAtMX0=", "offset text": "eyJvZmZzZXQiOiAiYSJ9", "number": 5, "null": None, "blank": " "}.items():
        c("runs token " + label, "POST", "runs/search", {"experiment_ids": [e], "max_results": 2, "filter": "run_name LIKE 'paged%'", "page_token": token})
        c("experiments token " + label, "POST", "experiments/search", {"max_results": 2, "filter": "name = 'diff-wire'", "page_token": token})
        c("models token " + label, "POST", "logged-models/search", {"experiment_ids": [e], "max_results": 2, "page_token": token})
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", 1, 2, 3, "2", 4, 0, "BOGUS", ""):
        c(f"experiments view {view!r}", "POST", "experiments/search", {"max_results": 5, "filter": "name LIKE 'diff-w%'", "view_type": view})
        c(f"experiments view by get {view!r}", "GET", "experiments/search", query={"max_results": 5, "filter": "name LIKE 'diff-w%'", "view_type": view})
        c(f"runs view {view!r}", "POST", "runs/search", {"experiment_ids": [e], "max_results": 5, "filter": "run_name = 'paged 1'", "run_view_type": view})
    for order in (["start_time DESC"], ["run_name"], ["metrics.none", "start_time"], []):
        token, page = "", 0
        while page < 4:
            answer = c(f"pages by {order} {page}", "POST", "runs/search", {"experiment_ids": [e], "max_results": 2, "filter": "run_name LIKE 'paged%'", "order_by": order, **({"page_token": token} if token else {})})
            token, page = answer.get("next_page_token", ""), page + 1
            if not token:
                break


def wire(s):
    e, r, odd = setting(s)
    spellings(s, e, r, odd)
    bodies(s, e, r)
    prefixes(s, e, r)
    tokens(s, e)
