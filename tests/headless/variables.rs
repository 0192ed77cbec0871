//! Variables of the environment: what is pasted along goes, and what cannot be used is said by its name and nothing else.

use std::ffi::OsString;
use std::path::PathBuf;

use writeback::testing::sandbox::samples;

use super::log::logged;
use crate::stage::{FILE, Ran, Stage, ended};

async fn run_with(stage: &Stage, variables: &[(&str, OsString)], args: &[&str]) -> Ran {
    let mut command = stage.command(args);
    command.current_dir(stage.home.path()).envs(variables.iter().map(|(name, value)| (name, value)));
    ended(command.spawn().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variable_may_keep_the_quotes_of_an_env_file() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    let spool = tempfile::tempdir().unwrap();
    std::fs::write(stage.home.path().join("config.toml"), "").unwrap();
    let home = stage.home.path().display().to_string();
    let mut variables = stage.sandbox.environment();
    variables.extend([("WRITEBACK_HOME", home), ("TMPDIR", spool.path().display().to_string())]);
    variables.push(("WRITEBACK_LOG", "debug".to_owned()));
    for (before, after) in [("\"", "\""), ("'", "'"), (" ", "\r\n"), ("\u{feff}\" ", " \"\r")] {
        let around: Vec<(&str, OsString)> =
            variables.iter().map(|(name, value)| (*name, format!("{before}{value}{after}").into())).collect();
        let ran = run_with(&stage, &around, &["run", &definition]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(stage.file(FILE).is_some());
        let strays: Vec<_> =
            std::fs::read_dir(stage.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!strays.iter().any(|name| name.to_string_lossy().contains(['"', '\'', ' '])), "{strays:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_cannot_be_used_is_named_and_never_taken_for_none() {
    use std::os::unix::ffi::OsStringExt as _;
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    for (name, value, code, said) in [
        ("WRITEBACK_HOME", bytes(b"/tmp/\xff"), 2, "is not UTF-8 text"),
        ("WRITEBACK_HOME", bytes(b""), 2, "is set, but empty"),
        ("WRITEBACK_HOME", bytes(b"/tmp/a\nb"), 2, "has a line break"),
        ("WRITEBACK_LOG", bytes(b"\xff"), 2, "is not UTF-8 text"),
        ("WRITEBACK_DOMO_URL", bytes(b" "), 2, "is set, but empty"),
        ("WRITEBACK_DATAWORLD_URL", bytes(b"https://\xff"), 2, "is not UTF-8 text"),
        ("CREDENTIALS_DIRECTORY", bytes(b"/run/\xff"), 2, "is not UTF-8 text"),
        ("TMPDIR", bytes(b"/tmp\n/x"), 2, "has a line break"),
        ("SSL_CERT_FILE", bytes(b"\"/etc/ssl/ca.pem\""), 2, "has quotes, blanks or line breaks around"),
        ("XDG_CONFIG_HOME", bytes(b"'/home/me'"), 2, "has quotes, blanks or line breaks around"),
        ("DW_AUTH_TOKEN", bytes(b"eyJ\xff.abc"), 3, "is not UTF-8 text"),
        ("DW_AUTH_TOKEN", bytes(b"eyJ.abc\neyJ.def"), 3, "is not a token: it contains blanks or line breaks"),
        ("DW_AUTH_TOKEN", bytes("eyJ.ábc".as_bytes()), 3, "is not a token: it contains a character"),
        ("DW_AUTH_TOKEN", bytes(b"''"), 3, "is set, but empty"),
        ("DOMO_CLIENT_ID", bytes(b"\xff"), 3, "is not UTF-8 text"),
        ("DOMO_CLIENT_SECRET", bytes(b"abc def"), 3, "is not a token"),
        ("DOMO_CLIENT_SECRET", bytes(b""), 3, "is set, but empty"),
        ("DOMO_DEVELOPER_TOKEN", bytes(b"DDCI\xff"), 3, "is not UTF-8 text"),
        ("DOMO_INSTANCE", bytes(b"\xff"), 3, "is not UTF-8 text"),
        ("WRITEBACK_HOME", bytes(b"~/writeback"), 2, "has `~`, `$` or `%` in it"),
        ("WRITEBACK_HOME", bytes(b"$HOME/writeback"), 2, "has `~`, `$` or `%` in it"),
        ("WRITEBACK_HOME", bytes(b"'${HOME}/writeback'"), 2, "has `~`, `$` or `%` in it"),
        ("TMPDIR", bytes(b"$HOME/tmp"), 2, "has `~`, `$` or `%` in it"),
        ("WRITEBACK_LOG", bytes(b"WRITEBACK_LOG=debug"), 2, "begins with `WRITEBACK_LOG=`"),
        ("DW_AUTH_TOKEN", bytes(b"export DW_AUTH_TOKEN=eyJ.abc"), 3, "begins with `DW_AUTH_TOKEN=`"),
        ("DOMO_CLIENT_ID", bytes(b"DOMO_CLIENT_ID=b0876cee"), 3, "begins with `DOMO_CLIENT_ID=`"),
        ("DOMO_CLIENT_ID", bytes(b"b0876cee 327b"), 3, "cannot be used. The client id contains a blank"),
        ("DOMO_CLIENT_ID", samples::CLIENT_SECRET.into(), 3, "cannot be used. That may be a secret"),
    ] {
        let ran = run_with(&stage, &[(name, value.clone())], &["run", &definition]).await;
        assert!(ran.code == Some(code) && ran.err.contains(&format!("{name} {said}")), "{name}={value:?}: {ran:?}");
        assert!(!ran.err.contains("eyJ") && !ran.err.contains("DDCI"), "{ran:?}");
        let made = std::fs::read_dir(stage.home.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let made: Vec<_> = made.filter(|name| name.to_string_lossy().contains(['~', '$'])).collect();
        assert!(made.is_empty(), "{name}={value:?}: {made:?}");
    }
    assert!(stage.sandbox.requests().iter().all(|request| request.method != "PUT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_variable_beside_a_whole_pair_changes_nothing() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    let empty = ["DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE", "CREDENTIALS_DIRECTORY", "TMPDIR", "SSL_CERT_FILE"];
    let ran = run_with(&stage, &empty.map(|name| (name, OsString::new())), &["run", &definition]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_wrong_variable_field_or_argument_is_repeated_nowhere() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    let token = samples::DEVELOPER_TOKEN;
    let swapped = [("DOMO_INSTANCE", token), ("DOMO_DEVELOPER_TOKEN", "acme")];
    let written = |from: &str, to: &str| {
        let path = stage.home.path().join("wrong.toml");
        std::fs::write(&path, std::fs::read_to_string(&definition).unwrap().replace(from, to)).unwrap();
        path.display().to_string()
    };
    let key = format!("{}/{}", samples::ORGANIZATION, samples::SALES_MART);
    let in_dataset = written(&key, &format!("acme/{}", samples::CLIENT_SECRET));
    for (variables, args) in [
        (&swapped[..], &["run", &definition][..]),
        (&swapped[..], &["check", "--json"]),
        (&swapped[..], &["accounts", "list", "--json"]),
        (&[("WRITEBACK_DOMO_URL", token)], &["run", &definition]),
        (&[("WRITEBACK_DOMO_URL", &format!("https://{token}"))], &["run", &definition]),
        (&[("WRITEBACK_DATAWORLD_URL", &format!("https://{token}.example/"))], &["check"]),
        (&[], &["run", "--json", &in_dataset]),
        (&[], &["ls", samples::CLIENT_SECRET]),
        (&[], &["get", &format!("acme/{}", samples::CLIENT_SECRET), "x.csv"]),
    ] {
        let variables: Vec<(&str, OsString)> = variables.iter().map(|(name, value)| (*name, value.into())).collect();
        let ran = run_with(&stage, &variables, args).await;
        let history = std::fs::read(stage.home.path().join("history.sqlite")).unwrap_or_default();
        let all = format!("{}{}{}{}", ran.out, ran.err, logged(&stage), String::from_utf8_lossy(&history));
        for secret in [token, &token.to_lowercase(), samples::CLIENT_SECRET] {
            assert!(!all.contains(secret), "{args:?} {variables:?}: {all}");
        }
        assert!(args[0] == "accounts" || ran.code != Some(0), "{args:?}: {ran:?}");
    }
    let paths = stage.sandbox.requests().into_iter().map(|request| request.path);
    assert_eq!(paths.filter(|path| path.contains(samples::CLIENT_SECRET)).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_among_the_arguments_is_not_repeated_by_their_parser() {
    let stage = Stage::new().await;
    // Of its shape alone it might be a name: it is known from the environment.
    let short = "AbCdEf1-ghij2klmno3pqrst4uvwxy5z-short9";
    let long = samples::READ_WRITE;
    let rule = format!("any:status={long}");
    for args in [
        &[short][..],
        &["history", "--limit", short],
        &["accounts", "test", short],
        &["completions", short],
        &["sandbox", "--fault", &rule],
        &["history", "--limit", long],
    ] {
        let ran = run_with(&stage, &[("DW_AUTH_TOKEN", short.into())], args).await;
        assert!(ran.code == Some(2) && ran.err.contains('…'), "{args:?}: {ran:?}");
        assert!(!ran.err.contains(short) && !ran.err.contains(long), "{args:?}: {ran:?}");
    }
}

/// Tokens that the environment does not have: of data.world, of Domo, the secret of a client of Domo's, and one of which
/// nobody knows whose it is.
const FOREIGN: [&str; 4] = [
    "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kLXVzZXItY2xpZW50OmJvYiIsImlhdCI6MTc5MDAwMDAwMH0.c29tZWJvZHkgZWxzZSdz",
    "DDCI3f9a51c07be24d68a1c3e5f70b92d4861a3c5e7f90b2",
    "9c3e1f70b5a2d8460c7e91f3a5b8d2046e1c7f93a0b5d8e24c6f1a3979b5d2e0",
    "q8Zr2Lk5Vx0Tn7Bd4Hs9Mw3Yf6Jc1Gp8Qa2Xe5Ru",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_knows_is_repeated_from_no_field_variable_or_argument() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    let text = std::fs::read_to_string(&definition).unwrap();
    std::fs::create_dir(stage.home.path().join("exports")).unwrap();
    std::fs::write(stage.home.path().join("exports/b.toml"), &text).unwrap();
    let account = "[[account]]\nname = \"a\"\nservice = \"data.world\"\n";
    std::fs::write(stage.home.path().join("accounts.toml"), account).unwrap();
    let wrong = |at: usize, text: String| {
        let path = stage.home.path().join(format!("wrong-{at}.toml"));
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    for token in FOREIGN {
        let fields = [
            text.replace("A test", token),
            text.replace("name =", &format!("{token} = 1\nname =")),
            text.replace("[input]", &format!("[input]\nowner_confirmed = \"{token}\"")).replacen(
                "owner_confirmed = true\n",
                "",
                1,
            ),
            format!("{text}append = \"{token}\"\n"),
            format!("{text}[schedule]\nevery = \"day\"\nat = \"06:30\"\ntimezone = \"{token}\"\n"),
            format!("{text}[schedule]\nevery = \"{token}\"\n"),
            format!("{text}[schedule]\ncron = \"{token}\"\n"),
            format!("{text}[credentials]\ndataworld = \"{token}\"\n"),
            format!("{text}[credentials]\ndomo = \"{token}\"\n"),
        ];
        let fields: Vec<String> = fields.into_iter().enumerate().map(|(at, text)| wrong(at, text)).collect();
        let path = format!("https://api.example/{token}");
        let mut cases: Vec<(Vec<_>, Vec<&str>)> = Vec::new();
        for field in &fields {
            cases.extend([
                (vec![], vec!["run", field]),
                (vec![], vec!["run", "--json", field]),
                (vec![], vec!["check", field]),
            ]);
        }
        for variable in ["WRITEBACK_LOG", "DOMO_INSTANCE", "DOMO_CLIENT_ID"] {
            cases.push((vec![(variable, token), ("DOMO_DEVELOPER_TOKEN", "acme")], vec!["run", &definition]));
        }
        cases.push((vec![("WRITEBACK_DATAWORLD_URL", &path)], vec!["run", &definition]));
        for args in [
            &["exports", "rename", "b", token][..],
            &["exports", "show", token],
            &["exports", "remove", token, "--yes"],
            &["accounts", "rename", "data.world", "a", token],
            &["accounts", "add", "data.world", "--name", token],
            &["accounts", "add", "domo", "--name", "x", "--client-id", token],
            &["accounts", "test", "domo", token],
            &["history", token],
            &["run", token],
            &["check", token],
            &["ls", "--account", token],
            &["get", "acme/sales", "x.csv", "-o", token, "--account", token],
            &["schedule", token, "--to", "cron"],
            &["schedule", "b", "--to", token],
        ] {
            cases.push((vec![], args.to_vec()));
        }
        for (variables, args) in cases {
            let set: Vec<(&str, OsString)> = variables.iter().map(|(name, value)| (*name, value.into())).collect();
            let ran = run_with(&stage, &set, &args).await;
            assert!(!matches!(ran.code, Some(0) | None), "{args:?}: {ran:?}");
            let history = std::fs::read(stage.home.path().join("history.sqlite")).unwrap_or_default();
            let all = format!("{}{}{}{}", ran.out, ran.err, logged(&stage), String::from_utf8_lossy(&history));
            for part in [&token[..16], &token[token.len() - 16..]] {
                assert!(!all.to_lowercase().contains(&part.to_lowercase()), "{variables:?} {args:?}: {all}");
            }
        }
    }
    let names = |folder: PathBuf| {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
    };
    assert_eq!(names(stage.home.path().join("exports")), ["b.toml"]);
    assert_eq!(std::fs::read_to_string(stage.home.path().join("accounts.toml")).unwrap(), account);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_long_is_no_token() {
    let stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    let text = std::fs::read_to_string(&definition).unwrap();
    let id = "salesbyregionandproductline2024q4withreturnsandrefunds";
    let key = format!("{}/{}", samples::ORGANIZATION, samples::SALES_MART);
    std::fs::write(&definition, text.replace(&key, &format!("{}/{id}", samples::ORGANIZATION))).unwrap();
    let ran = stage.run(&["run", &definition]).await;
    assert!(ran.code == Some(1) && ran.err.contains("no such dataset"), "{ran:?}");
    assert!(stage.sandbox.requests().iter().any(|request| request.path.contains(id)), "it was asked for");
}
