//! Prompts in the shells that a person may have, and what Tab puts into their lines.

use crate::pty::{CTRL_C, ENTER, Pty, TAB};

/// The shells of this computer; all of them have to be there where `WRITEBACK_ALL_SHELLS` is set.
fn shells() -> Vec<&'static [&'static str]> {
    let all: [&[&str]; 5] = [
        &["sh", "-i"],
        &["dash", "-i"],
        &["bash", "--norc", "--noprofile", "--noediting", "-i"],
        &["zsh", "-f", "-i"],
        &["fish", "--no-config", "-i"],
    ];
    let is_there = |shell: &str| {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths).any(|folder| folder.join(shell).exists())
    };
    let needed = std::env::var_os("WRITEBACK_ALL_SHELLS").is_some();
    all.into_iter().filter(|shell| needed || is_there(shell[0])).collect()
}

#[test]
fn an_interruption_at_a_prompt_leaves_the_terminal_as_it_was_in_every_shell() {
    for shell in shells() {
        let status = if shell[0] == "fish" { "$status" } else { "$?" };
        let folder = tempfile::tempdir().expect("a folder");
        let exports = folder.path().join("exports");
        std::fs::create_dir(&exports).expect("a folder");
        std::fs::write(exports.join("x.toml"), "name = ").expect("a file");
        let (home, program) = (folder.path().display().to_string(), env!("CARGO_BIN_EXE_writeback"));
        let mut pty = Pty::run(100, 40, shell[0], &shell[1..], &[("WRITEBACK_HOME", &home)]);
        // A shell that is not ready yet shows what is typed twice, and takes it once.
        pty.send("echo rea''dy\r").wait("ready").settle();
        for (round, (arguments, question)) in [
            ("accounts add data.world --name x", "API token:"),
            ("accounts add domo --name x --client-id y", "client secret:"),
            ("exports remove x", "[y/N]"),
        ]
        .into_iter()
        .enumerate()
        {
            pty.send(&format!("{program} {arguments}\r")).wait(question).send("eyJhbGci").settle();
            assert_eq!(pty.text().contains("eyJhbGci"), question == "[y/N]", "{shell:?}:\n{}", pty.text());
            pty.send(CTRL_C).wait("Cancelled.").wait_until("the shell's prompt", |screen| {
                screen.contents().trim_end().ends_with(['$', '#', '>', '%'])
            });
            pty.send(&format!("echo round{round}={status}; stty -a\r"));
            pty.wait(&format!("round{round}=130")).wait(" echoe").settle();
            let text = pty.text();
            for mode in ["icanon", "echo", "isig", "opost", "susp = ^Z;", "quit = ^\\;"] {
                assert!(
                    text.contains(&format!(" {mode}")) || text.contains(&format!("\n{mode}")),
                    "{shell:?} {mode}:\n{text}"
                );
            }
            pty.send("clear\r").wait_gone("echoe").settle();
        }
    }
}

#[test]
fn a_signal_at_a_prompt_leaves_the_terminal_as_it_was() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut pty = Pty::writeback(80, 24, "accounts add data.world --name x", &[]);
        pty.wait("API token:").signal(signal).ends_with(130);
    }
}

#[test]
fn a_secret_at_a_prompt_can_be_edited_and_is_longer_than_a_line_of_the_terminal() {
    let mut pty = Pty::writeback(
        80,
        24,
        "accounts add data.world --name x",
        &[("WRITEBACK_DATAWORLD_URL", "http://127.0.0.1:9")],
    );
    pty.wait("API token:").send(&"x".repeat(6_000)).send("wrong\x17").send(&"y".repeat(66_000)).send(ENTER);
    pty.wait("over 64 KiB");
    pty.ends_with(1);
}

/// Types `typed` after `writeback run`, Tab and Enter, in an interactive shell in a folder with these files.
fn after_tab(shell: &[&str], set_up: &str, typed: &str, folder: &std::path::Path) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_writeback"));
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(program.parent().expect("a folder").to_owned()).chain(std::env::split_paths(&paths));
    let paths = std::env::join_paths(paths).expect("folders").into_string().expect("text");
    let mut pty = Pty::run(200, 40, shell[0], &shell[1..], &[("PATH", &paths)]);
    pty.send(&format!("cd {}; {set_up}; echo rea''dy\r", folder.display())).wait("ready").settle();
    pty.send(&format!("writeback run {typed}")).send(TAB).settle().send(ENTER).wait("writeback: ").settle();
    pty.text()
}

/// A folder with files of these names.
fn with_definitions(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in names {
        std::fs::write(folder.path().join(name), "name = ").expect("a file");
    }
    folder
}

/// The shells of this computer that complete, and what makes them ask this program.
fn that_complete() -> impl Iterator<Item = (&'static [&'static str], &'static str)> {
    let all: [(&[&str], &str); 3] = [
        (&["bash", "--norc", "--noprofile", "-i"], "source <(writeback completions bash)"),
        (&["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source <(writeback completions zsh)"),
        (&["fish", "--no-config", "-i"], "writeback completions fish | source"),
    ];
    let there = shells();
    all.into_iter().filter(move |(shell, _)| there.iter().any(|it| it[0] == shell[0]))
}

#[test]
fn what_is_common_to_several_names_leaves_no_half_of_an_escape_in_the_line() {
    let folder = with_definitions(&["x y b.toml", "x y(b.toml"]);
    for (shell, set_up) in that_complete() {
        for typed in ["x", "x\\ y"] {
            // A backslash at the end of the line would have the shell wait for another one.
            let said = after_tab(shell, set_up, typed, folder.path());
            let said = said.split_once("writeback: ").expect("it ran").1;
            assert!(said.contains("x y") && !said.contains('\\'), "{shell:?} {typed}: {said}");
        }
    }
}

#[test]
fn nothing_in_the_name_of_a_file_is_run_when_a_shell_completes_it() {
    let folder =
        with_definitions(&["daily$(touch ran).toml", "quiet`touch ran`;touch ran.toml", "two words's.toml", "x*.toml"]);
    for (shell, set_up) in that_complete() {
        for (typed, name) in [
            ("da", "daily$(touch ran).toml"),
            ("qu", "quiet`touch ran`;touch ran.toml"),
            ("two\\ w", "two words's.toml"),
            ("'two w", "two words's.toml"),
            ("\"two w", "two words's.toml"),
            ("\"da", "daily$(touch ran).toml"),
            ("x", "x*.toml"),
        ] {
            let said = after_tab(shell, set_up, typed, folder.path());
            let said = said.split_once("writeback: ").expect("it ran").1;
            assert!(said.contains(name), "{shell:?} {typed}: {said}");
            assert!(!folder.path().join("ran").exists(), "{shell:?} {typed} ran what stands in a name");
        }
    }
}
