#!/usr/bin/env bash
# Makes a folder from which the service starts in two thirds of the time: the jar unpacked, an archive
# of the classes that a start and an import load, made by starting it once on an embedded database that
# is thrown away, and the options that Java should have. The archive counts for this Java only, and is
# passed over by any other. PREPARE_DATABASE_URL names an empty database for that start, where the jar has none of its own.
set -euo pipefail

if (($# != 2)); then
  echo "usage: deploy/prepare.sh <kintell-connector.jar> <folder>" >&2
  exit 2
fi
jar=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
patience=300
# What compiles least: both processes here end as soon as they have started.
brief=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)

"$java" "${brief[@]}" -Djarmode=tools -jar "$jar" extract --force --destination "$folder"
{
  cat "$(dirname "${BASH_SOURCE[0]}")/java.options"
  echo
  echo "\"-XX:SharedArchiveFile=$folder/classes.jsa\""
} >"$folder/java.options"

work=$(mktemp -d)
service=
finish() {
  if [[ -n $service ]]; then
    kill "$service" 2>/dev/null || true
    wait "$service" || true
  fi
  rm -rf "$work"
}
trap finish EXIT

mkdir "$work/errors"
touch "$work/log"
# Without what the environment says about the service: it must meet neither a database nor a port that
# are in use.
env -i PATH="$PATH" HOME="$work" TMPDIR="$work" \
  SERVER_PORT=0 BACKFILL_USERS_PORT=0 \
  DATABASE_URL="${PREPARE_DATABASE_URL:-}" \
  BACKFILL_DATA_DIR="$work/data" BACKFILL_INBOX_DIR="$work/inbox" BACKFILL_ERRORS_DIR="$work/errors" \
  "$java" "${brief[@]}" -Xlog:cds=off -Xlog:cds+dynamic=off -XX:ArchiveClassesAtExit="$folder/classes.jsa" \
  -jar "$folder/$(basename "$jar")" >"$work/log" 2>&1 &
service=$!
deadline=$((SECONDS + patience))
port=
until [[ -n $port ]]; do
  if ! kill -0 "$service" 2>/dev/null || ((SECONDS > deadline)); then
    echo "the service does not start; its log ends:" >&2
    tail -n 20 "$work/log" >&2
    exit 1
  fi
  sleep 0.2
  port=$(sed -n 's/^  listens .*:\([0-9]\{1,\}\).*/\1/p' "$work/log")
done

# Asks for an address, or sends a form to it, and prints the answer. Not every image has curl.
request() {
  local head=$'\r\nHost: localhost\r\nConnection: close\r\n'
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return
  if (($# == 1)); then
    printf 'GET %s HTTP/1.1%s\r\n' "$1" "$head" >&3
  else
    head+=$'Content-Type: multipart/form-data; boundary=b\r\n'
    printf 'POST %s HTTP/1.1%sContent-Length: %s\r\n\r\n%s' "$1" "$head" "${#2}" "$2" >&3
  fi
  cat <&3
  exec 3>&-
}

try_import() {
  local body answer='' job what
  body=$'--b\r\nContent-Disposition: form-data; name="file"; filename="prepare.csv"\r\n\r\n'
  body+=$'session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level\n'
  body+=$'1,Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n'
  body+=$'2,Mentorship,nobody,nobody,yesterday,60,9,"Fine, thanks",B1\n\r\n--b--\r\n'
  job=$(request '/import/backfill/start?autostart=true' "$body" | sed -n 's/.*"jobId":"\([0-9a-f-]*\)".*/\1/p')
  [[ -n $job ]] || return 1
  until [[ $answer == *'"status":"completed"'* ]]; do
    ((SECONDS <= deadline)) || return 1
    sleep 0.2
    answer=$(request "/import/backfill/$job/status") || return
  done
  for what in "import/backfill/$job/"{verify,report,errors} import/backfill health actuator/prometheus; do
    request "/$what" >"$work/answer" || return
  done
}
if ! try_import; then
  echo "no import could be tried: its classes are not in the archive" >&2
fi
kill "$service"
wait "$service" || true
service=
if [[ ! -s $folder/classes.jsa ]]; then
  echo "Java has written no archive of classes; the log ends:" >&2
  tail -n 20 "$work/log" >&2
  exit 1
fi
echo "java @$folder/java.options -jar $folder/$(basename "$jar")"
