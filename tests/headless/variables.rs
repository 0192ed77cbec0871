//! Variables of the environment: what is pasted along goes, and what cannot be used is said by its name and nothing else.

use std::ffi::OsString;

use writeback::sandbox::samples;

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
    ] {
        let ran = run_with(&stage, &[(name, value.clone())], &["run", &definition]).await;
        assert!(ran.code == Some(code) && ran.err.contains(&format!("{name} {said}")), "{name}={value:?}: {ran:?}");
        assert!(!ran.err.contains("eyJ") && !ran.err.contains("DDCI"), "{ran:?}");
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
