"""Asks those who read them what `writeback schedule` has written: the schema of Kubernetes, and a real Airflow, which also runs an export
against the sandbox. Run by tests/cluster.sh, with the program as its argument; it needs apache-airflow and kubernetes-validate."""

import ast
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import yaml

PROGRAM = Path(sys.argv[1]).resolve()
TOOLS = Path(sys.executable).parent
QUOTED = "1d0b0e1e-408e-4ba7-aaa3-9e2083696a1b"
DATASET = "acme-analytics/sales-mart"

# Schedules; a moment; and the runs after it, in UTC. Clocks in Denver go back on 1 November 2026 at 08:00 UTC, and forward on 14 March
# 2027 at 09:00 UTC.
SCHEDULES = {
    "weekdays": (
        {"every": "weekday", "at": "06:30", "timezone": "America/Denver"},
        "2026-10-30T00:00",
        ["2026-10-30T12:30", "2026-11-02T13:30", "2026-11-03T13:30"],
    ),
    "in the hour that comes twice": (
        {"every": "day", "at": "01:30", "timezone": "America/Denver"},
        "2026-10-31T12:00",
        ["2026-11-01T07:30", "2026-11-02T08:30"],
    ),
    "in the hour that is missing": (
        {"every": "day", "at": "02:30", "timezone": "America/Denver"},
        "2027-03-13T12:00",
        ["2027-03-14T09:00", "2027-03-15T08:30"],
    ),
    "every hour": (
        {"every": "hour", "timezone": "America/Denver"},
        "2026-11-01T05:30",
        ["2026-11-01T06:00", "2026-11-01T07:00", "2026-11-01T09:00", "2026-11-01T10:00"],
    ),
    "45 minutes": (
        {"every": "45 minutes", "from": "08:00", "to": "11:00", "timezone": "Asia/Kolkata"},
        "2026-11-22T00:00",
        ["2026-11-22T02:30", "2026-11-22T03:15", "2026-11-22T04:00", "2026-11-22T04:45", "2026-11-23T02:30"],
    ),
    "second sunday, last friday": (
        {"on": ["2nd sunday", "last friday"], "at": "06:30"},
        "2026-11-01T00:00",
        ["2026-11-08T06:30", "2026-11-27T06:30"],
    ),
    "two weeks": (
        {"every": "2 weeks", "on": ["monday"], "at": "06:30", "start": "2026-11-23"},
        "2026-11-16T00:00",
        ["2026-11-23T06:30", "2026-12-07T06:30"],
    ),
    "a date or a weekday": (
        {"cron": "0 9 13 * 5"},
        "2026-12-05T00:00",
        ["2026-12-11T09:00", "2026-12-13T09:00", "2026-12-18T09:00"],
    ),
}


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


class Writeback:
    """The program, in a home of its own."""

    def __init__(self, home):
        self.home = home
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "WRITEBACK_HOME": str(home)}

    def __call__(self, *args):
        return subprocess.run([PROGRAM, *args], env=self.environment, capture_output=True, text=True, check=True)

    @contextlib.contextmanager
    def sandbox(self):
        with subprocess.Popen([PROGRAM, "sandbox"], env=self.environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                while "DOMO_CLIENT_SECRET" not in self.environment:
                    name, value = process.stdout.readline().removeprefix("export ").strip().split("=", 1)
                    self.environment[name] = value
                yield
            finally:
                process.terminate()

    def save(self, slug, name, schedule, description="", more=""):
        keys = "\n".join(f"{key} = {json.dumps(value)}" for key, value in schedule.items())
        text = f"""name = {toml_text(name)}
description = {toml_text(description)}
[input]
dataset = "{QUOTED}"
owner_confirmed = true
[output]
dataset = "{DATASET}"
file = "from-airflow-{slug}"
[schedule]
{keys}
{more}"""
        path = self.home / "exports" / f"{slug}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def written(self, slug, target):
        return self("schedule", slug, "--to", target).stdout


def toml_text(text):
    escaped = "".join(c if c.isalnum() else f"\\U{ord(c):08X}" for c in text)
    return f'"{escaped}"'


def odd_texts(count):
    """Texts with everything that means something to YAML, Python, Jinja or bash."""
    chance = random.Random(1)
    odd = ['"', "'", "\\", "\n", "\r\n", "\t", ": ", " #", "---\n", "{{ x }}", "{% if %}", '"""', "'''", "\x85", "\u2028", "\ufeff", "\x7f"]
    odd += ["\u202e", "📈", "👩\u200d🚀", "é", "%", "&a", "*a", "!!", "|", ">", "no", "${X}", "$(X)", "`x`", ".md", "  ", "\x00", "\x1b[31m"]
    return ["".join(chance.choices(odd, k=chance.randrange(1, 9))) for _ in range(count)]


def kubernetes(writeback, folder, slugs):
    """Every manifest fits the schema, and is read as what was meant."""
    files = []
    for slug in slugs:
        files.append(folder / f"{slug}.yaml")
        files[-1].write_text(writeback.written(slug, "kubernetes"), encoding="utf-8")
    checked = subprocess.run(
        [TOOLS / "kubernetes-validate", "--strict", *files], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    resources = checked.stdout + checked.stderr
    assert resources.count("passed for resource cronjob/") == len(files), resources
    print(f"{len(files)} manifests fit the schema")


def odd_names(writeback):
    """PyYAML and Python read any text back as it is."""
    texts = odd_texts(60)
    for text in texts:
        writeback.save("odd", "x" + text, SCHEDULES["weekdays"][0], text)
        documents = list(yaml.safe_load_all(writeback.written("odd", "kubernetes")))
        about = documents[-1]["metadata"]["annotations"]["kubernetes.io/description"]
        assert about.startswith(f"x{text}: "), (text, about)
        dag = ast.parse(writeback.written("odd", "airflow"))
        calls = [node for node in ast.walk(dag) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DAG"]
        given = {key.arg: key.value for key in calls[0].keywords}
        assert ast.literal_eval(given["dag_display_name"]) == "x" + text, text
        assert ast.literal_eval(given["doc_md"]).startswith(text), text
    (writeback.home / "exports" / "odd.toml").unlink()
    print(f"{len(texts)} odd names are read back")


def ticks(dag, after, until):
    """When Airflow makes a run of the DAG."""
    from airflow.timetables.base import DataInterval, TimeRestriction
    import pendulum

    last, everything = pendulum.instance(after), TimeRestriction(earliest=None, latest=None, catchup=True)
    while True:
        info = dag.timetable.next_dagrun_info(
            last_automated_data_interval=DataInterval.exact(last), restriction=everything
        )
        last = info.run_after
        if last > until:
            return
        yield last


def command(dag, run_type, at):
    """What bash is given in a run of that type, as its words."""
    import shlex
    from types import SimpleNamespace

    task = dag.task_dict["run"]
    context = {"ts": at.isoformat(), "dag_run": SimpleNamespace(run_type=run_type)}
    return shlex.split(task.render_template(task.bash_command, context))


def airflow(writeback, folder):
    """Airflow imports the DAGs, runs them when the schedules say so, and an export arrives."""
    home = folder / "airflow"
    dags = home / "dags"
    dags.mkdir(parents=True)
    own = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__DAGS_FOLDER": str(dags)}
    os.environ.update(own)
    slugs = {}
    for number, name in enumerate(SCHEDULES):
        slugs[name] = f"export-{number}"
        (dags / f"{slugs[name]}.py").write_text(writeback.written(slugs[name], "airflow"), encoding="utf-8")

    def tool(*args):
        ran = subprocess.run(
            [TOOLS / "airflow", *args], env={**writeback.environment, **own}, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    tool("db", "migrate")
    import airflow

    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:  # Airflow 2
        from airflow.models import DagBag
    bag = DagBag(dag_folder=str(dags))
    assert not bag.import_errors, bag.import_errors
    assert len(bag.dags) == len(SCHEDULES), bag.dags.keys()
    print(f"{len(bag.dags)} DAGs are imported by Airflow {airflow.__version__}")

    nexts = {row["file"]: row["next"] for row in json.loads(writeback("exports", "list", "--json").stdout)}
    for name, (_, after, expected) in SCHEDULES.items():
        slug = slugs[name]
        dag = bag.dags[f"writeback-{slug}"]

        def due(at, dag=dag, slug=slug):
            words = command(dag, "scheduled", at)
            assert words[0] == str(PROGRAM) and words[-1] == slug, words
            if words[2] == "--scheduled":
                return True
            assert words[2] == f"--if-due-at={at.isoformat()}", words
            return "is not due" not in writeback(*words[1:], "--dry-run").stderr

        runs = [at for at in ticks(dag, moment(after), moment(expected[-1])) if due(at)]
        assert [at.strftime("%Y-%m-%dT%H:%M") for at in runs] == expected, (name, runs)
        now = datetime.now(timezone.utc)
        upcoming = next(at for at in ticks(dag, now, now + timedelta(days=60)) if due(at))
        assert upcoming == datetime.fromisoformat(nexts[slug]), (name, upcoming, nexts[slug])
    print(f"{len(SCHEDULES)} schedules have the same runs in Airflow, also where clocks change")

    for name in ("weekdays", "in the hour that is missing"):
        tool("dags", "test", f"writeback-{slugs[name]}")
        files = json.loads(writeback("ls", DATASET, "--json").stdout)
        arrived = [file for file in files if file["file"] == f"from-airflow-{slugs[name]}.csv"]
        assert arrived and arrived[0]["size"] > 0, files
    print("airflow dags test: both exports have arrived")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        writeback = Writeback(folder / "home")
        writeback.home.mkdir()
        odd_names(writeback)
        for number, schedule in enumerate(SCHEDULES.values()):
            writeback.save(f"export-{number}", f"Export {number}", schedule[0], "It's \"for\" {{ ds }}\n\\ notes.md", "[retry]")
        writeback.save("umsätze", "Umsätze", SCHEDULES["weekdays"][0])
        kubernetes(writeback, folder, [f"export-{number}" for number in range(len(SCHEDULES))] + ["umsätze"])
        with writeback.sandbox():
            airflow(writeback, folder)


main()
