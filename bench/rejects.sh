#!/usr/bin/env bash
# Measures what the console asks of a job with very many rejects.
#
#   bench/rejects.sh             1000000 rejects, three rounds
#   bench/rejects.sh 20000
#
# Prints the seconds of each request. A third of the rejects have one wrong value of 97, a third a missing
# user of its own, a third both. Needs what bench/cli.sh needs.
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

# The header, and rows in the three turns.
rejects() {
  head -n 1 "$work/normal/sessions.csv"
  awk -v rows="$1" -v known="$2" 'BEGIN {
    for (row = 1; row <= rows; row++) {
      type = row % 3 == 1 ? "Mentorship" : "Coffee" row % 97
      user = row % 3 == 0 ? known : "p" row "@example.com"
      print "R-" row "," type "," user "," known ",2024-01-15T10:00:00Z,60,4.5,\"Fine, thanks\",B1"
    }
  }'
}

say "prepare"
java "$bench/Generate.java" 1000 "$work/normal" 2
start_postgres
prepare_reference
start_service "nats://127.0.0.1:$(free_port)"
settle_service none
empty_tables
known=$(sql "SELECT email FROM users LIMIT 1")
say "import $rows rejects"
rejects "$rows" "$known" >"$work/rejects.csv"
import "$work/rejects.csv"
[[ $(json_field failedRows <<<"$document") == "$rows" ]] || fail "not all rows were rejected: $document"

echo "| request | median s, $rows rejects |"
echo "|---|---:|"
while read -r request; do
  for ((round = 1; round <= ROUNDS; round++)); do
    record "$request" "$round" seconds \
      "$(curl -sSf -o /dev/null -w '%{time_total}' "$service_url/import/backfill/$job_id/$request")"
  done
  echo "| \`$request\` | $(median "$request" seconds) |"
done <<'REQUESTS'
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
