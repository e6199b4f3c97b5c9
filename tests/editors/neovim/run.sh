#!/usr/bin/env bash
# Runs the Neovim tests: a real editor with editors/neovim as its only package, in a home of its own, and the built server.
#
# usage: tests/editors/neovim/run.sh [PATH-TO-UNITLS]
#
# Without an argument the newest of target/{debug,release}/unitls is taken. Prints one `ok`/`not ok` line per expectation
# (TAP); exit status 0 if all hold. $UNITLS_NVIM names the Neovim to use, see get-neovim.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)

server=$("$here/../find-server.sh" "$@")
nvim=$("$here/get-neovim.sh")

all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT
count=0
status=0

# expect NAME COMMAND…: one more TAP line, by the command's exit status.
expect() {
  local verdict=ok
  "${@:2}" || { verdict='not ok'; status=1; failed=1; }
  count=$((count + 1))
  echo "$verdict $count - $1"
}

# A zombie has exited; that nobody has collected it is the machine's matter.
running() { grep -qs '^State:[[:space:]]*[^Z]' "/proc/$1/status"; }
# Whether every process of a list starts and then ends; what does not is killed.
all_end() {
  local pid left=0
  [ -s "$1" ] || { echo '# no server was started'; return 1; }
  while read -r pid; do
    for _ in $(seq 50); do
      running "$pid" || break
      sleep 0.1
    done
    if running "$pid"; then
      echo "# server process $pid: $(grep -s '^State:' "/proc/$pid/status")"
      kill -KILL "$pid"
      left=1
    fi
  done <"$1"
  return "$left"
}

# in_editor SCRIPT FOLDER: opens diceroll.service in a fresh editor and home, with the server in this folder, and runs the script
# in it.
in_editor() {
  local script=$1 program=$all/${1%.lua}/$2/unitls scratch=$all/${1%.lua} failed=0
  mkdir -p "$(dirname "$program")" "$scratch"/{bin,home,config,data/nvim/site/pack/unitls/start,state,cache,runtime,units/.git}
  chmod 700 "$scratch/runtime"
  # As in a fresh clone: what was built in the plugin's folder is left out.
  mkdir -p "$scratch/clone/editors" "$scratch/clone/grammar"
  cp -r "$root/editors/neovim" "$scratch/clone/editors/"
  rm -rf "$scratch/clone/editors/neovim"/{parser,doc/tags}
  cp -r "$root/grammar/src" "$scratch/clone/grammar/"
  ln -s "$scratch/clone/editors/neovim" "$scratch/data/nvim/site/pack/unitls/start/unitls"
  cp "$root"/tests/units/diceroll/diceroll.{service,socket} "$scratch/units/"
  [ ! -e "$here/units/${script%.lua}" ] || cp -r "$here/units/${script%.lua}/." "$scratch/units/"
  # Notes the process number, then becomes the server.
  printf '#!/bin/sh\ncase "$1" in --version) ;; *) echo $$ >>"%s" ;; esac\nexec "%s" "$@"\n' "$scratch/pids" "$server" \
    >"$program"
  chmod 755 "$program"

  echo "# $script in $("$nvim" --version | head -n 1), $server"
  cd "$scratch/units"
  env -i PATH="$scratch/bin:$PATH" LANG=C.UTF-8 HOME="$scratch/home" TMPDIR="$scratch" TAP_COUNT="$count" \
    XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_STATE_HOME="$scratch/state" \
    XDG_CACHE_HOME="$scratch/cache" XDG_RUNTIME_DIR="$scratch/runtime" \
    timeout --kill-after=5 240 "$nvim" --headless -n diceroll.service -c "luafile $here/$script" \
    2>"$scratch/messages" </dev/null | tee "$scratch/tap" || { failed=$?; status=1; }
  count=$((count + $(grep -cE '^(not )?ok ' "$scratch/tap" || true)))
  expect 'the server exits within 5 s of :quitall' all_end "$scratch/pids"

  if [ "$failed" -ne 0 ]; then
    echo "# exit status $failed (124: out of time). What the editor said:"
    sed 's/^/#   /' "$scratch/messages"
    echo "# The end of its language server log:"
    tail -n 40 "$scratch/state/nvim/lsp.log" 2>/dev/null | cut -c 1-400 | sed 's/^/#   /' || true
  fi
}

in_editor diceroll.lua bin
in_editor plugin.lua bin
in_editor program.lua home/.cargo/bin
echo "1..$count"
exit "$status"
