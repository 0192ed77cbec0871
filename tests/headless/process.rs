//! The process as the operating system sees it: few threads, children without secrets, no core dump.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use writeback::testing::sandbox::samples;

use crate::stage::{Stage, ended};

/// Nobody else's number: a limit of processes counts all of one user's.
const USER: u32 = 54_321;

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn with_too_few_threads_it_ends_with_a_sentence() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    // Another user has to find the program and the folder.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("writeback");
    std::fs::copy(env!("CARGO_BIN_EXE_writeback"), &program).unwrap();
    for path in [folder.path(), stage.home.path()] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    let is_root = rustix::process::geteuid().is_root();
    for limit in 1..=3 {
        for args in ["demo --run", "ls", &format!("run {definition}")] {
            // Some shells cannot set this limit.
            let line = format!("--nproc={limit}:{limit} {} {args}", program.display());
            let arguments: Vec<&str> = line.split(' ').collect();
            let mut command = stage.wrapped(std::path::Path::new("prlimit"), &arguments);
            if is_root {
                command.uid(USER).gid(USER);
            }
            let ran = tokio::time::timeout(Duration::from_secs(60), ended(command.spawn().unwrap())).await.unwrap();
            assert_eq!(ran.code, Some(1), "{limit} {args}: {ran:?}");
            assert!(ran.err.starts_with("writeback: The program could not start: "), "{limit} {args}: {ran:?}");
            assert!(ran.err.contains("ulimit -u") && !ran.err.contains("panicked"), "{limit} {args}: {ran:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_that_cannot_be_written_is_named_with_what_to_do() {
    let stage = Stage::new().await;
    // Another user has to find the program.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("writeback");
    std::fs::copy(env!("CARGO_BIN_EXE_writeback"), &program).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let exports = stage.home.path().join("exports");
    std::fs::create_dir(&exports).unwrap();
    std::fs::rename(stage.definition(samples::QUOTED, ""), exports.join("a-test.toml")).unwrap();
    let account = |name: &str| format!("[[account]]\nname = \"{name}\"\nservice = \"domo\"\n");
    std::fs::write(stage.home.path().join("accounts.toml"), account("old") + &account("new")).unwrap();
    let run = async |args: &[&str]| {
        let mut command = stage.wrapped(&program, args);
        if rustix::process::geteuid().is_root() {
            command.uid(USER).gid(USER);
        }
        ended(command.spawn().unwrap()).await
    };
    let commands = [
        &["run", "a-test"][..],
        &["exports", "rename", "a-test", "Other"],
        &["exports", "remove", "a-test", "--yes"],
        &["accounts", "move", "domo", "--from", "old", "--to", "new"],
    ];
    // A history that is there is read, and then it is SQLite that cannot write.
    for has_history in [false, true] {
        if has_history {
            std::fs::set_permissions(stage.home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
            assert_eq!(stage.run(&["run", "a-test"]).await.code, Some(0));
            std::fs::remove_file(stage.home.path().join("exports.lock")).ok();
            std::fs::remove_dir_all(stage.home.path().join("locks")).unwrap();
        }
        for path in [stage.home.path(), &exports] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o555)).unwrap();
        }
        for args in commands {
            let ran = run(args).await;
            let said = format!(
                "the folder {} cannot be written, because this user has no permission; change its owner or its mode",
                stage.home.path().display()
            );
            let all = format!("{}{}", ran.out, ran.err);
            assert!(all.contains(&said) && !all.contains("os error"), "{args:?}: {ran:?}");
        }
    }
    for path in [stage.home.path(), &exports] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduler_gets_no_secret_in_its_environment() {
    let stage = Stage::new().await;
    let bin = tempfile::tempdir().unwrap();
    let seen = bin.path().join("seen");
    for tool in ["crontab", "systemctl", "loginctl", "systemd-analyze", "launchctl"] {
        let path = bin.path().join(tool);
        std::fs::write(&path, format!("#!/bin/sh\nenv >> {}\n", seen.display())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap());
    let mut command = stage.command(&["schedule", "--list"]);
    command.env("PATH", path).env("DOMO_DEVELOPER_TOKEN", "DDCIx").env("DOMO_INSTANCE", "acme");
    let ran = ended(command.spawn().unwrap()).await;
    let seen = std::fs::read_to_string(&seen).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert!(seen.contains("PATH=") && !seen.contains("TOKEN") && !seen.contains("SECRET"), "{seen}");
    assert!(!seen.contains(samples::READ_WRITE) && !seen.contains(samples::CLIENT_SECRET), "{seen}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_leaves_no_core_dump() {
    let stage = Stage::new().await;
    let line = format!("ulimit -c unlimited; exec {} sandbox", env!("CARGO_BIN_EXE_writeback"));
    let mut child =
        Command::new("sh").args(["-c", &line]).current_dir(stage.home.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::ABORT).unwrap();
    let status = child.wait().unwrap();
    assert!(status.signal().is_some() && !status.core_dumped(), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_argument_with_escape_sequences_is_shown_without_them() {
    let stage = Stage::new().await;
    let evil = "\u{1b}[2J\u{1b}]52;c;aGk=\u{7}\u{9b}31m\u{202e}x";
    for args in [
        &[evil][..],
        &["run", "--", evil],
        &["run", &format!("--{evil}")],
        &["schedule", "x", "--to", evil],
        &["ls", "a", evil],
        &["sandbox", "--port", evil],
        &["completions", evil],
        &["get", evil, evil],
    ] {
        let ran = stage.run(args).await;
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ran.err.contains(obeyed) && !ran.err.is_empty(), "{args:?}: {ran:?}");
    }
}
