# shellcheck shell=bash
# What was measured, as Markdown.

report() {
  local ratios
  echo "## $(date -u '+%Y-%m-%d %H:%M') UTC, $(grouped "$rows") rows"
  echo
  environment
  echo
  contestant_table
  ratios=$(ratio_lines)
  if [[ -n $ratios ]]; then
    printf '\n| median of the ratios of the rounds | |\n|---|---:|\n%s\n' "$ratios"
  fi
  if wanted latency; then
    echo
    latency_table
  fi
  echo
  round_table
  echo
}

environment() {
  cat <<END
| | |
|---|---|
| processor | $(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) cores |
| memory | $(awk '/^MemTotal/ { printf "%.0f MB", $2 / 1024 }' /proc/meminfo) |
| system | $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), Linux $(uname -r) |
| files on | $(df --output=fstype "$work" | tail -n 1) |
| load average before | $load_before |
| Java | $(java -version 2>&1 | tail -n 1), \`$BENCH_JAVA_OPTS\` |
| PostgreSQL | $("$pg_bin/postgres" --version), default settings |
| nats-server | $(nats-server --version 2>&1 | sed 's/.*: *//') |
| commit | $commit |
| rounds | $ROUNDS |
END
}

contestant_table() {
  cat <<'END'
| | median s | rows a second | peak RSS MB | CPU s | PostgreSQL CPU s | NATS CPU s |
|---|---:|---:|---:|---:|---:|---:|
END
  contestant_line service start 'the service: `start`, upload and index'
  contestant_line service seconds 'the service: `resume` to `completed`' costs
  contestant_line service events 'the service: `resume` to `eventsPending` 0'
  contestant_line warm seconds 'the service, its second import: `resume` to `completed`' costs
  contestant_line warm events 'the service, its second import: `resume` to `eventsPending` 0'
  contestant_line other seconds 'the other build: `resume` to `completed`' costs
  contestant_line other events 'the other build: `resume` to `eventsPending` 0'
  contestant_line other-warm seconds 'the other build, its second import: `resume` to `completed`' costs
  contestant_line other-warm events 'the other build, its second import: `resume` to `eventsPending` 0'
  contestant_line service-keys-by-row seconds 'the service, foreign keys row by row: `resume` to `completed`' costs
  contestant_line keys-by-row-warm seconds 'the same, its second import' costs
  contestant_line service-without-events seconds 'the same without NATS: to `completed`' costs
  contestant_line expert seconds 'expert.sql' costs
  contestant_line limit seconds 'the limit: two COPYs of clean rows' costs
  contestant_line limit-without-keys seconds 'the same without checks of foreign keys' costs
  contestant_line limit-events events 'the limit of events: NATS and its client alone' costs
  contestant_line spring-batch seconds 'Spring Batch: the job' costs
  contestant_line spring-batch process-seconds 'Spring Batch: with the start of its JVM'
  contestant_line clean seconds 'the service: a file without bad rows' costs
  contestant_line again seconds 'the service: the same file again' costs
  contestant_line again-second seconds 'the service: the same file again, by the process that has imported it' costs
  contestant_line half-bad seconds 'the service: a file with 50 % bad rows' costs
  contestant_line refused seconds 'the service: 30 % of a file refused by a CHECK of the table' costs
  contestant_line tenfold seconds 'the service: ten times the rows' costs
}

# contestant_line <contestant> <measure> <label> [costs]
contestant_line() {
  local seconds
  seconds=$(median "$1" "$2")
  [[ -n $seconds ]] || return 0
  local count
  count=$(median "$1" rows)
  printf '| %s | %.2f | %s |' "$3" "$seconds" \
    "$(grouped "$(awk -v rows="$count" -v s="$seconds" 'BEGIN { printf "%.0f", rows / s }')")"
  if [[ -n ${4:-} ]]; then
    printf ' %s | %s | %s | %s |\n' "$(median "$1" client-memory)" "$(median "$1" client-cpu)" \
      "$(median "$1" postgres-cpu)" "$(median "$1" nats-cpu)"
  else
    printf ' | | | |\n'
  fi
}

ratio_lines() {
  ratio_line 'times as fast as expert.sql, to `completed`' expert seconds service seconds
  ratio_line 'times as fast as expert.sql, to `eventsPending` 0' expert seconds service events
  after_last_row
  ratio_line 'times as fast as the Spring Batch job' spring-batch seconds service seconds
  ratio_line 'of the speed of the limit' limit seconds service seconds
  ratio_line 'second import: times as fast as expert.sql, to `completed`' expert seconds warm seconds
  ratio_line 'second import: times as fast as expert.sql, to `eventsPending` 0' expert seconds warm events
  ratio_line 'second import: times as fast as the Spring Batch job' spring-batch seconds warm seconds
  ratio_line 'second import: of the speed of the limit' limit seconds warm seconds
  ratio_line 'second import: of the speed of the limit without checks of foreign keys' limit-without-keys seconds warm seconds
  ratio_line 'times as fast as the other build' other seconds service seconds
  ratio_line 'the same, to `eventsPending` 0' other events service events
  ratio_line 'second import: times as fast as the other build' other-warm seconds warm seconds
  ratio_line 'second import: the same, to `eventsPending` 0' other-warm events warm events
  ratio_line 'second import: times as fast as with foreign keys row by row' keys-by-row-warm seconds warm seconds
  ratio_line 'a file with 30 % refused rows takes, of the time of a clean one' refused seconds clean seconds
  ratio_line '`completed` with events takes, of the time without' service seconds service-without-events seconds
  share_of_start
  ratio_line 'a file with 50 % bad rows takes, of the time of a clean one' half-bad seconds clean seconds
  ratio_line 'a file that is wholly there already takes, of the time of the first import' again seconds clean seconds
  ratio_line 'the same, by the process that has imported it' again-second seconds clean seconds
  ratio_line 'ten times the rows take, of the time of the rows' tenfold seconds service seconds
}

# ratio_line <label> <contestant> <measure> <contestant> <measure>
ratio_line() {
  local ratio
  # What was measured in one round met the same neighbours on the machine.
  ratio=$(awk -F'\t' -v who="$2" -v what="$3" -v other="$4" -v its="$5" '
    $1 == who && $3 == what { above[$2] = $4 }
    $1 == other && $3 == its { below[$2] = $4 }
    END { for (round in above) if (below[round] > 0) print above[round] / below[round] }' "$work/raw.tsv" \
    | sort -g | awk '{ value[NR] = $1 }
      END { if (NR) printf "%.2f", NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }')
  if [[ -n $ratio ]]; then
    echo "| $1 | $ratio |"
  fi
}

# Events are also published while rows are loaded, so this may be less than 1.
after_last_row() {
  local limit completed events
  limit=$(median limit-events events)
  completed=$(median warm seconds)
  events=$(median warm events)
  if [[ -n $limit && -n $events ]]; then
    echo "| second import: from \`completed\` to the last event, of the limit of events | $(awk -v limit="$limit" \
      -v took="$(difference "$completed" "$events")" 'BEGIN { printf "%.2f", took / limit }') |"
  fi
}

share_of_start() {
  local start completed
  start=$(median service start)
  completed=$(median service seconds)
  if [[ -n $start ]]; then
    echo "| share of \`start\` in \`start\` and \`resume\` to \`completed\` | $(awk -v start="$start" \
      -v completed="$completed" 'BEGIN { printf "%.0f %%", 100 * start / (start + completed) }') |"
  fi
}

latency_table() {
  cat <<END
| latency | median ms | highest ms | times |
|---|---:|---:|---:|
| \`java -jar\` to \`/health\` 200, on an existing database | $(latency_line start-to-health) |
| the same from the folder that \`deploy/prepare.sh\` makes | $(latency_line prepared-start) |
| a file of 3 rows, \`resume\` to \`completed\`; the first, on a cold JVM, took $(values three-rows ms | head -n 1) ms | $(latency_line three-rows) |
| \`status\` while two large jobs run; p99 $(percentile status 99) ms | $(latency_line status) |
END
}

latency_line() {
  echo "$(median "$1" ms) | $(percentile "$1" 100) | $(values "$1" ms | wc -l)"
}

round_table() {
  local who what
  echo '| seconds in each round | |'
  echo '|---|---|'
  cut -f 1,3 "$work/raw.tsv" | awk '!seen[$0]++' | while IFS=$'\t' read -r who what; do
    case $what in
      start | seconds | events) echo "| $who: $what | $(values "$who" "$what" | paste -sd ' ') |" ;;
    esac
  done
}

# 1234567 as 1,234,567
grouped() {
  sed -E ':again; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; t again' <<<"$1"
}
