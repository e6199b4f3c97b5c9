#!/bin/sh
# usage: get-debian.sh PACKAGE
#
# Prints the folder with an unpacked package of Debian sid and all libraries that it needs, below
# ${UNITLS_CACHE:-$HOME/.cache/unitls}: from an earlier download, or a new one. `FOLDER/start usr/bin/PROGRAM …` runs a
# program of it with its own dynamic loader and libraries: nothing is installed, no root and no chroot needed. apt does the
# fetching, from the mirror that this machine's apt is set up for, and checks the signatures as always. All messages go to
# stderr.
set -eu

package=$1
cache=${UNITLS_CACHE:-$HOME/.cache/unitls}
home=$cache/debian-sid/$package

say() { echo "get-debian: $*" >&2; }
die() { say "$@"; exit 1; }

if [ -x "$home/start" ]; then
  echo "$home"
  exit
fi
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || die "no $tool to fetch $package with"
done
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
# --no-release-info also answers when no package list was ever downloaded.
mirror=$(apt-get indextargets --no-release-info --format '$(RELEASE) $(REPO_URI)' | awk -v suite="$suite" '
  $1 == suite || $1 ~ /^(oldstable|stable|testing|unstable|sid)$/ { print $2; exit }')
[ -n "$mirror" ] || die "apt has no Debian mirror for $suite"

mkdir -p "$cache/debian-sid"
work=$(mktemp -d "$cache/debian-sid/.$package.XXXXXX")
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
say "fetching $package (Debian sid) into $home"
apt-get --config-file "$work/apt/apt.conf" --quiet --quiet update >&2 || die "apt-get update failed"
apt-get --config-file "$work/apt/apt.conf" --quiet --quiet --yes --download-only install "$package" >&2 ||
  die "apt-get could not download $package and its libraries"

mkdir "$work/home"
for archive in "$work"/apt/archives/*.deb; do
  dpkg-deb --extract "$archive" "$work/home"
done
# The loader is addressed by name: the programs ask for the machine's own, whose libc is older than they are.
loader=$(find "$work/home/usr/lib" -name 'ld-linux*.so.*' | head -n 1)
[ -n "$loader" ] || die "the downloaded libc6 holds no dynamic loader"
libc=$(find "$work/home/usr/lib" -name 'libc.so.6' | head -n 1)
# --library-path and not LD_LIBRARY_PATH: what the programs start must run with the machine's libraries.
cat >"$work/home/start" <<START
#!/bin/sh
# Runs a program of this folder, named from here, with the libraries beside it.
here=\$(dirname "\$(readlink -f "\$0")")
program=\$here/\$1
shift
exec "\$here/${loader#"$work/home/"}" --library-path "\$here/$(dirname "${libc#"$work/home/"}")" "\$program" "\$@"
START
chmod 755 "$work/home" "$work/home/start"
rm -rf "$home"
mv -T "$work/home" "$home" 2>/dev/null || [ -x "$home/start" ] # somebody else's download may have come first
echo "$home"
