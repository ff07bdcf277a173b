"""Scenarios that write."""
import measure

TRACKIO = {"log-metric": "trackio-metric", "batch": "trackio-batch"}


def simple(kind, clients):
    """One kind of request, from so many clients at once, each with a run of its own."""

    def scenario(server, requests):
        spelled = TRACKIO[kind] if server.name == "trackio" else kind
        measure.load(server, spelled, clients, max(clients, requests // 20))  # connections, caches and code are warm
        return measure.load(server, spelled, clients, requests, first=1_000_000)

    return scenario
