#!/bin/sh
# podium_plugin_test.sh [--config FILE] PODIUM PLUGIN COMMAND...
# Starts PODIUM with the plugin on a free port and a temporary store, runs COMMAND with PODIUM_URL and
# PODIUM_DATA in its environment, stops the podium. 0 when both ended with 0; else the podium's log is shown.
set -u
usage() { sed -n '2p' "$0" | cut -c3- >&2; exit 2; }
[ $# -gt 0 ] || usage
config=
if [ "$1" = --config ]; then [ $# -gt 1 ] || usage; config=$2; shift 2; fi
[ $# -ge 3 ] || usage
podium=$1 plugin=$2
shift 2

# Settings of the person who runs the test must not reach this podium, nor a podium.toml nearby.
for name in $(env | sed -n 's/^\(PODIUM_[A-Z_]*\)=.*/\1/p; s/^\(MLFLOW_[A-Z_]*\)=.*/\1/p'); do
  unset "$name"
done
folder=$(mktemp -d) || exit 1
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

mkfifo "$folder/out" || exit 1
# The config is of the caller's folder; the podium runs in the temporary one.
case $config in '' | /*) ;; *) config=$PWD/$config ;; esac
(
  cd "$folder" || exit 1
  exec "$podium" serve --host 127.0.0.1 --port 0 --data "$folder/data" --plugin "$plugin" ${config:+--config "$config"}
) >"$folder/out" 2>"$folder/log" &
pid=$!
url=
exec 3<"$folder/out"
while IFS= read -r line <&3; do
  case $line in
    *"listening on http://"*) url=${line##*listening on http://}; url=http://${url%%[ /]*}; break ;;
  esac
done
if [ -z "$url" ]; then
  wait "$pid"
  echo "podium did not start (exit $?):" >&2
  pid=
  cat "$folder/log" >&2
  exit 1
fi
cat <&3 >/dev/null &

PODIUM_URL=$url PODIUM_DATA=$folder/data "$@"
status=$?
kill -TERM "$pid"
wait "$pid"
ended=$?
pid=
if [ "$ended" -ne 0 ]; then
  echo "podium ended with $ended" >&2
  status=1
fi
[ "$status" -eq 0 ] || { echo "--- log of podium" >&2; cat "$folder/log" >&2; }
exit "$status"
