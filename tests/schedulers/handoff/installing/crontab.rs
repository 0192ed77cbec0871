//! The crontab: one text for everything, of which only the lines of an export change.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_crontab_that_takes_nothing_has_kept_its_schedule() {
    let refuses =
        SPOILING_CRONTAB.replace("-)\n", "-)\n    [ -e \"$HOME/refuse\" ] && echo 'crontab: full' >&2 && exit 1\n");
    let computer = Computer::new(&[("crontab", &refuses)]).await;
    computer.save(DAILY);
    assert_eq!(computer.install("cron").await.code, Some(0));
    let before = std::fs::read_to_string(computer.path("crontab")).unwrap() + "MAILTO=me@example.org\n";
    std::fs::write(computer.path("crontab"), &before).unwrap();
    computer.save(WEEKLY);
    std::fs::write(computer.path("refuse"), "").unwrap();
    let ran = computer.install("cron").await;
    assert!(ran.code == Some(1) && !ran.err.contains("could not be put back"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(computer.path("crontab")).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_crontab_stays_byte_for_byte() {
    let computer = Computer::new(&[("crontab", CRONTAB)]).await;
    let foreign = "MAILTO=me@example.org\n\n# writeback: daily-sales\n5 5 * * *\tbackup \\% # mine\n@reboot x";
    std::fs::write(computer.path("crontab"), foreign).unwrap();
    computer.save(WEEKLY);
    let ran = computer.install("cron").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let first = computer.read("crontab");
    assert!(first.starts_with(&format!("{foreign}\n# writeback: daily-sales (")), "{first}");
    assert!(first.contains("\n30 6 * * 1 WRITEBACK_HOME="), "{first}");
    assert_eq!(computer.list().await, pairs(&[("cron", "matches")]));
    computer.save("every = \"2 weeks\"\non = \"monday\"\nat = \"06:30\"\nstart = \"2026-11-23\"");
    assert_eq!(computer.list().await, pairs(&[("cron", "differs")]));
    let ran = computer.install("cron").await;
    assert!(ran.out.contains("`run --if-due` skips the extra times"), "{ran:?}");
    let second = computer.read("crontab");
    assert_eq!(
        (second.matches("run daily-sales --if-due\n").count(), second.matches("--scheduled").count()),
        (1, 0),
        "{second}"
    );
    computer.schedule(&["daily-sales", "--to", "cron", "--remove"]).await;
    assert_eq!(computer.read("crontab"), format!("{foreign}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crontab_that_was_not_there_is_gone_again() {
    let computer = Computer::new(&[("crontab", CRONTAB)]).await;
    computer.save(DAILY);
    computer.install("cron").await;
    assert!(computer.read("crontab").contains("30 6 * * * "));
    computer.schedule(&["daily-sales", "--to", "cron", "--remove"]).await;
    assert!(!computer.path("crontab").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crontab_that_cannot_be_read_is_not_written() {
    let computer = Computer::new(&[("crontab", "echo 'You are not allowed to use this program' >&2; exit 1")]).await;
    computer.save(DAILY);
    let ran = computer.install("cron").await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("`crontab -l` has failed: You are not allowed to use this program"), "{ran:?}");
    assert_eq!(computer.calls(), ["crontab -l"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_are_handed_to_cron_at_once_are_there_afterwards() {
    let computer = Computer::new(&[("crontab", CRONTAB)]).await;
    computer.save(DAILY);
    let text = computer.read("exports/daily-sales.toml");
    let names = ["one", "two", "three", "four"];
    for name in names {
        std::fs::write(computer.path(&format!("exports/{name}.toml")), text.replace("Daily sales", name)).unwrap();
    }
    for _ in 0..10 {
        let _ = std::fs::remove_file(computer.path("crontab"));
        let install =
            |name: &&str| computer.stage.command(&["schedule", name, "--to", "cron", "--install"]).spawn().unwrap();
        for started in names.each_ref().map(install) {
            let ran = crate::stage::ended(started).await;
            assert_eq!(ran.code, Some(0), "{ran:?}");
        }
        let crontab = computer.read("crontab");
        let there = names.map(|name| crontab.contains(&format!(" run {name} --")));
        assert_eq!((there, crontab.lines().count()), ([true; 4], 8), "{crontab}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crontab_that_another_program_writes_meanwhile_is_written_again_or_said() {
    // The first write is lost to `crontab -e`, or every one.
    let once = CRONTAB.replace("-) cat", "-) [ -e \"$HOME/other\" ] || { cat > \"$HOME/other\"; exit 0; }; cat");
    let computer = Computer::new(&[("crontab", &once)]).await;
    computer.save(DAILY);
    assert_eq!(computer.install("cron").await.code, Some(0));
    assert_eq!(computer.read("crontab").matches("run daily-sales").count(), 1);
    let computer = Computer::new(&[("crontab", &CRONTAB.replace("-) cat", "-) cat > /dev/null; exit 0; cat"))]).await;
    computer.save(DAILY);
    let ran = computer.install("cron").await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("your crontab does not have the schedule as it was written"), "{ran:?}");
}
