//! A whole pass of the wizard, left in the middle and gone on with: what it saves, `run` repeats.

use std::path::Path;

use writeback::testing::sandbox::samples;

use crate::history::{history, quick, results};
use crate::pty::{CTRL_N, CTRL_U, ENTER, ESC, Pty, TAB};
use crate::stage::Stage;

/// The part of [`samples::CLIENT_ID`] that the field shows.
const ID_SHOWN: &str = "-327b-4c5b-8948-";

/// The wizard with no credentials but those that are typed.
fn wizard(stage: &Stage, command: &str, rows: u16) -> Pty {
    let home = stage.home.path().display().to_string();
    let variables = [
        ("WRITEBACK_DOMO_URL", stage.sandbox.domo_url()),
        ("WRITEBACK_DATAWORLD_URL", stage.sandbox.dataworld_url()),
        ("WRITEBACK_HOME", home),
    ];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    Pty::writeback(100, rows, command, &variables)
}

/// Enters what no draft keeps.
fn secrets(pty: &mut Pty) {
    pty.wait("API Token").paste(samples::READ_WRITE).wait("••••");
    pty.send(TAB).send(TAB).send(TAB).send(TAB).send(TAB).paste(samples::CLIENT_SECRET);
}

/// Everything up to the end of Details.
fn first_panes(pty: &mut Pty) {
    pty.wait("API Token").paste(samples::READ_WRITE).wait("••••");
    pty.send(TAB).send(TAB).send(TAB).send(TAB).send(samples::CLIENT_ID).wait(ID_SHOWN);
    pty.send(TAB).paste(samples::CLIENT_SECRET).send(CTRL_N);
    pty.wait("Input DataSet ID").paste(samples::DAILY_SALES).wait("240,000 rows");
    // The id of the dataset is entered, not selected.
    pty.send(TAB).send(" ").send(TAB).send("acme-analytics/sales-mart").send(TAB).wait("you may write here");
    pty.send(TAB).send("repeated").send(TAB).send(" ").send(" ").wait("next file: repeated_1.csv");
}

fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().unwrap().permissions().mode() & 0o777 == 0o600
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_pass_that_was_left_once_is_saved_and_repeated_byte_for_byte() {
    let stage = quick().await;
    let drafts = stage.home.path().join("drafts");
    let draft = || std::fs::read_dir(&drafts).ok()?.map(|entry| entry.unwrap().path()).next();
    tokio::task::block_in_place(|| {
        let mut pty = wizard(&stage, "new", 40);
        first_panes(&mut pty);
        pty.send(ESC).wait("What you entered is kept").send("y").ends_with(0);
        let kept = std::fs::read_to_string(draft().unwrap()).unwrap();
        assert!(kept.contains("repeated") && is_private(&draft().unwrap()), "{kept}");
        assert!(!kept.contains(samples::READ_WRITE) && !kept.contains(samples::CLIENT_SECRET), "{kept}");

        let mut pty = wizard(&stage, "new", 40);
        pty.wait("You started an export to").send(ENTER).wait_gone("You started").wait(ID_SHOWN);
        secrets(&mut pty);
        pty.send(CTRL_N).wait("next file: repeated_1.csv").wait("you may write here").send(CTRL_N);
        // Scheduling: every day, retried, the last three files kept.
        pty.wait("Update interval").send(TAB).send(" ").send(" ").wait("Start time");
        pty.send(TAB).send(TAB).send(CTRL_U).send("07:45").wait("Every day at 07:45");
        pty.send(TAB).send(TAB).send(TAB).send(" ").wait("at most");
        pty.send(CTRL_N).wait("The file's description").send(CTRL_U).send("Nightly");
        pty.send(TAB).send("For the test").send(TAB).send("What was sold").send(CTRL_N);
        pty.wait("Run once").wait("retried every 5 minutes").wait("What was sold");
        pty.wait("Save and schedule hands it over")
            .send(TAB)
            .send(TAB)
            .send(TAB)
            .send(ENTER)
            .wait("Proven: rows equal Domo's");
        assert!(draft().is_some(), "it is not saved");
        pty.send(ESC).wait("Save and schedule").send("\x13").wait("Saved as ").send("q").ends_with(0);
        assert!(draft().is_none(), "it is saved");
    });
    let ran = stage.run(&["run", "nightly"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (first, second) = (stage.file("repeated_1.csv").unwrap(), stage.file("repeated_2.csv").unwrap());
    assert_eq!((first.size, &first.sha256), (second.size, &second.sha256));
    assert!(first.size > 1_000_000);
    let kept = history(&stage, &["nightly"]).await;
    assert_eq!(results(&kept), ["done", "done"], "one history of both doors");

    // The wizard, too, knows that the number 2 was given, though its file is gone.
    let url = format!("{}/v0/datasets/acme-analytics/sales-mart/files/repeated_2.csv", stage.sandbox.dataworld_url());
    let deleted = reqwest::Client::new().delete(url).bearer_auth(samples::READ_WRITE).send().await.unwrap();
    assert!(deleted.status().is_success());
    tokio::task::block_in_place(|| {
        let mut pty = wizard(&stage, "edit nightly", 40);
        pty.wait("API Token").paste(samples::READ_WRITE).wait("••••");
        pty.send(TAB).send(TAB).send(TAB).send(TAB).send(samples::CLIENT_ID).wait(ID_SHOWN);
        pty.send(TAB).paste(samples::CLIENT_SECRET).send(CTRL_N);
        pty.wait("repeated_3.csv is new.");
        // A closed window keeps it as well, and what was being changed is said.
        pty.signal("-HUP").ends_with(130);
        assert!(std::fs::read_to_string(draft().unwrap()).unwrap().contains("edits = \"Nightly\""));
        let mut pty = wizard(&stage, "edit nightly", 40);
        pty.wait("You started to change Nightly on").send("n").wait_gone("You started");
        pty.send(ESC).ends_with(0);
        assert!(draft().is_none(), "declined");
    });
}
