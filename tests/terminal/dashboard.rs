//! The dashboard in the real program: a pseudo-terminal, saved exports, and the sandbox.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::pty::{CTRL_C, CTRL_N, CTRL_U, CTRL_Z, DOWN, ENTER, ESC, Pty, TAB};
use crate::stage::Stage;
use writeback::testing::sandbox::{Effect, Fault, Options, Route, samples};

/// A stage on which data.world processes files at once, and uploads that stall are tried again for a minute.
async fn patient() -> Stage {
    let stage = Stage::with(Options { processing: Duration::ZERO, ..Options::default() }).await;
    // The system may take all of a file that nobody reads; then it is the answer that does not come.
    stage.config("stall_seconds = 3\nanswer_seconds = 4\nattempts = 20");
    stage
}

/// Saves an export of the sample DataSet.
fn save(stage: &Stage, name: &str) {
    let (owner, id) = (samples::ORGANIZATION, samples::SALES_MART);
    let text = format!(
        "name = \"{name}\"\n[input]\ndataset = \"{}\"\nowner_confirmed = true\n\
         [output]\ndataset = \"{owner}/{id}\"\nfile = \"{name}\"\n",
        samples::DAILY_SALES
    );
    let folder = stage.home.path().join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
}

fn variables(stage: &Stage) -> Vec<(&'static str, String)> {
    let mut variables = stage.sandbox.environment();
    variables.push(("WRITEBACK_HOME", stage.home.path().display().to_string()));
    variables
}

fn open(stage: &Stage, arguments: &str) -> Pty {
    let variables = variables(stage);
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Pty::writeback(80, 24, arguments, &variables)
}

/// As a shell with a desktop has it, whose opener notes what it is to open.
fn with_a_desktop(stage: &Stage, opened: &Path) -> Pty {
    let folder = stage.home.path().join("bin");
    std::fs::create_dir_all(&folder).unwrap();
    let opener = folder.join("xdg-open");
    std::fs::write(&opener, format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", opened.display())).unwrap();
    std::fs::set_permissions(&opener, Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut variables = variables(stage);
    variables.extend([("PATH", path), ("DISPLAY", ":0".into())]);
    variables.extend(["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].map(|name| (name, String::new())));
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Pty::writeback(80, 24, "", &variables)
}

/// A run of the one export that has stopped half-way, with the upload's bar on screen.
async fn halfway() -> (Stage, Pty) {
    let stage = patient().await;
    save(&stage, "first");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    let pty = tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        pty.wait("first").send("r").wait("1 run under way").wait("● Upload ━");
        pty
    });
    (stage, pty)
}

/// Every row of home is where it belongs at 80x24, and nothing is left of another size.
fn is_whole(screen: &vt100::Screen) -> bool {
    let text = screen.contents();
    let rows: Vec<&str> = text.lines().map(str::trim_end).collect();
    let rule = "─".repeat(80);
    let rules: Vec<usize> = (0..rows.len()).filter(|row| rows[*row] == rule).collect();
    rows.len() == 24
        && rows[0].starts_with(" Writeback  ")
        && rows[0].ends_with("  1 run under way")
        && rows[1].starts_with(" 1 Exports  2 Browse  3 Accounts  4 History")
        && rules == [2, 22]
        && rows[23].ends_with("F1 help")
        && text.matches("under way").count() == 1
        && text.matches("● Upload").count() == 1
}

/// The results of all runs, the newest first.
async fn results(stage: &Stage) -> Vec<String> {
    let ran = stage.run(&["history", "--json"]).await;
    let kept: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let runs = kept["runs"].as_array().unwrap();
    runs.iter().map(|run| run["result"].as_str().unwrap_or("running").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_exports_run_at_once_to_their_end_while_keys_still_answer() {
    let stage = patient().await;
    save(&stage, "first");
    save(&stage, "second");
    stage.old_file("first.csv", crate::stage::OLD);
    // Both stop half-way, until the keys were tried.
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        pty.wait("second").send("r").wait("1 run under way").send(DOWN).send("r").wait("2 runs under way");
        pty.wait_until("two bars", |screen| screen.contents().matches("● Upload ━").count() == 2);
        pty.send("r").wait("second is already running. Press c to cancel it.");
        pty.send("/").send("fir").wait("1/2").send(ESC).wait("  2 exports");
        for (columns, rows) in [(60, 15), (20, 4), (120, 40), (80, 24)] {
            pty.resize(columns, rows);
        }
        // A key that comes with the new size would hide it from crossterm 0.29.
        pty.wait("2 runs under way");
        pty.send("4").wait("Start (UTC)").wait("2 runs under way").wait("● running");
        pty.send("1").wait("● Upload").send(ENTER).wait("Every row is here. The old file is being replaced now.");
        pty.send(ESC).wait("2 exports").send(DOWN).send(ENTER);
        pty.wait("The file is new: it is there once every row has arrived.");
        pty.send(ESC)
            .wait("2 exports")
            .send("n")
            .wait("1 Credentials")
            .send(ESC)
            .wait("1 Exports")
            .wait("2 runs under way");
        stage.sandbox.clear_faults();
        pty.wait_gone("under way")
            .wait_until("both done", |screen| screen.contents().matches("✓ just now").count() == 2);
        pty.send(ENTER).wait("Proven").wait("240,000 rows").send(ESC).wait("2 exports");
        pty.send("q").ends_with(0);
    });
    assert_eq!(results(&stage).await, ["done", "done"]);
    for name in ["first.csv", "second.csv"] {
        assert!(stage.file(name).is_some(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_a_next_run_once_a_scheduler_has_it() {
    let mut stage = patient().await;
    save(&stage, "first");
    let definition = stage.home.path().join("exports/first.toml");
    let text = std::fs::read_to_string(&definition).unwrap();
    std::fs::write(&definition, format!("{text}[schedule]\nevery = \"day\"\nat = \"06:30\"\n")).unwrap();
    // A computer with systemd and nothing else.
    let folder = stage.home.path().join("bin");
    std::fs::create_dir_all(&folder).unwrap();
    let tool = folder.join("systemctl");
    std::fs::write(&tool, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(&tool, Permissions::from_mode(0o755)).unwrap();
    stage.set("PATH", &folder.display().to_string());
    let look = |stage: &Stage, keys: &dyn Fn(&mut Pty)| {
        let mut variables = variables(stage);
        variables.extend(
            [("HOME", stage.home.path()), ("PATH", &folder)].map(|(name, of)| (name, of.display().to_string())),
        );
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        tokio::task::block_in_place(|| {
            let mut pty = Pty::run(80, 24, env!("CARGO_BIN_EXE_writeback"), &[], &variables);
            keys(&mut pty);
        });
    };
    look(&stage, &|pty| {
        pty.wait("unscheduled").wait("Press s to schedule it.").send("s").wait("Schedule of").wait("not scheduled yet");
        pty.send("\r")
            .wait("writeback-first.timer is in")
            .wait("this computer, scheduled")
            .send("\x1b")
            .wait("kept by systemd")
            .send("q");
    });
    look(&stage, &|pty| {
        pty.wait("kept by systemd").wait_gone("unscheduled").wait("   in ").send("q");
    });
    std::fs::write(&definition, text + "[schedule]\nevery = \"day\"\nat = \"07:30\"\n").unwrap();
    look(&stage, &|pty| {
        pty.wait("outdated").wait("Press s to schedule it.").send("s").wait("installed, but not as it is saved now");
        pty.send("x")
            .wait("is no longer in systemd")
            .wait("not scheduled yet")
            .send("\x1b")
            .wait("unscheduled")
            .send("q");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_is_opened_in_the_browser() {
    let stage = patient().await;
    save(&stage, "first");
    let opened = stage.home.path().join("opened");
    tokio::task::block_in_place(|| {
        let mut pty = with_a_desktop(&stage, &opened);
        pty.wait("first").send("2").wait("142").send("/").send("sales-mart").wait("1/142").send(ENTER).send("o");
        let deadline = Instant::now() + Duration::from_secs(30);
        let link = || std::fs::read_to_string(&opened).unwrap_or_default();
        while link() != "https://data.world/acme-analytics/sales-mart" {
            assert!(Instant::now() < deadline, "{:?} on\n{}", link(), pty.text());
            std::thread::sleep(Duration::from_millis(10));
        }
        pty.send("q").ends_with(0);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_asks_and_cancels_all_runs() {
    let stage = patient().await;
    save(&stage, "first");
    save(&stage, "second");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        pty.wait("second").send("r").send(DOWN).send("r").wait("2 runs under way");
        pty.wait_until("two bars", |screen| screen.contents().matches("● Upload ━").count() == 2);
        pty.send("q").wait("Leave Writeback?").send("n").wait_gone("Leave Writeback?");
        // The first is cancelled by itself, the second by leaving.
        pty.send("c").wait("Cancel the export?").send("y").wait("cancelled just now").wait("1 run under way");
        pty.send("q").wait("Leave Writeback?").send("y").ends_with(0);
    });
    assert_eq!(results(&stage).await, ["cancelled", "cancelled"]);
    assert!(stage.file("first.csv").is_none() && stage.file("second.csv").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_runs_elsewhere_is_seen_and_refused() {
    let stage = patient().await;
    save(&stage, "first");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    let mut other = stage.command(&["run", "first"]).spawn().unwrap();
    stage.until_request("PUT", "first.csv").await;
    tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        pty.wait("● running elsewhere").send("r").wait("first is already running: process").send(CTRL_C).ends_with(130);
    });
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_is_the_wizard_and_the_next_is_home() {
    let stage = patient().await;
    tokio::task::block_in_place(|| {
        open(&stage, "").wait("1 Credentials").send(ESC).ends_with(0);
        save(&stage, "first");
        open(&stage, "").wait("1 Exports").wait("○ not run yet").send("q").ends_with(0);
    });
}

/// The demo at home, with an export that has run and was saved.
fn demo_at_home() -> Pty {
    let mut pty = Pty::writeback(80, 24, "demo", &[]);
    pty.wait("demo account").send(CTRL_N).wait("Input DataSet ID").paste(samples::QUOTED).wait("✓");
    pty.send(TAB).send(TAB).send(DOWN).wait("Choose a data.world dataset").wait("/139");
    pty.send("sales-mart").wait("> sales-mart").send(ENTER).wait("you may write here");
    pty.send(TAB).send(TAB).send("from-the-test").wait("next file: from-the-test.csv").send(CTRL_N);
    pty.wait("Update interval").send(CTRL_N).wait("writeback run").send(CTRL_N).wait("Save and run");
    pty.send(ENTER).wait("Proven").send(ESC).wait("1 export").wait("✓ just now");
    pty
}

#[test]
fn the_demo_goes_on_home_with_what_was_saved() {
    let mut pty = demo_at_home();
    // The sandbox's accounts are the environment's: it runs again from here.
    pty.send("D").wait("The dry run of");
    // An export saved without a run is here at once.
    pty.send("p").wait("writes that file too").send(CTRL_N);
    pty.wait("Update interval").send(CTRL_N).wait("writeback run").send(CTRL_N).wait("Save and run");
    pty.send("\x13")
        .wait("2 exports")
        .wait("✓ Saved. It is on the tab Exports until the demo ends.")
        .send("q")
        .ends_with(0);
}

#[test]
fn all_that_is_done_with_accounts_can_be_tried_in_the_demo() {
    let mut pty = demo_at_home();
    pty.send("3").wait("Accounts last until the demo ends.").send("a").wait("Tested 2: 2 valid.");
    for name in ["first", "second"] {
        pty.send("n")
            .wait("Add what?")
            .send("w")
            .wait("Secrets are kept in memory until the demo ends")
            .paste(samples::READ_WRITE);
        pty.send(TAB).send(TAB).send(name).send(CTRL_N).wait("Last tested").wait(name);
    }
    pty.wait("▌ second")
        .send("\x1b[H")
        .wait("▌ first")
        .send("e")
        .wait("Change what?")
        .send("n")
        .wait("Rename first")
        .send(CTRL_U)
        .send("renamed")
        .send(ENTER);
    pty.wait("Renamed the data.world account first to renamed.")
        .wait("renamed           data.world")
        .send("e")
        .wait("Change what?")
        .send("m")
        .wait("No export uses the account renamed");
    pty.send("a").wait("Tested 4: 4 valid.").send("t").wait("Test of renamed").wait("no problems").send(ESC);
    pty.wait("Last tested").send("\x1b[3~").wait("Remove renamed?").send("y");
    pty.wait("Removed the data.world account renamed and its secret.").send("q").ends_with(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_sizes_in_a_burst_leave_a_whole_frame() {
    let (stage, mut pty) = halfway().await;
    tokio::task::block_in_place(|| {
        // From nothing to more than any window has, far apart, and the smallest and the largest in their midst.
        for at in 0_u16..200 {
            match at {
                60 | 199 => pty.resize(1, 1),
                61 | 100 => pty.resize(200, 60),
                _ => pty.resize(1 + at * 97 % 200, 1 + at * 37 % 60),
            };
        }
        pty.resize(80, 24).wait_until("a whole frame", is_whole);
        // A size that is over before the next frame still has broken what the terminal shows.
        for _ in 0..5 {
            pty.resize(1, 1).resize(80, 24).wait_until("a whole frame", is_whole);
        }
        // It goes on as before.
        stage.sandbox.clear_faults();
        pty.wait_gone("under way").wait("✓ just now").settle();
        // Blanks at the end of a row may be written or not.
        let rows = |pty: &Pty| pty.text().lines().map(|row| row.trim_end().to_owned()).collect::<Vec<_>>();
        let before = rows(&pty);
        // A program that is continued draws all of it again, and there is nothing that it would mend.
        let written = pty.raw().len();
        pty.signal("-CONT").wait_until("home", |screen| screen.contents().contains("✓ just now")).settle();
        assert!(pty.raw().len() > written + 500, "it did not draw again");
        assert_eq!(rows(&pty), before);
        pty.send("q").ends_with(0);
    });
    assert_eq!(results(&stage).await, ["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_a_run_it_leaves_nothing_and_the_next_start_tells_of_it() {
    let (stage, mut pty) = halfway().await;
    tokio::task::block_in_place(|| {
        pty.signal("-KILL").wait("exit 137");
        assert!(stage.spool_is_empty(), "the spool has an entry on disk");
        stage.sandbox.clear_faults();
        let mut next = open(&stage, "");
        next.wait("✗ interrupted").wait("The program ended in the midst of the run");
        assert!(stage.file("first.csv").is_none());
        // Nothing holds the export any more: it runs again.
        next.wait("1 export").send("r").wait("✓ just now").send("q").ends_with(0);
    });
    assert_eq!(results(&stage).await, ["done", "interrupted"]);
    let is_known = |name: &str| {
        ["config.toml", "exports", "history", "locks", "logs", "spool"].iter().any(|it| name.starts_with(it))
    };
    let names = std::fs::read_dir(stage.home.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| !is_known(&name.to_string_lossy())).collect();
    assert!(left.is_empty() && stage.spool_is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_in_a_run_gives_the_terminal_back_and_cancels_the_run() {
    for signal in ["-TERM", "-HUP"] {
        let (stage, mut pty) = halfway().await;
        tokio::task::block_in_place(|| pty.signal(signal).ends_with(130));
        assert_eq!(results(&stage).await, ["cancelled"], "{signal}");
        assert!(stage.file("first.csv").is_none() && stage.spool_is_empty(), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_pasted_into_a_filter_are_text_and_no_keys() {
    let stage = patient().await;
    save(&stage, "first");
    save(&stage, "second");
    tokio::task::block_in_place(|| {
        let mut pty = open(&stage, "");
        // A line break as a key would take the filter; the letters after it would leave, run and remove.
        pty.wait("second").send("/").paste("sec\r\nond\nx\n").wait("> second").wait("0/2");
        pty.send("\x15").paste("fir\n\x1b[2Jst\n").wait("> ");
        pty.send("\x15").paste("sec\nond\n").wait("> second").wait("1/2").wait_gone("first");
        // Pasted text does nothing where nothing is typed.
        pty.send(ESC).wait("  2 exports").paste("r\nq\nx\n").send("4").wait("Nothing has run yet.");
        pty.send("q").ends_with(0);
    });
    assert!(results(&stage).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_z_in_a_run_gives_the_terminal_back_and_fg_goes_on_with_it() {
    let stage = patient().await;
    save(&stage, "first");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(4_000_000)));
    let variables = variables(&stage);
    tokio::task::block_in_place(|| {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = Pty::run(80, 24, "bash", &["--norc", "--noprofile", "--noediting", "-i"], &variables);
        pty.wait("$ ").send(&format!("{}\r", env!("CARGO_BIN_EXE_writeback"))).wait("○ not run yet");
        pty.send("r")
            .wait("● Upload ━")
            .send(CTRL_Z)
            .wait("Stopped")
            .wait_until("the shell's prompt", crate::pty::at_prompt);
        pty.is_restored();
        pty.send("echo between\r").wait("\nbetween");
        pty.send("fg\r").wait_until("a whole frame", is_whole);
        stage.sandbox.clear_faults();
        pty.wait("✓ just now").send("q").wait_until("the shell's prompt", crate::pty::at_prompt);
        pty.send("echo \"exit $?\"\r").wait("exit 0");
        pty.is_restored();
    });
    assert_eq!(results(&stage).await, ["done"]);
}
