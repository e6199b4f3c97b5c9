#!/usr/bin/env bash
# Runs the VS Code tests: the extension's types and unit tests, then the packed extension with the built server inside, in
# a real workbench that a browser shows.
#
# usage: tests/editors/vscode/run.sh [PATH-TO-UNITLS [ARTEFACTS-DIR]]
#
# Without an argument the newest of target/{debug,release}/unitls is taken. Prints one `ok`/`not ok` line per expectation
# (TAP); exit status 0 if all hold. Screenshots and logs go to ARTEFACTS-DIR (target/vscode). Wants npm, chromium and
# ripgrep; VS Code itself comes from get-vscode.sh. $UNITLS_CHROMIUM names another browser.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
extension=$root/editors/vscode

server=$("$here/../find-server.sh" "$@")
chromium=${UNITLS_CHROMIUM:-$(command -v chromium || true)}
if [ ! -x "$chromium" ]; then
  echo "run.sh: no chromium here (Debian: chromium); \$UNITLS_CHROMIUM names another" >&2
  exit 2
fi
vscode=$("$here/get-vscode.sh")
export PATH="$vscode/bin:$PATH"

scratch=$(mktemp -d)
artefacts=${2:-$target/vscode}
mkdir -p "$artefacts"
artefacts=$(realpath "$artefacts")
workbench=
finish() {
  [ -z "$workbench" ] || kill "$workbench" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

quietly() {
  local log=$artefacts/$1.log
  shift
  ("$@") >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
  }
}
cd "$extension"
if ! cmp -s package-lock.json node_modules/.lock; then
  quietly libraries npm ci --no-progress
  cp package-lock.json node_modules/.lock
fi
quietly check npm run check
quietly unit-tests env UNITLS="$server" npm test

mkdir -p "$scratch"/{home,data,extensions,diceroll,strange/.vscode}
quietly package node scripts/package.mjs --server "$server" --out "$scratch/unitls.vsix"

# As little as possible of this machine: no settings, no servers on PATH, no network. The shell becomes the program, so that
# ending it ends the workbench.
code() {
  exec env -i PATH="/usr/local/bin:/usr/bin:/bin" LANG=C.UTF-8 HOME="$scratch/home" TMPDIR="$scratch" \
    "$vscode/bin/node" "$vscode/node_modules/code-server/lib/vscode/out/server-main.js" \
    --server-data-dir "$scratch/data" --extensions-dir "$scratch/extensions" --accept-server-license-terms "$@"
}
# No page that welcomes new users, which takes the place of a file when it comes late.
mkdir -p "$scratch/data/data/Machine"
echo '{ "workbench.startupEditor": "none" }' >"$scratch/data/data/Machine/settings.json"
quietly install code --install-extension "$scratch/unitls.vsix"

cp "$root"/tests/units/diceroll/diceroll.{service,socket} "$scratch/diceroll/"
# A folder that nobody has reason to trust: its settings name a program of its own as the server.
cp "$root"/tests/units/diceroll/diceroll.{service,socket} "$scratch/strange/"
printf '#!/bin/sh\ntouch "%s"\n' "$scratch/strange-program-ran" >"$scratch/strange/unitls"
chmod 755 "$scratch/strange/unitls"
printf '{ "unitls.server.path": "%s" }\n' "$scratch/strange/unitls" >"$scratch/strange/.vscode/settings.json"

# An earlier run's log would tell of its port.
: >"$artefacts/workbench.log"
code --host 127.0.0.1 --port 0 --without-connection-token >>"$artefacts/workbench.log" 2>&1 &
workbench=$!
for _ in $(seq 300); do
  port=$(sed -n 's/^Extension host agent listening on //p' "$artefacts/workbench.log")
  [ -z "$port" ] || break
  kill -0 "$workbench" 2>/dev/null || break
  sleep 0.1
done
if [ -z "${port:-}" ]; then
  echo "run.sh: the workbench does not start:" >&2
  cat "$artefacts/workbench.log" >&2
  exit 1
fi

version() { node -p "JSON.parse(fs.readFileSync('$vscode/node_modules/code-server/lib/vscode/package.json')).version"; }
echo "# VS Code $(version) in $("$chromium" --version --no-sandbox 2>/dev/null), $server"
status=0
env UNITLS_VSCODE="$vscode" timeout --kill-after=5 480 node "$here/workbench.mjs" \
  --url "http://127.0.0.1:$port/" --chromium "$chromium" --scratch "$scratch" --artefacts "$artefacts" --server "$server" || status=$?
if [ "$status" -ne 0 ]; then
  echo "# exit status $status (124: out of time). What the extension said:"
  find "$scratch/data" -name '*unitls*.log' -exec tail -n 30 {} + 2>/dev/null | cut -c 1-300 | sed 's/^/#   /'
  echo "# Screenshots: $artefacts"
fi
exit "$status"
