#!/usr/bin/env bash
# Measures the service beside other ways of importing the same rows. README.md says what is compared
# and how to read the result.
#
#   bench/run.sh [rows]                     all of it; 1000000 rows if not said otherwise
#   bench/run.sh 100000 --only service,expert
#   ROUNDS=5 bench/run.sh
set -euo pipefail

usage() {
  cat <<'END'
bench/run.sh [rows] [--only contestant,…] [--no-build]

contestants: service service-keys-by-row service-without-events expert limit limit-without-keys
             limit-events spring-batch files refused latency, all by default;
             and tenfold and other, on demand only
environment: ROUNDS=3                   how often each has its turn
             BENCH_JAVA_OPTS=           for the service and the Spring Batch job; if it is not set,
                                        -Xmx256m and the options of deploy/java.options
             BENCH_BATCH_URL_OPTIONS=   behind the Spring Batch job's JDBC URL, as ?name=value
             BENCH_OTHER_JAR=           another build of the service, for other
             BENCH_RESULTS=bench/results
             PG_BIN=                    the folder of initdb and postgres, where it is not found
             TMPDIR=/tmp                where the files and the database go: allow 4 GB for 1000000 rows
END
}

wanted() {
  [[ ,$only, == *,$1,* ]]
}

# Decimal points and byte-wise order; what characters are stays as the locale has it.
export LANG=${LC_ALL:-${LANG:-C}}
unset LC_ALL
export LC_NUMERIC=C LC_COLLATE=C

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=bench/lib/messages.sh
source "$bench/lib/messages.sh"
ROUNDS=${ROUNDS:-3}
image_options=$(grep -v '^#' "$bench/../deploy/java.options" | xargs)
BENCH_JAVA_OPTS=${BENCH_JAVA_OPTS--Xmx256m $image_options}
BENCH_BATCH_URL_OPTIONS=${BENCH_BATCH_URL_OPTIONS:-}
BENCH_OTHER_JAR=${BENCH_OTHER_JAR:-}
BENCH_RESULTS=${BENCH_RESULTS:-$bench/results}
jar=$bench/../target/kintell-connector.jar
contestants=(service other service-keys-by-row service-without-events expert limit limit-without-keys
  limit-events spring-batch files refused tenfold)
only=service,service-keys-by-row,service-without-events,expert,limit,limit-without-keys,limit-events,spring-batch,files,refused,latency
rows=1000000
build=true

while (($#)); do
  case $1 in
    --only)
      only=${2:?"--only needs a list of contestants"}
      shift
      ;;
    --no-build) build=false ;;
    -h | --help)
      usage
      exit
      ;;
    *[!0-9]* | '') usage >&2; exit 2 ;;
    *) rows=$1 ;;
  esac
  shift
done
for name in ${only//,/ }; do
  [[ " ${contestants[*]} latency " == *" $name "* ]] || fail "no contestant is called $name"
done
if wanted other; then
  [[ -r $BENCH_OTHER_JAR ]] || fail "set BENCH_OTHER_JAR to the jar of the other build"
fi

# shellcheck source=bench/lib/servers.sh
source "$bench/lib/servers.sh"
# shellcheck source=bench/lib/measure.sh
source "$bench/lib/measure.sh"
# shellcheck source=bench/lib/contestants.sh
source "$bench/lib/contestants.sh"
# shellcheck source=bench/lib/latency.sh
source "$bench/lib/latency.sh"
# shellcheck source=bench/lib/report.sh
source "$bench/lib/report.sh"

[[ -r /proc/self/stat ]] || fail "processor time and memory are read from /proc, which only Linux has"
for program in java curl awk nats-server; do
  command -v "$program" >/dev/null || fail "$program is not installed"
done
pg_bin=${PG_BIN:-$(find_postgres)}
psql=$(command -v "$pg_bin/psql" || command -v psql) || fail "psql is not installed"
load_before=$(cut -d' ' -f1-3 /proc/loadavg)
commit=$(git -C "$bench" rev-parse --short HEAD 2>/dev/null || echo unknown)
if [[ -n $(git -C "$bench" status --porcelain 2>/dev/null) ]]; then
  commit+=", with changes"
fi

if $build; then
  say "build"
  "$bench/../mvnw" -q -f "$bench/../pom.xml" package -DskipTests
  if wanted spring-batch; then
    "$bench/../mvnw" -q -f "$bench/spring-batch/pom.xml" package
  fi
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/kintell-bench.XXXXXX")
chmod 711 "$work"
trap stop_all EXIT
trap 'exit 130' INT TERM
: >"$work/raw.tsv"

say "generate $rows rows"
generate() {
  java "$bench/Generate.java" "$1" "$work/$2" "$3"
}
generate "$rows" normal 2
if wanted files || wanted refused; then
  generate "$rows" clean 0
fi
if wanted files; then
  generate "$rows" half-bad 50
fi
if wanted tenfold; then
  generate "$((rows * 10))" tenfold 2
fi

say "prepare"
start_postgres
prepare_reference
if wanted other; then
  prepare_other
fi
for ((round = 1; round <= ROUNDS; round++)); do
  for contestant in "${contestants[@]}"; do
    if wanted "$contestant"; then
      turn "$contestant" "$round"
    fi
  done
done
if wanted latency; then
  measure_latency
fi

mkdir -p "$BENCH_RESULTS"
result=$BENCH_RESULTS/$(date -u +%F).md
[[ -e $result ]] || printf '# Measured on %s\n\n' "$(date -u +%F)" >"$result"
report | tee -a "$result"
say "appended to $result"
