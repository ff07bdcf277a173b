"""Ends some tasks, as a training script does, and sees the listener count them."""
from client import call, eventually, expect

FINISHED = "/api/v1/x/acme.notes/finished"
RUNS = "/api/2.0/mlflow/runs"


def run():
    status, answer = call("POST", f"{RUNS}/create", {"experiment_id": "0"})
    expect("a run", status, 200)
    return answer["run"]["info"]["run_id"]


def end(run_id, status):
    expect(status, call("POST", f"{RUNS}/update", {"run_id": run_id, "status": status})[0], 200)


expect("nothing has ended", call("GET", FINISHED), (200, {}))
first, second, third, running = run(), run(), run(), run()
end(first, "FINISHED")
end(second, "FINISHED")
end(third, "FAILED")
eventually("counted", lambda: call("GET", FINISHED)[1], {"completed": 2, "failed": 1})
end(third, "FINISHED")
eventually("corrected", lambda: call("GET", FINISHED)[1], {"completed": 3})
