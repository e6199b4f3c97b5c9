#!/usr/bin/env bash
# Runs the hooks of .pre-commit-hooks.yaml with a real pre-commit, in a repository with units that have findings.
#
# usage: tests/pre-commit/run.sh PATH-TO-UNITLS
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch"/{bin,hooks,units}
ln -s "$(realpath "${1:?which unitls}")" "$scratch/bin/unitls"
export PATH="$scratch/bin:$PATH" PRE_COMMIT_HOME="$scratch/cache" HOME="$scratch"
git config --global user.name test
git config --global user.email test@localhost
git config --global init.defaultBranch main

# The hooks as a repository of their own: what is not committed yet counts as well.
cp "$root/.pre-commit-hooks.yaml" "$scratch/hooks/"
git -C "$scratch/hooks" init --quiet
git -C "$scratch/hooks" add --all
git -C "$scratch/hooks" commit --quiet --message hooks

cd "$scratch/units"
git init --quiet
mkdir -p foo.service.d
cp "$root"/tests/units/diceroll/* .
printf '[Service]\nTyp=exec\n' >foo.service.d/10-a.conf
printf 'Typ=exec\n' >notes.txt
git add --all

# hook NAME STATUS: runs it over all files; its output goes to standard output.
hook() {
  local seen status=0
  seen=$(pre-commit try-repo "$scratch/hooks" "$1" --all-files --verbose 2>&1) || status=$?
  if [ "$status" -ne "$2" ]; then
    echo "$1: exit status $status, expected $2: $seen" >&2
    exit 1
  fi
  echo "$seen"
}

seen=$(hook unitls-check 1)
for word in diceroll.service:8 foo.service.d/10-a.conf:2 activated-service-enabled-at-boot; do
  [[ $seen == *"$word"* ]] || { echo "unitls-check says nothing of $word: $seen" >&2; exit 1; }
done
[[ $seen != *notes.txt* ]] || { echo "unitls-check judges what is no unit: $seen" >&2; exit 1; }

rm -r foo.service.d
sed -i -e 's/ *#.*//' -e /ExecStop=/d -e /TimeoutStartSec=/d -e '/^.Install/,$d' diceroll.service
git add --all
hook unitls-check 0 >/dev/null

if unitls fmt --help >/dev/null 2>&1; then
  printf '[Service]\nExecStart = /bin/true\n' >diceroll.service
  git add --all
  hook unitls-fmt 1 >/dev/null
  grep -qx 'ExecStart=/bin/true' diceroll.service
  git add --all
  hook unitls-fmt 0 >/dev/null
fi
echo "ok: pre-commit $(pre-commit --version | cut -d' ' -f2)"
