#!/bin/sh
# Prints the path of a Neovim that the editor test can run (0.11 or newer), because Debian stable's is too old.
#
# Taken in this order: $UNITLS_NVIM, `nvim` on PATH, an earlier download, a new download. The download is Debian
# sid's package and the libraries it needs, unpacked below ${UNITLS_CACHE:-$HOME/.cache/unitls} and run with their own
# dynamic loader: nothing is installed, no root and no chroot needed. apt does the fetching, from the mirror that
# this machine's apt is set up for, and checks the signatures as always. All messages go to stderr.
set -eu

wanted=nvim-0.11
cache=${UNITLS_CACHE:-$HOME/.cache/unitls}
home=$cache/neovim-sid

say() { echo "get-neovim: $*" >&2; }
die() { say "$@"; exit 1; }
new_enough() { "$1" -u NONE -i NONE --headless -c "if !has('$wanted') | cquit | endif" -c 'quitall!' </dev/null >/dev/null 2>&1; }

if [ -n "${UNITLS_NVIM:-}" ]; then
  new_enough "$UNITLS_NVIM" || die "UNITLS_NVIM=$UNITLS_NVIM does not run or is older than $wanted"
  echo "$UNITLS_NVIM"
  exit
fi
if found=$(command -v nvim) && new_enough "$found"; then
  echo "$found"
  exit
fi
if [ -x "$home/nvim" ] && new_enough "$home/nvim"; then
  echo "$home/nvim"
  exit
fi

for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || die "no $wanted here and no $tool to fetch it with: set UNITLS_NVIM to a newer Neovim"
done
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
# --no-release-info also answers when no package list was ever downloaded.
mirror=$(apt-get indextargets --no-release-info --format '$(RELEASE) $(REPO_URI)' | awk -v suite="$suite" '
  $1 == suite || $1 ~ /^(oldstable|stable|testing|unstable|sid)$/ { print $2; exit }')
[ -n "$mirror" ] || die "apt has no Debian mirror for $suite: set UNITLS_NVIM to Neovim 0.11 or newer"

mkdir -p "$cache"
work=$(mktemp -d "$cache/neovim.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/apt/parts"
: >"$work/apt/status"

# apt with nothing installed and sid as its only source; proxies and the like stay as this machine has them.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
trust=''
[ ! -e "$keyring" ] || trust="signed-by=$keyring"
echo "deb [target=Packages $trust] $mirror sid main" >"$work/apt/sources.list"
cat >"$work/apt/apt.conf" <<CONF
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Retries "3";
Debug::NoLocking "true";
Dir::State "$work/apt";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt";
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "$work/apt/parts";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "$work/apt/parts";
CONF
say "fetching Neovim (Debian sid) into $home"
apt-get --config-file "$work/apt/apt.conf" --quiet --quiet update >&2 || die "apt-get update failed"
apt-get --config-file "$work/apt/apt.conf" --quiet --quiet --yes --download-only install neovim >&2 ||
  die "apt-get could not download neovim and its libraries"

mkdir "$work/home"
for package in "$work"/apt/archives/*.deb; do
  dpkg-deb --extract "$package" "$work/home"
done
# The loader is addressed by name: /usr/bin/nvim asks for the machine's own, whose libc is older than the program.
loader=$(find "$work/home/usr/lib" -name 'ld-linux*.so.*' | head -n 1)
[ -n "$loader" ] || die "the downloaded libc6 holds no dynamic loader"
libc=$(find "$work/home/usr/lib" -name 'libc.so.6' | head -n 1)
# --library-path and not LD_LIBRARY_PATH: the servers that Neovim starts must run with the machine's libraries.
cat >"$work/home/nvim" <<WRAPPER
#!/bin/sh
# Runs this unpacked Neovim with the libraries beside it.
here=\$(dirname "\$(readlink -f "\$0")")
export VIMRUNTIME="\$here/usr/share/nvim/runtime"
exec "\$here/${loader#"$work/home/"}" --library-path "\$here/$(dirname "${libc#"$work/home/"}")" "\$here/usr/bin/nvim" "\$@"
WRAPPER
chmod 755 "$work/home" "$work/home/nvim"
new_enough "$work/home/nvim" || die "the downloaded Neovim does not run: $("$work/home/nvim" --version 2>&1 | head -n 1)"

rm -rf "$home"
mv -T "$work/home" "$home" 2>/dev/null || [ -x "$home/nvim" ] # somebody else's download may have come first
echo "$home/nvim"
