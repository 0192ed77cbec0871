//! Completions and the manual. `tests/shells.sh` asks real shells.

use std::io::BufRead as _;

use crate::stage::Stage;

/// Completes the last of `words`.
async fn offered(stage: &Stage, words: &[&str]) -> Vec<String> {
    offered_by(stage, "fish", words).await
}

async fn offered_by(stage: &Stage, shell: &str, words: &[&str]) -> Vec<String> {
    let mut command = stage.command(&[&["--", "writeback"], words].concat());
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    if shell == "bash" {
        command.env("_CLAP_COMPLETE_COMP_TYPE", "9");
    }
    let ran = crate::stage::ended(command.env("WRITEBACK_COMPLETE", shell).spawn().unwrap()).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    ran.out.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn exports_and_accounts_are_offered_by_the_names_that_they_have_now() {
    let stage = Stage::new().await;
    let home = stage.home.path();
    assert_eq!(offered(&stage, &["edit", "d"]).await, Vec::<String>::new());
    let text = std::fs::read_to_string(stage.definition("845305d8-da3d-4107-a9d6-13ef3f86d4a4", "")).unwrap();
    std::fs::create_dir(home.join("exports")).unwrap();
    for (file, name) in [("daily-sales", "Daily sales"), ("daily-costs", "Daily\\tcosts")] {
        std::fs::write(home.join(format!("exports/{file}.toml")), text.replace("A test", name)).unwrap();
    }
    std::fs::write(home.join("exports/broken.toml"), "name = ").unwrap();
    // A person may have named it.
    std::fs::write(home.join("exports/dai; $(id).toml"), &text).unwrap();
    let accounts = "[[account]]\nname = \"My analyst\"\nservice = \"data.world\"\n\
                    [[account]]\nname = \"My Domo\"\nservice = \"domo\"\ninstance = \"acme\"\n";
    std::fs::write(home.join("accounts.toml"), accounts).unwrap();
    let before = std::fs::read_dir(home).unwrap().count();

    for command in [&["run"][..], &["edit"], &["history"], &["exports", "show"], &["exports", "remove"]] {
        let words = [command, &["dai"]].concat();
        assert_eq!(
            offered(&stage, &words).await,
            ["dai; $(id)\tA test", "daily-costs\tDaily costs", "daily-sales\tDaily sales"],
            "{words:?}"
        );
    }
    // These put what they are offered into the line as it is.
    for (shell, quoted) in [("bash", r"dai\;\ \$\(id\)"), ("powershell", "'dai; $(id)'")] {
        let offered = offered_by(&stage, shell, &["run", ""]).await;
        assert!(offered.iter().any(|line| line.split('\t').next() == Some(quoted)), "{offered:?}");
    }
    // An export that cannot be read can still be removed.
    assert_eq!(offered(&stage, &["exports", "remove", "b"]).await, ["broken\tcannot be read"]);
    assert_eq!(offered(&stage, &["ls", "--account", "My"]).await, ["My analyst\tdata.world"]);
    let both = ["My analyst\tdata.world", "My Domo\tDomo"];
    assert_eq!(offered(&stage, &["accounts", "remove", "domo", "M"]).await, both);
    assert_eq!(offered(&stage, &["hist"]).await, ["history\tShow past runs"]);

    assert!(stage.sandbox.requests().is_empty(), "a service was asked");
    assert_eq!(std::fs::read_dir(home).unwrap().count(), before, "something was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_prints_its_environment_for_the_shell_that_is_asked_for() {
    let stage = Stage::new().await;
    for (shell, before, after) in [
        ("sh", "export DW_AUTH_TOKEN=", ""),
        ("fish", "set -gx DW_AUTH_TOKEN '", "'"),
        ("cmd", "set \"DW_AUTH_TOKEN=", "\""),
        ("powershell", "$env:DW_AUTH_TOKEN='", "'"),
    ] {
        let mut child = stage.command(&["sandbox", "--shell", shell]).spawn().unwrap();
        let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines().take(5);
        let lines: Vec<String> = lines.map(Result::unwrap).collect();
        let token = lines.iter().find_map(|line| line.strip_prefix(before)?.strip_suffix(after));
        assert_eq!(token, Some(writeback::testing::sandbox::samples::READ_WRITE), "{lines:?}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[tokio::test]
async fn every_shell_gets_its_script() {
    let stage = Stage::new().await;
    let program = std::path::absolute(env!("CARGO_BIN_EXE_writeback")).unwrap().display().to_string();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = stage.run(&["completions", shell]).await;
        assert_eq!(ran.code, Some(0), "{shell}: {}", ran.err);
        // A backslash of Windows stands twice for each pair of quotes around it.
        let script = ran.out.replace(r"\\", r"\").replace(r"\\", r"\");
        assert!(script.contains("WRITEBACK_COMPLETE") && script.contains(&program), "{shell}: {script}");
    }
    assert_eq!(stage.run(&["completions", "csh"]).await.code, Some(2));
}

#[tokio::test]
async fn the_manual_has_a_page_for_every_command() {
    let stage = Stage::new().await;
    let page = stage.run(&["man"]).await.out;
    assert!(page.contains("writeback\\-run(1)") && page.contains("\\fB130\\fR\ncancelled: by Ctrl"), "{page}");
    let folder = stage.home.path().join("man");
    assert_eq!(stage.run(&["man", "--dir", &folder.display().to_string()]).await.code, Some(0));
    for name in ["writeback", "writeback-run", "writeback-accounts-add-domo"] {
        assert!(folder.join(format!("{name}.1")).exists(), "{name}");
    }
    let refused = stage.run(&["man", "--dir", "/dev/null/man"]).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("could not be written to /dev/null/man"), "{}", refused.err);
}
