#!/usr/bin/env bash
# Measures what the ledger costs PostgreSQL: files whose chunks have one row each, so that next to nothing
# is the rows'. If a chunk of a long file costs more than one of a short file, something grows with its square.
#
#   bench/ledger.sh                  20000 and 200000 chunks
#   bench/ledger.sh 5000 50000
#
# Prints for each file the chunks a second, the milliseconds of PostgreSQL's processors a chunk, the median and the
# longest time of an answer to status meanwhile, and how old its counts were at most. Then the statements that took
# most, where the server has pg_stat_statements. Needs what bench/run.sh needs, but nats-server; a built jar.
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=bench/lib/messages.sh
source "$bench/lib/messages.sh"
(($#)) || set -- 20000 200000
for chunks in "$@"; do
  [[ $chunks =~ ^[0-9]+$ ]] || fail "the number of chunks is not a number: $chunks"
done
# shellcheck source=bench/lib/built.sh
source "$bench/lib/built.sh"
trap stop_all EXIT
trap 'exit 130' INT TERM

# Asks for the status twice a second, as long as the file loads: <seconds of the answer> <age of the job's counts>
watch_status() {
  local took
  while [[ -e $work/loading ]]; do
    sleep 0.5
    took=$(curl -s -o /dev/null -w '%{time_total}' "$service_url/import/backfill/$1/status")
    echo "$took $(sql "SELECT extract(epoch FROM clock_timestamp() - updated_at)
                         FROM backfill_jobs WHERE id = '$1' AND status = 'running' AND processed_rows BETWEEN 1 AND total_rows - 1")"
  done
}

# load <file>: sets took, and leaves what watch_status says in $work/watched
load() {
  local job from
  job=$(curl -sSf -F "file=@$1" "$service_url/import/backfill/start" | json_field jobId)
  touch "$work/loading"
  watch_status "$job" >"$work/watched" &
  from=$EPOCHREALTIME
  document=$(curl -sSf -X POST -H 'Prefer: wait=86400' "$service_url/import/backfill/$job/resume")
  took=$(difference "$from" "$EPOCHREALTIME")
  rm "$work/loading"
  wait $!
  [[ $(json_field status <<<"$document") == completed ]] || fail "the job did not complete: $document"
}

if [[ -e $("$pg_bin/pg_config" --sharedir 2>/dev/null)/extension/pg_stat_statements.control ]]; then
  export POSTGRES_OPTIONS='-c shared_preload_libraries=pg_stat_statements -c pg_stat_statements.track=all'
fi
start_postgres
export BACKFILL_CHUNK_ROWS=1
start_service none
sql "${POSTGRES_OPTIONS:+CREATE EXTENSION pg_stat_statements}"
java "$bench/Generate.java" 2000 "$work/warm" 0
"$psql" -Xq -v ON_ERROR_STOP=1 -c "\\copy users (email, name, role) FROM '$work/warm/users.csv' CSV HEADER"
sql 'ANALYZE users'
load "$work/warm/readable.csv"

echo "| chunks | chunks/s | PostgreSQL ms a chunk | status, median | longest | oldest counts |"
echo "|---:|---:|---:|---:|---:|---:|"
for chunks in "$@"; do
  java "$bench/Generate.java" "$chunks" "$work/file" 0
  empty_tables
  sql "${POSTGRES_OPTIONS:+SELECT pg_stat_statements_reset()}" >"$work/reset"
  before=$(postgres_cpu)
  load "$work/file/sessions.csv"
  cpu=$(difference "$before" "$(postgres_cpu)")
  sort -g "$work/watched" | awk -v chunks="$chunks" -v took="$took" -v cpu="$cpu" '
    { answer[NR] = $1; if ($2 > oldest) oldest = $2 }
    END { printf "| %d | %.0f | %.2f | %.0f ms | %.0f ms | %.2f s |\n", chunks, chunks / took, 1000 * cpu / chunks,
                 1000 * answer[int((NR + 1) / 2)], 1000 * answer[NR], oldest }'
  if [[ -n ${POSTGRES_OPTIONS:-} ]]; then
    "$psql" -Xq -c "SELECT calls, round(total_exec_time) AS ms, round(mean_exec_time::numeric, 3) AS ms_each,
                           left(regexp_replace(regexp_replace(query, '--[^\\n]*\\n', '', 'g'), '\\s+', ' ', 'g'), 90) AS statement
                      FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 12"
  fi
done
