#!/usr/bin/env bash
# Prints the whole path of the server to test: the one that is named, else the newest that was built.
#
# usage: find-server.sh [PATH-TO-UNITLS …]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
server=${1:-$(ls -t "$target"/{debug,release}/unitls 2>/dev/null | head -n 1 || true)}
if [ ! -x "$server" ]; then
  echo "run.sh: no server at ${server:-$target/debug/unitls}: run \`cargo build --package unitls\` first" >&2
  exit 2
fi
realpath "$server"
