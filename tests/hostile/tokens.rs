//! Answers that lead a token elsewhere.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn no_token_follows_a_redirect() {
    // Another host, as far as an origin goes, on plain http.
    static ELSEWHERE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let (elsewhere, seen) = serve(|_, _| json("{\"records\":[]}")).await;
    ELSEWHERE.set(elsewhere).unwrap();
    let hostile = Hostile::new(|_, _| {
        let to = format!("{}/v0/elsewhere", ELSEWHERE.get().unwrap());
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
    })
    .await;
    for args in ALL {
        let ran = hostile.survives(args).await;
        assert!(ran.err.contains("Your credentials were not sent there"), "{args:?}: {}", ran.err);
    }
    hostile.survives(&["run", &hostile.definition()]).await;
    assert!(seen.lock().unwrap().is_empty(), "{:?}", seen.lock().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_sent_on_once_and_without_the_token() {
    let hostile = Hostile::new(|path, _| match path {
        "/v0/datasets/acme/sales" => json("{\"owner\":\"acme\",\"id\":\"sales\",\"files\":[{\"name\":\"x.csv\"}]}"),
        _ => {
            let to = format!("/again{path}");
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
    })
    .await;
    let ran = hostile.survives(&["get", "acme/sales", "x.csv"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let seen = hostile.seen.lock().unwrap().clone();
    let downloads: Vec<_> = seen.iter().filter(|(path, _)| path.contains("file_download")).collect();
    assert_eq!(downloads.len(), 2, "{downloads:?}");
    assert!(downloads[0].1.is_some() && downloads[1].1.is_none(), "{downloads:?}");
    assert!(hostile.folder().is_empty());
}
