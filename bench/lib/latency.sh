# shellcheck shell=bash
# How long one request takes, rather than a million rows.

latency_starts=5
latency_small_jobs=20

measure_latency() {
  local number
  empty_tables
  start_nats
  prepare_service
  for ((number = 1; number <= latency_starts; number++)); do
    time_start prepared-start "$number" "@$work/prepared/java.options" -jar "$work/prepared/${jar##*/}"
    stop_service
    time_start start-to-health "$number"
    if ((number < latency_starts)); then
      stop_service
    fi
  done
  settle_service "$nats_url"
  head -n 1 "$work/normal/sessions.csv" >"$work/header.csv"
  for ((number = 1; number <= latency_small_jobs; number++)); do
    time_small_job "$number"
  done
  time_status
  stop_service
  stop_nats
  say "latency: /health after $(median start-to-health ms) ms, prepared $(median prepared-start ms) ms, 3 rows in $(median three-rows ms) ms, status p99 $(percentile status 99) ms"
}

prepare_service() {
  say "prepare a folder to start from"
  "$bench/../deploy/prepare.sh" "$jar" "$work/prepared" >"$work/prepare.log" 2>&1 \
    || fail_with_log "the service cannot be prepared" "$work/prepare.log"
}

# time_start <what> <number> [options of java]…: from java to the first 200, on a database that has
# its tables
time_start() {
  local from=$EPOCHREALTIME
  start_service "$nats_url" 0.02 "${@:3}"
  record "$1" "$2" ms "$(milliseconds "$(difference "$from" "$EPOCHREALTIME")")"
}

time_small_job() {
  local number
  cp "$work/header.csv" "$work/small.csv"
  for number in 1 2 3; do
    echo "small-$1-$number,Mentorship,participant$number@example.com,volunteer$number@example.com,2024-01-15T10:00:00Z,60,5,Fine,B1"
  done >>"$work/small.csv"
  document=$(curl -sSf -F "file=@$work/small.csv" "$service_url/import/backfill/start")
  job_id=$(json_field jobId <<<"$document")
  took=$(curl -sSf -o "$work/answer" -w '%{time_total}' -X POST -H 'Prefer: wait=60' \
    "$service_url/import/backfill/$job_id/resume")
  [[ $(json_field successfulRows <"$work/answer") == 3 ]] || fail "a job of 3 rows: $(<"$work/answer")"
  record three-rows "$1" ms "$(milliseconds "$took")"
}

# Two jobs of the benchmark's size at once, the ids of the second other ones. The last of at most
# 2000 requests is sent when the first of them is over.
time_status() {
  local jobs=() file number
  sed 's/^kintell-session-/other-session-/' "$work/normal/sessions.csv" >"$work/other.csv"
  for file in "$work/normal/sessions.csv" "$work/other.csv"; do
    document=$(curl -sSf -F "file=@$file" "$service_url/import/backfill/start")
    jobs+=("$(json_field jobId <<<"$document")")
  done
  for job_id in "${jobs[@]}"; do
    curl -sSf -o /dev/null -X POST -H 'Prefer: wait=0' "$service_url/import/backfill/$job_id/resume"
  done
  for ((number = 1; number <= 2000; number++)); do
    took=$(curl -sSf -o "$work/answer" -w '%{time_total}' \
      "$service_url/import/backfill/${jobs[number % 2]}/status")
    if [[ $(json_field status <"$work/answer") == completed ]]; then
      break
    fi
    record status "$number" ms "$(milliseconds "$took")"
    sleep 0.03
  done
  for job_id in "${jobs[@]}"; do
    until [[ $(curl -sSf "$service_url/import/backfill/$job_id/status" | json_field status) == completed ]]; do
      sleep 0.5
    done
  done
}

milliseconds() {
  awk -v seconds="$1" 'BEGIN { printf "%.1f\n", seconds * 1000 }'
}

# percentile <what> <percent>: of its milliseconds
percentile() {
  values "$1" ms | sort -g | awk -v percent="$2" '{ value[NR] = $1 }
    END { if (NR) { place = int(NR * percent / 100 + 0.999999); print value[place < 1 ? 1 : place] } }'
}
