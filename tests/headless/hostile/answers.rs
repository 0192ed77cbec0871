//! Answers that are too large, no text, or of wrong types.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn titles_of_ten_megabytes_are_cut() {
    let hostile = Hostile::new(|_, _| {
        let title = quoted(&"x".repeat(10 << 20));
        json(format!("{{\"records\":[{{\"owner\":\"acme\",\"id\":\"sales\",\"title\":{title}}}]}}"))
    })
    .await;
    let ran = hostile.survives(&["ls", "acme"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_types_are_an_answer_that_cannot_be_read() {
    let all: [Answers; 7] = [
        |_, _| json("{\"records\":7}"),
        |_, _| json("{\"records\":[{\"owner\":[],\"id\":{}}]}"),
        |_, _| json("[[[[[[[["),
        |_, _| json("[".repeat(100_000)),
        |_, _| json("null"),
        |_, _| json("{\"files\":{\"name\":1},\"owner\":1e999}"),
        |_, _| json("\"text\""),
    ];
    let each = all.map(|answers| async move {
        let hostile = Hostile::new(answers).await;
        for args in ALL {
            hostile.survives(args).await;
        }
        hostile.survives(&["run", &hostile.definition()]).await;
    });
    futures_util::future::join_all(each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_character_in_one_title_leaves_the_list_readable() {
    let hostile = Hostile::new(|_, _| {
        json(r#"{"records":[{"owner":"acme","id":"sales","title":"x\ud800"},{"owner":"acme","id":"costs"}]}"#)
    })
    .await;
    let ran = hostile.survives(&["ls", "acme"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.contains("acme/sales") && ran.out.contains("x\u{fffd}") && ran.out.contains("acme/costs"),
        "{ran:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_not_read_as_the_fields_of_an_object() {
    let all: [Answers; 2] = [
        |_, _| json(r#"[[{"owner":"acme","id":"sales"}],null,null]"#),
        |_, _| json(r#"{"records":[["acme","sales","Sales"]]}"#),
    ];
    for answers in all {
        let hostile = Hostile::new(answers).await;
        let ran = hostile.survives(&["ls", "acme"]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("is not what the service documents"), "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_utf_8_is_no_harm() {
    let hostile =
        Hostile::new(|_, _| json(&b"{\"records\":[{\"owner\":\"acme\",\"id\":\"\xff\xfe\x9b2J\"}]}"[..])).await;
    for args in ALL {
        hostile.survives(args).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gzip_bomb_is_not_unpacked_into_memory() {
    let hostile = Hostile::new(|_, _| {
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
        (headers, Body::from(bomb())).into_response()
    })
    .await;
    for args in ALL {
        let ran = hostile.survives(args).await;
        assert!(ran.code == Some(1) && ran.err.contains("larger than 32 MB"), "{args:?}: {}", ran.err);
    }
    assert!(hostile.folder().is_empty(), "{:?}", hostile.folder());
}

/// 200 MB of blanks, by the gzip of the system.
fn bomb() -> Vec<u8> {
    static BOMB: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    let make = || {
        let script = "head -c 200000000 /dev/zero | tr '\\0' ' ' | gzip -1";
        std::process::Command::new("sh").args(["-c", script]).output().unwrap().stdout
    };
    BOMB.get_or_init(make).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_an_end_end() {
    let hostile = Hostile::new(|path, _| match path.contains("file_download") {
        true => endless(&[b'x'; 65_536]).into_response(),
        false if path.ends_with("acme/sales") => {
            json("{\"owner\":\"acme\",\"id\":\"sales\",\"files\":[{\"name\":\"x.csv\",\"sizeInBytes\":1000}]}")
        }
        false => json(endless(&[b' '; 65_536])),
    })
    .await;
    for args in ALL {
        let ran = hostile.survives(args).await;
        let is_one_dataset = args.starts_with(&["ls", "acme/sales"]);
        assert_eq!(ran.code, Some(if is_one_dataset { 0 } else { 1 }), "{args:?}: {}", ran.err);
        let is_list = args[0] == "ls" && !is_one_dataset;
        assert_eq!(ran.err.contains("larger than 32 MB"), is_list, "{args:?}: {}", ran.err);
    }
    assert!(hostile.folder().is_empty(), "{:?}", hostile.folder());
}
