# shellcheck shell=bash
# A built jar, the programs to measure it with, and a folder for the run.

BENCH_JAVA_OPTS=${BENCH_JAVA_OPTS--Xmx256m $(grep -v '^#' "$bench/../deploy/java.options" | xargs)}
jar=${BENCH_JAR:-$bench/../target/kintell-connector.jar}
[[ -r $jar ]] || fail "$jar is missing; build it, or name another with BENCH_JAR"
export LC_NUMERIC=C

# shellcheck source=bench/lib/servers.sh
source "$bench/lib/servers.sh"
# shellcheck source=bench/lib/measure.sh
source "$bench/lib/measure.sh"
# shellcheck source=bench/lib/contestants.sh
source "$bench/lib/contestants.sh"

pg_bin=${PG_BIN:-$(find_postgres)}
psql=$(command -v "$pg_bin/psql" || command -v psql) || fail "psql is not installed"
work=$(mktemp -d "${TMPDIR:-/tmp}/kintell-bench.XXXXXX")
chmod 711 "$work"
: >"$work/raw.tsv"
