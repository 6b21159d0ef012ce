#!/usr/bin/env bash
# Whether the service is well, for the container: 0 for the answer 200 to GET /health, and nothing else. Without
# curl, which the image need not have. A probe that is refused knows nothing, and says so.
set -u
port=${SERVER_PORT:-3002}
key=
if [[ -n ${HEALTHCHECK_KEY_FILE:-} ]]; then
  key="X-API-Key: $(<"$HEALTHCHECK_KEY_FILE")"$'\r\n'
fi
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET /health HTTP/1.0\r\nHost: localhost\r\n%s\r\n' "$key" >&3
read -r -t 4 _ status _ <&3 || exit 1
status=${status%$'\r'}
case $status in
200) exit 0 ;;
401 | 403)
  echo "$status: the probe may not ask. Set BACKFILL_OPEN_HEALTH=true, or HEALTHCHECK_KEY_FILE to a file with a key of the role viewer"
  exit 1
  ;;
*)
  echo "$status"
  exit 1
  ;;
esac
