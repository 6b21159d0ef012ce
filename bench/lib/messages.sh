# shellcheck shell=bash
# What a script of this folder says, on standard error.

fail() {
  echo "bench/${0##*/}: $1" >&2
  exit 1
}

# fail_with_log <what> <file>…
fail_with_log() {
  echo "bench/${0##*/}: $1; the log ends:" >&2
  tail -n 20 "${@:2}" >&2
  exit 1
}

say() {
  echo "$(date +%T) $1" >&2
}
