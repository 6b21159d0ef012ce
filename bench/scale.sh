#!/usr/bin/env bash
# Measures how fast one, two and three processes load one job together, where each has a small share
# of a processor and PostgreSQL has the rest.
#
#   bench/scale.sh                 300000 rows, three rounds
#   bench/scale.sh 100000
#   ROUNDS=5 SERVICE_CPU=0.2 POSTGRES_CPU=1.2 bench/scale.sh
#
# Prints seconds, times as fast as one process, and the part of PostgreSQL's share that was used: beyond
# 80 % it is PostgreSQL that limits. Needs what bench/run.sh needs, but nats-server; a built jar; and
# root, for control groups.
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=bench/lib/messages.sh
source "$bench/lib/messages.sh"
rows=${1:-300000}
[[ $rows =~ ^[0-9]+$ ]] || fail "the number of rows is not a number: $rows"
ROUNDS=${ROUNDS:-3}
SERVICE_CPU=${SERVICE_CPU:-0.2}
POSTGRES_CPU=${POSTGRES_CPU:-1.2}
MOST=3
[[ $(id -u) -eq 0 ]] || fail "control groups need root"

# shellcheck source=bench/lib/built.sh
source "$bench/lib/built.sh"

# Version 1 of control groups has a folder for processors, version 2 one folder for all.
period=100000
if [[ -e /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]]; then
  groups=/sys/fs/cgroup/cpu/kintell-bench-$$
elif grep -qw cpu /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null; then
  groups=/sys/fs/cgroup/kintell-bench-$$
else
  fail "there is no control group for processors below /sys/fs/cgroup"
fi

# group <name> <pid>: a control group without a limit, with the process in it
group() {
  mkdir "$groups-$1"
  echo "$2" >"$groups-$1/cgroup.procs"
}

# limit <name> <processors>, as a decimal number
limit() {
  local quota
  quota=$(awk -v share="$2" -v period="$period" 'BEGIN { printf "%d", share * period }')
  if [[ -e $groups-$1/cpu.cfs_quota_us ]]; then
    echo "$period" >"$groups-$1/cpu.cfs_period_us"
    echo "$quota" >"$groups-$1/cpu.cfs_quota_us"
  else
    echo "$quota $period" >"$groups-$1/cpu.max"
  fi
}

services=()

end() {
  local pid name
  for pid in "${services[@]}"; do
    service_pid=$pid
    stop_process service_pid TERM
  done
  stop_all
  for name in postgres 1 2 3; do
    rmdir "$groups-$name" 2>/dev/null || true
  done
}
trap end EXIT
trap 'exit 130' INT TERM

say "generate $rows rows"
java "$bench/Generate.java" "$rows" "$work/normal" 2
say "prepare"
start_postgres
group postgres "$postgres_pid"
prepare_reference
for ((process = 1; process <= MOST; process++)); do
  start_service "nats://127.0.0.1:$(free_port)"
  services+=("$service_pid")
  group "$process" "$service_pid"
done
settle_service none
# Without limits, so that all have compiled their code before it counts: each loads a third of these.
for ((warm = 0; warm < 3 * MOST; warm++)); do
  empty_tables
  import "$work/normal/sessions.csv"
done
limit postgres "$POSTGRES_CPU"

echo "| processes | round | seconds | of PostgreSQL's share |"
echo "|---:|---:|---:|---:|"
# The one that is asked is the last to have begun, so it stays.
for ((processes = MOST; processes >= 1; processes--)); do
  for ((process = MOST; process > MOST - processes; process--)); do
    limit "$process" "$SERVICE_CPU"
  done
  for ((round = 1; round <= ROUNDS; round++)); do
    empty_tables
    before=$(postgres_cpu)
    import "$work/normal/sessions.csv"
    used=$(awk -v cpu="$(difference "$before" "$(postgres_cpu)")" -v took="$completed_took" -v share="$POSTGRES_CPU" \
      'BEGIN { printf "%.0f %%", 100 * cpu / took / share }')
    require_same_sessions "$processes processes"
    record "$processes" "$round" seconds "$completed_took"
    echo "| $processes | $round | $completed_took | $used |"
  done
  # The next round has one less.
  service_pid=${services[MOST - processes]}
  if ((processes > 1)); then
    stop_process service_pid TERM
  fi
done
one=$(median 1 seconds)
echo
for ((processes = 1; processes <= MOST; processes++)); do
  awk -v n="$processes" -v one="$one" -v took="$(median "$processes" seconds)" \
    'BEGIN { printf "%d: %.1f s, %.2f times as fast as one\n", n, took, one / took }'
done
