"""Writes notes and reads them back; refuses what does not fit. Run by ctest (see ../CMakeLists.txt)."""
from client import call, expect

NOTES = "/api/v1/x/acme.notes/notes"

expect("no notes yet", call("GET", NOTES), (200, {"notes": []}))
expect("a note", call("POST", NOTES, {"text": "hello", "author": "ada"}), (201, {"id": "1"}))
expect("another", call("POST", NOTES, {"text": "world"}), (201, {"id": "2"}))

status, answer = call("GET", NOTES)
expect("both are there", [(n["id"], n["text"], n["author"]) for n in sorted(answer["notes"], key=lambda n: n["id"])],
       [("1", "hello", "ada"), ("2", "world", None)])
expect("one of them", len(call("GET", NOTES + "?limit=1")[1]["notes"]), 1)

for what, body, wanted in [("no text", {}, 400), ("no object", [], 400), ("a number", {"text": 7}, 400),
                           ("over the limit of podium.toml", {"text": "x" * 21}, 413)]:
    status, answer = call("POST", NOTES, body)
    expect(what, status, wanted)
expect("a bad limit", call("GET", NOTES + "?limit=many")[0], 400)
expect("still two", len(call("GET", NOTES)[1]["notes"]), 2)

plugins = {p["id"]: p for p in call("GET", "/api/v1/plugins")[1]["plugins"]}
expect("listed", (plugins["acme.notes"]["version"], plugins["acme.notes"]["state"]), ("2.0.0", "active"))
