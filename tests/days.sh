#!/usr/bin/env bash
# Runs the whole suite as if it were another day, in another time zone and another language.
#
# It needs faketime and locales (Debian's names). Further arguments are those of `cargo test`:
#
#     tests/days.sh 2028-02-29T23:50 Asia/Kolkata --test headless
set -euo pipefail
cd "$(dirname "$0")/.."

day=${1:?a day, such as 2028-02-09T00:10}
zone=${2:?a time zone, such as Asia/Kolkata}
shift 2

# A language in which a comma stands where others write a point. Nothing of the computer is changed for it.
export LOCPATH=$PWD/target/locales
mkdir -p "$LOCPATH"
[[ -d $LOCPATH/de_DE.UTF-8 ]] || localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8"
export LC_ALL=de_DE.UTF-8 TZ=$zone

# Only the test programs live on that day: cargo compares the times of files, which faketime does not change. The monotonic
# clock stays as it is, because the kernel wakes who waits by it.
host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUNNER=faketime --exclude-monotonic $day"
cargo test --locked "$@"
