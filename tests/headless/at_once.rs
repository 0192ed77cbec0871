//! Several of the program at once, and files that others have made: nothing that was saved is lost, and nothing waits for
//! ever.

use std::path::Path;
use std::process::Child;

use writeback::testing::sandbox::samples;

use crate::stage::{Ran, Stage, ended};

const ROUNDS: usize = 40;

fn export(name: &str, account: &str) -> String {
    format!(
        "name = \"{name}\"\n[input]\ndataset = \"{}\"\n[output]\ndataset = \"acme/sales\"\nfile = \"x\"\n\
         [credentials]\ndomo = \"{account}\"\n",
        samples::QUOTED
    )
}

/// The saved files, and their texts.
fn saved(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    all.sort();
    all
}

async fn both(one: Child, other: Child) -> [Ran; 2] {
    [ended(one).await, ended(other).await]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_exports_that_are_renamed_to_one_name_are_both_still_there() {
    let stage = Stage::new().await;
    let folder = stage.home.path().join("exports");
    for _ in 0..ROUNDS {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        for name in ["a", "b"] {
            std::fs::write(folder.join(format!("{name}.toml")), export(name, name)).unwrap();
        }
        let rename = |name: &str| stage.command(&["exports", "rename", name, "c"]).spawn().unwrap();
        let ran = both(rename("a"), rename("b")).await;
        let mut codes = ran.each_ref().map(|ran| ran.code);
        codes.sort();
        assert_eq!(codes, [Some(0), Some(2)], "{ran:?}");
        assert!(ran.iter().any(|ran| ran.err.contains("There is an export c already")), "{ran:?}");
        let there = saved(&folder);
        assert_eq!(there.len(), 2, "{there:?}");
        let accounts: Vec<bool> = ["a", "b"]
            .iter()
            .map(|name| there.iter().any(|(_, text)| text.contains(&format!("domo = \"{name}\""))))
            .collect();
        assert_eq!(accounts, [true, true], "{there:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_and_an_export_that_are_renamed_at_once_go_on_together() {
    let stage = Stage::new().await;
    let (folder, book) = (stage.home.path().join("exports"), stage.home.path().join("accounts.toml"));
    for _ in 0..ROUNDS {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        for name in ["a", "b"] {
            std::fs::write(folder.join(format!("{name}.toml")), export(name, "old")).unwrap();
        }
        std::fs::write(
            &book,
            "[[account]]\nname = \"old\"\nservice = \"domo\"\n\n[[account]]\nname = \"new\"\nservice = \"domo\"\n",
        )
        .unwrap();
        let account = stage.command(&["accounts", "move", "domo", "--from", "old", "--to", "new"]).spawn().unwrap();
        let ran = both(account, stage.command(&["exports", "rename", "a", "c"]).spawn().unwrap()).await;
        assert!(ran.iter().all(|ran| ran.code == Some(0)), "{ran:?}");
        let there = saved(&folder);
        let files: Vec<&str> = there.iter().map(|(file, _)| file.as_str()).collect();
        assert_eq!(files, ["b", "c"]);
        assert!(there.iter().all(|(_, text)| text.contains("domo = \"new\"")), "{there:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plain_file_among_the_exports_is_said_and_not_waited_for() {
    let stage = Stage::new().await;
    let folder = stage.home.path().join("exports");
    std::fs::create_dir_all(folder.join("folder.toml")).unwrap();
    std::fs::write(folder.join("good.toml"), export("good", "x")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.join("pipe.toml")).status().unwrap().success());
    for args in [&["exports", "list"][..], &["exports", "show", "pipe"], &["run", "pipe"], &["check", "pipe"]] {
        let ran = stage.run(args).await;
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(
            ran.err.contains("pipe.toml cannot be read: it is a named pipe, and only plain files are read."),
            "{ran:?}"
        );
    }
    let ran = stage.run(&["exports", "list"]).await;
    assert!(ran.out.contains("good") && ran.err.contains("folder.toml cannot be read: it is a folder"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_powershell_has_written_are_read() {
    let stage = Stage::new().await;
    let utf16 = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        let bytes: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        std::fs::write(path, bytes).unwrap();
    };
    let definition = stage.definition(samples::QUOTED, "");
    utf16(Path::new(&definition));
    utf16(&stage.home.path().join("config.toml"));
    let ran = stage.run(&["run", &definition, "--dry-run"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    std::fs::write(stage.home.path().join("config.toml"), b"# f\xfcr uns\n").unwrap();
    let ran = stage.run(&["run", &definition, "--dry-run"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.err.contains("config.toml cannot be read: it is not UTF-8 in line 1, it looks like Windows-1252"),
        "{ran:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_edited_does_not_undo_what_another_program_has_changed_without_a_word() {
    use std::io::{BufRead as _, Write as _};
    let stage = Stage::new().await;
    let folder = stage.home.path().join("exports");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("a-test.toml");
    std::fs::rename(stage.definition(samples::QUOTED, ""), &file).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let mut child = stage.command(&["edit", "a-test", "--plain"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let (mut answers, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let theirs = format!("{text}\n[checks]\nallow_empty = true\n");
    let (there, changed) = (file.clone(), theirs.clone());
    let said = tokio::task::spawn_blocking(move || {
        let mut lines = std::io::BufReader::new(out).lines().map(Result::unwrap);
        // All is kept as it is, up to the last question, which takes no empty answer.
        write!(answers, "{}", "\n".repeat(40)).unwrap();
        lines.by_ref().find(|line| line.contains("Save changes")).unwrap();
        std::fs::write(&there, &changed).unwrap();
        writeln!(answers, "1").unwrap();
        let said = lines.by_ref().find(|line| line.contains("was changed by another program")).unwrap();
        assert_eq!(std::fs::read_to_string(&there).unwrap(), changed);
        writeln!(answers, "1").unwrap();
        lines.by_ref().find(|line| line.starts_with("Saved as ")).unwrap();
        drop(answers);
        lines.for_each(drop);
        said
    });
    let said = said.await.unwrap();
    assert!(
        said.ends_with(
            "so nothing was saved. Save again to replace it with what you entered, or leave without saving \
                            to keep what is there."
        ),
        "{said}"
    );
    child.wait().unwrap();
    assert!(!std::fs::read_to_string(&file).unwrap().contains("allow_empty"));
}
