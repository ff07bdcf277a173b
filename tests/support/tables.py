"""The front end of a table in a notebook, as the kernel and the Python package are asked by it."""
import time


class FrontEnd:
    """Of one table: `kernel`, `id` of its comm and `state` are set by who opened it."""

    def __init__(self, kernel, id, state):
        self.kernel, self.id, self.state = kernel, id, state
        self.asked = 0

    def custom(self, content):
        return self.kernel.comm("comm_msg", self.id, {"method": "custom", "content": content})

    def next(self, method="custom", seconds=30, where=lambda content: True):
        """The next message of this table's comm that fits."""
        deadline = time.monotonic() + seconds
        while True:
            message = self.kernel.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            data = message["content"].get("data", {})
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == self.id and data.get("method") == method:
                if method != "custom" or where(data["content"]):
                    self.parent = message["parent_header"].get("msg_id")
                    return data

    def ask(self, ask, body):
        self.asked += 1
        number = self.asked
        self.custom({"id": number, "ask": ask, "body": body})
        return self.next(where=lambda c: c.get("id") == number)["content"]

    def window(self, **body):
        return self.ask("window", {**self.state["question"], "columns": ["id", "name", "metrics.acc"], "order": ["metrics.acc desc"],
                                   "offset": 0, "limit": 100, **body})["ok"]


def check_that_rows_travel(table):
    """`table` is of the tasks in vision where metrics.acc > 0.4: rows, menus and refusals are messages."""
    window = table.window()
    assert window["total"] == 3 and [r[1] for r in window["rows"]] == ["b", "a", "c"] and window["listing"]
    again = table.window(listing=window["listing"], offset=1, limit=1)
    assert [r[1] for r in again["rows"]] == ["a"] and again["moved"] is False
    facet = table.ask("facets", {**table.state["question"], "column": "state"})["ok"]
    assert {v["value"]: v["count"] for v in facet["values"]} == {"completed": 2, "failed": 1}
    assert any(k["name"] == "metrics.acc" for k in table.ask("columns", table.state["question"])["ok"]["metrics"])
    wrong = table.ask("window", {**table.state["question"], "columns": ["nothing of that"], "order": [], "offset": 0, "limit": 1})
    assert wrong["error"]["code"] == "invalid" and wrong["error"]["detail"]
    assert table.ask("explode", {})["error"]["code"] == "invalid"
