//! Browse in a real terminal, against the sandbox: from the list of datasets to a file that is here, and then gone there.

use writeback::testing::sandbox::{Options, Sandbox, samples};

use crate::pty::Pty;

const NAME: &str = "größe 売上.csv";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_found_looked_at_downloaded_and_deleted() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let text = "id,name\n1,売上データ\n2,\"a, b\"\n";
    sandbox.put_file(samples::ORGANIZATION, samples::SALES_MART, NAME, text);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("here.csv");
    let variables = sandbox.environment();
    let place = to.display().to_string();
    tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = Pty::at_home(100, 30, &variables);
        pty.wait("1 Exports").send("2").wait("acme-analytics/campaigns-2023").send("/").send("sales mart");
        pty.wait_gone("campaigns-2023").send("\r").send("\r").wait("store_targets.csv");
        pty.send("/").send("größe").wait(NAME).wait_gone("store_targets.csv").send("\r").send("\r");
        pty.wait("売上データ").wait("2 rows");
        // Down: the download's proposal is taken away, and another path typed.
        pty.send("d").wait("To which file").send("\x15").send(&place).send("\r").wait("was downloaded: 35 B");
        // Of a name alone, the whole place is said.
        pty.send("d").wait("To which file").send("\x15").send("there.csv").send("\r").wait("/there.csv.");
        pty.send("\x1b")
            .wait("Updated")
            .send("\x1b[3~")
            .wait("type its name")
            .send("wrong\r")
            .wait("That is not its name");
        pty.send("\x15").send(NAME).send("\r").wait("was deleted.");
        pty.send("q").wait("/ sales mart").send("q").ends_with(0);
    })
    .await
    .unwrap();
    assert_eq!(std::fs::read_to_string(to).unwrap(), text);
    assert!(sandbox.file(samples::ORGANIZATION, samples::SALES_MART, NAME).is_none());
}
