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

/// As long as a token of neither service that is told by its form: only its value tells it.
const SHORT: &str = "abcdefghijklmnopqrstuvwxyzabcdefghijklm";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_service_repeats_is_shown_kept_and_logged_nowhere() {
    let mut hostile = Hostile::new(|path, _| {
        let said = format!("{{\"message\":\"No {SHORT} here\",\"details\":\"{SHORT}\"}}");
        match path {
            "/oauth/token" => json("{\"access_token\":\"x\",\"scope\":\"data\"}"),
            _ => (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], said).into_response(),
        }
    })
    .await;
    hostile.token = SHORT;
    let definition = hostile.definition();
    for args in
        [&["run", &definition][..], &["run", "--json", &definition], &["ls", "acme/sales"], &["check", "--json"]]
    {
        let (ran, _) = hostile.run(args).await;
        assert!(ran.code == Some(1) && !format!("{ran:?}").contains(SHORT), "{args:?}: {ran:?}");
    }
    let home = hostile.home.path();
    let logs = std::fs::read_dir(home.join("logs")).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let kept = [std::fs::read(home.join("history.sqlite")).unwrap(), logs.collect::<Vec<_>>().concat()].concat();
    let kept = String::from_utf8_lossy(&kept);
    assert!(kept.contains("No … here") && !kept.contains(SHORT), "{kept}");
}

/// Shorter than what is told by its form.
const KNOWN: &str = "q8Zr2Lk5Vx0Tn7Bd4Hs9Mw3Yf6Jc1Gp";

/// The same, or a part of it, as a service may write it.
fn written() -> Vec<String> {
    let each = |write: &dyn Fn(char) -> String| KNOWN.chars().map(write).collect::<String>();
    vec![
        KNOWN[..16].to_owned(),
        KNOWN[KNOWN.len() - 14..].to_owned(),
        KNOWN.to_lowercase(),
        KNOWN.to_uppercase(),
        each(&|c| format!("{c} ")),
        each(&|c| format!("{c}\n")),
        each(&|c| format!("{c}\u{200b}")),
        each(&|c| format!("%{:02x}", u32::from(c))),
        each(&|c| format!("%25{:02X}", u32::from(c))),
        format!("{}\u{a0}\r\n{}", &KNOWN[..9], &KNOWN[9..]),
    ]
}

/// Removes everything from a text that could hide a token in it.
fn bare(text: &str) -> String {
    text.replace("\\n", "").replace("<U+200B>", "").to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_masked_however_a_service_writes_it() {
    for text in written() {
        static SAID: Mutex<String> = Mutex::new(String::new());
        SAID.lock().unwrap().clone_from(&text);
        let mut hostile = Hostile::new(|path, _| {
            let said = SAID.lock().unwrap().clone();
            let named = quoted(&format!("x {said}"));
            match path {
                "/oauth/token" => json("{\"access_token\":\"x\",\"scope\":\"data\"}"),
                "/v0/datasets/acme/listed" => {
                    json(format!("{{\"owner\":\"acme\",\"id\":\"listed\",\"files\":[{{\"name\":{named}}}]}}"))
                }
                "/v0/datasets/acme/sent-on" => {
                    // Of a host, an address is decoded once.
                    let host = said.replace("%25", "%");
                    let host: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '%').collect();
                    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("https://{host}.example/"))])
                        .into_response()
                }
                _ => {
                    let said = format!("{{\"message\":{named},\"details\":{named}}}");
                    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], said).into_response()
                }
            }
        })
        .await;
        hostile.token = KNOWN;
        let definition = hostile.definition();
        for args in [
            &["run", &definition][..],
            &["run", "--json", &definition],
            &["ls", "acme/sales"],
            &["ls", "acme/listed"],
            &["ls", "acme/listed", "--json"],
            &["ls", "acme/sent-on"],
            &["check", "--json"],
        ] {
            let (ran, _) = hostile.run(args).await;
            assert!(ran.err.contains('…') || ran.out.contains('…'), "{args:?} {text:?}: {ran:?}");
            let home = hostile.home.path();
            let logs = std::fs::read_dir(home.join("logs")).unwrap();
            let logs = logs.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect::<String>();
            let history = std::fs::read(home.join("history.sqlite")).unwrap_or_default();
            for kept in [ran.out, ran.err, logs, String::from_utf8_lossy(&history).into_owned()] {
                let kept = bare(&kept);
                for part in [&KNOWN[..12], &KNOWN[10..22], &KNOWN[KNOWN.len() - 12..]] {
                    assert!(!kept.contains(&part.to_lowercase()), "{args:?} {text:?}: {kept}");
                }
            }
        }
    }
}
