# shellcheck shell=bash
# One turn of each contestant. All write into the same tables, which are empty before.

columns='id, external_session_id, session_type, participant_id, volunteer_id, job_id, source_row,
  scheduled_at, completed_at, duration_minutes, rating, feedback_text, language_level'

sql() {
  "$psql" -XAtq -v ON_ERROR_STOP=1 -c "$1"
}

empty_tables() {
  sql 'TRUNCATE kintell_sessions, backfill_jobs, backfill_rejects CASCADE'
  sql 'DROP TABLE IF EXISTS expert_staging'
  sql 'VACUUM users'
  sql 'CHECKPOINT'
}

# Two sets of sessions with the same fingerprint are the same, but for what an importer chooses: the
# id, the job, the number of the row.
fingerprint() {
  sql "SELECT count(*) || '/' || coalesce(sum(hashtextextended(concat_ws('|',
              external_session_id, session_type, participant_id, volunteer_id,
              extract(epoch FROM scheduled_at), extract(epoch FROM completed_at), duration_minutes,
              coalesce(rating::text, '-'), coalesce(feedback_text, '-'), coalesce(language_level, '-')), 0)::numeric), 0)
         FROM kintell_sessions"
}

require_same_sessions() {
  local found
  found=$(fingerprint)
  [[ $found == "$reference" ]] || fail "$1 has imported other sessions than the service: $found instead of $reference (number/fingerprint)"
}

# json_field <name>: of the flat document on standard input
json_field() {
  sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"
}

# import <file>: start, resume, and with a second argument the wait for the events. Sets job_id,
# document (the status at the end), and the seconds start_took, completed_took and events_took.
import() {
  local from until last
  from=$EPOCHREALTIME
  document=$(curl -sSf -F "file=@$1" "$service_url/import/backfill/start")
  until=$EPOCHREALTIME
  start_took=$(difference "$from" "$until")
  job_id=$(json_field jobId <<<"$document")
  from=$EPOCHREALTIME
  document=$(curl -sSf -X POST -H 'Prefer: wait=3600' "$service_url/import/backfill/$job_id/resume")
  until=$EPOCHREALTIME
  completed_took=$(difference "$from" "$until")
  [[ $(json_field status <<<"$document") == completed ]] || fail "the job did not complete: $document"
  events_took=
  if [[ -n ${2:-} ]]; then
    # Not asked more often: curl and its shell would take the service a tenth of two cores.
    until [[ $(json_field eventsPending <<<"$document") == 0 ]]; do
      sleep 1
      document=$(curl -sSf "$service_url/import/backfill/$job_id/status")
    done
    # The ledger knows to the microsecond what was seen only when asked. Where there was nothing to
    # publish, or all of it was before the end, the end is what counts.
    last=$(sql "SELECT extract(epoch FROM max(published_at)) FROM backfill_chunks WHERE job_id = '$job_id'")
    events_took=$(awk -v took="$(difference "$from" "$last")" -v completed="$completed_took" \
      'BEGIN { printf "%.3f\n", (took > completed ? took : completed) }')
  fi
}

# turn_service <contestant> <round> <file> <NATS URL, or nothing> [contestant of the second import]
#   [kept]
# A process of its own for each turn; the second import meets code that is compiled, and empty tables
# unless they are kept.
turn_service() {
  local nats=$4
  if [[ -n $nats ]]; then
    start_nats
    nats=$nats_url
  else
    nats="nats://127.0.0.1:$(free_port)"
  fi
  start_service "$nats"
  settle_service "$nats"
  measure_import "$1" "$2" "$3" "${4:+events}"
  if [[ -n ${5:-} ]]; then
    [[ ${6:-} == kept ]] || empty_tables
    measure_import "$5" "$2" "$3" "${4:+events}"
  fi
  stop_service
  stop_nats
}

# measure_import <contestant> <round> <file> <events, or nothing>: by the running service
measure_import() {
  local contestant=$1 round=$2 service_cpu server_cpu nats_cpu=0 on_stream=0 found
  service_cpu=$(cpu_of "$service_pid")
  server_cpu=$(postgres_cpu)
  if [[ -n $4 ]]; then
    nats_cpu=$(cpu_of "$nats_pid")
    on_stream=$(messages_on_stream)
  fi
  import "$3" "$4"
  record "$contestant" "$round" client-cpu "$(difference "$service_cpu" "$(cpu_of "$service_pid")")"
  record "$contestant" "$round" postgres-cpu "$(difference "$server_cpu" "$(postgres_cpu)")"
  record "$contestant" "$round" client-memory "$(megabytes "$(resident "$service_pid")")"
  record "$contestant" "$round" start "$start_took"
  record "$contestant" "$round" seconds "$completed_took"
  record "$contestant" "$round" rows "$(json_field totalRows <<<"$document")"
  if [[ -n $events_took ]]; then
    record "$contestant" "$round" events "$events_took"
    record "$contestant" "$round" nats-cpu "$(difference "$nats_cpu" "$(cpu_of "$nats_pid")")"
    record "$contestant" "$round" nats-memory "$(megabytes "$(resident "$nats_pid")")"
    # The sessions' events and those of the job itself.
    found=$(($(messages_on_stream) - on_stream))
    ((found >= $(json_field successfulRows <<<"$document"))) \
      || fail "the stream got $found messages for $(json_field successfulRows <<<"$document") sessions"
  fi
  say "$contestant, round $round: start $start_took s, completed $completed_took s${events_took:+, events $events_took s}"
}

messages_on_stream() {
  local found
  found=$(curl -sSf "$nats_monitor/jsz" | tr -d ' \n' | json_field messages)
  echo "${found:-0}"
}

# turn_program <contestant> <round> <command>…: a program that imports and ends
turn_program() {
  local contestant=$1 round=$2
  shift 2
  turn_programs "$contestant" "$round" 1 "$@"
}

# turn_programs <contestant> <round> <how many> <command>…: several at once; {} in the command is the
# number of each
turn_programs() {
  local contestant=$1 round=$2 many=$3 from until before server_cpu number pid pids=() watch
  shift 3
  server_cpu=$(postgres_cpu)
  note_children_cpu
  before=$children_cpu
  rm -f "$work/memory"
  from=$EPOCHREALTIME
  for ((number = 1; number <= many; number++)); do
    "${@//\{\}/$number}" >"$work/program-$number.log" 2>&1 &
    pids+=($!)
  done
  watch_memory "$work/memory" "${pids[@]}" &
  watch=$!
  for pid in "${pids[@]}"; do
    wait "$pid" || fail_with_log "$contestant failed" "$work"/program-*.log
  done
  until=$EPOCHREALTIME
  note_children_cpu
  # The server learns a little later that its clients have gone.
  sleep 0.3
  record "$contestant" "$round" client-cpu "$(difference "$before" "$children_cpu")"
  record "$contestant" "$round" postgres-cpu "$(difference "$server_cpu" "$(postgres_cpu)")"
  wait "$watch"
  record "$contestant" "$round" client-memory "$(megabytes "$(<"$work/memory")")"
  record "$contestant" "$round" process-seconds "$(difference "$from" "$until")"
  record "$contestant" "$round" rows "$(sql 'SELECT count(*) FROM kintell_sessions')"
  require_same_sessions "$contestant"
  rm -f "$work"/program-*.log
}

# seconds_of_process <contestant> <round>: for a program whose start is no part worth leaving out
seconds_of_process() {
  local took
  took=$(awk -F'\t' -v who="$1" -v round="$2" \
    '$1 == who && $2 == round && $3 == "process-seconds" { print $4 }' "$work/raw.tsv")
  record "$1" "$2" seconds "$took"
  say "$1, round $2: $took s"
}

turn_expert() {
  turn_program expert "$1" "$psql" -Xq -v file="$work/normal/readable.csv" -f "$bench/expert.sql"
  seconds_of_process expert "$1"
}

turn_limit() {
  copy_clean limit "$1"
}

# What the service does in the place of the keys is not done: nobody locks a user.
turn_limit_without_keys() {
  PGOPTIONS="$PGOPTIONS -c session_replication_role=replica" copy_clean limit-without-keys "$1"
}

copy_clean() {
  turn_programs "$1" "$2" 2 "$psql" -Xq -v ON_ERROR_STOP=1 \
    -c "\\copy kintell_sessions (${columns//$'\n'/ }) FROM '$work/clean-{}.copy'"
  seconds_of_process "$1" "$2"
}

# As many messages as the service has events, by the service's NATS client and nothing else.
turn_limit_events() {
  local client=$work/client took cpu
  mkdir -p "$client"
  (cd "$client" && jar --extract --file "$jar" && mv BOOT-INF/lib/*.jar . && rm -rf BOOT-INF org META-INF)
  start_nats
  java -cp "$client/*" "$bench/PublishEvents.java" "$nats_url" "${reference%%/*}" >"$work/program-1.log" 2>&1 \
    || fail_with_log "limit-events failed" "$work/program-1.log"
  read -r took cpu <"$work/program-1.log"
  record limit-events "$1" events "$took"
  record limit-events "$1" client-cpu "$cpu"
  record limit-events "$1" rows "${reference%%/*}"
  record limit-events "$1" nats-cpu "$(cpu_of "$nats_pid")"
  stop_nats
  rm -rf "$client"
  say "limit-events, round $1: $took s"
}

turn_spring_batch() {
  local took
  # shellcheck disable=SC2086 # The options are words.
  SPRING_DATASOURCE_URL="jdbc:postgresql://127.0.0.1:$PGPORT/postgres$BENCH_BATCH_URL_OPTIONS" \
    SPRING_DATASOURCE_USERNAME=bench turn_program spring-batch "$1" \
    java $BENCH_JAVA_OPTS -jar "$bench/spring-batch/target/spring-batch-import.jar" \
    "file=$work/normal/readable.csv" "run=$1"
  took=$(sql "SELECT round(extract(epoch FROM end_time - start_time), 3)
                FROM batch_job_execution WHERE status = 'COMPLETED'
               ORDER BY job_execution_id DESC LIMIT 1")
  [[ -n $took ]] || fail "the Spring Batch job did not complete"
  record spring-batch "$1" seconds "$took"
  say "spring-batch, round $1: $took s"
}

# What the service imports is what all others have to; it is also where the clean rows come from.
prepare_reference() {
  local half
  start_service "nats://127.0.0.1:$(free_port)"
  settle_service none
  "$psql" -Xq -v ON_ERROR_STOP=1 \
    -c "\\copy users (email, name, role) FROM '$work/normal/users.csv' CSV HEADER"
  sql 'ANALYZE users'
  import "$work/normal/sessions.csv"
  stop_service
  reference=$(fingerprint)
  half=$((rows / 2))
  "$psql" -Xq -v ON_ERROR_STOP=1 \
    -c "\\copy (SELECT ${columns//$'\n'/ } FROM kintell_sessions WHERE source_row <= $half ORDER BY source_row) TO '$work/clean-1.copy'" \
    -c "\\copy (SELECT ${columns//$'\n'/ } FROM kintell_sessions WHERE source_row > $half ORDER BY source_row) TO '$work/clean-2.copy'"
  say "the service imports ${reference%%/*} of $rows rows"
}

# Another build may have another schema: it has a database of its own, with the same users.
prepare_other() {
  "$psql" -Xq -v ON_ERROR_STOP=1 -c "\\copy users TO '$work/users.copy'"
  sql 'CREATE DATABASE other'
  in_other_database start_and_fill
  say "the other build is ready"
}

start_and_fill() {
  start_service "nats://127.0.0.1:$(free_port)"
  settle_service none
  "$psql" -Xq -v ON_ERROR_STOP=1 -c "\\copy users FROM '$work/users.copy'"
  sql 'ANALYZE users'
  stop_service
}

# in_other_database <command>…: with the other build as the service
in_other_database() {
  local -x PGDATABASE=other
  # shellcheck disable=SC2034 # start_service reads them.
  local database_url=${database_url%/*}/other jar=$BENCH_OTHER_JAR
  "$@"
}

turn_other() {
  empty_tables
  turn_service other "$1" "$work/normal/sessions.csv" nats other-warm
  require_same_sessions other
}

turn() {
  case $1 in
    service)
      empty_tables
      turn_service service "$2" "$work/normal/sessions.csv" nats warm
      require_same_sessions service
      ;;
    service-keys-by-row)
      empty_tables
      BACKFILL_FOREIGN_KEYS=row \
        turn_service service-keys-by-row "$2" "$work/normal/sessions.csv" nats keys-by-row-warm
      require_same_sessions service-keys-by-row
      ;;
    other)
      in_other_database turn_other "$2"
      ;;
    service-without-events)
      empty_tables
      turn_service service-without-events "$2" "$work/normal/sessions.csv" ''
      require_same_sessions service-without-events
      ;;
    expert | limit | limit-without-keys | limit-events | spring-batch)
      empty_tables
      "turn_${1//-/_}" "$2"
      ;;
    refused)
      empty_tables
      sql "ALTER TABLE kintell_sessions ADD CONSTRAINT bench_refused CHECK (source_row % 10 > 2)"
      turn_service refused "$2" "$work/clean/sessions.csv" nats
      sql 'ALTER TABLE kintell_sessions DROP CONSTRAINT bench_refused'
      ;;
    files)
      empty_tables
      turn_service clean "$2" "$work/clean/sessions.csv" nats again-second kept
      turn_service again "$2" "$work/clean/sessions.csv" nats
      empty_tables
      turn_service half-bad "$2" "$work/half-bad/sessions.csv" nats
      ;;
    tenfold)
      empty_tables
      turn_service tenfold "$2" "$work/tenfold/sessions.csv" nats
      ;;
  esac
}
