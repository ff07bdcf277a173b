"""The real `mlflow server` of the tests' environment, for comparing: one worker, SQLite, a folder of its own."""
import os
import pathlib
import socket
import sys

ENVIRONMENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def command(folder, port, python=sys.executable):
    folder = pathlib.Path(folder)
    return [python, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1", "--port", str(port),
            "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "mlartifacts")]


def environment():
    return dict(os.environ, **ENVIRONMENT)
