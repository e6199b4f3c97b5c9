#!/bin/sh
# Runs the systemd user manager of the file system at ROOT in namespaces and a cgroup of its own.
#
# usage: manager.sh enter ROOT
#
# Prints a process id (/proc/ID/root/run is the manager's /run, to be filled), starts the manager when a line comes in on
# standard input, prints "started", and ends with everything that was started when standard input closes, however that
# happens. Inside, / is ROOT, and what is written there is kept in memory only; /run is empty, and the network is a
# loopback of its own. $ACTOR becomes /run/live/actor, and so does each name in $STAND_INS; $BUS is the configuration file
# of a session bus, or empty. Wants root and util-linux.
set -eu
stage=$1 root=$2

case $stage in
enter) # Mounts made from here on are seen by nobody else.
  exec unshare --mount sh "$0" group "$root"
  ;;

group) # Wherever the machine keeps its cgroups: a version 2 tree, and a group in it that is removed at the end.
  while umount --lazy --recursive /sys/fs/cgroup 2>/dev/null; do :; done
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  group=/sys/fs/cgroup/unitls-live-$$
  mkdir "$group"
  status=0
  GROUP=$group sh "$0" join "$root" || status=$?
  # The kernel takes a moment to notice that a group has run empty.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
    sleep 0.05
  done
  exit "$status"
  ;;

join)
  echo $$ >"$GROUP/cgroup.procs"
  exec unshare --mount --pid --fork --kill-child --cgroup --net --ipc sh "$0" inside "$root"
  ;;

inside)
  # /proc is still the machine's, and so is the id that it knows this shell by.
  read -r keeper _ </proc/self/stat
  mount -t tmpfs -o mode=755 tmpfs /run
  # systemctl looks for /run/systemd/system; the others are what this and the tests keep.
  mkdir -p /run/new /run/changes /run/work /run/systemd/system /run/systemd/journal /run/live/runs /run/live/bin /run/home
  mkdir -m 700 /run/user
  # Without what is mounted below, but for /usr, where it is a file system of its own.
  mount -t overlay -o "lowerdir=$root,upperdir=/run/changes,workdir=/run/work" overlay /run/new
  ! mountpoint --quiet "$root/usr" || mount --bind "$root/usr" /run/new/usr
  # Some releases take this for a container, and leave out what containers do not need.
  rm -f /run/new/.dockerenv
  mount --rbind /dev /run/new/dev
  mount -t tmpfs -o mode=1777 tmpfs /run/new/dev/shm
  mount -t proc proc /run/new/proc
  mount -t sysfs sysfs /run/new/sys
  mount -t cgroup2 cgroup2 /run/new/sys/fs/cgroup
  mount --bind /run /run/new/run
  for name in actor $STAND_INS; do
    cp "$ACTOR" "/run/live/$name"
  done
  echo "$keeper"
  read -r _
  /run/live/actor loopback
  # The bus is the machine's own: not every root has one. It keeps its place in /run, and moves along.
  [ -z "$BUS" ] || dbus-daemon --config-file="$BUS" --systemd-activation --fork --nopidfile
  cd /run/new
  pivot_root . .
  umount --lazy .
  cd /
  # A group with groups below has no processes of its own in version 2.
  mkdir /sys/fs/cgroup/keeper /sys/fs/cgroup/manager
  echo 1 >/sys/fs/cgroup/keeper/cgroup.procs
  (
    echo 0 >/sys/fs/cgroup/manager/cgroup.procs
    exec setsid /usr/lib/systemd/systemd --user --unit=basic.target --default-standard-output=null
  ) </dev/null >/run/live/manager.out 2>&1 &
  echo started
  exec cat >/dev/null
  ;;
esac
