"""test_notify.py PODIUM PLUGIN: the action is offered with its count, asks first, tells the room of a filtered selection, and its verb lists it."""
import sys
import tempfile

from room import Podium, Room, expect

ACTIONS = "/api/v1/tasks/actions"
room = Room()
with tempfile.TemporaryDirectory() as folder, Podium(sys.argv[1], sys.argv[2], folder, room.origin) as podium:
    done = [podium.task(f"done {n}", "complete") for n in range(3)]
    failed, running = podium.task("bad", "fail"), podium.task("on its way")

    available = podium.call("POST", f"{ACTIONS}/available", {"selection": {"all": True}, "actions": ["acme.notify"]})[1]
    offer = available["actions"][0]
    expect("offered for", (available["of"], offer["count"]), (5, 4))
    expect("and why not for the other", offer["why_not"], "Only what has ended is worth telling")

    def run(selection, parameters, **more):
        return podium.call("POST", f"{ACTIONS}/run", {"action": "acme.notify", "selection": selection, "parameters": parameters, **more})

    expect("a room that there is not", run({"all": True}, {"room": "nowhere"})[0], 400)
    expect("no room", run({"all": True}, {})[0], 400)
    status, would = run({"all": True}, {"room": "ml"}, dry_run=True)
    expect("a dry run tells nobody", (status, would["succeeded_count"], len(room.heard)), (200, 4, 0))

    status, told = run({"filter": "state = 'completed'"}, {"room": "ml", "text": "good ones"})
    expect("told", (status, told["state"], told["succeeded_count"], told["failed_count"]), (200, "done", 3, 0))
    expect("in one message", [(m["text"], m["urgent"], len(m["tasks"])) for _, m in room.heard], [("good ones", False, 3)])
    expect("with a key", bool(room.heard[0][0]), True)

    status, refused = run({"ids": [failed, running]}, {"room": "ops"})
    expect("what runs is refused, the other told", ([s["id"] for s in refused["succeeded"]], [f["id"] for f in refused["failed"]]), ([failed], [running]))
    room.answers = [503]
    status, refused = run({"ids": [failed]}, {"room": "ops"})
    expect("a room that cannot", (refused["failed"][0]["code"], refused["failed"][0]["message"]), ("unavailable", "the room answered 503"))

    # The same as a subcommand: it asks, and nobody is there to answer.
    heard = len(room.heard)
    code, out, err = podium.run("notify", "--where", "state = 'completed'", "--room", "ml")
    expect("asks first", (code, "Tell the room of 3 tasks?" in out + err), (8, True))
    expect("and told nobody", len(room.heard), heard)
    code, out, err = podium.run("notify", "--where", "state = 'completed'", "--room", "ml", "--urgent", "--yes")
    expect("with --yes", (code, room.heard[-1][1]["urgent"]), (0, True))
    code, out, err = podium.run("notified", "--room", "ml", "--csv")
    expect("its own verb", (code, len(out.splitlines())), (0, 1 + 3 + 3))
    code, out, err = podium.run("help", "notify")
    expect("help", (code, "--room" in out or "room" in out), (0, True))
print("the plugin works")
