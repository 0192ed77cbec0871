//! `--install`, `--remove` and `--list`: the real binary, and in place of each scheduler's tool a script that records how it
//! was called.

mod crontab;
mod told;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use writeback::testing::sandbox::{Options, samples};

use crate::stage::{FILE, Ran, Stage};

/// Scripts in place of the tools: `crontab` keeps a file, `schtasks` a task, the others only record.
const CRONTAB: &str = r#"case "$1" in
-l) cat "$HOME/crontab" 2>/dev/null || { echo "no crontab for $USER" >&2; exit 1; } ;;
-r) rm "$HOME/crontab" ;;
-) cat > "$HOME/crontab.new"; mv "$HOME/crontab.new" "$HOME/crontab" ;;
esac"#;
const SCHTASKS: &str = r#"case "$1" in
/Create) cp "$5" "$HOME/task.xml" ;;
/Query) cat "$HOME/task.xml" 2>/dev/null || exit 1 ;;
/Delete) rm "$HOME/task.xml" ;;
esac"#;

struct Computer {
    stage: Stage,
}

impl Computer {
    async fn new(tools: &[(&str, &str)]) -> Self {
        let mut stage = Stage::with(Options { processing: std::time::Duration::ZERO, ..Options::default() }).await;
        let folder = stage.home.path().join("bin");
        std::fs::create_dir_all(&folder).unwrap();
        // The tools of this computer, if it has any, are not to be found: only what the scripts need is.
        for name in ["cat", "rm", "mv", "cp"] {
            let real = ["/bin", "/usr/bin"].map(|folder| PathBuf::from(folder).join(name));
            let real = real.iter().find(|path| path.exists()).unwrap();
            std::os::unix::fs::symlink(real, folder.join(name)).unwrap();
        }
        stage.set("PATH", &folder.display().to_string());
        let computer = Self { stage };
        tools.iter().for_each(|(name, does)| computer.tool(name, does));
        computer
    }

    /// Puts a script in place of a tool.
    fn tool(&self, name: &str, does: &str) {
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\necho \"{name} $*\" >> \"$HOME/calls\"\n{does}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.stage.home.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Saves the export `daily-sales`.
    fn save(&self, schedule: &str) {
        self.save_in("daily-sales", schedule);
    }

    /// Saves an export in the file of that name, without `.toml`.
    fn save_in(&self, stem: &str, schedule: &str) {
        let definition = self.stage.definition(samples::QUOTED, &format!("[schedule]\n{schedule}"));
        let text = std::fs::read_to_string(definition).unwrap().replace("A test", "Daily sales");
        std::fs::create_dir_all(self.path("exports")).unwrap();
        std::fs::write(self.path(&format!("exports/{stem}.toml")), text).unwrap();
    }

    async fn schedule(&self, args: &[&str]) -> Ran {
        self.stage.run(&[&["schedule"], args].concat()).await
    }

    async fn install(&self, to: &str) -> Ran {
        self.schedule(&["daily-sales", "--to", to, "--install", "--computer-zone", "UTC"]).await
    }

    /// Lists schedulers and states with `--list`.
    async fn list(&self) -> Vec<(String, String)> {
        let ran = self.schedule(&["--list", "--json", "--computer-zone", "UTC"]).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        let rows: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        rows.as_array().unwrap().iter().map(|row| (text(&row["scheduler"]), text(&row["state"]))).collect()
    }

    fn calls(&self) -> Vec<String> {
        let calls = self.read("calls").lines().map(str::to_owned).collect();
        let _ = std::fs::remove_file(self.path("calls"));
        calls
    }
}

const DAILY: &str = "every = \"day\"\nat = \"06:30\"";
const WEEKLY: &str = "every = \"week\"\non = \"monday\"\nat = \"06:30\"";
const UNITS: &str = ".config/systemd/user";

fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(scheduler, state)| ((*scheduler).to_owned(), (*state).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_gets_a_timer_and_gives_it_back() {
    let computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo no")]).await;
    computer.save(DAILY);
    let ran = computer.install("systemd").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.out.contains("after `loginctl enable-linger`, always.")
            && ran.out.contains("The next run is on ")
            && ran.out.contains(" 06:30 UTC."),
        "{ran:?}"
    );
    let calls = computer.calls();
    assert_eq!(calls[0], "systemctl --user daemon-reload");
    assert_eq!(calls[1], "systemctl --user enable writeback-daily-sales.timer");
    assert_eq!(calls[2], "systemctl --user restart writeback-daily-sales.timer");
    let timer = computer.read(&format!("{UNITS}/writeback-daily-sales.timer"));
    assert!(timer.contains("OnCalendar=*-*-* 06:30:00 UTC\n"), "{timer}");
    let service = computer.read(&format!("{UNITS}/writeback-daily-sales.service"));
    let home = format!("Environment=\"WRITEBACK_HOME={}\"", computer.stage.home.path().display());
    assert!(service.contains(&home) && service.contains("run daily-sales --scheduled\n"), "{service}");
    assert!(!service.contains(samples::READ_WRITE), "no secret");

    assert_eq!(computer.list().await, pairs(&[("systemd", "matches")]));
    computer.save(WEEKLY);
    assert_eq!(computer.list().await, pairs(&[("systemd", "differs")]));
    computer.install("systemd").await;
    assert_eq!(computer.list().await, pairs(&[("systemd", "matches")]));
    let table = computer.schedule(&["--list"]).await.out;
    // The column is as wide as the day that the next run falls on makes it.
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<_> = table.lines().map(words).collect();
    assert_eq!(lines[0], ["Export", "Scheduler", "Next", "run", "(UTC)", "State"], "{table}");
    assert!(lines[1].starts_with(&["daily-sales".to_owned(), "systemd".to_owned()]), "{table}");
    assert!(lines[1].ends_with(&["06:30".to_owned(), "matches".to_owned()]), "{table}");
    std::fs::remove_file(computer.path("exports/daily-sales.toml")).unwrap();
    assert_eq!(computer.list().await, pairs(&[("systemd", "gone")]));
    let ran = computer.schedule(&["--list"]).await;
    let path = computer.path("exports/daily-sales.toml").display().to_string();
    let gone = format!("There is no {path}. To take it out: writeback schedule daily-sales --to systemd --remove");
    assert_eq!((ran.code, ran.out.lines().last(), ran.err.as_str()), (Some(0), Some(gone.as_str()), ""), "{ran:?}");

    computer.calls();
    let removed = computer.schedule(&["daily-sales", "--to", "systemd", "--remove"]).await;
    assert_eq!((removed.code, removed.out.trim()), (Some(0), "daily-sales is no longer in systemd."));
    assert_eq!(
        computer.calls(),
        ["systemctl --user disable --now writeback-daily-sales.timer", "systemctl --user daemon-reload"]
    );
    assert_eq!(std::fs::read_dir(computer.path(UNITS)).unwrap().count(), 0);
    let again = computer.schedule(&["daily-sales", "--to", "systemd", "--remove"]).await;
    assert_eq!((again.code, again.out.trim()), (Some(0), "daily-sales is not in systemd; nothing was removed."));
    computer.save(DAILY);
    let mistyped = computer.schedule(&["dialy-sales", "--to", "systemd", "--remove"]).await;
    let said = "dialy-sales is not in systemd; nothing was removed. Did you mean `daily-sales`?";
    assert_eq!((mistyped.code, mistyped.out.trim()), (Some(0), said));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_removes_an_export_is_told_which_schedulers_go_on_with_it() {
    let computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo no"), ("crontab", CRONTAB)]).await;
    let remove = || computer.stage.run(&["exports", "remove", "Daily sales", "--yes"]);
    for installed in [&[("systemd", "systemd"), ("cron", "your crontab")][..], &[]] {
        computer.save(DAILY);
        for (to, _) in installed {
            assert_eq!(computer.install(to).await.code, Some(0));
        }
        let ran = remove().await;
        let stays = |(to, title): &(&str, &str)| {
            format!("! In {title} it stays, and fails, until: writeback schedule daily-sales --to {to} --remove\n")
        };
        let said = installed.iter().map(stays).collect::<String>();
        assert_eq!((ran.code, ran.err), (Some(0), said), "{}", ran.out);
        for (to, _) in installed {
            assert_eq!(computer.schedule(&["daily-sales", "--to", to, "--remove"]).await.code, Some(0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_someone_else_wrote_stays() {
    let computer = Computer::new(&[("systemctl", "")]).await;
    computer.save(DAILY);
    std::fs::create_dir_all(computer.path(UNITS)).unwrap();
    let (service, foreign) = (format!("{UNITS}/writeback-daily-sales.service"), "[Service]\nExecStart=mine\n");
    std::fs::write(computer.path(&service), foreign).unwrap();
    for action in ["--install", "--remove"] {
        let ran = computer.schedule(&["daily-sales", "--to", "systemd", action]).await;
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.err.contains("writeback-daily-sales.service was not written by Writeback, so it stays as it is."),
            "{ran:?}"
        );
        assert_eq!(computer.read(&service), foreign);
    }
    assert!(computer.calls().is_empty());
    assert!(!computer.path(&format!("{UNITS}/writeback-daily-sales.timer")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_scheduler_named_this_computers_own_is_taken() {
    let computer = Computer::new(&[("crontab", CRONTAB)]).await;
    computer.save(DAILY);
    let ran = computer.schedule(&["daily-sales", "--install", "--computer-zone", "UTC"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(computer.read("crontab").contains("daily-sales"), "{}", computer.read("crontab"));
    let ran = computer.schedule(&["daily-sales", "--remove"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "daily-sales is no longer in your crontab.\n"), "{ran:?}");
    let ran = computer.schedule(&["daily-sales", "--remove"]).await;
    assert_eq!(ran.out, "No scheduler of this computer has daily-sales; nothing was removed.\n");

    let computer = Computer::new(&[]).await;
    computer.save(DAILY);
    let ran = computer.schedule(&["daily-sales", "--install"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("No scheduler was found on this computer. Name one with --to: systemd, cron"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_systemd_refuses_leaves_things_as_they_were() {
    let fails = "echo 'Failed to connect to bus: No medium found' >&2; exit 1";
    let computer = Computer::new(&[("systemctl", fails)]).await;
    computer.save(DAILY);
    let ran = computer.install("systemd").await;
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains(
            "`systemctl --user daemon-reload` has failed: Failed to connect to bus: No medium found. No systemd answers \
             for your user, as in a container or after `su`: log in to this computer, or use `--to cron`."
        ),
        "{ran:?}"
    );
    assert_eq!(std::fs::read_dir(computer.path(UNITS)).unwrap().count(), 0);
}

/// `systemctl` and `launchctl` write to the file `loaded`. While there is a file `refuse`, each tool spoils
/// what it is given next, once.
const SYSTEMCTL: &str = r#"case "$2" in
restart)
    [ -e "$HOME/refuse" ] && rm -f "$HOME/refuse" "$HOME/loaded" && echo 'Unit has a bad setting.' >&2 && exit 1
    cp "$HOME/.config/systemd/user/$3" "$HOME/loaded" ;;
esac"#;
const LAUNCHCTL: &str = r#"case "$1" in
bootout) rm "$HOME/loaded" ;;
bootstrap)
    [ -e "$HOME/refuse" ] && rm "$HOME/refuse" && echo 'Bootstrap failed: 5' >&2 && exit 1
    cp "$3" "$HOME/loaded" ;;
esac"#;
const SPOILING_CRONTAB: &str = r#"case "$1" in
-l) cat "$HOME/crontab" 2>/dev/null || { echo "no crontab for $USER" >&2; exit 1; } ;;
-r) rm "$HOME/crontab" ;;
-)
    cat > "$HOME/crontab.new"; mv "$HOME/crontab.new" "$HOME/crontab"
    [ -e "$HOME/refuse" ] && rm "$HOME/refuse" && echo 'crontab: the daemon was not told' >&2 && exit 1
    true ;;
esac"#;
const SPOILING_SCHTASKS: &str = r#"case "$1" in
/Create)
    [ -e "$HOME/refuse" ] && rm -f "$HOME/refuse" "$HOME/task.xml" && echo 'ERROR: The task is malformed.' >&2 && exit 1
    cp "$5" "$HOME/task.xml" ;;
/Query) cat "$HOME/task.xml" 2>/dev/null || exit 1 ;;
/Delete) rm "$HOME/task.xml" ;;
esac"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_cannot_be_replaced_goes_on_as_it_was() {
    let timer = format!("{UNITS}/writeback-daily-sales.timer");
    for (to, tool, script, kept) in [
        ("systemd", "systemctl", SYSTEMCTL, &[timer.as_str(), "loaded"][..]),
        ("launchd", "launchctl", LAUNCHCTL, &["Library/LaunchAgents/writeback.daily-sales.plist", "loaded"]),
        ("cron", "crontab", SPOILING_CRONTAB, &["crontab"]),
        ("windows", "schtasks", SPOILING_SCHTASKS, &["task.xml"]),
    ] {
        let computer = Computer::new(&[(tool, script)]).await;
        computer.save(DAILY);
        std::fs::write(computer.path("refuse"), "").unwrap();
        assert_eq!(computer.install(to).await.code, Some(1));
        assert!(kept.iter().all(|file| !computer.path(file).exists()), "{to}");
        if to == "systemd" {
            let undone =
                ["systemctl --user disable --now writeback-daily-sales.timer", "systemctl --user daemon-reload"];
            assert!(computer.calls().ends_with(&undone.map(str::to_owned)), "nothing that is enabled is left behind");
        }

        assert_eq!(computer.install(to).await.code, Some(0));
        let bytes = || kept.iter().map(|file| std::fs::read(computer.path(file)).unwrap()).collect::<Vec<_>>();
        let before = bytes();
        computer.save(WEEKLY);
        std::fs::write(computer.path("refuse"), "").unwrap();
        let ran = computer.install(to).await;
        assert_eq!((ran.code, ran.err.contains("could not be put back")), (Some(1), false), "{ran:?}");
        assert!(!computer.path("refuse").exists(), "{to}");
        assert_eq!(bytes(), before, "{to}");
        assert_eq!(computer.list().await, pairs(&[(to, "differs")]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduler_that_is_left_without_its_schedule_is_said_to_be() {
    let computer = Computer::new(&[("schtasks", SPOILING_SCHTASKS)]).await;
    computer.save(DAILY);
    assert_eq!(computer.install("windows").await.code, Some(0));
    let fails = SPOILING_SCHTASKS.replace("rm -f \"$HOME/refuse\" ", "rm -f ");
    computer.tool("schtasks", &fails);
    std::fs::write(computer.path("refuse"), "").unwrap();
    let ran = computer.install("windows").await;
    let said = "has failed: ERROR: The task is malformed. The schedule that the Task Scheduler had before could not be put \
                back: `schtasks /Create";
    assert!(ran.code == Some(1) && ran.err.contains(said), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn launchd_gets_an_agent_and_gives_it_back() {
    let computer = Computer::new(&[("launchctl", "")]).await;
    computer.save(DAILY);
    let ran = computer.install("launchd").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let plist = computer.path("Library/LaunchAgents/writeback.daily-sales.plist");
    let calls = computer.calls();
    assert!(
        calls[0].starts_with("launchctl bootout gui/") && calls[0].ends_with("/writeback.daily-sales"),
        "{calls:?}"
    );
    assert!(
        calls[1].starts_with("launchctl bootstrap gui/") && calls[1].ends_with(&plist.display().to_string()),
        "{calls:?}"
    );
    assert_eq!(computer.list().await, pairs(&[("launchd", "matches")]));
    computer.schedule(&["daily-sales", "--to", "launchd", "--remove"]).await;
    assert!(!plist.exists());
    std::fs::write(&plist, "<plist/>").unwrap();
    let ran = computer.install("launchd").await;
    assert!(ran.err.contains("was not written by Writeback"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_gets_a_task_and_gives_it_back() {
    let computer = Computer::new(&[("schtasks", SCHTASKS)]).await;
    computer.save(DAILY);
    let ran = computer.install("windows").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(computer.calls()[1].starts_with("schtasks /Create /TN \\Writeback\\daily-sales /XML "));
    let bytes = std::fs::read(computer.path("task.xml")).unwrap();
    assert_eq!(bytes[..4], [0xff, 0xfe, b'<', 0], "UTF-16");
    assert_eq!(computer.list().await, pairs(&[("windows", "matches")]));
    computer.save(WEEKLY);
    assert_eq!(computer.list().await, pairs(&[("windows", "differs")]));
    computer.schedule(&["daily-sales", "--to", "windows", "--remove"]).await;
    assert!(!computer.path("task.xml").exists());
    std::fs::write(computer.path("task.xml"), "<Task><RegistrationInfo /></Task>").unwrap();
    let ran = computer.install("windows").await;
    assert!(ran.err.contains("The task \\Writeback\\daily-sales was not written by Writeback"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_known_where_the_code_page_has_not_the_letters_of_its_name() {
    let computer = Computer::new(&[("schtasks", SCHTASKS)]).await;
    let name = "größe-日本";
    computer.save_in(name, DAILY);
    let ran = computer.schedule(&[name, "--to", "windows", "--install", "--computer-zone", "UTC"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let given = std::fs::read(computer.path("task.xml")).unwrap();
    let units: Vec<u16> = given.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let given = String::from_utf16(&units).unwrap();
    assert!(given.contains(&format!(" run {name} --scheduled")), "{given}");
    // schtasks prints so, whatever the head of its XML says.
    let printed: String = given.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    std::fs::write(computer.path("task.xml"), printed).unwrap();
    let ran = computer.schedule(&["--list", "--json", "--computer-zone", "UTC"]).await;
    let rows: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&rows[0]["export"], &rows[0]["state"]), (&name.into(), &"matches".into()), "{ran:?}");
    computer.calls();
    let ran = computer.schedule(&[name, "--to", "windows", "--remove"]).await;
    assert_eq!(ran.out, format!("{name} is no longer in the Task Scheduler.\n"), "{ran:?}");
    let delete = format!("schtasks /Delete /TN \\Writeback\\{name} /F");
    assert!(computer.calls().contains(&delete));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_a_person_has_named_is_handed_over_and_taken_back_by_that_name() {
    let tools = [("crontab", CRONTAB), ("schtasks", SCHTASKS), ("systemctl", ""), ("loginctl", ""), ("launchctl", "")];
    let computer = Computer::new(&tools).await;
    let name = "It's 5% of $x; really";
    computer.save_in(name, DAILY);
    let schedulers = ["systemd", "cron", "launchd", "windows"];
    for to in schedulers {
        let ran = computer.schedule(&[name, "--to", to, "--install", "--computer-zone", "UTC"]).await;
        assert_eq!(ran.code, Some(0), "{to}: {ran:?}");
    }
    assert_eq!(computer.list().await, pairs(&schedulers.map(|to| (to, "matches"))));
    let crontab = computer.read("crontab");
    assert!(crontab.ends_with(" run 'It'\\''s 5\\% of $x; really' --scheduled\n"), "{crontab}");
    // It is gone, and its name leads to what is left of it all the same.
    std::fs::remove_file(computer.path(&format!("exports/{name}.toml"))).unwrap();
    let listed = computer.schedule(&["--list"]).await.out;
    let removal = "writeback schedule \"It's 5% of $x; really\" --to cron --remove";
    let removal = removal.replace('"', "'").replace("It's", r"It'\''s");
    assert!(listed.contains(&removal), "{listed}");
    for to in schedulers {
        let ran = computer.schedule(&[name, "--to", to, "--remove"]).await;
        assert!(ran.code == Some(0) && ran.out.contains(" is no longer in "), "{to}: {ran:?}");
    }
    assert_eq!(computer.list().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_starts_at_once_makes_its_first_run() {
    let computer = Computer::new(&[("crontab", CRONTAB)]).await;
    computer.save("on = [1]\nat = \"06:30\"\nstart_at_once = true");
    let ran = computer.install("cron").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("so the first run starts now."), "{ran:?}");
    assert!(computer.stage.file(FILE).is_some());
    let kept = computer.stage.run(&["history", "--json"]).await;
    assert!(kept.out.contains("\"kind\": \"scheduled\""), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_systemd_has_not_understood_is_taken_back_and_said() {
    let show = |zone: &str| {
        format!(
            "[ \"$2\" = show ] && echo 'TimersCalendar={{ OnCalendar=*-*-* 06:30:00 {zone} ; next_elapse=(null) }}'; true"
        )
    };
    for (zone, understood) in [("UTC", true), ("Etc/Unknown", false)] {
        let computer = Computer::new(&[("systemctl", &show(zone)), ("loginctl", "echo yes")]).await;
        computer.save(DAILY);
        let ran = computer.install("systemd").await;
        assert_eq!(ran.code, Some(if understood { 0 } else { 1 }), "{ran:?}");
        let said =
            "systemd does not have the schedule as it was written: it knows no time in UTC. If a zone is missing";
        assert_eq!(ran.err.contains(said), !understood, "{ran:?}");
        let there = std::fs::read_dir(computer.path(UNITS)).unwrap().count();
        assert_eq!(there, if understood { 2 } else { 0 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_with_a_long_name_in_other_letters_is_installed_and_removed() {
    let computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo yes")]).await;
    computer.save(DAILY);
    let name = "売上".repeat(10);
    let text = computer.read("exports/daily-sales.toml").replace("Daily sales", &name);
    std::fs::write(computer.path(&format!("exports/{name}.toml")), text).unwrap();
    let ran = computer.schedule(&[&name, "--to", "systemd", "--install"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(computer.list().await, pairs(&[("systemd", "matches")]));
    let ran = computer.schedule(&[&name, "--to", "systemd", "--remove"]).await;
    assert!(ran.code == Some(0) && ran.out.ends_with("is no longer in systemd.\n"), "{ran:?}");
    assert_eq!(std::fs::read_dir(computer.path(UNITS)).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_renamed_is_renamed_in_its_schedulers_too() {
    let computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo yes"), ("crontab", CRONTAB)]).await;
    computer.save(DAILY);
    for to in ["systemd", "cron"] {
        let ran = computer.schedule(&["daily-sales", "--to", to, "--install"]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let ran = computer.stage.run(&["exports", "rename", "daily-sales", "Weekly"]).await;
    let said = "Renamed. `writeback run weekly` runs it from now on.\nIt has the new name in systemd too.\n\
                It has the new name in your crontab too.\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), said, ""));
    let crontab = computer.read("crontab");
    assert!(crontab.contains(" run weekly --scheduled") && !crontab.contains("daily-sales"), "{crontab}");
    let units: Vec<_> = std::fs::read_dir(computer.path(UNITS)).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(
        units.len() == 2 && units.iter().all(|it| it.to_str().unwrap().starts_with("writeback-weekly.")),
        "{units:?}"
    );

    // A schedule that is there otherwise than it is saved is left, and what to do is said.
    std::fs::write(computer.path("crontab"), crontab.replace("30 6", "31 6")).unwrap();
    let ran = computer.stage.run(&["exports", "rename", "weekly", "Daily"]).await;
    let said = "! your crontab still has it under its old name, and otherwise than it is saved. Schedule it anew: \
                writeback schedule daily --to cron --install, then writeback schedule weekly --to cron --remove\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), said), "{ran:?}");
    assert!(computer.read("crontab").contains(" run weekly --scheduled"));
    // An export of another home is another one.
    let ran = computer.stage.run(&["exports", "rename", "daily", "Weekly"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_another_home_is_neither_replaced_nor_removed() {
    for (to, file) in [("cron", "crontab"), ("systemd", ".config/systemd/user/writeback-daily-sales.service")] {
        let mut computer = Computer::new(&[("systemctl", ""), ("loginctl", "echo yes"), ("crontab", CRONTAB)]).await;
        computer.save(DAILY);
        computer.install(to).await;
        let before = computer.read(file);
        assert!(before.contains("WRITEBACK_HOME"), "{before}");

        let other = computer.path("other");
        std::fs::create_dir_all(other.join("exports")).unwrap();
        let definition = "exports/daily-sales.toml";
        std::fs::copy(computer.path(definition), other.join(definition)).unwrap();
        computer.stage.set("WRITEBACK_HOME", &other.display().to_string());
        let said = "has the export daily-sales of another WRITEBACK_HOME, which stays as it is. To remove it there: with \
                    that WRITEBACK_HOME, `writeback schedule daily-sales --to";
        let installed = computer.install(to).await;
        let removed = computer.schedule(&["daily-sales", "--to", to, "--remove"]).await;
        let removed_anywhere = computer.schedule(&["daily-sales", "--remove"]).await;
        for ran in [installed, removed, removed_anywhere] {
            assert!(ran.code == Some(1) && ran.err.contains(said), "{ran:?}");
        }
        assert_eq!(computer.read(file), before);
        assert_eq!(computer.list().await, pairs(&[(to, "other")]));
        let listed = computer.stage.run(&["exports", "list"]).await;
        assert!(listed.out.contains("! not scheduled here"), "{listed:?}");
    }
}
