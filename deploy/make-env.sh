#!/usr/bin/env bash
# Makes the file .env for docker-compose.yml, with random secrets, unless it is there. Nobody else can read it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ -e .env ]]; then
  echo ".env is there already, and is left as it is" >&2
  exit 0
fi
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
cat >.env <<END
POSTGRES_PASSWORD=$(secret)
NATS_TOKEN=$(secret)
GRAFANA_PASSWORD=$(secret)
STORE_SECRET=$(secret)
END
echo "Made .env. To use the database: export DATABASE_URL=postgres://kintell:\$POSTGRES_PASSWORD@127.0.0.1:5432/kintell" >&2
