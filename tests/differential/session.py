"""One server's side of the differential test: calls it makes, and its answers in a form that two servers can share."""
import json
import re
import urllib.parse

import requests

TIMES = {"creation_time", "last_update_time", "creation_timestamp", "creation_timestamp_ms", "last_updated_timestamp_ms",
         "last_updated_timestamp"}
UNORDERED = {"tags", "params", "metrics", "dataset_summaries", "dataset_inputs", "model_inputs", "model_outputs"}


class Session:
    """`call` makes one call and keeps (label, status, normalised body). Ids that the server chose are given names with
    `name`, which stand in for them in every later answer."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.answers = []
        self.names = {}
        self.label = ""

    def name(self, value, name):
        self.names[value] = f"<{name}>"
        return value

    def call(self, label, method, path, body=None, query=None, raw=None, headers=None):
        if not path.startswith("/"):
            path = "/api/2.0/mlflow/" + path
        url = self.url + path
        if query:
            url += "?" + urllib.parse.urlencode(query, doseq=True)
        sent = dict(headers or {})
        data = raw
        if raw is None and body is not None:
            data = json.dumps(body).encode()
        if data is not None and "Content-Type" not in sent:
            sent["Content-Type"] = "application/json"
        request = requests.Request(method, url, headers=sent, data=data).prepare()
        request.url = url if raw is None and not query else request.url
        try:
            answer = self.http.send(request, allow_redirects=False)
        except requests.ConnectionError:
            self.answers.append((self.spell(label), "connection lost", None))
            return {}
        try:
            parsed = answer.json()
        except ValueError:
            parsed = None
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        shown = self.normalise(parsed) if parsed is not None else (self.spell(answer.text) if answer.status_code < 400 and kind != "text/html" else kind)
        if isinstance(shown, dict) and "error_code" in shown:
            shown = {"error_code": shown["error_code"], "message": shown.get("message")}
        self.answers.append((self.spell(label), answer.status_code, shown))
        return parsed if parsed is not None else {}

    def spell(self, text):
        """Chosen ids become their names, other ids and names that a server made up become <id> and <name>."""
        for value, name in self.names.items():
            if len(value) >= 32:  # ids of projects are counted, alike on both sides
                text = text.replace(value, name)
        text = re.sub(r"\b[0-9a-f]{32}\b", "<id>", text)
        return re.sub(r"\b[a-z]+-[a-z]+-\d{1,4}\b", "<name>", text)

    def normalise(self, value, key=""):
        if isinstance(value, dict):
            return {k: "<time>" if k in TIMES else "<token>" if k == "next_page_token" and v else self.normalise(v, k) for k, v in value.items()}
        if isinstance(value, list):
            items = [self.normalise(v) for v in value]
            return sorted(items, key=lambda v: json.dumps(v, sort_keys=True)) if key in UNORDERED else items
        if isinstance(value, str):
            if key == "message":
                value = re.sub(r"\s+", " ", value)
                value = re.sub(r"\{('[^{}:]*')\}", lambda m: "{" + ", ".join(sorted(m.group(1).split(", "))) + "}", value)  # a set's order
            return self.spell(value)
        return value
