#!/usr/bin/env python3
"""From a commit's answer to the subscriber, at a steady rate of changes: tests/bench/events_bench.py URL [SECONDS [RATE [IDLE]]]

Writers (a process each, paced) PATCH tasks of one project and note when each change was answered; a subscriber over a WebSocket notes when
each message came and which revision and ids it told. A change counts as told with the first message after it that names its task, so what is
measured is the wait of a page for news. IDLE further subscribers listen to other topics meanwhile. Prints one JSON line: changes, rate,
p50, p99 and max in ms.
"""
import bisect
import http.client
import json
import multiprocessing
import sys
import time
import urllib.parse

WRITERS = 4


def call(connection, method, path, body):
    connection.request(method, f"/api/v1/{path}", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{method} {path}: {answer.status} {data.decode()}")
    return json.loads(data)


def write(address, tasks, begin, seconds, rate, out):
    """Changes one task after the other, at its share of the rate; puts (task, when it was answered)."""
    connection = http.client.HTTPConnection(address)
    done = []
    number = 0
    time.sleep(max(0, begin - time.monotonic()))
    while (due := begin + number / rate) < begin + seconds:
        time.sleep(max(0, due - time.monotonic()))
        task = tasks[number % len(tasks)]
        call(connection, "POST", f"tasks/{task}/log", {"tags": {"n": number}})
        done.append((task, time.monotonic()))
        number += 1
    out.put(done)


def listen(url, topic, ready, out):
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect
    told = []
    with connect(f"ws{url.removeprefix('http')}/api/v1/events?topic={topic}", max_queue=None) as ws:
        assert "subscribed" in ws.recv()
        ready.set()
        try:
            while True:
                text = ws.recv(timeout=5)
                told.append((time.monotonic(), text))
        except (TimeoutError, ConnectionClosed):
            pass
    out.put(told)


def main(url, seconds=10, rate=1000, idle=0):
    address = urllib.parse.urlparse(url).netloc
    connection = http.client.HTTPConnection(address)
    project = call(connection, "POST", "projects", {"name": f"events-{time.time_ns()}"})["id"]
    tasks = [call(connection, "POST", "tasks", {"project": project, "state": "running"})["id"] for _ in range(200)]
    crowd = []
    for _ in range(idle):
        one = http.client.HTTPConnection(address)
        one.request("GET", "/api/v1/events?topic=project/0/tasks", headers={"Accept": "text/event-stream"})
        crowd.append((one, one.getresponse()))
    ready, heard, written = multiprocessing.Event(), multiprocessing.Queue(), multiprocessing.Queue()
    listener = multiprocessing.Process(target=listen, args=(url, f"project/{project}/tasks", ready, heard))
    listener.start()
    ready.wait()
    begin = time.monotonic() + 0.5
    writers = [multiprocessing.Process(target=write, args=(address, tasks[i::WRITERS], begin, seconds, rate / WRITERS, written))
               for i in range(WRITERS)]
    for writer in writers:
        writer.start()
    changes = [change for _ in writers for change in written.get()]
    messages = heard.get()
    came = {}
    for at, text in messages:
        for event in json.loads(text)["events"]:
            for task in event.get("changed", []):
                came.setdefault(task, []).append(at)
    waits, lost = [], 0
    for task, answered in changes:
        times = came.get(task, [])
        # The message may overtake the answer: then nobody waited. A task is changed again only long after.
        at = bisect.bisect_left(times, answered - 0.05)
        if at == len(times):
            lost += 1
        else:
            waits.append(max(0.0, times[at] - answered) * 1000)
    waits.sort()
    last = max(answered for _, answered in changes)
    print(json.dumps({"changes": len(changes), "lost": lost, "rate": round(len(changes) / (last - begin)), "messages": len(messages),
                      "idle": idle, "p50": round(waits[len(waits) // 2], 2), "p99": round(waits[len(waits) * 99 // 100], 2),
                      "max": round(waits[-1], 2)}))
    for one, _ in crowd:
        one.close()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
