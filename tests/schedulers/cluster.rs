//! A schedule that is handed to Kubernetes or Airflow: whatever the export is called, the file is one that they read, and
//! they run it when its schedule says so.
//!
//! `tests/cluster.sh` asks the real schema of Kubernetes, and a real Airflow.

use std::collections::HashSet;
use std::path::Path;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone as _, Timelike, Utc};
use croner::Cron;
use proptest::prelude::*;
use serde_json::Value;
use writeback::testing::export::schedule::parse_zone;
use writeback::testing::export::{CredentialNames, Export, Schedule};
use writeback::testing::sandbox::samples;
use writeback::testing::schedulers::{self, IntendedStart, SchedulerKind, Task, WriteError};

use crate::stage::{FILE, Stage};

const WEEKDAYS: &str = "every = \"weekday\"\nat = \"06:30\"\ntimezone = \"America/Denver\"";

fn task(schedule: Schedule) -> Task {
    let text = "name = \"Daily sales\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                [output]\ndataset = \"acme-analytics/sales-mart\"\nfile = \"daily-sales\"";
    let mut export = Export::parse(text, Path::new("x.toml")).unwrap();
    export.schedule = schedule;
    Task {
        slug: export.slug(),
        export,
        program: "/usr/local/bin/writeback".into(),
        home: Some("/srv/writeback".into()),
        clock: parse_zone("UTC").unwrap(),
        begins: "2026-11-22T15:04:00Z".parse().unwrap(),
    }
}

fn schedule(text: &str) -> Schedule {
    toml::from_str(text).unwrap()
}

fn written(task: &Task, target: SchedulerKind) -> String {
    let mut written = schedulers::write(task, target).unwrap();
    assert_eq!(written.documents.len(), 1);
    let text = written.documents.remove(0).text;
    assert_eq!(written.exact, !text.contains("--if-due-at="), "{text}");
    text
}

/// The objects of a manifest, by their kinds.
fn objects(task: &Task) -> Vec<(String, Value)> {
    let text = written(task, SchedulerKind::Kubernetes);
    let objects: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    objects.into_iter().map(|object| (object["kind"].as_str().unwrap().to_owned(), object)).collect()
}

fn object(task: &Task, kind: &str) -> Value {
    objects(task).into_iter().find(|(it, _)| it == kind).unwrap().1
}

/// The definition that the container gets.
fn definition(task: &Task) -> Export {
    let map = object(task, "ConfigMap");
    Export::parse(map["data"]["export.toml"].as_str().unwrap(), Path::new("export.toml")).unwrap()
}

fn container(task: &Task) -> Value {
    object(task, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0].clone()
}

#[test]
fn a_manifest_and_a_dag() {
    let mut task = task(schedule(WEEKDAYS));
    task.export.description = Some("For the weekly meeting".to_owned());
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("kubernetes", written(&task, SchedulerKind::Kubernetes));
        task.export.retry = Some(Default::default());
        insta::assert_snapshot!("airflow", written(&task, SchedulerKind::Airflow));
    });
}

#[test]
fn a_pod_may_do_nothing_that_it_need_not() {
    let task = task(schedule(WEEKDAYS));
    let spec = object(&task, "CronJob")["spec"].clone();
    let job = &spec["jobTemplate"]["spec"];
    let pod = &job["template"]["spec"];
    let container = container(&task);
    for (what, expected) in [
        (&spec["concurrencyPolicy"], Value::from("Forbid")),
        (&spec["timeZone"], "America/Denver".into()),
        (&spec["schedule"], "30 6 * * 1-5".into()),
        (&job["backoffLimit"], 0.into()),
        (&pod["restartPolicy"], "Never".into()),
        (&pod["automountServiceAccountToken"], false.into()),
        (&pod["securityContext"]["runAsNonRoot"], true.into()),
        (&pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault".into()),
        (&container["securityContext"]["readOnlyRootFilesystem"], true.into()),
        (&container["securityContext"]["allowPrivilegeEscalation"], false.into()),
        (&container["securityContext"]["capabilities"]["drop"][0], "ALL".into()),
        (&container["envFrom"][0]["secretRef"]["name"], "writeback".into()),
        (&container["args"], serde_json::json!(["run", "--scheduled", "/etc/writeback/export.toml"])),
    ] {
        assert_eq!(*what, expected);
    }
    for path in ["/etc/writeback", "/var/lib/writeback", "/tmp"] {
        let mounts = container["volumeMounts"].as_array().unwrap();
        assert_eq!(mounts.iter().filter(|mount| mount["mountPath"] == path).count(), 1, "{path}");
    }
}

#[test]
fn a_container_has_no_accounts_and_takes_the_environment() {
    let mut task = task(schedule(WEEKDAYS));
    let without = task.export.clone();
    task.export.credentials = CredentialNames { domo: Some("acme".to_owned()), dataworld: Some("analyst".to_owned()) };
    assert_eq!(definition(&task), without);
}

#[test]
fn a_history_that_later_runs_go_by_outlives_the_pod() {
    let mut task = task(schedule(WEEKDAYS));
    let kinds = |task: &Task| objects(task).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    assert_eq!(kinds(&task), ["ConfigMap", "CronJob"]);
    task.export.input.only_when_updated = true;
    assert_eq!(kinds(&task), ["ConfigMap", "PersistentVolumeClaim", "CronJob"]);
    task.export.input.only_when_updated = false;
    task.export.output.keep = Some(writeback::testing::export::Keep::new(3).unwrap());
    assert_eq!(kinds(&task), ["ConfigMap", "PersistentVolumeClaim", "CronJob"]);
    let volumes = &object(&task, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"];
    assert_eq!(volumes[1]["persistentVolumeClaim"]["claimName"], "writeback-daily-sales");
}

#[test]
fn who_takes_out_what_has_a_history_learns_that_it_is_deleted_too() {
    let mut task = task(schedule(WEEKDAYS));
    for is_needed in [false, true] {
        task.export.input.only_when_updated = is_needed;
        let text = written(&task, SchedulerKind::Kubernetes);
        assert!(text.contains("# takes it in, and `kubectl delete -f` takes it out again."), "{text}");
        let said = "#   kubectl delete cronjob,configmap writeback-daily-sales\n#\n";
        assert_eq!(text.contains("That deletes the volume claim too, and with it the\n# history"), is_needed, "{text}");
        assert_eq!(text.contains(said), is_needed, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_the_environment_is_written() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, &format!("[schedule]\n{WEEKDAYS}"));
    std::fs::create_dir_all(stage.home.path().join("exports")).unwrap();
    std::fs::copy(definition, stage.home.path().join("exports/a-test.toml")).unwrap();
    for target in ["kubernetes", "airflow"] {
        let ran = stage.run(&["schedule", "a-test", "--to", target]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.starts_with("# writeback: a-test\n"), "{ran:?}");
        for (name, secret) in stage.sandbox.environment() {
            assert!(!ran.out.contains(&secret), "{name}: {}", ran.out);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_named_after_the_guard_does_not_have_it() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "[schedule]\nevery = \"day\"\nat = \"06:30\"");
    let text = std::fs::read_to_string(definition).unwrap().replace("A test", "run --if-due");
    std::fs::create_dir_all(stage.home.path().join("exports")).unwrap();
    std::fs::write(stage.home.path().join("exports/daily.toml"), text).unwrap();
    for target in ["kubernetes", "airflow"] {
        let ran = stage.run(&["schedule", "daily", "--to", target]).await;
        assert!(ran.code == Some(0) && ran.out.contains("run --if-due"), "{ran:?}");
        assert!(!ran.err.contains("cannot express the schedule exactly"), "{ran:?}");
    }
}

#[test]
fn what_has_no_schedule_or_a_path_that_is_a_template_is_refused() {
    let manual = task(Schedule::default());
    for target in [SchedulerKind::Kubernetes, SchedulerKind::Airflow] {
        assert_eq!(schedulers::write(&manual, target), Err(WriteError::Manual("daily-sales".to_owned())));
    }
    let mut odd = task(schedule(WEEKDAYS));
    odd.home = Some("/srv/{{ var.value.x }}".into());
    assert_eq!(schedulers::write(&odd, SchedulerKind::Airflow), Err(WriteError::Path("/srv/{{ var.value.x }}".into())));
}

#[test]
fn retries_are_those_of_airflow_or_of_the_program() {
    let mut task = task(schedule(WEEKDAYS));
    let dag = written(&task, SchedulerKind::Airflow);
    assert!(dag.contains("retries=0,") && !dag.contains("--no-retry") && !dag.contains("timedelta"), "{dag}");
    task.export.retry = Some(writeback::testing::export::Retry::new(7, 2).unwrap());
    let dag = written(&task, SchedulerKind::Airflow);
    assert!(dag.contains("retries=2,\n        retry_delay=timedelta(minutes=7),"), "{dag}");
    assert!(dag.contains("\"--no-retry\", \"daily-sales\"]"), "{dag}");
    assert_eq!(definition(&task).retry, task.export.retry);
    assert!(!container(&task)["args"].to_string().contains("--no-retry"));
}

/// `--if-due-at` for a moment of two hours ago.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_run_is_made_for_the_moment_that_it_is_meant_for() {
    let stage = Stage::new().await;
    let at = Utc::now() - TimeDelta::hours(2);
    let more = format!("[schedule]\nevery = \"day\"\nat = \"{}\"", at.format("%H:%M"));
    let definition = stage.definition(samples::QUOTED, &more);
    let meant = |at: DateTime<Utc>| format!("--if-due-at={}", at.format("%Y-%m-%dT%H:%M:00+00:00"));
    let ran = stage.run(&["run", &meant(at + TimeDelta::minutes(1)), &definition]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("is not due: its next run is on "), "{ran:?}");
    assert!(stage.file(FILE).is_none());
    // As often as it is asked for: a scheduler's retry is meant for the same moment.
    for _ in 0..2 {
        let ran = stage.run(&["run", &meant(at), &definition]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.err.contains("rows"), "{ran:?}");
    }
    let job = format!("--if-due-at=writeback-a-test-{}", at.timestamp() / 60);
    assert!(stage.run(&["run", &job, &definition]).await.err.contains("rows"));
    assert!(stage.run(&["run", "--if-due-at=by-hand", &definition]).await.err.contains("rows"));
    let date = stage.run(&["run", &format!("--if-due-at={}", at.format("%Y-%m-%d")), &definition]).await;
    assert!(date.code == Some(2) && date.err.contains("neither a time"), "{date:?}");
    let opened = writeback::testing::history::History::open(stage.home.path(), Utc::now()).unwrap();
    let runs = opened.history.runs(writeback::testing::history::RunFilter::All, 100).unwrap();
    assert_eq!(runs.iter().map(|run| run.kind.unwrap().into_str()).collect::<Vec<_>>(), ["scheduled"; 4]);
}

/// Changes of clocks by zone and date, and dates without one.
const SCENES: [(&str, &str); 12] = [
    ("UTC", "2028-02-28"),
    ("Asia/Kolkata", "2026-12-31"),
    ("America/Denver", "2027-03-14"),
    ("America/Denver", "2026-11-01"),
    ("Europe/Berlin", "2027-03-28"),
    ("Europe/Berlin", "2026-10-25"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("America/Santiago", "2026-09-06"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Pacific/Chatham", "2026-09-27"),
];

fn cases() -> impl Strategy<Value = (Schedule, NaiveDate)> {
    let start = prop_oneof![1 => Just(None), 2 => (-400i64..4).prop_map(Some)];
    // Most of the time the change of clocks is within the days that are looked at.
    let from = prop_oneof![3 => -4i64..1, 1 => -40i64..3];
    (0..SCENES.len(), crate::rhythms::rhythms(), start, from).prop_map(|(scene, rhythm, start, from)| {
        let (zone, change) = SCENES[scene];
        let change: NaiveDate = change.parse().unwrap();
        let start = start.or(rhythm.is_counted().then_some(-100)).map(|days| change + TimeDelta::days(days));
        (Schedule { rhythm, start, zone: parse_zone(zone).unwrap() }, change + TimeDelta::days(from))
    })
}

/// Starts of a scheduler that reads the cron expression by the clock of the zone, as often as it shows a time.
fn ticks(cron: &str, zone: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let (pattern, zone) = (cron.parse::<Cron>().unwrap().pattern, parse_zone(zone).unwrap());
    let set = |values: Vec<u16>| values.into_iter().map(u32::from).collect::<HashSet<u32>>();
    let (minutes, hours) = (set(pattern.minutes.values()), set(pattern.hours.values()));
    let (dates, months, weekdays) =
        (set(pattern.days.values()), set(pattern.months.values()), set(pattern.days_of_week.values()));
    let either = cron.split(' ').nth(2) != Some("*") && cron.split(' ').nth(4) != Some("*");
    let means = |at: &DateTime<Utc>| {
        let time = at.with_timezone(&zone).naive_local();
        let day = (dates.contains(&time.day()), weekdays.contains(&time.weekday().num_days_from_sunday()));
        minutes.contains(&time.minute())
            && hours.contains(&time.hour())
            && months.contains(&time.month())
            && if either { day.0 || day.1 } else { day.0 && day.1 }
    };
    let all = (0..).map(|minute| from + TimeDelta::minutes(minute));
    all.take_while(|at| *at < until).filter(means).collect()
}

#[test]
fn what_one_line_of_cron_can_say_it_says_and_the_rest_has_a_guard() {
    let table = [
        (WEEKDAYS, "30 6 * * 1-5", "America/Denver", false),
        ("every = \"15 minutes\"", "*/15 * * * *", "UTC", false),
        ("every = \"hour\"\ntimezone = \"Asia/Kolkata\"", "0 * * * *", "Asia/Kolkata", false),
        ("cron = \"0 9 13 * 5\"", "0 9 13 * 5", "UTC", false),
        ("every = \"45 minutes\"\nfrom = \"08:00\"\nto = \"11:00\"", "*/15 8-10 * * *", "UTC", true),
        ("every = \"2 days\"\nat = \"06:30\"\nstart = \"2026-11-23\"", "30 6 * * *", "UTC", true),
        ("on = [\"2nd sunday\"]\nat = \"06:30\"", "30 6 * * 0", "UTC", true),
        // Clocks are changed in this hour.
        ("every = \"day\"\nat = \"01:30\"\ntimezone = \"America/Denver\"", "30 7,8 * * *", "UTC", true),
    ];
    for (text, cron, zone, guard) in table {
        let task = task(schedule(text));
        let spec = object(&task, "CronJob")["spec"].clone();
        assert_eq!((&spec["schedule"], &spec["timeZone"]), (&cron.into(), &zone.into()), "{text}");
        let argument = container(&task)["args"][1].clone();
        assert_eq!(argument, if guard { "--if-due-at=$(JOB_NAME)" } else { "--scheduled" }, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cluster_comes_when_the_schedule_says_so_and_else_the_guard_sends_it_away((schedule, from) in cases()) {
        let task = task(schedule.clone());
        let spec = object(&task, "CronJob")["spec"].clone();
        let pod = &spec["jobTemplate"]["spec"]["template"]["spec"];
        let (cron, zone) = (spec["schedule"].as_str().unwrap(), spec["timeZone"].as_str().unwrap());
        prop_assert!(zone == schedule.zone.name() || zone == "UTC");
        let guard = pod["containers"][0]["args"][1] == "--if-due-at=$(JOB_NAME)";
        let from = from.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let until = from + TimeDelta::days(6);
        let mut ticks = ticks(cron, zone, from, until);
        if guard {
            ticks.retain(|tick| {
                let job = format!("writeback-daily-sales-{}", tick.timestamp() / 60);
                let meant = IntendedStart::parse(&job, *tick).unwrap();
                let same = IntendedStart::parse(&tick.to_rfc3339(), *tick).unwrap();
                assert_eq!(meant, same);
                meant.is_due(&schedule)
            });
        }
        let ours: Vec<DateTime<Utc>> =
            schedule.next_runs(from - TimeDelta::minutes(1)).take_while(|run| *run < until).collect();
        // Of two moments that the clock shows alike, Airflow takes the second.
        let clock = parse_zone(zone).unwrap();
        let once = |run: &DateTime<Utc>| {
            clock.from_local_datetime(&run.with_timezone(&clock).naive_local()).single().is_some()
        };
        prop_assert!(ours.iter().all(once), "{} as {} {}", schedule.describe(), cron, zone);
        prop_assert_eq!(ours, ticks, "{} as {} {}", schedule.describe(), cron, zone);

        let dag = written(&task, SchedulerKind::Airflow);
        let timetable = format!("schedule=CronTriggerTimetable(\"{cron}\", timezone=\"{zone}\"),");
        prop_assert!(dag.contains(&timetable), "{}", dag);
        prop_assert_eq!(dag.contains("--if-due-at={{"), guard);
    }
}

/// Texts with everything that means something to YAML, Python or TOML.
fn texts() -> impl Strategy<Value = String> {
    let odd = proptest::sample::select(vec![
        "\"",
        "'",
        "\\",
        "\n",
        "\r\n",
        "\t",
        ": ",
        " #",
        "---\n",
        "{{ x }}",
        "\"\"\"",
        "'''",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{7f}",
        "\u{202e}",
        "📈",
        "👩‍🚀",
        "é",
        "%",
        "&a",
        "*a",
        "!!",
        "|",
        ">",
        "no",
        "${X}",
        "$(X)",
        ".md",
        "  ",
    ]);
    let part = prop_oneof![odd.prop_map(str::to_owned), any::<String>(), "[a-z]{1,9}"];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_back_as_it_is(name in texts(), description in texts()) {
        let mut task = task(schedule(WEEKDAYS));
        task.export.name = name;
        task.export.description = Some(description);
        let objects = objects(&task);
        let definition = objects[0].1["data"]["export.toml"].as_str().unwrap();
        prop_assert_eq!(&Export::parse(definition, Path::new("x.toml")).unwrap(), &task.export);
        let annotations = &objects[1].1["metadata"]["annotations"];
        let expected = format!("{}: {}", task.export.name, task.export.schedule.describe());
        prop_assert_eq!(annotations["kubernetes.io/description"].as_str(), Some(expected.as_str()));

        // Python's strings in double quotes have the same escapes as YAML's; `tests/cluster.py` asks Python itself.
        let dag = written(&task, SchedulerKind::Airflow);
        let of = |key: &str| dag.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_suffix(',')).unwrap();
        prop_assert_eq!(&serde_saphyr::from_str::<String>(of("dag_display_name=")).unwrap(), &task.export.name);
        let about: String = serde_saphyr::from_str(of("doc_md=")).unwrap();
        prop_assert!(about.starts_with(task.export.description.as_deref().unwrap()) && !about.ends_with(".md"));
        let seen = |c: char| c == '\n' || c.escape_debug().len() == 1 || "\"'\\".contains(c);
        prop_assert!(dag.chars().all(seen), "{}", dag);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_name_is_a_dns_label_and_no_two_are_the_same(names in proptest::collection::hash_set(texts(), 1..4)) {
        let slugs: HashSet<String> = names
            .into_iter()
            .map(|name| {
                let mut task = task(schedule(WEEKDAYS));
                task.export.name = name;
                task.export.slug()
            })
            .collect();
        let labels: HashSet<String> = slugs
            .iter()
            .map(|slug| {
                let task = Task { slug: slug.clone(), ..task(schedule(WEEKDAYS)) };
                let label = object(&task, "CronJob")["metadata"]["name"].as_str().unwrap().to_owned();
                assert!(written(&task, SchedulerKind::Airflow).contains(&format!("dag_id=\"{label}\"")));
                label
            })
            .collect();
        prop_assert_eq!(labels.len(), slugs.len());
        for label in labels {
            prop_assert!(label.len() <= 52 && label.starts_with("writeback-") && !label.ends_with('-'), "{}", label);
            prop_assert!(label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", label);
        }
    }
}

#[test]
fn long_and_foreign_names_keep_a_hash() {
    let name = |slug: &str| {
        let task = Task { slug: slug.to_owned(), ..task(schedule(WEEKDAYS)) };
        object(&task, "CronJob")["metadata"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name("daily-sales"), "writeback-daily-sales");
    assert_eq!(name(&"x".repeat(42)), format!("writeback-{}", "x".repeat(42)));
    assert_eq!(name(&"x".repeat(43)).len(), 52);
    assert!(name("umsätze").starts_with("writeback-umstze-"));
    assert_ne!(name("売上"), name("注文"));
}
