#!/usr/bin/env bash
# Runs the Neovim test: a real editor with editors/neovim as its only package, in a home of its own, and the built server.
#
# usage: tests/editors/neovim/run.sh [PATH-TO-UNITLS]
#
# Without an argument the newest of target/{debug,release}/unitls is taken. Prints one `ok`/`not ok` line per expectation
# (TAP); exit status 0 if all hold. $UNITLS_NVIM names the Neovim to use, see get-neovim.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}

server=${1:-$(ls -t "$target"/{debug,release}/unitls 2>/dev/null | head -n 1 || true)}
if [ ! -x "$server" ]; then
  echo "run.sh: no server at ${server:-$target/debug/unitls}: run \`cargo build --package unitls\` first" >&2
  exit 2
fi
server=$(realpath "$server")
nvim=$("$here/get-neovim.sh")

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{bin,home,config,data/nvim/site/pack/unitls/start,state,cache,runtime,units/.git}
chmod 700 "$scratch/runtime"
ln -s "$root/editors/neovim" "$scratch/data/nvim/site/pack/unitls/start/unitls"
cp "$root"/tests/units/diceroll/diceroll.{service,socket} "$scratch/units/"
# Notes the process number, then becomes the server.
printf '#!/bin/sh\necho $$ >>"%s"\nexec "%s" "$@"\n' "$scratch/pids" "$server" >"$scratch/bin/unitls"
chmod 755 "$scratch/bin/unitls"

echo "# $("$nvim" --version | head -n 1), $server"
cd "$scratch/units"
status=0
env -i PATH="$scratch/bin:$PATH" LANG=C.UTF-8 HOME="$scratch/home" TMPDIR="$scratch" \
  XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_STATE_HOME="$scratch/state" \
  XDG_CACHE_HOME="$scratch/cache" XDG_RUNTIME_DIR="$scratch/runtime" \
  timeout --kill-after=5 240 "$nvim" --headless -n diceroll.service -c "luafile $here/diceroll.lua" \
  2>"$scratch/messages" </dev/null | tee "$scratch/tap" || status=$?

# The editor is gone: no server may be left behind. (A zombie has exited; that nobody has collected it is the machine's matter.)
running() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"; }
tests=$(grep -cE '^(not )?ok ' "$scratch/tap" || true)
verdict=ok
for pid in $(cat "$scratch/pids" 2>/dev/null || echo none); do
  for _ in $(seq 50); do
    running "$pid" || break
    sleep 0.1
  done
  if [ "$pid" = none ] || running "$pid"; then
    verdict='not ok'
    status=1
    echo "# server process $pid: $(grep -s '^State:' "/proc/$pid/status" || echo 'never started')"
    [ "$pid" = none ] || kill -KILL "$pid"
  fi
done
tests=$((tests + 1))
echo "$verdict $tests - the server exits within 5 s of :quitall"
echo "1..$tests"

if [ "$status" -ne 0 ]; then
  echo "# exit status $status (124: out of time). What the editor said:"
  sed 's/^/#   /' "$scratch/messages"
  echo "# The end of its language server log:"
  tail -n 40 "$scratch/state/nvim/lsp.log" 2>/dev/null | cut -c 1-400 | sed 's/^/#   /' || true
fi
exit "$status"
