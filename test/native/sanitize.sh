#!/bin/bash
# Builds the native core in a folder of its own under AddressSanitizer and UndefinedBehaviorSanitizer and runs its tests:
# once as it is, once with a single launch slot and once with none, so that the waiting clone is the one under test
# (but for the tests of a child that nobody waits for).
# usage: test/native/sanitize.sh          Exits non-zero on a finding.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/src" "$root/test" "$root/package.json" "$root/tsconfig.json" "$root/vitest.config.ts" "$root/binding.gyp" "$work/"
ln -s "$root/node_modules" "$work/node_modules"
mkdir -p "$work/build/Release"
prefix=$(dirname "$(dirname "$(command -v node)")")
flags=(-std=gnu11 -g -O1 -fPIC -shared -pthread -fno-omit-frame-pointer -Wall -Wextra -Werror -D_GNU_SOURCE -DNAPI_VERSION=9
  -fsanitize=address,undefined -fno-sanitize-recover=undefined "-I${NODE_INCLUDE:-$prefix/include/node}")
preload="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
status=0
for slots in 512 1 0; do
  gcc "${flags[@]}" "-DLAUNCH_SLOTS=$slots" "$work"/src/native/*.c -o "$work/build/Release/xinetd-ts.node" || exit 2
  echo "launch slots: $slots"
  exclude=()
  [ $slots = 512 ] || exclude=(--exclude '**/slow-child*')
  (cd "$work" && LD_PRELOAD="$preload" SANITIZE=1 UBSAN_OPTIONS="log_path=$work/finding" \
    ASAN_OPTIONS="detect_leaks=0:halt_on_error=1:log_path=$work/finding" \
    node node_modules/vitest/vitest.mjs run test/native "${exclude[@]}" --configLoader runner --no-color >"$work/out" 2>&1) || status=1
  grep -E 'Tests|Test Files|FAIL|Error:' "$work/out"
  ls "$work"/finding* >/dev/null 2>&1 && { cat "$work"/finding*; status=1; }
done
exit "$status"
