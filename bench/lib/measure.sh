# shellcheck shell=bash
# Clock, processor time and memory, from /proc.

ticks_a_second=$(getconf CLK_TCK)

# difference <from> <to>, in seconds
difference() {
  awk -v from="$1" -v to="$2" 'BEGIN { printf "%.3f\n", to - from }'
}

# ticks_of <pid> <last field>: user and system time of a process; with last field 17 instead of 15,
# of its children that have ended as well.
ticks_of() {
  local stat fields field sum=0
  # One that has just ended counts with its parent.
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || { echo 0; return; }
  # Behind the name, which may hold anything, the third field is the first.
  read -ra fields <<<"${stat##*) }"
  for ((field = 14; field <= $2; field++)); do
    ((sum += fields[field - 3]))
  done
  echo "$sum"
}

# cpu_of <pid>, in seconds
cpu_of() {
  awk -v ticks="$(ticks_of "$1" 15)" -v rate="$ticks_a_second" 'BEGIN { printf "%.2f\n", ticks / rate }'
}

# The whole server: the postmaster, its processes that have ended, those that live. Read anew when
# one of them went from the latter to the former meanwhile.
postgres_cpu() {
  local ended living child
  until [[ ${ended:-} == "$(ticks_of "$postgres_pid" 17)" ]]; do
    ended=$(ticks_of "$postgres_pid" 17)
    living=0
    for child in $(<"/proc/$postgres_pid/task/$postgres_pid/children"); do
      ((living += $(ticks_of "$child" 15))) || true
    done
  done
  awk -v ticks="$((ended + living))" -v rate="$ticks_a_second" 'BEGIN { printf "%.2f\n", ticks / rate }'
}

# Sets children_cpu to the seconds used by the processes that this shell has waited for. Not to be
# called in a subshell, which has children of its own.
note_children_cpu() {
  times >"$work/times"
  children_cpu=$(awk 'NR == 2 {
    for (i = 1; i <= 2; i++) { split($i, part, /[ms]/); sum += part[1] * 60 + part[2] }
    printf "%.2f\n", sum }' "$work/times")
}

# Peak resident memory of processes together, in kilobytes; 0 when none is alive.
resident() {
  local pid name value sum=0
  for pid in "$@"; do
    while read -r name value _; do
      if [[ $name == VmHWM: ]]; then
        ((sum += value)) || true
      fi
    done 2>/dev/null <"/proc/$pid/status" || true
  done
  echo "$sum"
}

# watch_memory <file> <pid>…: writes their peak to the file until they have ended.
watch_memory() {
  local file=$1 peak=0 now
  shift
  while now=$(resident "$@") && ((now > 0)); do
    if ((now > peak)); then
      peak=$now
      echo "$peak" >"$file"
    fi
    sleep 0.1
  done
}

megabytes() {
  awk -v kilobytes="$1" 'BEGIN { printf "%.0f\n", kilobytes / 1024 }'
}

# record <contestant> <round> <measure> <value>
record() {
  printf '%s\t%s\t%s\t%s\n' "$@" >>"$work/raw.tsv"
}

# median <contestant> <measure>: of the rounds that have it; nothing when none has
median() {
  values "$@" | sort -g | awk '{ value[NR] = $1 }
    END { if (NR) print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

values() {
  awk -F'\t' -v who="$1" -v what="$2" '$1 == who && $3 == what { print $4 }' "$work/raw.tsv"
}
