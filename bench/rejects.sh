#!/usr/bin/env bash
# Measures what the console asks of a job with very many rejects.
#
#   bench/rejects.sh             1000000 rejects, three rounds
#   bench/rejects.sh 20000
#
# Prints the seconds of each request, for two files. In the first, a third of the rows have one wrong value of
# 97, a third a missing user of its own, a third both. In the second, no row has a date, half have no session
# type either, and a third need a user of its own. Needs what bench/cli.sh needs.
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=bench/lib/messages.sh
source "$bench/lib/messages.sh"
rows=${1:-1000000}
[[ $rows =~ ^[0-9]+$ ]] || fail "the number of rejects is not a number: $rows"
ROUNDS=${ROUNDS:-3}

# shellcheck source=bench/lib/built.sh
source "$bench/lib/built.sh"
trap stop_all EXIT
trap 'exit 130' INT TERM

# wrong_rows <rows> <an address of a user>, incomplete_rows
wrong_rows() {
  awk -v rows="$1" -v known="$2" 'BEGIN {
    for (row = 1; row <= rows; row++) {
      type = row % 3 == 1 ? "Mentorship" : "Coffee" row % 97
      user = row % 3 == 0 ? known : "p" row "@example.com"
      print "R-" row "," type "," user "," known ",2024-01-15T10:00:00Z,60,4.5,\"Fine, thanks\",B1"
    }
  }'
}

incomplete_rows() {
  awk -v rows="$1" -v known="$2" 'BEGIN {
    for (row = 1; row <= rows; row++) {
      type = row % 2 ? "Mentorship" : ""
      user = row % 3 ? known : "p" row "@example.com"
      print "I-" row "," type "," user "," known ",,60,4.5,\"Fine, thanks\",B1"
    }
  }'
}

# measure <wrong_rows or incomplete_rows>: imports them, and times the requests on standard input
measure() {
  say "import $rows $1"
  {
    head -n 1 "$work/normal/sessions.csv"
    "$1" "$rows" "$known"
  } >"$work/rejects.csv"
  import "$work/rejects.csv"
  [[ $(json_field failedRows <<<"$document") == "$rows" ]] || fail "not all rows were rejected: $document"
  echo "| request | median s, $rows $1 |"
  echo "|---|---:|"
  while read -r request; do
    for ((round = 1; round <= ROUNDS; round++)); do
      record "$1 $request" "$round" seconds \
        "$(curl -sSf -o /dev/null -w '%{time_total}' "$service_url/import/backfill/$job_id/$request")"
    done
    echo "| \`$request\` | $(median "$1 $request" seconds) |"
  done
}

say "prepare"
java "$bench/Generate.java" 1000 "$work/normal" 2
start_postgres
prepare_reference
start_service "nats://127.0.0.1:$(free_port)"
settle_service none
empty_tables
known=$(sql "SELECT email FROM users LIMIT 1")
measure wrong_rows <<'REQUESTS'
rejects
rejects?cursor=999900
rejects?open=true
rejects?cause=invalid-date
rejects?cause=unknown-session-type
rejects?cause=unknown-session-type&value=Coffee96
rejects?cause=unknown-session-type&value=None
rejects/values?cause=unknown-session-type
rejects/values?cause=participant-not-found
rejects/values?cause=participant-not-found&open=true&limit=20
missing-users
missing-users?limit=0
REQUESTS
measure incomplete_rows <<'REQUESTS'
rejects?cause=missing-value
rejects?cause=missing-value&column=session_type&value=
rejects/values?cause=missing-value
rejects/values?cause=participant-not-found
missing-users?limit=0
REQUESTS
