# Runs a program that can write nowhere but in one folder: seal.sh FOLDER PROGRAM ARGUMENT...
# Called in a mount namespace of its own. Mounts of the kernel's own that refuse to be read-only are left: without
# capabilities they cannot be written either.
set -eu
work=$1
shift
mount --make-rprivate /
mount --bind "$work" "$work"
while read -r _ at type options _; do
  at=$(printf %b "$at")
  case $at in "$work") continue ;; esac
  flags=ro
  for flag in nosuid nodev noexec noatime nodiratime relatime; do
    case ,$options, in *,"$flag",*) flags=$flags,$flag ;; esac
  done
  mount -o "remount,bind,$flags" "$at" 2>/dev/null || case $type in
    proc | sysfs | devpts | mqueue | cgroup | cgroup2 | binfmt_misc | securityfs | debugfs | tracefs | bpf | pstore) ;;
    *) exit 71 ;;
  esac
done </proc/self/mounts
cd "$work"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
