//! Wrong settings of the screen: the error names the line before the screen opens.

use crate::stage::Stage;

#[tokio::test]
async fn a_wrong_colour_is_named_with_its_line() {
    let stage = Stage::new().await;
    let path = stage.home.path().join("config.toml");
    std::fs::write(&path, "[theme]\nname = \"light\"\n\ndone = \"greenish\"\n").unwrap();
    let ran = stage.run(&["new"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let start = format!("writeback: {}, line 4: `greenish` is not a color.", path.display());
    assert!(ran.err.starts_with(&start), "{}", ran.err);
}

#[tokio::test]
async fn a_wrong_key_is_named_with_its_line() {
    let stage = Stage::new().await;
    let path = stage.home.path().join("config.toml");
    std::fs::write(&path, "[keys]\nrun.run-again = [\"f9\"]\n\nform.continue = [\"ctrl-s\"]\n").unwrap();
    let ran = stage.run(&["new"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let start = format!("writeback: {}, line 4: Ctrl-S already does `form.save`", path.display());
    assert!(ran.err.starts_with(&start), "{}", ran.err);
}
