#!/bin/sh
# Fetches peers into $PEERS_HOME (outside the repository): setup.sh restate dbos dapr temporal; all of them by default.
# Needs Node >= 20, Go >= 1.26.8 (temporal only) and, for dbos and the -pg variants, PostgreSQL from the distribution:
# apt-get install postgresql (only its binaries are used). Dapr's binaries are those of npm run doctor.
set -eu
PEERS_HOME=${PEERS_HOME:-${TMPDIR:-/tmp}/peers}
install() {
  dir=$PEERS_HOME/$1; shift
  mkdir -p "$dir"
  echo 'ignore-scripts=true' > "$dir/.npmrc"
  [ -f "$dir/package.json" ] || echo '{"private":true,"type":"module"}' > "$dir/package.json"
  (cd "$dir" && npm install --no-fund --no-audit --save-exact "$@")
}
[ $# -gt 0 ] || set -- restate dbos dapr temporal
for peer; do
  case $peer in
    restate) install restate @restatedev/restate-server@1.7.12 @restatedev/restate-sdk@1.17.2 ;;
    dbos) install dbos @dbos-inc/dbos-sdk@5.3.0 ;;
    dapr) install dapr @dapr/dapr@3.18.0 ;;
    temporal)
      install temporal @temporalio/worker@1.24.0 @temporalio/client@1.24.0 \
        @temporalio/workflow@1.24.0 @temporalio/activity@1.24.0
      # The Temporal CLI cannot be built from the module proxy (its nested module "cliext" is published nowhere);
      # the server can: about 10 minutes on 2 busy cores.
      if [ ! -x "$PEERS_HOME/temporal-go/bin/server" ]; then
        mkdir -p "$PEERS_HOME/temporal-go/bin"
        GOBIN=$PEERS_HOME/temporal-go/bin GOFLAGS=-buildvcs=false go install \
          go.temporal.io/server/cmd/server@v1.32.1 go.temporal.io/server/cmd/tools/sql@v1.32.1
      fi
      ;;
    *) echo "unknown peer $peer" >&2; exit 2 ;;
  esac
done
