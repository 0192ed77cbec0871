#!/usr/bin/env bash
# Checks the program for Windows and macOS from Linux, and runs its tests for Windows under wine. It takes half an hour on
# two cores, 10 GB of disk, Debian and root, so it runs when somebody asks for it:
#
#   tests/windows.sh                       # everything
#   tests/windows.sh check                 # only whether it compiles for both
#   tests/windows.sh test headless get::   # only that test program, only those tests; `lib` is the library's own
#   tests/windows.sh remove                # deletes the folder below
#
# rustup has no part in it: Debian sid brings a compiler with the sources of the standard library, a linker for Windows
# and wine. It is installed in a folder, WRITEBACK_WINDOWS_ROOT or target/windows, and is used again the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
source=$PWD
root=$(realpath -m "${WRITEBACK_WINDOWS_ROOT:-target/windows}")
windows=x86_64-pc-windows-gnu
macos=aarch64-apple-darwin
packages=(rustc cargo rust-src gcc libc6-dev cmake nasm perl make pkg-config git
  gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64 mingw-w64-x86-64-dev mingw-w64-tools wine wine64)

# Wine makes no chain engine for certificates that are added (it expects a configuration of the size before Windows 8),
# and calls a certificate that nobody trusts one whose revocation could not be asked for.
beyond_wine=(
  check::a_certificate_that_is_added_is_trusted_with_and_without_a_proxy
  check::of_a_proxy_that_only_the_call_gets_through_no_more_is_said_than_that_it_is_there
)

step() { printf '\n== %s\n' "$*"; }

# Wine's server outlives the tests for some seconds, and holds /dev meanwhile.
release() {
  local place
  for place in src root/.cargo/registry dev/pts dev proc; do
    if mountpoint -q "$root/$place"; then umount --lazy "$root/$place"; fi
  done
}

# Runs a command in the folder, in the sources. The compiler is a stable one, whose standard library has to be built.
inside() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=xterm \
    CARGO_TARGET_DIR=/target CARGO_TERM_COLOR=never CARGO_PROFILE_DEV_DEBUG=0 RUSTC_BOOTSTRAP=1 \
    CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine WINEPREFIX=/root/wine WINEDEBUG=-all \
    CC_aarch64_apple_darwin=/root/nothing CXX_aarch64_apple_darwin=/root/nothing AR_aarch64_apple_darwin=/root/nothing \
    INSTA_UPDATE=no INSTA_WORKSPACE_ROOT=/src \
    sh -c 'cd /src && exec "$@"' sh "$@"
}

cross() {
  local command=$1 target=$2
  shift 2
  inside cargo "$command" --locked -Zbuild-std=std,panic_unwind,test --target "$target" "$@"
}

if [[ ${1:-} == remove ]]; then
  release
  rm -rf --one-file-system "$root"
  exit
fi

trap release EXIT
if [[ ! -e $root/installed ]]; then
  step "Debian sid in $root"
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends debootstrap
  release
  rm -rf --one-file-system "$root"
  debootstrap --variant=minbase --include=ca-certificates sid "$root"
fi
mkdir -p "$root"/{src,target,root/.cargo/registry}
mount --bind --make-private /proc "$root/proc"
mount --bind --make-private /dev "$root/dev"
mount --bind --make-private /dev/pts "$root/dev/pts"
mount --bind --make-private "$source" "$root/src"
# The crates that are here already are not fetched again.
mount --bind --make-private "${CARGO_HOME:-$HOME/.cargo}/registry" "$root/root/.cargo/registry"
cp /etc/resolv.conf "$root/etc/resolv.conf"
# Links there lead to the certificates of this system, by absolute paths.
cp -rL --remove-destination /etc/ssl/certs/. "$root/etc/ssl/certs/"
if [[ ! -e $root/installed ]]; then
  step "compiler, linker and wine"
  chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${packages[@]}"
  # There is no compiler of C for macOS here: types are checked, nothing is linked.
  printf '#!/bin/sh\nfor last; do :; done\nwhile [ $# -gt 1 ]; do [ "$1" = -o ] && : > "$2"; shift; done\nexit 0\n' > "$root/root/nothing"
  chmod +x "$root/root/nothing"
  inside wineboot --init
  touch "$root/installed"
fi

if [[ ${1:-} == test ]]; then
  [[ $2 == lib ]] && program=(--lib) || program=(--test "$2")
  cross test "$windows" "${program[@]}" -- "${beyond_wine[@]/#/--skip=}" "${@:3}"
  exit
fi

step "it compiles for Windows"
cross check "$windows" --all-targets
step "it compiles for macOS"
cross check "$macos" --all-targets
[[ ${1:-} == check ]] && exit

step "its tests, under wine"
# One after the other, for each starts the real program; what needs a screen or another system is not compiled there.
cross test "$windows" --no-fail-fast -- --test-threads=2 "${beyond_wine[@]/#/--skip=}"
