#!/bin/sh
# Prints the path of a Neovim that the editor test can run (0.11 or newer), because Debian stable's is too old: $UNITLS_NVIM,
# `nvim` on PATH, or Debian sid's, see ../get-debian.sh. All messages go to stderr.
set -eu

wanted=nvim-0.11
new_enough() { "$1" -u NONE -i NONE --headless -c "if !has('$wanted') | cquit | endif" -c 'quitall!' </dev/null >/dev/null 2>&1; }
die() { echo "get-neovim: $*" >&2; exit 1; }

if [ -n "${UNITLS_NVIM:-}" ]; then
  new_enough "$UNITLS_NVIM" || die "UNITLS_NVIM=$UNITLS_NVIM does not run or is older than $wanted"
  echo "$UNITLS_NVIM"
  exit
fi
if found=$(command -v nvim) && new_enough "$found"; then
  echo "$found"
  exit
fi

home=$("$(dirname "$0")/../get-debian.sh" neovim) || die 'set UNITLS_NVIM to Neovim 0.11 or newer'
cat >"$home/nvim.$$" <<'WRAPPER'
#!/bin/sh
# Runs this unpacked Neovim with its runtime files and parsers.
here=$(dirname "$(readlink -f "$0")")
export VIMRUNTIME="$here/usr/share/nvim/runtime"
exec "$here/start" usr/bin/nvim --cmd "set runtimepath+=$here/usr/lib/nvim" "$@"
WRAPPER
chmod 755 "$home/nvim.$$"
mv "$home/nvim.$$" "$home/nvim"
new_enough "$home/nvim" || die "the downloaded Neovim does not run: $("$home/nvim" --version 2>&1 | head -n 1)"
echo "$home/nvim"
