"""test_deliveries.py PODIUM PLUGIN OLD_PLUGIN: what ends is told once, whatever fails, stops or is killed in between."""
import sys
import tempfile

from client import Podium, Room, expect

podium, plugin, _ = sys.argv[1:]
room = Room()

with tempfile.TemporaryDirectory() as folder:
    def serve():
        return Podium(podium, folder, plugin, room.url, allow=room.origin, projects=["vision"], retry_ms=50, attempts=3)

    with serve() as host:
        vision, other = host.experiment("vision"), host.experiment("other")
        host.run(other, "elsewhere", "FINISHED")
        first = host.run(vision, "first", "FINISHED")
        key, text = room.hear()
        expect("the room hears of a task that has finished", text, "first in vision has completed")
        expect("by an id that begins with the task's", key.startswith(f"{first}/completed/"), True)
        sent = host.message_that("the first is sent", lambda m: m["sent"] is not None)
        expect("it was delivered at once", (sent["id"], sent["attempts"], sent["error"]), (key, 1, ""))
        # What changes of the task later is no news.
        host.call("POST", "/api/2.0/mlflow/runs/set-tag", {"run_id": first, "key": "seen", "value": "yes"})

        room.answers = [500, 503]
        second = host.run(vision, "second", "FAILED")
        heard = [room.hear() for _ in range(3)]
        expect("it is told again until the room has taken it", {text for _, text in heard}, {"second in vision has failed"})
        expect("by the same id", len({key for key, _ in heard}), 1)
        sent = host.message_that("the second is sent", lambda m: m["text"].startswith("second") and m["sent"] is not None)
        expect("third time lucky", (sent["id"].split("/")[0], sent["attempts"]), (second, 3))

        room.answers = [500, 500, 500]
        host.run(vision, "third", "FAILED")
        lost = host.message_that("the third is given up", lambda m: m["text"].startswith("third") and m["attempts"] == 3)
        expect("with the reason", (lost["sent"], lost["error"]), (None, "the room answered 500"))
        [room.hear() for _ in range(3)]

        # Killed while the room has the post and has not answered: nobody knows whether it arrived.
        room.silent = True
        host.run(vision, "fourth", "FINISHED")
        before, _ = room.hear()
        host.kill()
    room.silent = False
    room.speak.set()
    with serve() as host:
        again, text = room.hear(90)
        expect("after kill -9 it is told again", text, "fourth in vision has completed")
        expect("by the same id, so that the room can drop it", again, before)
        host.message_that("the fourth is sent", lambda m: m["text"].startswith("fourth") and m["sent"] is not None)
        expect("there is one message for each", sorted(m["text"].split()[0] for m in host.messages()),
               ["first", "fourth", "second", "third"])
        host.run(vision, "fifth", "FINISHED")
        expect("and it goes on", room.hear()[1], "fifth in vision has completed")
        host.message_that("the fifth is sent", lambda m: m["text"].startswith("fifth") and m["sent"] is not None)
expect("nothing else was posted", room.posts.empty(), True)
