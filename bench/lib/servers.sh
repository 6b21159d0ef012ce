# shellcheck shell=bash
# The servers of a run: PostgreSQL, nats-server and the service, all on free ports of the loopback
# interface, all in the run's own folder, all stopped at its end.

postgres_pid=
nats_pid=
nats_url=
nats_monitor=
service_pid=
server_user=()

# Below the ports that systems give to outgoing connections.
free_port() {
  local port
  while :; do
    port=$((10240 + RANDOM % 22000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

# The newest installed server; its programs are seldom on the PATH.
find_postgres() {
  local found
  if found=$(command -v initdb); then
    dirname "$(readlink -f "$found")"
    return
  fi
  found=$(find /usr/lib/postgresql /usr/local/lib/postgresql /usr/pgsql-* /opt/homebrew/opt/postgresql* \
    -name initdb -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1)
  [[ -n $found ]] || fail "no PostgreSQL server is installed. Debian, Ubuntu: apt install postgresql; Fedora: dnf install postgresql-server postgresql; or set PG_BIN to the folder that has initdb"
  dirname "$found"
}

# PostgreSQL refuses to run as root.
drop_root() {
  [[ $(id -u) -eq 0 ]] || return 0
  command -v setpriv >/dev/null || fail "run this as another user than root, or install setpriv (util-linux)"
  local user=nobody
  if id postgres >/dev/null 2>&1; then
    user=postgres
  fi
  server_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
  chown "$user" "$work/postgres"
}

start_postgres() {
  local port tries locale=C.UTF-8
  mkdir "$work/postgres"
  drop_root
  if ! locale -a 2>/dev/null | grep -qix 'c\.utf-\?8'; then
    locale=C
  fi
  (cd / && "${server_user[@]}" "$pg_bin/initdb" -D "$work/postgres/data" -U bench -A trust -E UTF8 \
    --locale="$locale") >"$work/initdb.log" 2>&1 || fail_with_log "initdb failed" "$work/initdb.log"
  port=$(free_port)
  # shellcheck disable=SC2086 # The options are words.
  (cd / && exec "${server_user[@]}" "$pg_bin/postgres" -D "$work/postgres/data" -h 127.0.0.1 -p "$port" \
    -k "$work/postgres" ${POSTGRES_OPTIONS:-}) >"$work/postgres.log" 2>&1 &
  postgres_pid=$!
  export PGHOST=127.0.0.1 PGPORT=$port PGUSER=bench PGDATABASE=postgres PGCLIENTENCODING=UTF8
  export PGOPTIONS='-c client_min_messages=warning'
  for ((tries = 0; tries < 100; tries++)); do
    if "$psql" -XAtqc 'SELECT' >/dev/null 2>&1; then
      database_url="postgres://bench@127.0.0.1:$port/postgres"
      return
    fi
    kill -0 "$postgres_pid" 2>/dev/null || break
    sleep 0.1
  done
  fail_with_log "PostgreSQL does not start" "$work/postgres.log"
}

# A server without messages, its store a folder of its own.
start_nats() {
  local port tries
  rm -rf "$work/nats"
  port=$(free_port)
  nats_monitor="http://127.0.0.1:$(free_port)"
  nats-server --addr 127.0.0.1 --port "$port" --http_port "${nats_monitor##*:}" --jetstream \
    --store_dir "$work/nats" >"$work/nats.log" 2>&1 &
  nats_pid=$!
  nats_url="nats://127.0.0.1:$port"
  for ((tries = 0; tries < 100; tries++)); do
    if grep -q 'Server is ready' "$work/nats.log"; then
      return
    fi
    kill -0 "$nats_pid" 2>/dev/null || break
    sleep 0.1
  done
  fail_with_log "nats-server does not start" "$work/nats.log"
}

stop_nats() {
  stop_process nats_pid TERM
}

# start_service <NATS URL> [seconds] [options of java]…: a fresh JVM on the database as it is;
# service_url is where it answers. Returns when /health is 200, asked every so many seconds.
start_service() {
  local port
  port=$(free_port)
  service_url="http://127.0.0.1:$port"
  mkdir -p "$work/errors"
  local program=("${@:3}")
  ((${#program[@]})) || program=(-jar "$jar")
  # shellcheck disable=SC2086 # The options are words.
  DATABASE_URL=$database_url NATS_URL=$1 SERVER_PORT=$port BACKFILL_DATA_DIR="$work/data" \
    BACKFILL_INBOX_DIR="$work/inbox" BACKFILL_ERRORS_DIR="$work/errors" \
    java $BENCH_JAVA_OPTS "${program[@]}" >"$work/service.log" 2>&1 &
  service_pid=$!
  local deadline=$((SECONDS + 300))
  # The port first: curl, fifty times a second, would slow the start down.
  until { true <>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null \
    && curl -sf --max-time 10 -o /dev/null "$service_url/health"; do
    if ! kill -0 "$service_pid" 2>/dev/null || ((SECONDS > deadline)); then
      fail_with_log "the service does not start" "$work/service.log"
    fi
    sleep "${2:-0.1}"
  done
}

# Until it has found NATS and its start has left the processor alone.
settle_service() {
  local tries
  if [[ $1 == "$nats_url" ]]; then
    for ((tries = 0; tries < 100; tries++)); do
      if curl -sf "$service_url/health" | grep -q '"nats":"ok"'; then
        break
      fi
      sleep 0.1
    done
  fi
  sleep 1
}

stop_service() {
  stop_process service_pid TERM
  rm -rf "$work/data" "$work/inbox" "$work/errors"
}

# stop_process <name of the variable that holds its id> <signal>
stop_process() {
  local -n process=$1
  if [[ -n $process ]]; then
    kill -s "$2" "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
    process=
  fi
}

stop_all() {
  stop_process service_pid TERM
  stop_process nats_pid TERM
  # A fast shutdown closes the connections.
  stop_process postgres_pid INT
  rm -rf "$work"
}
