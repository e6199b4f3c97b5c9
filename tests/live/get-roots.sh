#!/bin/sh
# Prints "257=DIR 262=DIR": roots with other releases of systemd, for UNITLS_LIVE_ROOTS.
#
# usage: get-roots.sh [SUITE…]     Debian suites; without any: trixie sid
#
# Made by debootstrap from the mirror that this machine's apt is set up for, kept below ${UNITLS_CACHE:-$HOME/.cache/unitls}
# and taken from there the next time. A root that cannot be made is left out, with the reason on standard error: sid is
# not whole every day. Wants root.
set -eu

cache=${UNITLS_CACHE:-$HOME/.cache/unitls}/roots
[ $# -gt 0 ] || set -- trixie sid

say() { echo "get-roots: $*" >&2; }

# The first Debian mirror that apt knows; --no-release-info also answers when no package list was ever downloaded.
mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' | grep '/debian/*$' | head -n 1)
mkdir -p "$cache"

make_root() {
  log=$cache/$1.log
  rm -rf --one-file-system "$cache/$1.new"
  if debootstrap --variant=minbase --include=systemd "$1" "$cache/$1.new" "$mirror" >"$log" 2>&1; then
    rm -rf "$cache/$1.new/var/cache/apt/archives" "$cache/$1.new/var/lib/apt/lists"
    mv "$cache/$1.new" "$cache/$1"
  else
    say "no root for $1: $(tail -n 1 "$log")"
  fi
}

for suite in "$@"; do
  [ -d "$cache/$suite" ] || make_root "$suite" &
done
wait

roots=
for suite in "$@"; do
  [ -d "$cache/$suite" ] || continue
  version=$(chroot "$cache/$suite" /usr/lib/systemd/systemd --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  roots="$roots $version=$cache/$suite"
done
echo "${roots# }"
