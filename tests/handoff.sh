#!/usr/bin/env bash
# What schedulers themselves make of what `writeback schedule` writes: systemd-analyze, Debian's crontab, and parsers of
# XML. Needs systemd, cron and python3. The crontab of whoever runs it is changed for a moment, and put back.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --locked --quiet
binary=$PWD/${CARGO_TARGET_DIR:-target}/debug/writeback

# A folder whose name means something to each of them.
work=$(mktemp -d)
old=$(crontab -l 2>/dev/null; echo end)
restore() {
  if [[ $old == end ]]; then crontab -r 2>/dev/null || true; else printf %s "${old%end}" | crontab -; fi
  rm -rf "$work"
}
trap restore EXIT
folder="$work/a b%h \$HOME 'q'"
program="$work/a b%h \$HOME/writeback"
mkdir -p "$folder/exports" "$(dirname "$program")" "$work/run"
export XDG_RUNTIME_DIR=$work/run
cp "$binary" "$program"
export WRITEBACK_HOME=$folder

export_with() { # NAME KEYS
  printf 'name = "%s"\n[input]\ndataset = "845305d8-da3d-4107-a9d6-13ef3f86d4a4"\n[output]\ndataset = "acme/sales"\nfile = "x"\n[schedule]\n%b\n' \
    "$1" "$2" > "$folder/exports/$1.toml"
}
export_with daily 'every = "day"\nat = "06:30"'
export_with often 'every = "15 minutes"\nfrom = "08:00"\nto = "20:00"\non = ["2nd sunday", "last friday"]\ntimezone = "America/Denver"'
export_with weeks 'every = "2 weeks"\non = ["monday"]\nat = "02:30"\nstart = "2026-11-23"\ntimezone = "Europe/Berlin"'
export_with month 'on = [15, 31]\nat = "00:15"\ntimezone = "America/Santiago"'
names=(daily often weeks month)
fail() { echo "handoff.sh: $*" >&2; exit 1; }

echo "units: systemd-analyze verify"
for name in "${names[@]}"; do
  "$program" schedule "$name" --to systemd 2>/dev/null |
    awk -v folder="$work/" '/^#### /{file = folder $2; next} {print > file}'
done
said=$(systemd-analyze verify --user "$work"/writeback-*.timer "$work"/writeback-*.service 2>&1) || fail "systemd refuses: $said"
[[ -z $said ]] || fail "systemd has something to say: $said"
# What is started, as systemd reads it: the path with all its odd letters, or verify would not have found it.
mv "$program" "$program-away"
said=$(systemd-analyze verify --user "$work"/writeback-daily.service 2>&1) && fail "systemd misses no program"
[[ $said == *"Command $program is not executable"* ]] || fail "systemd does not read the program's path: $said"
mv "$program-away" "$program"

echo "calendars: systemd-analyze calendar, for a table and for any schedule"
cargo test --locked --quiet --test schedulers handoff::systemd:: -- --ignored

echo "crontab: crontab -n, and a real one with lines of others"
for name in "${names[@]}"; do
  "$program" schedule "$name" --to cron --computer-zone Europe/Berlin > "$work/crontab" 2>/dev/null
  crontab -n "$work/crontab" > /dev/null || fail "crontab does not take $name"
done
foreign=$'MAILTO=""\n# writeback: daily\n5 5 1 1 *\ttrue \\% # mine\n'
printf %s "$foreign" | crontab -
state() { "$program" schedule --list --json --computer-zone "${1:-UTC}" | python3 -c 'import json, sys
print(*(row["export"] + ":" + row["state"] for row in json.load(sys.stdin) if row["scheduler"] == "cron"))'; }
"$program" schedule daily --to cron --install --computer-zone UTC > /dev/null
"$program" schedule weeks --to cron --install --computer-zone UTC > /dev/null 2>&1
"$program" schedule daily --to cron --install --computer-zone UTC > /dev/null
[[ $(state) == "weeks:matches daily:matches" ]] || fail "the list says: $(state)"
[[ $(state Asia/Tokyo) == "weeks:differs daily:differs" ]] || fail "by another clock the list says: $(state Asia/Tokyo)"
# The line as cron hands it to a shell: it turns \% into %.
line=$(crontab -l | grep 'run daily --scheduled$' | cut -d' ' -f6- | sed 's/\\%/%/g')
said=$(sh -c "${line/run daily --scheduled/run --if-due month}" 2>&1) || true
[[ $said == *"month is not due"* || $said == *credentials* || $said == *account* ]] || fail "a shell makes of the line: $said"
"$program" schedule daily --to cron --remove > /dev/null
"$program" schedule weeks --to cron --remove > /dev/null
[[ $(crontab -l; echo end) == "${foreign}end" ]] || fail "lines of others have changed"

echo "launchd and Windows: their files are well-formed, and say what they should (neither can be run here)"
for name in "${names[@]}"; do
  "$program" schedule "$name" --to launchd --computer-zone UTC > "$work/$name.plist" 2>/dev/null
  "$program" schedule "$name" --to windows --computer-zone UTC > "$work/$name.xml" 2>/dev/null
done
python3 - "$work" "$program" "$folder" <<'PYTHON'
import plistlib, sys
import xml.etree.ElementTree as ET
work, program, home = sys.argv[1:]
for name, guard, intervals in [("daily", False, 1), ("month", True, None), ("weeks", True, None), ("often", True, None)]:
    agent = plistlib.load(open(f"{work}/{name}.plist", "rb"))
    last = "--if-due" if guard else "--scheduled"
    assert agent["Label"] == f"writeback.{name}" and agent["ProgramArguments"] == [program, "run", name, last], agent
    assert agent["EnvironmentVariables"]["WRITEBACK_HOME"] == home
    times = agent["StartCalendarInterval"]
    assert times and all(set(it) <= {"Month", "Day", "Weekday", "Hour", "Minute"} for it in times)
    assert not any({"Day", "Weekday"} <= set(it) for it in times) and len(times) == (intervals or len(times))
    ns = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task = ET.parse(f"{work}/{name}.xml").getroot()
    assert [it.tag.removeprefix(ns) for it in task] == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    triggers = task.find(f"{ns}Triggers")
    assert 1 <= len(triggers) <= 48
    for trigger in triggers:
        tags = [it.tag.removeprefix(ns) for it in trigger]
        assert tags[-1].startswith("ScheduleBy") and {"StartBoundary", "Enabled"} <= set(tags), tags
    script = task.find(f".//{ns}Arguments").text
    assert f"run {name} {last}; exit" in script and "''q''" in script, script
PYTHON
echo "handoff.sh: all is well"
