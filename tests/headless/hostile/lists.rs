//! Lists that have no end.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn pages_without_an_end_end() {
    let hostile = Hostile::new(|_, query| page_of_many(query, "acme", "d-")).await;
    let ran = hostile.survives(&["ls", "acme"]).await;
    assert!(ran.err.contains("its list does not end"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_lead_round_in_a_circle_are_noticed() {
    let hostile = Hostile::new(|_, query| {
        let next = if query.contains("next=a") { "b" } else { "a" };
        json(format!("{{\"records\":[{{\"owner\":\"acme\",\"id\":\"sales\"}}],\"nextPageToken\":\"{next}\"}}"))
    })
    .await;
    let ran = hostile.survives(&["ls", "acme"]).await;
    assert!(ran.err.contains("its list does not end"), "{}", ran.err);
    assert!(hostile.seen.lock().unwrap().len() < 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_without_an_end_end() {
    let hostile = Hostile::new(|path, query| match path {
        _ if path.starts_with("/v0/datasets/") => json("{}"),
        _ => many_organizations(path, query),
    })
    .await;
    let ran = hostile.survives(&["ls"]).await;
    assert!(ran.out.contains("aaa/first") && ran.err.contains("its list does not end"), "{}", ran.err);
    assert!(hostile.seen.lock().unwrap().len() < 5_000);
}

/// The answer of a list whose names are `name` and a number, and whose next page is the next number.
fn page_of_many(query: &str, owner: &str, name: &str) -> Response {
    let at: u64 = query.split("next=").nth(1).and_then(|next| next.split('&').next()?.parse().ok()).unwrap_or(0);
    let record = |number: u64| format!("{{\"owner\":\"{owner}\",\"id\":{}}}", quoted(&format!("{name}{at}-{number}")));
    let records = (0..1_000).map(record).collect::<Vec<_>>().join(",");
    json(format!("{{\"records\":[{records}],\"nextPageToken\":\"{}\"}}", at + 1))
}

/// A page with one record, which stands first in every list, and nothing after it.
fn page_of_one(id: &str) -> Response {
    json(format!("{{\"records\":[{{\"owner\":\"aaa\",\"id\":\"{id}\",\"title\":\"Title\"}}]}}"))
}

/// Opens Browse on a service whose lists have no end, and looks at what has to hold there.
async fn browse(answers: Answers) {
    let hostile = Hostile::new(answers).await;
    let variables = hostile.variables();
    tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = crate::pty::Pty::at_home(100, 30, &variables);
        // Keys are answered while the lists come.
        pty.wait("1 Exports").send("2").wait("aaa/first").send("4").wait("Nothing has run yet.").send("2");
        pty.wait("The list is not complete.").wait("its list does not end");
        // And after that: what is there can be narrowed and opened.
        pty.send("/").send("first").wait("> first").wait("aaa/first").wait("The list is not complete.");
        pty.send("\r")
            .send("\r")
            .wait("data.world does not list the files of this dataset.")
            .send("\x1b")
            .wait("The list is not complete.");
        let memory = most_memory(pty.inner_process().parse().unwrap());
        assert!(memory.is_none_or(|peak| peak < MOST_MEMORY), "{memory:?} KiB");
        let raw = pty.raw();
        assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains("\u{1b}]52;c;aGk="), "an escape sequence is obeyed");
        assert!(!raw.contains('\u{202e}') && !raw.contains('\u{9b}'), "a control character came through");
        pty.send("q").ends_with(0);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_browse_lists_of_long_names_without_an_end_are_cut() {
    browse(|path, query| match path {
        "/v0/user/datasets/own" => page_of_one("first"),
        "/v0/user/organizations" => json("{\"records\":[{\"id\":\"acme\"}]}"),
        "/v0/datasets/acme" if query.contains("next=") => page_of_many(query, "acme", &"long-".repeat(190)),
        "/v0/datasets/acme" => page_of_many(query, "acme", EVIL),
        _ => json("{}"),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_browse_organizations_without_an_end_are_cut() {
    browse(many_organizations).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_ten_million_data_sets_is_not_kept() {
    let hostile = Hostile::new(|path, _| match path {
        "/oauth/token" => json("{\"access_token\":\"a.b.c\",\"expires_in\":3599,\"userId\":1}"),
        "/v0/user" => json("{\"id\":\"analyst\"}"),
        "/v1/datasets" => json(format!("[{}{{}}]", "{},".repeat(10_000_000))),
        _ => json("{}"),
    })
    .await;
    let variables = hostile.variables();
    tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = crate::pty::Pty::at_home(100, 30, &variables);
        pty.wait("1 Exports").send("n").wait("1 Credentials").wait("Ctrl-N continue").send("\x0e");
        pty.wait("Input DataSet ID").send("\x1b[B").wait("its list does not end");
        let memory = most_memory(pty.inner_process().parse().unwrap());
        assert!(memory.is_none_or(|peak| peak < MOST_MEMORY), "{memory:?} KiB");
        pty.send("\x03").wait("exit ");
    })
    .await
    .unwrap();
}

/// Thousands of organizations, each of which has datasets without an end.
fn many_organizations(path: &str, query: &str) -> Response {
    match path {
        "/v0/user/datasets/own" => page_of_one("first"),
        "/v0/user/organizations" if query.contains("next=15") => json("{}"),
        "/v0/user/organizations" => page_of_many(query, "acme", EVIL),
        _ if path.starts_with("/v0/datasets/") && !path.ends_with("aaa/first") => {
            page_of_many(query, path.rsplit('/').next().unwrap_or_default(), "d")
        }
        _ => json("{}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_browse_tokens_that_lead_round_in_a_circle_are_noticed() {
    browse(|path, query| match (path, query.contains("next=a")) {
        ("/v0/user/datasets/own", false) => {
            json("{\"records\":[{\"owner\":\"aaa\",\"id\":\"first\"}],\"nextPageToken\":\"a\"}")
        }
        ("/v0/user/datasets/own", true) => {
            json("{\"records\":[{\"owner\":\"acme\",\"id\":\"second\"}],\"nextPageToken\":\"a\"}")
        }
        _ => json("{}"),
    })
    .await;
}
