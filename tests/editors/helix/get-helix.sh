#!/bin/sh
# Prints the path of a Helix that the editor test can run (25.07 or newer): $UNITLS_HX, `hx` or `helix` on PATH, or Debian
# sid's, see ../get-debian.sh. All messages go to stderr.
set -eu

new_enough() {
  "$1" --version 2>/dev/null | awk '{ split($2, part, "."); exit !(part[1] * 100 + part[2] >= 2507) }'
}

for found in "${UNITLS_HX:-}" "$(command -v hx || command -v helix || true)"; do
  if [ -n "$found" ] && new_enough "$found"; then
    echo "$found"
    exit
  fi
done

home=$("$(dirname "$0")/../get-debian.sh" hx) || { echo 'get-helix: set UNITLS_HX to Helix 25.07 or newer' >&2; exit 1; }
cat >"$home/hx.$$" <<'WRAPPER'
#!/bin/sh
# Runs this unpacked Helix with its runtime files.
here=$(dirname "$(readlink -f "$0")")
HELIX_RUNTIME=$here/usr/lib/hx/runtime exec "$here/start" usr/bin/hx "$@"
WRAPPER
chmod 755 "$home/hx.$$"
mv "$home/hx.$$" "$home/hx"
new_enough "$home/hx" || { echo "get-helix: the downloaded Helix does not run" >&2; exit 1; }
echo "$home/hx"
