"""test_refusals.py PODIUM PLUGIN OLD_PLUGIN: settings that cannot work are told when podium starts."""
import sys
import tempfile

from client import Podium, Room, expect

podium, plugin, _ = sys.argv[1:]
room = Room()

for what, url, part in [("a room that is not allowed", room.url, "outbound_allow"), ("a room that is no URL", "the kitchen", "URL")]:
    with tempfile.TemporaryDirectory() as folder:
        refused = Podium(podium, folder, plugin, url)
        log = open(f"{folder}/log").read()
        expect(f"{what} ends the start", refused.url, None)
        expect("its sentence names the setting or the fault", part.lower() in log.lower(), True)
        expect("it does not repeat the secret part of the address", "hooks/secret" in log, False)
        refused.process.wait()

with tempfile.TemporaryDirectory() as folder:
    with Podium(podium, folder, plugin, "") as host:
        host.run(host.experiment("vision"), "one", "FINISHED")
        expect("without a room nothing is kept", host.messages(), [])
expect("nothing was posted", room.posts.empty(), True)
