#!/usr/bin/env bash
# Measures an import by kintell beside the same import by curl, turn by turn, into one warm service.
#
#   bench/cli.sh                 1000000 rows, seven rounds
#   bench/cli.sh 20000
#   ROUNDS=3 BENCH_JAR=other.jar bench/cli.sh
#
# Prints the seconds of each round and the median of the ratios. Needs what bench/run.sh needs, but
# nats-server, and a built jar.
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=bench/lib/messages.sh
source "$bench/lib/messages.sh"
rows=${1:-1000000}
[[ $rows =~ ^[0-9]+$ ]] || fail "the number of rows is not a number: $rows"
ROUNDS=${ROUNDS:-7}

# shellcheck source=bench/lib/built.sh
source "$bench/lib/built.sh"
trap stop_all EXIT
trap 'exit 130' INT TERM

by_curl() {
  import "$work/normal/sessions.csv"
}

by_kintell() {
  HOME=$work XDG_STATE_HOME=$work/state "$work/kintell" import "$work/normal/sessions.csv" \
    --server "$service_url" --allow-rejects --quiet >"$work/kintell.log" 2>&1 \
    || fail_with_log "kintell failed" "$work/kintell.log"
}

# turn <curl|kintell> <round>
turn() {
  local from
  empty_tables
  from=$EPOCHREALTIME
  "by_$1"
  record "$1" "$2" seconds "$(difference "$from" "$EPOCHREALTIME")"
  require_same_sessions "$1"
}

say "generate $rows rows"
java "$bench/Generate.java" "$rows" "$work/normal" 2
say "prepare"
start_postgres
prepare_reference
start_service "nats://127.0.0.1:$(free_port)"
settle_service none
curl -sSf -o "$work/kintell" "$service_url/cli/kintell"
chmod +x "$work/kintell"
# Both once before it counts: the service compiles, kintell keeps its classes.
turn curl 0
turn kintell 0
: >"$work/raw.tsv"

echo "| round | curl s | kintell s | ratio |"
echo "|---:|---:|---:|---:|"
for ((round = 1; round <= ROUNDS; round++)); do
  order=(curl kintell)
  if ((round % 2 == 0)); then
    order=(kintell curl)
  fi
  for contestant in "${order[@]}"; do
    turn "$contestant" "$round"
  done
  curl_took=$(values curl seconds | tail -n 1)
  kintell_took=$(values kintell seconds | tail -n 1)
  record ratio "$round" seconds "$(awk -v a="$kintell_took" -v b="$curl_took" 'BEGIN { printf "%.3f", a / b }')"
  echo "| $round | $curl_took | $kintell_took | $(values ratio seconds | tail -n 1) |"
done
echo "Median of the ratios, $rows rows: $(median ratio seconds)"
