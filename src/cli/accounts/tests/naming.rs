//! A second account: exports that used the first one without naming it keep using it.

use super::*;

/// A person with one data.world account, and exports, some of which name none.
async fn with_one() -> Person {
    let mut ann = Person::new().await;
    ann.run("add data.world --name analyst").await.unwrap();
    ann.export("Sales", "acme", "analyst");
    ann.unnamed("Costs");
    ann
}

const DONE: &str =
    "The export Costs used the only data.world account without naming it: its definition names analyst now.";

#[tokio::test]
async fn exports_name_the_only_account_before_a_second_is_added() {
    let mut ann = with_one().await;
    let sales = ann.text("sales");
    let output = ann.run("add data.world --name other").await.unwrap();
    let lines: Vec<&str> = output.lines().collect();
    assert!(lines[0].starts_with("Added the data.world account other: "), "{output}");
    assert_eq!(lines[1..], [DONE]);
    assert!(ann.text("costs").ends_with("[credentials]\ndomo = \"acme\"\ndataworld = \"analyst\"\n"));
    assert_eq!(ann.text("sales"), sales, "it names one already");

    // With two accounts there is no only one, and a replaced account is not a second one.
    ann.unnamed("Stock");
    let stock = ann.text("stock");
    for line in ["add data.world --name third", "replace data.world other"] {
        let output = ann.run(line).await.unwrap();
        assert_eq!(output.lines().count(), 1, "{output}");
    }
    assert_eq!(ann.text("stock"), stock);
}

#[tokio::test]
async fn nobody_uses_an_account_where_the_environment_has_credentials() {
    let mut ann = with_one().await;
    let costs = ann.text("costs");
    ann.environment.dataworld_token = Some(Secret::new(samples::READ_WRITE));
    std::fs::write(ann.home.path().join("exports/wrong.toml"), "name = 1").unwrap();
    let output = ann.run("add data.world --name other").await.unwrap();
    assert_eq!(output.lines().count(), 1, "{output}");
    assert_eq!(ann.text("costs"), costs);
}

#[tokio::test]
async fn an_export_of_a_crontab_is_not_changed() {
    let mut ann = with_one().await;
    ann.unnamed("Nightly");
    let nightly = ann.text("nightly");
    ann.in_cron = || vec!["nightly".to_owned()];
    let output = ann.run("add data.world --name other").await.unwrap();
    let lines: Vec<&str> = output.lines().skip(1).collect();
    let cron = "Nightly names no account, and cron has it: variables in the crontab count only then. Where there are \
                none, write dataworld = \"analyst\" under [credentials].";
    assert_eq!(lines, [DONE, cron]);
    assert_eq!(ann.text("nightly"), nightly);
}

#[tokio::test]
async fn an_unreadable_export_does_not_block_adding_an_account() {
    let mut ann = with_one().await;
    std::fs::write(ann.home.path().join("exports/wrong.toml"), "name = 1").unwrap();
    let output = ann.run("add data.world --name other").await.unwrap();
    let lines: Vec<&str> = output.lines().skip(1).collect();
    assert_eq!(lines[0], DONE);
    assert!(lines[1].starts_with("What cannot be read has to name an account too, such as dataworld = \"analyst\""));
    assert!(lines[1].contains("wrong.toml, line 1"), "{output}");
    assert_eq!(ann.book().len(), 2);
}
