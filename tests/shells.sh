#!/bin/sh
# Asks real shells to complete the name of an export, and real readers to read the manual.
#
# It needs bash, zsh, fish, man-db and mandoc (Debian's names), and a built target/debug/writeback. A shell that is not
# there is named and left out, unless WRITEBACK_ALL_SHELLS is set: then it is a failure.
set -eu
cd "$(dirname "$0")/.."

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir "$home/bin" "$home/exports"
ln -s "$PWD/target/debug/writeback" "$home/bin/writeback"
export WRITEBACK_HOME="$home" HOME="$home" ZDOTDIR="$home" PATH="$home/bin:$PATH" TERM=xterm
for name in daily-costs sales-by-region; do
    cat >"$home/exports/$name.toml" <<END
name = "$name"
[input]
dataset = "845305d8-da3d-4107-a9d6-13ef3f86d4a4"
[output]
dataset = "acme/sales"
file = "sales"
END
done
printf '[[account]]\nname = "My analyst"\nservice = "data.world"\n' >"$home/accounts.toml"

fail() { echo "shells.sh: $*" >&2; exit 1; }
there() {
    command -v "$1" >/dev/null && return
    [ -z "${WRITEBACK_ALL_SHELLS:-}" ] || fail "$1 is missing"
    echo "$1 is not here, and left out"
    return 1
}
# SHELL WHAT-IT-SAYS WHAT-IT-SHOULD
check() { case $2 in *"$3"*) echo "$1: $3" ;; *) fail "$1 said: $2, not $3" ;; esac; }

# What Tab would put into the line, as bash asks the function that the script has registered.
if there bash; then
    ask='source <(writeback completions bash); declare -F "${@:1:1}" >/dev/null || exit 1
         f=$1; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
         "$f" writeback "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf "<%s>" "${COMPREPLY[@]}"'
    bash_offers() { bash --norc -c "$ask" bash _clap_complete_writeback "$@"; }
    check bash "$(bash_offers writeback run sa)" "<sales-by-region>"
    check bash "$(bash_offers writeback ls --account '')" '<My\ analyst>'
    check bash "$(bash_offers writeback acc)" "<accounts>"
fi

# Tab is pressed in a terminal of zsh's own.
if there zsh; then
    said=$(timeout 60 zsh -f <<'END'
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'PS1=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source <(writeback completions zsh); print rea""dy'
        line=
        until [[ $line == *ready* ]]; do zpty -r shell line || exit 1; done
        zpty -w -n shell $'writeback run sa\t'
        all=
        until [[ $all == *sales-by-region* ]]; do zpty -r -m shell chunk '*[a-z]*' || break; all+=$chunk; done
        print -r -- $all
END
    )
    check zsh "$said" "writeback run sales-by-region"
fi

if there fish; then
    check fish "$(fish --no-config -c 'writeback completions fish | source; complete -C "writeback run sa"')" sales-by-region
    check fish "$(fish --no-config -c 'writeback completions fish | source; complete -C "writeback ls --account M"')" "My analyst"
fi

writeback man --dir "$home/man"
writeback man >"$home/man/printed.1"
if there man; then
    for page in "$home"/man/*; do
        said=$(MANWIDTH=80 man -l --warnings "$page" 2>&1 >"$home/text") || fail "$page: $said"
        [ -z "$said" ] || fail "$page: $said"
        grep -q SYNOPSIS "$home/text" || fail "$page has no synopsis"
    done
    check man "$(MANWIDTH=80 man -l "$home/man/writeback-run.1" | tr -s ' \n' ' ')" "Do everything except the upload"
fi
if there mandoc; then
    mandoc -T lint -W error "$home"/man/* || fail "mandoc finds errors"
fi
echo "shells.sh: all well"
