#!/bin/sh
# Runs tests/keyring.rs against a real Secret Service, in each state that one can be in.
#
# It needs Linux with gnome-keyring, dbus and libsecret-tools (Debian's names), and no display. Every state has a session
# bus, a home folder and a runtime folder of its own, so that no keyring of the person who runs it is touched.
#
#   tests/keyring.sh            all states
#   tests/keyring.sh locked     one of: unlocked locked unlocked_later wrong_password frozen no_default no_program no_bus
set -eu
cd "$(dirname "$0")/.."

for program in gnome-keyring-daemon dbus-run-session secret-tool; do
    command -v "$program" >/dev/null || { echo "keyring.sh: $program is missing; apt-get install gnome-keyring dbus libsecret-tools" >&2; exit 1; }
done

# In a state: start the daemon as the state wants it, then run the tests of that state.
if [ "${1:-}" = --inside ]; then
    state=$2
    binary=$3
    daemon() { printf '%s' "$1" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null; }
    # The daemon answers on the bus only after a moment.
    answering() {
        tries=0
        until dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; do
            tries=$((tries + 1))
            [ "$tries" -lt 100 ] || { echo "keyring.sh: the daemon does not answer" >&2; exit 1; }
            sleep 0.1
        done
    }
    # The number of this state's daemon, by which alone it is ended.
    number() {
        dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets | awk '{print $2}'
    }
    case $state in
        no_bus) ;;
        no_program) ;;
        no_default) gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1 & answering; pid=$(number) ;;
        *)
            daemon right
            answering
            pid=$(number)
            ;;
    esac
    case $state in
        locked | unlocked_later | wrong_password)
            # A secret is there, so that reading it meets the lock too; then the daemon starts again without the password.
            printf '%s' kept | secret-tool store --label=kept service writeback username data.world:kept
            kill -TERM "$pid"
            while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
            if [ "$state" = wrong_password ]; then
                daemon wrong
            else
                gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1 &
            fi
            answering
            pid=$(number)
            ;;
        frozen) kill -STOP "$pid" ;;
    esac
    # A test that was renamed would run no test, and that passes.
    "$binary" --ignored --exact --list "$state" | grep -x "$state: test" >/dev/null || { echo "keyring.sh: there is no test $state" >&2; exit 1; }
    "$binary" --ignored --exact --nocapture "$state"
    exit 0
fi

# The binary of the tests; cargo prints its path.
binary=$(cargo test --test keyring --no-run --message-format=short 2>&1 | tee /dev/stderr | sed -n 's/.*Executable.*(\(.*\))$/\1/p')
[ -x "$binary" ] || { echo "keyring.sh: the tests did not build" >&2; exit 1; }
binary=$PWD/${binary#"$PWD"/}

# Ends what a state left running, known by its private folder: a daemon that is frozen, or that lost its bus early.
finish() {
    for process in /proc/[0-9]*; do
        if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -x "XDG_RUNTIME_DIR=$private/run" >/dev/null; then
            kill -KILL "${process#/proc/}" 2>/dev/null || true
        fi
    done 2>/dev/null
    rm -rf "$private"
}

unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL
for state in ${*:-unlocked locked unlocked_later wrong_password frozen no_default no_program no_bus}; do
    echo "== $state"
    private=$(mktemp -d)
    mkdir -m 700 "$private/run" "$private/home"
    set -- env HOME="$private/home" XDG_RUNTIME_DIR="$private/run" XDG_DATA_HOME="$private/home" XDG_CONFIG_HOME="$private/home" XDG_CACHE_HOME="$private/home"
    case $state in
        no_bus) ;;
        no_program)
            # A bus that cannot start a keyring by itself.
            printf '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">\n<busconfig><type>session</type><listen>unix:tmpdir=%s</listen><policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>\n' "$private/run" >"$private/bus.conf"
            set -- "$@" dbus-run-session --config-file="$private/bus.conf" --
            ;;
        *) set -- "$@" dbus-run-session -- ;;
    esac
    trap finish EXIT
    "$@" tests/keyring.sh --inside "$state" "$binary" || { echo "keyring.sh: $state failed" >&2; exit 1; }
    finish
done
echo "== all states passed"
