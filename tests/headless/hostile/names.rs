//! Names and messages with what a terminal obeys.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn names_with_escape_sequences_do_nothing() {
    let hostile = Hostile::new(|path, _| {
        let evil = quoted(&format!("a{EVIL}b"));
        if path.ends_with("acme/sales") {
            let file = format!("{{\"name\":{evil},\"updatedBy\":{evil},\"source\":{{\"syncStatus\":{evil}}}}}");
            return json(format!("{{\"owner\":{evil},\"id\":{evil},\"title\":{evil},\"files\":[{file}]}}"));
        }
        let record = format!("{{\"owner\":{evil},\"id\":{evil},\"title\":{evil},\"accessLevel\":{evil}}}");
        json(format!("{{\"records\":[{record}]}}"))
    })
    .await;
    for args in ALL {
        hostile.survives(args).await;
    }
    let ran = hostile.survives(&["get", "acme/sales", &format!("a{EVIL}b")]).await;
    assert!(hostile.folder().is_empty(), "{:?}: {:?}", ran.err, hostile.folder());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_with_escape_sequences_does_nothing_in_json() {
    let hostile = Hostile::new(|_, _| (StatusCode::FORBIDDEN, quoted(EVIL)).into_response()).await;
    let home = hostile.home.path();
    let text = std::fs::read_to_string(hostile.definition()).unwrap();
    std::fs::create_dir(home.join("exports")).unwrap();
    std::fs::write(home.join("exports/x.toml"), text.replacen("\"x\"", &quoted(&format!("x{EVIL}")), 1)).unwrap();
    let account = format!("[[account]]\nname = \"a\"\nservice = \"data.world\"\nuser = {}\n", quoted(EVIL));
    std::fs::write(home.join("accounts.toml"), account).unwrap();
    hostile.survives(&["run", "x", "--json"]).await;
    for (args, has) in [
        (&["accounts", "list", "--json"][..], "\\u202e"),
        (&["exports", "list", "--json"], "\\u202e"),
        (&["history", "--json"], "\\u202e"),
        (&["schedule", "--list", "--json"], "[]"),
    ] {
        let ran = hostile.survives(args).await;
        assert!(ran.code == Some(0) && ran.out.contains(has), "{args:?}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_harmless_where_it_is_shown_on_a_terminal() {
    let hostile = Hostile::new(|path, _| match path.contains("file_download") {
        true => format!("one{EVIL}\n").into_response(),
        false => json("{\"owner\":\"acme\",\"id\":\"sales\",\"files\":[{\"name\":\"x.csv\"}]}"),
    })
    .await;
    let evil = hostile.home.path().join("evil.toml");
    std::fs::write(&evil, format!("name = \"x{EVIL}\"\r\n# end\n")).unwrap();
    let evil = evil.display().to_string();
    let piped = hostile.run(&["exports", "show", &evil]).await.0;
    assert!(piped.out.contains('\u{202e}') && piped.out.ends_with("\r\n# end\n"), "a program gets it: {piped:?}");
    let variables = hostile.variables();
    tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let run = |arguments: &str| crate::pty::Pty::writeback(100, 30, arguments, &variables);
        let mut pty = run(&format!("exports show {evil}"));
        pty.wait("# end").ends_with(0);
        let raw = pty.raw();
        assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains('\u{9b}') && !raw.contains('\u{202e}'), "{raw:?}");
        let mut pty = run("get acme/sales x.csv -o -");
        pty.wait("The file is not printed to a terminal").wait("add --force").ends_with(2);
        assert!(!pty.raw().contains("owned"), "{:?}", pty.raw());
        run("get acme/sales x.csv -o - --force").wait_raw("\u{1b}]0;owned");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn error_messages_with_escape_sequences_do_nothing() {
    let hostile = Hostile::new(|_, _| {
        let body = format!("{{\"message\":{0},\"details\":{0}}}", quoted(&EVIL.repeat(10_000)));
        (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    })
    .await;
    for args in ALL {
        hostile.survives(args).await;
    }
    hostile.survives(&["run", &hostile.definition()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_screen_names_do_nothing_either() {
    let hostile = Hostile::new(|path, _| {
        let evil = quoted(&format!("{EVIL}zz"));
        if path.contains("file_download") {
            return format!("one{EVIL},two\ncell{EVIL},\u{1b}[2J\n").into_response();
        }
        if path.ends_with("/own") {
            let record = format!("{{\"owner\":\"acme\",\"id\":\"sales\",\"title\":{evil}}}");
            return json(format!("{{\"records\":[{record}]}}"));
        }
        if path.starts_with("/v0/datasets/acme/") {
            let file = format!("{{\"name\":{},\"updatedBy\":{evil}}}", quoted(&format!("name{EVIL}.csv")));
            return json(format!("{{\"owner\":\"acme\",\"id\":\"sales\",\"title\":{evil},\"files\":[{file}]}}"));
        }
        json(format!("{{\"id\":{evil},\"baseUrl\":{evil},\"records\":[]}}"))
    })
    .await;
    let variables = hostile.variables();
    tokio::task::spawn_blocking({
        move || {
            let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut pty = crate::pty::Pty::at_home(100, 30, &variables);
            pty.wait("1 Exports");
            pty.send("2").wait("acme/sales").send("\r").wait("name").send("\r").wait("one").wait("cell");
            let raw = pty.raw();
            assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains("\u{1b}]52;c;aGk="), "{raw:?}");
            assert!(!raw.contains('\u{202e}') && !raw.contains('\u{9b}'));
            pty.send("\x1b").wait_gone("cell").send("\x1b").wait("Enter files").send("q").ends_with(0);
        }
    })
    .await
    .unwrap();
}
