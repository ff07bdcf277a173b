"""test_migration.py PODIUM PLUGIN OLD_PLUGIN: what version 1 kept is there in version 2, and goes on."""
import sys
import tempfile

from client import Podium, Room, expect

podium, plugin, old = sys.argv[1:]
room = Room()

with tempfile.TemporaryDirectory() as folder:
    def serve(file):
        return Podium(podium, folder, file, room.url, allow=room.origin, retry_ms=100)

    def version(host):
        return {p["id"]: p for p in host.call("GET", "/api/v1/plugins")["plugins"]}["acme.chat"]["version"]

    with serve(old) as host:
        expect("version", version(host), "1.0.0")
        vision = host.experiment("vision")
        host.run(vision, "sent", "FINISHED")
        room.hear()
        host.message_that("it is sent", lambda m: m["sent"] is not None)
        room.answers = [503] * 1000  # the room is down when version 1 ends
        host.run(vision, "waiting", "FAILED")
        room.hear()
        kept = host.messages()
    room.answers = []
    with serve(plugin) as host:
        expect("version", version(host), "2.0.0")
        late = host.message_that("version 2 delivers what waited", lambda m: m["sent"] is not None)
        expect("it is the one", late["text"], "waiting in vision has failed")
        expect("attempts are counted from now on", late["attempts"] >= 1, True)
        messages = host.messages()
        expect("both are there", [(m["id"], m["text"]) for m in messages], [(m["id"], m["text"]) for m in kept])
        expect("the old one has no attempts", (messages[1]["attempts"], messages[1]["sent"]), (0, kept[1]["sent"]))
        host.run(vision, "new", "FINISHED")
        new = host.message_that("the new one is sent", lambda m: m["text"].startswith("new") and m["sent"] is not None)
        expect("and it has", new["attempts"], 1)
    refused = Podium(podium, folder, old, room.url, allow=room.origin)
    expect("version 1 refuses what version 2 wrote", refused.url, None)
    refused.process.wait()
