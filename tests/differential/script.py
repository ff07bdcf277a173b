"""The calls, in order: valid, invalid and generated ones. Every server gets the same; nothing here knows which it is."""
import random

from data_calls import data
from wire_calls import wire


def experiments(s):
    c = s.call
    e = s.name(c("create experiment", "POST", "experiments/create", {"name": "diff-a", "tags": [{"key": "k", "value": "v"}]})["experiment_id"], "E1")
    c("create experiment twice", "POST", "experiments/create", {"name": "diff-a"})
    c("create experiment without name", "POST", "experiments/create", {})
    c("create experiment with empty name", "POST", "experiments/create", {"name": ""})
    c("create experiment with number", "POST", "experiments/create", {"name": 123})
    c("create experiment name 500", "POST", "experiments/create", {"name": "n" * 500})
    c("create experiment name 501", "POST", "experiments/create", {"name": "n" * 501})
    c("create experiment unicode", "POST", "experiments/create", {"name": "ünïcode 🎉 / slash"})
    c("create experiment bad location fragment", "POST", "experiments/create", {"name": "loc1", "artifact_location": "s3://b/p#frag"})
    c("create experiment location dots", "POST", "experiments/create", {"name": "loc2", "artifact_location": "s3://b/p?x=/../.."})
    c("create experiment location s3", "POST", "experiments/create", {"name": "loc3", "artifact_location": "s3://bucket/path?x=y"})
    c("create experiment camel case", "POST", "experiments/create", {"name": "loc4", "artifactLocation": "s3://bucket/camel"})
    c("create experiment unknown field", "POST", "experiments/create", {"name": "unk", "bogus": 1})
    c("create experiment tag without key", "POST", "experiments/create", {"name": "tagless", "tags": [{"value": "v"}]})
    c("create experiment tag long key", "POST", "experiments/create", {"name": "taglong", "tags": [{"key": "k" * 251, "value": "v"}]})
    c("create experiment no content type", "POST", "experiments/create", raw=b'{"name":"ct"}', headers={"Content-Type": "text/plain"})
    c("create experiment malformed", "POST", "experiments/create", raw=b'{"name":')
    c("create experiment double encoded", "POST", "experiments/create", raw=b'"{\\"name\\": \\"double\\"}"')
    c("get experiment", "GET", "experiments/get", query={"experiment_id": e})
    c("get experiment ajax", "GET", "/ajax-api/2.0/mlflow/experiments/get", query={"experiment_id": e})
    c("get experiment by body", "GET", "experiments/get", {"experiment_id": e})
    c("get experiment without id", "GET", "experiments/get")
    c("get experiment empty id", "GET", "experiments/get", query={"experiment_id": ""})
    c("get experiment missing", "GET", "experiments/get", query={"experiment_id": "987654"})
    c("get experiment not a number", "GET", "experiments/get", query={"experiment_id": "abc"})
    c("get by name", "GET", "experiments/get-by-name", query={"experiment_name": "diff-a"})
    c("get by name missing", "GET", "experiments/get-by-name", query={"experiment_name": "nope"})
    c("get by name without name", "GET", "experiments/get-by-name")
    c("set tag", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "key": "t", "value": "1"})
    c("set tag again", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "key": "t", "value": "2"})
    c("set tag empty value", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "key": "t2", "value": ""})
    c("set tag no key", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "value": "x"})
    c("set tag bad key", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "key": "a//b", "value": "x"})
    c("set tag value 20000", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "key": "big", "value": "x" * 20000})
    c("set tag value 20001", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "key": "big", "value": "x" * 20001})
    c("set tag missing experiment", "POST", "experiments/set-experiment-tag", {"experiment_id": "987654", "key": "t", "value": "1"})
    c("delete tag", "POST", "experiments/delete-experiment-tag", {"experiment_id": e, "key": "t"})
    c("delete tag again", "POST", "experiments/delete-experiment-tag", {"experiment_id": e, "key": "t"})
    c("rename", "POST", "experiments/update", {"experiment_id": e, "new_name": "diff-b"})
    c("rename to taken", "POST", "experiments/update", {"experiment_id": e, "new_name": "Default"})
    c("rename to nothing", "POST", "experiments/update", {"experiment_id": e})
    c("rename missing", "POST", "experiments/update", {"experiment_id": "987654", "new_name": "x"})
    c("delete", "POST", "experiments/delete", {"experiment_id": e})
    c("delete twice", "POST", "experiments/delete", {"experiment_id": e})
    c("rename deleted", "POST", "experiments/update", {"experiment_id": e, "new_name": "x"})
    c("tag deleted", "POST", "experiments/set-experiment-tag", {"experiment_id": e, "key": "t", "value": "1"})
    c("get deleted", "GET", "experiments/get", query={"experiment_id": e})
    c("get deleted by name", "GET", "experiments/get-by-name", query={"experiment_name": "diff-b"})
    c("create with deleted name", "POST", "experiments/create", {"name": "diff-b"})
    c("run in deleted", "POST", "runs/create", {"experiment_id": e, "start_time": 1})
    c("restore", "POST", "experiments/restore", {"experiment_id": e})
    c("restore twice", "POST", "experiments/restore", {"experiment_id": e})
    c("delete missing", "POST", "experiments/delete", {"experiment_id": "987654"})
    c("delete without id", "POST", "experiments/delete", {})
    for label, body in {
        "all": {"max_results": 100},
        "no max": {},
        "zero max": {"max_results": 0},
        "negative max": {"max_results": -1},
        "too many": {"max_results": 50001},
        "string max": {"max_results": "5"},
        "by name": {"max_results": 10, "filter": "name = 'diff-b'"},
        "name like": {"max_results": 10, "filter": "name LIKE 'diff%'"},
        "name ilike": {"max_results": 10, "filter": "name ILIKE 'DIFF%'"},
        "attribute": {"max_results": 10, "filter": "attribute.name != 'Default'", "order_by": ["name ASC"]},
        "tag": {"max_results": 10, "filter": "tags.k = 'v'"},
        "tag ne": {"max_results": 10, "filter": "tags.k != 'x'"},
        "tag null": {"max_results": 10, "filter": "tags.k IS NULL", "order_by": ["experiment_id"]},
        "tag not null": {"max_results": 10, "filter": "tags.k IS NOT NULL"},
        "time": {"max_results": 10, "filter": "creation_time > 0", "order_by": ["name DESC"]},
        "and": {"max_results": 10, "filter": "name LIKE 'd%' AND tags.k = 'v'"},
        "bad column": {"max_results": 10, "filter": "bogus = 'x'"},
        "bad syntax": {"max_results": 10, "filter": "name = "},
        "or": {"max_results": 10, "filter": "name = 'a' OR name = 'b'"},
        "unquoted": {"max_results": 10, "filter": "name = diff"},
        "deleted": {"max_results": 10, "view_type": "DELETED_ONLY"},
        "view all": {"max_results": 100, "view_type": "ALL", "order_by": ["name"]},
        "view number": {"max_results": 100, "view_type": 1, "order_by": ["name"]},
        "bad order": {"max_results": 10, "order_by": ["bogus"]},
        "order asc": {"max_results": 10, "order_by": ["creation_time ASC"]},
        "bad token": {"max_results": 10, "page_token": "garbage"},
    }.items():
        c("search experiments " + label, "POST", "experiments/search", body)
    c("search experiments by get", "GET", "experiments/search", query={"max_results": 5, "filter": "name = 'Default'"})
    first = c("search experiments page 1", "POST", "experiments/search", {"max_results": 2, "order_by": ["name ASC"]})
    c("search experiments page 2", "POST", "experiments/search", {"max_results": 2, "order_by": ["name ASC"], "page_token": first.get("next_page_token", "")})
    return e


def runs(s):
    c = s.call
    e = s.name(c("experiment for runs", "POST", "experiments/create", {"name": "diff-runs"})["experiment_id"], "ER")
    r = s.name(c("create run", "POST", "runs/create", {"experiment_id": e, "user_id": "u", "start_time": 1700000000000, "run_name": "first",
               "tags": [{"key": "mlflow.user", "value": "u"}, {"key": "a", "value": "1"}]})["run"]["info"]["run_id"], "R1")
    two = c("create run name tag", "POST", "runs/create", {"experiment_id": e, "start_time": 5, "tags": [{"key": "mlflow.runName", "value": "tagged"}]})
    r2 = s.name(two["run"]["info"]["run_id"], "R2")
    c("create run names differ", "POST", "runs/create", {"experiment_id": e, "run_name": "x", "tags": [{"key": "mlflow.runName", "value": "y"}]})
    c("create run no experiment", "POST", "runs/create", {"experiment_id": "987654"})
    c("create run bad experiment", "POST", "runs/create", {"experiment_id": "abc"})
    c("create run empty experiment", "POST", "runs/create", {})
    c("create run bad tag", "POST", "runs/create", {"experiment_id": e, "tags": [{"key": "a//b", "value": "x"}]})
    c("create run string time", "POST", "runs/create", {"experiment_id": e, "start_time": "1700000000001", "run_name": "str"})
    reserved = c("create run reserved tags", "POST", "runs/create", {"experiment_id": e, "start_time": 6, "run_name": "res", "tags": [
        {"key": "mlflow.user", "value": "other"}, {"key": "mlflow.source.name", "value": "train.py"}, {"key": "mlflow.source.type", "value": "LOCAL"},
        {"key": "mlflow.source.git.commit", "value": "abc"}, {"key": "mlflow.note.content", "value": "note"}, {"key": "mlflow.parentRunId", "value": r},
        {"key": "mlflow.source.git.branch", "value": "main"}, {"key": "mlflow.source.git.repoURL", "value": "repo"}]})
    r3 = s.name(reserved["run"]["info"]["run_id"], "R3")
    c("get reserved", "GET", "runs/get", query={"run_id": r3})
    c("set note", "POST", "runs/set-tag", {"run_id": r3, "key": "mlflow.note.content", "value": "new"})
    c("delete note", "POST", "runs/delete-tag", {"run_id": r3, "key": "mlflow.note.content"})
    c("delete parent", "POST", "runs/delete-tag", {"run_id": r3, "key": "mlflow.parentRunId"})
    c("parent that is not there", "POST", "runs/set-tag", {"run_id": r3, "key": "mlflow.parentRunId", "value": "f" * 32})
    c("get reserved again", "GET", "runs/get", query={"run_id": r3})
    c("get run", "GET", "runs/get", query={"run_id": r})
    c("get run by uuid", "GET", "runs/get", query={"run_uuid": r})
    c("get run missing", "GET", "runs/get", query={"run_id": "0" * 32})
    c("get run none", "GET", "runs/get")
    for label, body in {
        "value": {"key": "m", "value": 1.5, "timestamp": 1, "step": 1},
        "no step": {"key": "m", "value": 2, "timestamp": 2},
        "negative step": {"key": "neg", "value": 2, "timestamp": 2, "step": -5},
        "no value": {"key": "m", "timestamp": 2},
        "no timestamp": {"key": "m", "value": 2},
        "no key": {"value": 2, "timestamp": 2},
        "empty key": {"key": "", "value": 2, "timestamp": 2},
        "long key": {"key": "k" * 251, "value": 2, "timestamp": 2},
        "key 250": {"key": "k" * 250, "value": 2, "timestamp": 2},
        "bad key": {"key": "a?b", "value": 2, "timestamp": 2},
        "slash key": {"key": "a/b", "value": 2, "timestamp": 2},
        "dot dot": {"key": "../a", "value": 2, "timestamp": 2},
        "slash end": {"key": "a/", "value": 2, "timestamp": 2},
        "unicode key": {"key": "größe", "value": 2, "timestamp": 2},
        "nan": {"key": "nan", "value": "NaN", "timestamp": 2},
        "infinity": {"key": "inf", "value": "Infinity", "timestamp": 2},
        "minus infinity": {"key": "ninf", "value": "-Infinity", "timestamp": 2},
        "string value": {"key": "sv", "value": "1.25", "timestamp": 2},
        "text value": {"key": "tv", "value": "abc", "timestamp": 2},
        "bool value": {"key": "bv", "value": True, "timestamp": 2},
        "negative time": {"key": "m", "value": 2, "timestamp": -1},
        "string time": {"key": "st", "value": 2, "timestamp": "17", "step": "3"},
        "null value": {"key": "m", "value": None, "timestamp": 2},
    }.items():
        c("log-metric " + label, "POST", "runs/log-metric", {"run_id": r, **body})
    c("log-metric missing run", "POST", "runs/log-metric", {"run_id": "0" * 32, "key": "m", "value": 1, "timestamp": 1})
    c("log-metric no run", "POST", "runs/log-metric", {"key": "m", "value": 1, "timestamp": 1})
    c("log-metric uuid", "POST", "runs/log-metric", {"run_uuid": r, "key": "uuid", "value": 1, "timestamp": 1})
    for label, body in {
        "value": {"key": "p", "value": "1"}, "same": {"key": "p", "value": "1"}, "other": {"key": "p", "value": "2"},
        "empty": {"key": "pe", "value": ""}, "missing value": {"key": "pm"}, "no key": {"value": "x"}, "number": {"key": "pn", "value": 5},
        "long": {"key": "pl", "value": "x" * 6000}, "longer": {"key": "pl2", "value": "x" * 6001}, "bad key": {"key": "a//b", "value": "x"},
        "unicode": {"key": "pü", "value": "ü" * 10},
    }.items():
        c("log-parameter " + label, "POST", "runs/log-parameter", {"run_id": r, **body})
    for label, body in {
        "value": {"key": "t", "value": "1"}, "other": {"key": "t", "value": "2"}, "empty": {"key": "te", "value": ""}, "none": {"key": "tn"},
        "long": {"key": "tl", "value": "x" * 8001}, "name": {"key": "mlflow.runName", "value": "renamed"}, "no key": {"value": "x"},
        "empty key": {"key": "", "value": "x"}, "bad key": {"key": "/a", "value": "x"}, "number": {"key": "tnum", "value": 3},
    }.items():
        c("set-tag " + label, "POST", "runs/set-tag", {"run_id": r, **body})
    c("delete-tag", "POST", "runs/delete-tag", {"run_id": r, "key": "te"})
    c("delete-tag missing", "POST", "runs/delete-tag", {"run_id": r, "key": "te"})
    c("delete-tag no run", "POST", "runs/delete-tag", {"run_id": "0" * 32, "key": "te"})
    c("get run after", "GET", "runs/get", query={"run_id": r})
    m = lambda i, **more: {"key": f"b{i}", "value": i, "timestamp": 10 + i, "step": i, **more}
    for label, body in {
        "all": {"metrics": [m(1), m(2)], "params": [{"key": "bp", "value": "1"}], "tags": [{"key": "bt", "value": "1"}]},
        "empty": {}, "again": {"metrics": [m(1), m(2)]}, "twice in one": {"metrics": [m(3), m(3)]},
        "tags twice": {"tags": [{"key": "dup", "value": "1"}, {"key": "dup", "value": "2"}]},
        "params twice": {"params": [{"key": "dp", "value": "1"}, {"key": "dp", "value": "1"}]},
        "params changed": {"params": [{"key": "bp", "value": "2"}]},
        "two changed": {"params": [{"key": "bp", "value": "2"}, {"key": "p", "value": "9"}]},
        "no key": {"metrics": [{"value": 1, "timestamp": 1, "step": 0}]},
        "no value": {"metrics": [{"key": "x", "timestamp": 1, "step": 0}]},
        "no timestamp": {"metrics": [{"key": "x", "value": 1, "step": 0}]},
        "no step": {"metrics": [{"key": "nostep", "value": 1, "timestamp": 1}]},
        "bad name": {"metrics": [{"key": "a//b", "value": 1, "timestamp": 1, "step": 0}]},
        "bad second name": {"metrics": [m(4), {"key": "a?b", "value": 1, "timestamp": 1, "step": 0}]},
        "bad param name": {"params": [{"key": "a?b", "value": "x"}]},
        "bad tag name": {"tags": [{"key": "..", "value": "x"}]},
        "1001 metrics": {"metrics": [m(i) for i in range(1001)]},
        "101 params": {"params": [{"key": f"q{i}", "value": "x"} for i in range(101)]},
        "101 tags": {"tags": [{"key": f"q{i}", "value": "x"} for i in range(101)]},
        "1000 in all": {"metrics": [m(i) for i in range(950)], "params": [{"key": f"z{i}", "value": "x"} for i in range(60)]},
        "long param": {"params": [{"key": "lp", "value": "x" * 6001}]},
        "nan": {"metrics": [{"key": "bnan", "value": "NaN", "timestamp": 1, "step": 0}]},
        "run name": {"tags": [{"key": "mlflow.runName", "value": "batch name"}]},
    }.items():
        c("log-batch " + label, "POST", "runs/log-batch", {"run_id": r2, **body})
    c("log-batch no run", "POST", "runs/log-batch", {"metrics": [m(1)]})
    c("log-batch missing run", "POST", "runs/log-batch", {"run_id": "0" * 32, "metrics": [m(1)]})
    c("log-batch bad run id", "POST", "runs/log-batch", {"run_id": "a/b", "metrics": [m(1)]})
    c("get run after batches", "GET", "runs/get", query={"run_id": r2})
    for label, body in {
        "finish": {"status": "FINISHED", "end_time": 1700000001000}, "name": {"run_name": "updated"}, "empty name": {"run_name": ""},
        "number status": {"status": 1}, "nothing": {}, "again running": {"status": "RUNNING"}, "killed": {"status": "KILLED", "end_time": 7},
        "scheduled": {"status": "SCHEDULED"}, "failed": {"status": "FAILED", "end_time": "1700000002000"},
    }.items():
        c("update " + label, "POST", "runs/update", {"run_id": r, **body})
        c("get after update " + label, "GET", "runs/get", query={"run_id": r})
    c("update missing", "POST", "runs/update", {"run_id": "0" * 32, "status": "FINISHED"})
    c("delete run", "POST", "runs/delete", {"run_id": r2})
    c("delete run again", "POST", "runs/delete", {"run_id": r2})
    c("get deleted run", "GET", "runs/get", query={"run_id": r2})
    c("log to deleted", "POST", "runs/log-metric", {"run_id": r2, "key": "m", "value": 1, "timestamp": 1})
    c("param to deleted", "POST", "runs/log-parameter", {"run_id": r2, "key": "m", "value": "1"})
    c("tag to deleted", "POST", "runs/set-tag", {"run_id": r2, "key": "m", "value": "1"})
    c("batch to deleted", "POST", "runs/log-batch", {"run_id": r2, "metrics": [m(1)]})
    c("update deleted", "POST", "runs/update", {"run_id": r2, "status": "FINISHED"})
    c("restore run", "POST", "runs/restore", {"run_id": r2})
    c("restore run again", "POST", "runs/restore", {"run_id": r2})
    c("delete missing run", "POST", "runs/delete", {"run_id": "0" * 32})
    c("restore missing run", "POST", "runs/restore", {"run_id": "0" * 32})
    return e, r, r2


def history(s, r):
    c = s.call
    points = [(0, 5, 1.0), (1, 4, 2.0), (1, 4, 3.0), (1, 9, 0.5), (-3, 1, 7.0), (2, 2, 2.5), (2, 2, 2.5), (7, 0, -1.0)]
    for step, time, value in points:
        c("history point", "POST", "runs/log-metric", {"run_id": r, "key": "h", "value": value, "timestamp": time, "step": step})
    c("history latest", "GET", "runs/get", query={"run_id": r})
    for label, query in {
        "all": {}, "three": {"max_results": 3}, "zero": {"max_results": 0}, "negative": {"max_results": -1}, "many": {"max_results": 25000},
        "garbage token": {"max_results": 2, "page_token": "garbage"}, "string": {"max_results": "abc"},
    }.items():
        c("get-history " + label, "GET", "metrics/get-history", query={"run_id": r, "metric_key": "h", **query})
    first = c("get-history page 1", "GET", "metrics/get-history", query={"run_id": r, "metric_key": "h", "max_results": 4})
    c("get-history page 2", "GET", "metrics/get-history", query={"run_id": r, "metric_key": "h", "max_results": 4, "page_token": first.get("next_page_token", "")})
    c("get-history unknown key", "GET", "metrics/get-history", query={"run_id": r, "metric_key": "nothing"})
    c("get-history no key", "GET", "metrics/get-history", query={"run_id": r})
    c("get-history missing run", "GET", "metrics/get-history", query={"run_id": "0" * 32, "metric_key": "h"})
    c("bulk", "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query={"run_id": [r], "metric_key": "h"})
    c("bulk limited", "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query={"run_id": [r], "metric_key": "h", "max_results": 3})
    c("bulk no key", "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query={"run_id": [r]})
    c("bulk no run", "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query={"metric_key": "h"})
    for label, query in {
        "all": {}, "two": {"max_results": 2}, "three": {"max_results": 3}, "range": {"start_step": 0, "end_step": 2}, "one end": {"start_step": 0},
        "swapped": {"start_step": 3, "end_step": 1}, "zero": {"max_results": 0}, "too many": {"max_results": 2501},
    }.items():
        c("interval " + label, "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", query={"run_ids": [r], "metric_key": "h", **query})
    c("interval no key", "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", query={"run_ids": [r]})
    c("interval no runs", "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", query={"metric_key": "h"})


def inputs(s, e, r):
    c = s.call
    data = {"name": "d", "digest": "1", "source_type": "local", "source": "{}", "schema": "{}", "profile": "{}"}
    tag = [{"key": "mlflow.data.context", "value": "training"}]
    c("log-inputs", "POST", "runs/log-inputs", {"run_id": r, "datasets": [{"dataset": data, "tags": tag}]})
    c("log-inputs again with other tags", "POST", "runs/log-inputs", {"run_id": r, "datasets": [{"dataset": data, "tags": [{"key": "mlflow.data.context", "value": "x"}]}]})
    c("log-inputs other schema", "POST", "runs/log-inputs", {"run_id": r, "datasets": [{"dataset": {**data, "schema": "{\"a\":1}"}}]})
    c("log-inputs no profile", "POST", "runs/log-inputs", {"run_id": r, "datasets": [{"dataset": {k: v for k, v in data.items() if k != "profile"} | {"name": "d2"}}]})
    odd = c("run for odd inputs", "POST", "runs/create", {"experiment_id": c("experiment for odd inputs", "POST", "experiments/create", {"name": "diff-odd-inputs"})["experiment_id"], "start_time": 1, "run_name": "odd"})["run"]["info"]["run_id"]
    for field in ("name", "digest", "source_type", "source"):
        c("log-inputs without " + field, "POST", "runs/log-inputs", {"run_id": odd, "datasets": [{"dataset": {k: v for k, v in data.items() if k != field}}]})
    c("log-inputs long name", "POST", "runs/log-inputs", {"run_id": r, "datasets": [{"dataset": {**data, "name": "n" * 501}}]})
    c("log-inputs long digest", "POST", "runs/log-inputs", {"run_id": r, "datasets": [{"dataset": {**data, "digest": "n" * 37}}]})
    c("log-inputs no dataset", "POST", "runs/log-inputs", {"run_id": odd, "datasets": [{"tags": tag}]})
    c("log-inputs none", "POST", "runs/log-inputs", {"run_id": r})
    c("log-inputs no run", "POST", "runs/log-inputs", {"datasets": [{"dataset": data}]})
    c("log-inputs missing run", "POST", "runs/log-inputs", {"run_id": "0" * 32, "datasets": [{"dataset": data}]})
    c("run with inputs", "GET", "runs/get", query={"run_id": r})
    c("search datasets", "POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": [e]})
    c("search datasets none", "POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": []})
    c("search datasets many", "POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": [str(i) for i in range(21)]})


def searches(s):
    c = s.call
    e = s.name(c("experiment for searches", "POST", "experiments/create", {"name": "diff-search"})["experiment_id"], "ES")
    for i in range(12):
        r = s.name(c("searched run", "POST", "runs/create", {"experiment_id": e, "start_time": 1000 + i // 3, "run_name": f"run {i:02d}", "user_id": f"u{i % 2}"})["run"]["info"]["run_id"], f"S{i:02d}")
        metrics = [{"key": "acc", "value": (i * 7 % 12) / 10, "timestamp": 1, "step": 0}] if i % 5 else []
        if i == 3:
            metrics.append({"key": "odd", "value": "NaN", "timestamp": 1, "step": 0})
        elif i % 2:
            metrics.append({"key": "odd", "value": i, "timestamp": 1, "step": 0})
        tags = [{"key": "team", "value": "red" if i % 3 else "Blue"}] + ([{"key": "with space", "value": "yes"}] if i % 4 == 0 else [])
        c("searched run log", "POST", "runs/log-batch", {"run_id": r, "metrics": metrics, "tags": tags,
          "params": [{"key": "lr", "value": ["0.1", "1e-1", "0.01", "big", "10", "9"][i % 6]}, {"key": "a.b", "value": str(i)}]})
        if i % 3 == 0:
            c("searched run end", "POST", "runs/update", {"run_id": r, "status": ["FINISHED", "FAILED", "KILLED", "FINISHED"][i // 3], "end_time": 5000 + i})
        if i == 11:
            c("searched run delete", "POST", "runs/delete", {"run_id": r})
    filters = [
        "metrics.acc > 0.5", "metrics.acc >= 0.5", "metric.acc < 0.5", "metrics.acc <= 0.5", "metrics.acc = 0.7", "metrics.acc != 0.7", "metrics.odd != 3", "metrics.odd > 0",
        "metrics.missing > 0", "metrics.missing != 0", "metrics.`acc` > 0.5", 'metrics."acc" > 0.5', "metrics.acc > '0.5'", "metrics.acc LIKE '1'", "metrics.acc > -1e2",
        "params.lr = '0.1'", "params.lr != '0.1'", "param.lr LIKE '0%'", "parameters.lr ILIKE 'BIG'", "params.lr > '0.1'", "params.lr = 0.1", "params.missing != 'x'",
        "params.lr IS NULL", "params.missing IS NULL", "params.lr IS NOT NULL", "params.a.b = '3'", "params.`a.b` = '3'", "params.lr IN ('0.1', 'big')",
        "tags.team = 'red'", "tag.team != 'red'", "tags.team LIKE 'B%'", "tags.team LIKE 'b%'", "tags.team ILIKE 'b%'", "tags.`with space` = 'yes'", 'tags."with space" = "yes"',
        "tags.with space = 'yes'", "tags.team IS NULL", "tags.`with space` IS NOT NULL", "tags.mlflow.runName LIKE 'run 0%'", "tags.`mlflow.runName` = 'run 01'",
        "attributes.status = 'FINISHED'", "status = 'RUNNING'", "attribute.status != 'FINISHED'", "status LIKE 'F%'", "status = 'bogus'", "status ILIKE 'finished'", "status IN ('FINISHED')",
        "run_name = 'run 03'", "attributes.run_name LIKE 'run 0_'", "`run name` = 'run 03'", "attributes.`Run name` = 'run 03'", "run_name ILIKE 'RUN 03'", "run_name != 'run 03'",
        "start_time > 1001", "start_time = 1001", "attributes.start_time <= 1001", "created >= 1002", "Created >= 1002", "end_time > 5000", "end_time != 5003", "start_time > '1001'", "start_time LIKE '1'",
        "user_id = 'u1'", "attributes.user_id != 'u1'", "artifact_uri LIKE '%artifacts'", "run_id IN ('a', 'b')", "run_id NOT IN ('a')", "run_id = 'x'", "run_name IN ('a')", "run_id IN ()",
        "lifecycle_stage = 'active'", "bogus = 'x'", "bogus.x = 'x'", "metrics.acc", "metrics.acc >", "> 0.5", "metrics.acc > 0.5 AND", "metrics.acc > 0.5 AND params.lr = 'big'",
        "metrics.acc > 0.1 and tags.team = 'red' And status = 'FINISHED'", "metrics.acc > 0.5 OR params.lr = 'big'", "NOT metrics.acc > 0.5", "(metrics.acc > 0.5)", "metrics.acc > 0.5;",
        "metrics.acc > 0.5; metrics.acc < 1", "metrics.acc > 0.5 AND AND params.lr = 'big'", "params.lr = 'it''s'", "params.lr = \"it's\"", "metrics.acc > abc", "params.lr = big", "",
        "   ", "1 = 1", "'a' = 'a'", "metrics. > 1", ".acc > 1", "metrics.acc >> 1", "metrics.acc == 1", "metrics.acc <> 1", "dataset.name = 'd'", "dataset.context = 'training'",
        "datasets.digest LIKE '%'", "dataset.bogus = 'x'", "dataset.name IN ('d', 'e')", "dataset.name > 'd'", "inputs.x = '1'", "model.x = '1'", "metrics.acc > 0.5 -- c", "metrics.acc > 1.",
        "metrics.acc BETWEEN 0 AND 1", "metrics.acc IS NULL", "params.lr NOT LIKE '0%'", "tags.team NOT IN ('red')", "params.lr = ''", "params.`` = 'x'", "params.lr='0.1'", "metrics.acc>0.5",
    ]
    for text in filters:
        c(f"search runs [{text}]", "POST", "runs/search", {"experiment_ids": [e], "filter": text, "order_by": ["attributes.run_name ASC"]})
    orders = [
        ["metrics.acc"], ["metrics.acc DESC"], ["metrics.odd"], ["metrics.odd DESC"], ["params.lr"], ["params.lr DESC"], ["tags.team", "metrics.acc DESC"], ["start_time"], ["start_time ASC", "run_name DESC"],
        ["attributes.status", "run_name"], ["attribute.end_time DESC", "run_name"], ["run_name desc"], ["`metrics.acc`"], ["metrics.`acc` desc"], ["metrics.acc sideways"], ["bogus"], ["bogus.x"],
        ["metrics.acc", "metrics.acc"], ["user_id", "run_name"], ["artifact_uri", "run_name"], ["metrics.missing", "run_name"], ["Created DESC", "run_name"], [""], ["metrics.acc, run_name"], ["run_id"], ["dataset.name"],
    ]
    for order in orders:
        if order != ["run_id"] and "artifact_uri" not in order[0]:
            c(f"order {order}", "POST", "runs/search", {"experiment_ids": [e], "order_by": order + ([] if "run_name" in " ".join(order) else ["attributes.run_name"])})
    for label, body in {
        "deleted": {"run_view_type": "DELETED_ONLY"}, "all": {"run_view_type": "ALL"}, "number view": {"run_view_type": 3}, "max 0": {"max_results": 0}, "max -1": {"max_results": -1},
        "max 50001": {"max_results": 50001}, "no experiments": {"experiment_ids": []}, "two experiments": {"experiment_ids": [e, "0"]}, "missing experiment": {"experiment_ids": ["987654"]},
        "bad experiment": {"experiment_ids": ["abc"]}, "bad token": {"page_token": "garbage"}, "token of text": {"page_token": "eyJvZmZzZXQiOiAwfQ=="},
    }.items():
        c("search " + label, "POST", "runs/search", {"experiment_ids": [e], "order_by": ["attributes.run_name"], **body})
    token, page = "", 0
    while page < 5:
        answer = c(f"page {page}", "POST", "runs/search", {"experiment_ids": [e], "max_results": 4, "order_by": ["metrics.acc DESC", "attributes.run_name"], **({"page_token": token} if token else {})})
        token, page = answer.get("next_page_token", ""), page + 1
        if not token:
            break
    return e


def generated(s, e, seed=7, count=200):
    """Conjunctions and orders put together at random from what the words allow."""
    chance = random.Random(seed)
    atoms = ["metrics.acc {n} 0.{d}", "metrics.odd {n} {d}", "params.lr {t} '{v}'", "tags.team {t} '{w}'", "attributes.status {e} '{s}'", "start_time {n} 100{d}", "run_name {t} 'run 0{d}'", "params.`a.b` {t} '{d}'",
             "tags.`with space` {t} 'yes'", "user_id {e} 'u{b}'", "tags.`with space` IS {x}NULL", "end_time {n} 500{d}"]
    orders = ["metrics.acc", "metrics.odd", "params.lr", "tags.team", "start_time", "attributes.status", "end_time", "params.`a.b`"]
    for i in range(count):
        text = " AND ".join(
            chance.choice(atoms).format(n=chance.choice(["<", "<=", ">", ">=", "=", "!="]), t=chance.choice(["=", "!=", "LIKE", "ILIKE"]), e=chance.choice(["=", "!="]), d=chance.randint(0, 9),
                                        v=chance.choice(["0.1", "1e-1", "0%", "%1%", "big", "B_G", "_"]), w=chance.choice(["red", "Blue", "b%", "R%", "%"]), s=chance.choice(["FINISHED", "FAILED", "RUNNING", "KILLED", "SCHEDULED"]),
                                        b=chance.randint(0, 1), x=chance.choice(["", "NOT "]))
            for _ in range(chance.randint(1, 3)))
        order = [f"{o} {chance.choice(['ASC', 'DESC', ''])}".strip() for o in chance.sample(orders, chance.randint(0, 2))]
        s.call(f"generated {i} [{text}] {order}", "POST", "runs/search", {"experiment_ids": [e], "filter": text, "order_by": order + ["attributes.run_name"], "run_view_type": chance.choice(["ACTIVE_ONLY", "ALL"])})


def artifacts(s, e, r):
    c = s.call
    base = f"/api/2.0/mlflow-artifacts/artifacts/{e}/{r}/artifacts"
    for name, data in {"a.txt": b"hello", "d/b.bin": b"\0\1\2", "d/e/c.json": b"{}", "empty": b"", "s p.py": b"x", "MLmodel": b"m", "x.html": b"<b>"}.items():
        c("put " + name, "PUT", f"{base}/{name}".replace(" ", "%20"), raw=data, headers={"Content-Type": "application/octet-stream"})
    c("list root", "GET", "artifacts/list", query={"run_id": r})
    c("list d", "GET", "artifacts/list", query={"run_id": r, "path": "d"})
    c("list a file", "GET", "artifacts/list", query={"run_id": r, "path": "a.txt"})
    c("list missing", "GET", "artifacts/list", query={"run_id": r, "path": "nope"})
    c("list missing run", "GET", "artifacts/list", query={"run_id": "0" * 32})
    c("list no run", "GET", "artifacts/list")
    for path in ("../x", "/etc", "a/../../b", "%2e%2e/x", "d/", "d//e", "..\\x", "#x"):
        c("list path " + path, "GET", "artifacts/list", query={"run_id": r, "path": path})
    c("proxy list", "GET", "/api/2.0/mlflow-artifacts/artifacts", query={"path": f"{e}/{r}/artifacts"})
    c("proxy list missing", "GET", "/api/2.0/mlflow-artifacts/artifacts", query={"path": "no/such"})
    c("proxy list dots", "GET", "/api/2.0/mlflow-artifacts/artifacts", query={"path": "../.."})
    c("get a.txt", "GET", f"{base}/a.txt")
    c("get missing", "GET", f"{base}/nope.txt")
    c("get-artifact", "GET", "/get-artifact", query={"run_id": r, "path": "a.txt"})
    c("get-artifact uuid", "GET", "/get-artifact", query={"run_uuid": r, "path": "a.txt"})
    c("get-artifact dots", "GET", "/get-artifact", query={"run_id": r, "path": "../a.txt"})
    c("delete a.txt", "DELETE", f"{base}/a.txt")
    c("get deleted", "GET", f"{base}/a.txt")
    c("mpu create", "POST", f"/api/2.0/mlflow-artifacts/mpu/create/{e}/{r}/artifacts/big", {"path": f"{e}/{r}/artifacts/big", "num_parts": 2})


def models(s, e, r):
    c = s.call
    made = c("create model", "POST", "logged-models", {"experiment_id": e, "name": "m", "model_type": "T", "source_run_id": r, "params": [{"key": "p", "value": "1"}], "tags": [{"key": "t", "value": "1"}]})
    m = s.name(made.get("model", {}).get("info", {}).get("model_id", "m-none"), "M1")
    c("create model no experiment", "POST", "logged-models", {"name": "m"})
    c("create model missing experiment", "POST", "logged-models", {"experiment_id": "987654", "name": "m"})
    for name in ("a/b", "a:b", "a.b", "a%b", "a\"b", "a'b", ""):
        c(f"create model named {name!r}", "POST", "logged-models", {"experiment_id": e, "name": name})
    c("get model", "GET", f"logged-models/{m}")
    c("get model missing", "GET", "logged-models/m-00000000000000000000000000000000")
    c("model metric", "POST", "runs/log-metric", {"run_id": r, "key": "mm", "value": 0.5, "timestamp": 3, "step": 1, "model_id": m})
    c("model metric on data", "POST", "runs/log-metric", {"run_id": r, "key": "mm", "value": 0.75, "timestamp": 4, "step": 1, "model_id": m, "dataset_name": "d", "dataset_digest": "1"})
    c("model params", "POST", f"logged-models/{m}/params", {"params": [{"key": "q", "value": "2"}]})
    c("model tags", "PATCH", f"logged-models/{m}/tags", {"tags": [{"key": "u", "value": "2"}]})
    c("delete model tag", "DELETE", f"logged-models/{m}/tags/u")
    c("delete model tag again", "DELETE", f"logged-models/{m}/tags/u")
    c("finalize", "PATCH", f"logged-models/{m}", {"status": "LOGGED_MODEL_READY"})
    c("finalize number", "PATCH", f"logged-models/{m}", {"status": 2})
    c("finalize nothing", "PATCH", f"logged-models/{m}", {})
    c("outputs", "POST", "runs/outputs", {"run_id": r, "models": [{"model_id": m, "step": 3}]})
    c("get run with model", "GET", "runs/get", query={"run_id": r})
    c("get model after", "GET", f"logged-models/{m}")
    for label, body in {
        "all": {}, "filter name": {"filter": "name = 'm'"}, "filter param": {"filter": "params.p = '1'"}, "filter tag": {"filter": "tags.t = '1'"}, "filter metric": {"filter": "metrics.mm > 0.6"},
        "filter metric data": {"filter": "metrics.mm > 0.6", "datasets": [{"dataset_name": "d"}]}, "bad filter": {"filter": "bogus = '1'"}, "order": {"order_by": [{"field_name": "metrics.mm", "ascending": False}]},
        "order time": {"order_by": [{"field_name": "creation_timestamp"}]}, "bad order": {"order_by": [{"field_name": "bogus"}]}, "status": {"filter": "status = 'READY'"}, "max": {"max_results": 1},
        "metric prefix": {"filter": "metric.mm > 0"},
    }.items():
        c("search models " + label, "POST", "logged-models/search", {"experiment_ids": [e], **body})
    c("search models none", "POST", "logged-models/search", {})
    c("delete model", "DELETE", f"logged-models/{m}")
    c("get deleted model", "GET", f"logged-models/{m}")
    c("delete model again", "DELETE", f"logged-models/{m}")


def others(s):
    c = s.call
    c("health", "GET", "/health")
    c("version", "GET", "/version")
    c("unknown", "GET", "/api/2.0/mlflow/no/such/thing")
    c("unknown post", "POST", "/api/2.0/mlflow/no/such/thing", {})
    c("wrong method", "PUT", "/api/2.0/mlflow/runs/create", {})
    c("wrong prefix", "GET", "/api/3.0/mlflow/experiments/get", query={"experiment_id": "0"})
    c("search-datasets with a slash missing", "POST", "/api/2.0mlflow/experiments/search-datasets", {})


def script(s):
    experiments(s)
    e, r, r2 = runs(s)
    history(s, r)
    inputs(s, e, r)
    searched = searches(s)
    generated(s, searched)
    artifacts(s, e, r)
    models(s, e, r)
    others(s)
    wire(s)
    data(s)
