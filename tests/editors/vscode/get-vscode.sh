#!/usr/bin/env bash
# Prints the folder of a VS Code whose workbench runs in a browser: the one inside the npm package code-server, with
# playwright-core to drive it, both kept below ${UNITLS_CACHE:-$HOME/.cache/unitls}/vscode. The folder `bin` in it holds a node
# that is new enough: the machine's own, or one from npm.
#
# Native modules are left unbuilt: without them VS Code has no terminals and writes no log files, which nobody misses here.
# Its search program, ripgrep, is the machine's own. All messages go to stderr.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
die() {
  echo "get-vscode: $*" >&2
  exit 1
}
for tool in node npm rg; do
  command -v "$tool" >/dev/null || die "no $tool here (Debian: nodejs, npm, ripgrep)"
done
new_enough() { "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null; }

cache=${UNITLS_CACHE:-$HOME/.cache/unitls}
wanted=$(sha256sum "$here/package-lock.json" | cut -c 1-12)
home=$cache/vscode/$wanted
if ! new_enough "$home/bin/node"; then
  echo "get-vscode: fetching VS Code into $home" >&2
  mkdir -p "$cache/vscode"
  work=$(mktemp -d "$cache/vscode/new.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  mkdir "$work/bin"
  node=$(command -v node)
  if ! new_enough "$node"; then
    echo "get-vscode: node $(node --version) is too old, fetching another" >&2
    package=$(node -p '`node-${process.platform}-${process.arch}`')
    npm install --prefix "$work/node" --no-save --no-package-lock "$package@22" >&2 || die "npm could not fetch $package"
    node=../node/node_modules/$package/bin/node
  fi
  cp "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$work/"
  (cd "$work" && npm ci --no-progress) >&2 || die "npm could not fetch code-server"
  vscode=$work/node_modules/code-server/lib/vscode
  (cd "$vscode" && npm install --omit=dev --ignore-scripts --no-audit --no-fund --no-progress) >&2 ||
    die "npm could not fetch the libraries of VS Code"
  mkdir -p "$vscode/node_modules/@vscode/ripgrep/bin"
  ln -s "$(command -v rg)" "$vscode/node_modules/@vscode/ripgrep/bin/rg"
  ln -s "$node" "$work/bin/node"
  chmod 755 "$work"
  rm -rf "$home"
  mv -T "$work" "$home" 2>/dev/null || new_enough "$home/bin/node" # somebody else's download may have come first
fi
echo "$home"
