#!/usr/bin/env bash
# Runs the Helix test: a real editor on a terminal of tmux, set up by the very lines of editors/helix/README.md in a home of
# its own, with the built server.
#
# usage: tests/editors/helix/run.sh [PATH-TO-UNITLS]
#
# Without an argument the newest of target/{debug,release}/unitls is taken. Prints one `ok`/`not ok` line per expectation
# (TAP); exit status 0 if all hold. $UNITLS_HX names the Helix to use, see get-helix.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
TENTHS=150 # of a second that any single wait may take

server=$("$here/../find-server.sh" "$@")
hx=$("$here/get-helix.sh")

scratch=$(mktemp -d)
tmux() { command tmux -S "$scratch/tmux" -f /dev/null "$@"; }
trap 'tmux kill-server 2>/dev/null || true; rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{bin,home,units/.git}
# Notes the process number, then becomes the server.
printf '#!/bin/sh\necho $$ >>"%s"\nexec "%s" "$@"\n' "$scratch/pids" "$server" >"$scratch/bin/unitls"
chmod 755 "$scratch/bin/unitls"
ln -s "$hx" "$scratch/bin/hx"
cp "$root"/tests/units/diceroll/diceroll.{service,socket} "$scratch/units/"
clean=(env -i PATH="$scratch/bin:$PATH" LANG=C.UTF-8 HOME="$scratch/home" TERM=screen-256color COLORTERM=truecolor)

count=0
status=0
# said VERDICT NAME [SAW]: one TAP line; SAW is printed below it when it is "not ok".
said() {
  count=$((count + 1))
  echo "$1 $count - $2"
  if [ "$1" != ok ]; then
    status=1
    sed 's/^/#   /' <<<"${3:-}"
  fi
}
# holds NAME TEXT WORD…: TEXT holds every WORD.
holds() {
  local word
  for word in "${@:3}"; do
    [[ $2 == *"$word"* ]] || { said 'not ok' "$1" "no \`$word\` in: $2"; return; }
  done
  said ok "$1"
}
# The same of what is on the screen, sooner or later.
shows() {
  local screen word missing
  for _ in $(seq "$TENTHS"); do
    screen=$(tmux capture-pane -p | sed 's/[[:space:]]*$//')
    missing=''
    for word in "${@:2}"; do
      [[ $screen == *"$word"* ]] || missing=$word
    done
    [ -n "$missing" ] || { said ok "$1"; return; }
    sleep 0.1
  done
  said 'not ok' "$1" "no \`$missing\` in: $screen"
}
keys() { tmux send-keys "$@"; }
# Alone: with what follows at once, a terminal takes it for the Alt key.
escape() { keys Escape; sleep 0.2; }
# colour LINE KEYS WHAT SCOPE: the scope of the theme at a place.
colour() {
  keys ":$1" Enter "$2"
  keys ':tree-sitter-highlight-name' Enter
  shows "$3 is coloured as $4" "$4"
  escape
}

echo "# $("$hx" --version), $server"

# Somebody who has used Helix before: what the README adds must fit behind that.
mkdir -p "$scratch/home/.config/helix"
printf '[[language]]\nname = "rust"\nauto-format = false\n' >"$scratch/home/.config/helix/languages.toml"
setup=$(sed -n '/^```sh$/,/^```$/{ /^```/d; p; }' "$root/editors/helix/README.md")
if seen=$(cd "$root" && "${clean[@]}" bash -euc "$setup" 2>&1); then
  said ok 'the lines of the README set Helix up'
else
  said 'not ok' 'the lines of the README set Helix up' "$seen"
fi
health=$("${clean[@]}" hx --health systemd 2>&1 | sed $'s/\e\\[[0-9;]*m//g')
holds 'hx --health finds server, parser and queries' "$health" '✓ unitls: ' 'parser: ✓' 'Highlight queries: ✓' \
  'Textobject queries: ✓' 'Indent queries: ✓' 'Tags queries: ✓'

tmux new-session -d -x 160 -y 40 -c "$scratch/units" -- "${clean[@]}" hx diceroll.service
shows 'findings stand beside their lines' 'A comment needs a line of its own' 'starts this service on demand'
colour 4 gh 'a bracket' punctuation
colour 4 l Service namespace
colour 5 gh Type= variable.other.member
colour 6 gh 'Exec' variable.other.member
colour 6 f/ 'the program' function
colour 5 gl 'a value' string

keys ':5' Enter o 'ExecRel'
shows 'directives are completed' 'ExecReloadPost'
keys C-n C-y
escape
shows '... and taken' '
    6  ExecReload='
keys u u

keys ':6' Enter A ' \' Enter port=5000
shows 'a continued line is indented' '
    7      port=5000'
keys Enter KillMode=mixed
shows '... and what comes after is not' '
    8  KillMode=mixed'
escape
keys u

keys ':5' Enter gh ' k'
shows 'hover explains a directive' 'Type=simple' 'process'
escape

keys ':open diceroll.socket' Enter
shows 'the socket opens' 'ListenStream=5000'
keys ':3' Enter gl gd
shows 'go to definition leads to the service' 'ExecStart=/usr/bin/python3'

keys ' s'
shows 'symbols are listed' 'Service' 'Install' 'ExecStart'
escape

keys ':8' Enter gl ' a'
shows 'repairs are offered' 'Move the comment'
escape
escape

mkdir -p "$scratch/units/diceroll.service.d" "$scratch/units/system/service.d"
for file in diceroll.service.d/10-type.conf system/service.d/all.conf .#diceroll.service0123456789abcdef; do
  printf '[Service]\nTyp=exec\n' >"$scratch/units/$file"
  keys ":open $file" Enter
  shows "$file is looked after" 'Typ=exec' 'Type'
done

keys ':quit-all!' Enter
# A zombie has exited; that nobody has collected it is the machine's matter.
running() { grep -qs '^State:[[:space:]]*[^Z]' "/proc/$1/status"; }
pid=$(cat "$scratch/pids")
for _ in $(seq "$TENTHS"); do
  running "$pid" || break
  sleep 0.1
done
if running "$pid"; then
  said 'not ok' 'the one server exits with the editor' "process $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
  kill "$pid"
else
  said ok 'the one server exits with the editor'
fi
echo "1..$count"
exit "$status"
