#!/bin/sh
# The inside of a cell (see node-in-cell): prepares the private file systems, leaves the network, then runs the given command.
# The shell stays as process 1 and so collects daemons that have detached.
set -eu
etc=$(mktemp -d /tmp/cell-etc.XXXXXX)
mount -t tmpfs -o mode=755 etc "$etc" && cp -a /etc/. "$etc/" && mount --move "$etc" /etc && rmdir "$etc"
resolv=$(readlink -f /etc/resolv.conf 2>/dev/null || echo /nowhere)
if [ -f "$resolv" ]; then cp "$resolv" /etc/.resolv && rm -f /etc/resolv.conf && mv /etc/.resolv /etc/resolv.conf; fi
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=755 log /var/log
dev=/run/dev
mkdir "$dev" && mount -t tmpfs -o mode=755 dev "$dev"
for node in null zero full random urandom tty; do : >"$dev/$node"; mount --bind "/dev/$node" "$dev/$node"; done
mkdir "$dev/pts" "$dev/shm" && mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts"
mount -t tmpfs -o mode=1777 shm "$dev/shm"
ln -s pts/ptmx "$dev/ptmx"; ln -s /proc/self/fd "$dev/fd"
for number in 0 1 2; do ln -s "/proc/self/fd/$number" "$dev/$(echo stdin stdout stderr | cut -d' ' -f$((number + 1)))"; done
mount --move "$dev" /dev && rmdir "$dev"
: >/run/outside-net && mount --bind /proc/self/ns/net /run/outside-net
unshare -n --propagation unchanged sh -eu -c '
  ip link set lo up; ip addr add 10.9.9.9/32 dev lo; ip addr add fd00::9/128 dev lo
  export XINETD_TS_CELL=1; exec "$@"' cell "$@"
