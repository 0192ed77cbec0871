//! Every cause that the program can meet, made for real, and what the person reads: sentence, advice, exit code.
//!
//! The table is the snapshot `causes.snap`, to be read from top to bottom as somebody who has never seen the code.

use std::fmt::Write as _;
use std::time::Duration;

use crate::network::{Authority, Identity, Server};
use crate::stage::{FILE, Nobody, OLD, Stage};
use futures_util::StreamExt as _;
use serde_json::Value;
use writeback::testing::accounts::{AccountKey, ChangeError, CredentialError, KeyringError};
use writeback::testing::explain::{self, Explanation};
use writeback::testing::export::Service;
use writeback::testing::sandbox::{Effect, Fault, Route, samples};
use writeback::testing::services::domo::Hiding;
use writeback::testing::transfer::{Failure, NoCount, NotBegun, Refusal, SpoolFault, Unproven};

const HTML: &str = "<html><h1>Welcome</h1></html>";

/// Support ids that the tests choose.
const OUR_IDS: [&str; 3] = ["b6267b6a-92de", "T1-OE", "T2-OE"];

struct Made {
    name: &'static str,
    stage: Stage,
    args: Vec<String>,
    /// Kept until the binary has run.
    servers: Vec<Server>,
    /// Kept free of listeners until the binary has run.
    nobody: Option<Nobody>,
}

impl Made {
    async fn new(name: &'static str) -> Self {
        let stage = Stage::new().await;
        stage.old_file(FILE, OLD);
        stage
            .config("stall_seconds = 1\nanswer_seconds = 2\nprocessing_seconds = 2\nconnect_seconds = 2\nattempts = 1");
        Self { name, stage, args: Vec::new(), servers: Vec::new(), nobody: None }.exporting(samples::QUOTED, "")
    }

    fn fault(self, on: Route, what: Effect) -> Self {
        self.stage.sandbox.fault(Fault::always(on, what));
        self
    }

    fn exporting(mut self, data_set: &str, more: &str) -> Self {
        self.args = vec!["run".to_owned(), "--json".to_owned(), self.stage.definition(data_set, more)];
        self
    }

    /// Changes the definition's text.
    fn with(self, from: &str, to: &str) -> Self {
        let path = self.args.last().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replace(from, to)).unwrap();
        self
    }

    /// Downloads a file instead of running an export.
    fn getting(mut self) -> Self {
        let dataset = format!("{}/{}", samples::ORGANIZATION, samples::SALES_MART);
        self.args = ["get", &dataset, FILE, "-o", "-"].map(str::to_owned).to_vec();
        self
    }

    fn checking(mut self) -> Self {
        self.args[0] = "check".to_owned();
        self
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.stage.set(name, value);
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.stage.home.path().join(name), text).unwrap();
        self
    }

    /// data.world behind TLS, on this computer.
    async fn behind_tls(mut self, identity: &Identity) -> Self {
        let server = Server::tls(identity, &self.stage.sandbox.dataworld_url()).await;
        self.stage.set("WRITEBACK_DATAWORLD_URL", &format!("https://{}", server.address));
        self.servers.push(server);
        self
    }

    /// data.world where every handshake ends with this alert.
    async fn that_alerts(mut self, alert: u8) -> Self {
        let server = Server::that_alerts(alert).await;
        self.stage.set("WRITEBACK_DATAWORLD_URL", &format!("https://{}", server.address));
        self.servers.push(server);
        self
    }

    /// Domo where nothing answers.
    async fn behind_silence(mut self) -> Self {
        let silence = Server::that_says_nothing().await;
        self.stage.set("WRITEBACK_DOMO_URL", &format!("http://{}", silence.address));
        self.servers.push(silence);
        self
    }

    /// data.world somewhere else, behind a proxy.
    fn behind(self, proxy: Server) -> Self {
        self.behind_a("http://proxyuser:proxypassword@", proxy)
    }

    /// The same, behind a proxy whose address starts so.
    fn behind_a(mut self, start: &str, proxy: Server) -> Self {
        self.stage.set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example");
        self.stage.set("HTTPS_PROXY", &format!("{start}{}", proxy.address));
        self.servers.push(proxy);
        self
    }

    fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    fn trusting(self, authority: &Authority) -> Self {
        self.file("company.pem", &authority.pem).append_config("[network]\nca_file = \"company.pem\"\n")
    }

    fn without_authorities(self) -> Self {
        let none = self.stage.home.path().join("none.pem").display().to_string();
        self.file("none.pem", "").set("SSL_CERT_FILE", &none)
    }

    /// Sets a variable to an address where nobody is.
    fn set_to_nobody(mut self, variable: &'static str, start: &str) -> Self {
        let nobody = Nobody::new();
        self.stage.set(variable, &format!("{start}{}", nobody.address));
        self.nobody = Some(nobody);
        self
    }

    /// Appends to `config.toml`.
    fn append_config(self, more: &str) -> Self {
        let path = self.stage.home.path().join("config.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text + more).unwrap();
        self
    }

    /// Runs the binary, and gives its row of the table.
    async fn row(self) -> (&'static str, String) {
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let ran = self.stage.run(&args).await;
        let said: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| {
            // Errors before there is anything to run go to standard error; the log's name has the day in it.
            let said = ran.err.lines().find(|line| !line.starts_with("The log is ")).unwrap_or_default();
            serde_json::json!({ "message": said.trim_start_matches("writeback: "), "exit_code": ran.code })
        });
        assert_eq!(said["exit_code"].as_i64().map(|code| code as i32), ran.code, "{}: {ran:?}", self.name);
        for secret in [samples::CLIENT_SECRET, samples::READ_WRITE, samples::READ_ONLY, "proxypassword", "proxyuser"] {
            for shown in [&ran.out, &ran.err] {
                assert!(!shown.contains(secret), "{}: {shown}", self.name);
            }
        }
        let steps = said["steps"].as_array().cloned().unwrap_or_default();
        let step = steps.into_iter().find(|step| matches!(step["state"].as_str(), Some("failed" | "warning")));
        let said = step.unwrap_or(said);
        let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
        let mut row = format!("exit code {}\n", ran.code.unwrap());
        // The sandbox makes its ids anew each time.
        let id = text("support_id");
        let id = if id.is_empty() || OUR_IDS.contains(&id.as_str()) { id } else { "SUPPORT ID".to_owned() };
        for line in [text("message"), text("advice"), id].iter().filter(|line| !line.is_empty()) {
            writeln!(row, "{line}").unwrap();
        }
        (self.name, self.neutral(&row))
    }

    /// Without what is another each time: ports and folders.
    fn neutral(&self, row: &str) -> String {
        let sandbox = self.stage.sandbox.domo_url();
        let mut row = row.replace(sandbox.trim_start_matches("http://"), "SANDBOX");
        let nobody = self.nobody.iter().map(|nobody| nobody.address);
        for address in self.servers.iter().map(|server| server.address).chain(nobody) {
            row = row.replace(&address.to_string(), "SERVER");
        }
        // The part of an export that has come when it is refused.
        if let Some((start, end)) = row.split_once(": row 2, and ")
            && let Some((_, rest)) = end.split_once(". data.world")
        {
            row = format!("{start}: row 2, and MORE of the first ROWS. data.world{rest}");
        }
        row.replace(&self.stage.home.path().display().to_string(), "HOME")
    }
}

fn user() -> Route {
    Route::Path { method: None, prefix: "/v0/user".into() }
}

fn busy(wait: Option<&str>) -> Effect {
    let headers = wait.map(|wait| ("Retry-After".to_owned(), wait.to_owned())).into_iter().collect();
    Effect::Status { code: 429, headers, body: r#"{"code":429,"message":"Too many requests"}"#.into() }
}

async fn way() -> Vec<Made> {
    let authority = Authority::new();
    let (host, years) = ("127.0.0.1", 2020..2090);
    let made = Made::new;
    let dated = Effect::Status {
        code: 401,
        headers: vec![(
            "Date".into(),
            httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(3_600)),
        )],
        body: "{}".into(),
    };
    let intercepting = || async {
        let stage = made("a company's proxy that reads along").await;
        let identity = authority.certify("api.data.world.example", 2020..2090);
        let front = Server::tls(&identity, &stage.stage.sandbox.dataworld_url()).await;
        let proxy = Server::proxy_to(front.address).await;
        let mut stage = stage.behind(proxy);
        stage.servers.push(front);
        stage
    };
    let not_tls = made("no TLS where it should be").await;
    let not_tls_at = not_tls.stage.sandbox.domo_url().replace("http", "https");
    let sent_on = made("a download that is redirected and refused there").await.getting();
    let to = format!("{}/v0/user", sent_on.stage.sandbox.dataworld_url());
    vec![
        made("a name without an address").await.set("WRITEBACK_DOMO_URL", "https://api.domo.invalid"),
        made("refused").await.set_to_nobody("WRITEBACK_DOMO_URL", "http://"),
        made("nothing answers").await.behind_silence().await,
        made("nothing answers, looked at").await.behind_silence().await.checking(),
        made("reset").await.fault(user(), Effect::ResetAfter(0)),
        made("certificate expired").await.behind_tls(&authority.certify(host, 2010..2011)).await,
        made("certificate not valid yet").await.behind_tls(&authority.certify(host, 2080..2090)).await,
        made("certificate of another host")
            .await
            .trusting(&authority)
            .behind_tls(&authority.certify("other.example", years.clone()))
            .await,
        made("certificate of an unknown authority").await.behind_tls(&authority.certify(host, years.clone())).await,
        made("the same, looked at").await.behind_tls(&authority.certify(host, years.clone())).await.checking(),
        made("self-signed").await.behind_tls(&Identity::of_its_own(host)).await.checking(),
        made("certificate of an authority").await.behind_tls(&Identity::of_an_authority(host)).await,
        made("certificate with only a common name")
            .await
            .trusting(&authority)
            .behind_tls(&authority.certify_as(host, |params| {
                params.subject_alt_names.clear();
                params.distinguished_name.push(rcgen::DnType::CommonName, "127.0.0.1");
            }))
            .await,
        made("certificate for another purpose")
            .await
            .trusting(&authority)
            .behind_tls(&authority.certify_as(host, |params| {
                params.extended_key_usages.push(rcgen::ExtendedKeyUsagePurpose::ClientAuth);
            }))
            .await,
        made("certificate with a critical extension")
            .await
            .trusting(&authority)
            .behind_tls(&authority.certify_as(host, |params| {
                let mut extension =
                    rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 55_555, 1], vec![5, 0]);
                extension.set_criticality(true);
                params.custom_extensions.push(extension);
            }))
            .await,
        made("certificate with a wrong signature")
            .await
            .trusting(&authority)
            .behind_tls(&Authority::new().certify(host, years.clone()))
            .await,
        made("a server that speaks another TLS").await.that_alerts(70).await,
        made("a server that asks for a certificate").await.that_alerts(116).await,
        made("a server that does not know the name").await.that_alerts(112).await,
        made("a server that ends the handshake").await.that_alerts(80).await,
        not_tls.set("WRITEBACK_DATAWORLD_URL", &not_tls_at),
        made("a computer without authorities")
            .await
            .without_authorities()
            .behind_tls(&authority.certify(host, years))
            .await,
        made("a ca_file that is none")
            .await
            .file("company.pem", "no certificate")
            .append_config("[network]\nca_file = \"company.pem\"\n"),
        intercepting().await,
        intercepting().await.named("the same, looked at through the proxy").checking(),
        made("proxy that is none")
            .await
            .set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example")
            .set("HTTPS_PROXY", "http://proxyuser:proxypassword@proxy.example:none"),
        made("proxy that is none, looked at")
            .await
            .set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example")
            .set("HTTPS_PROXY", "ftp://proxyuser:proxypassword@proxy.example")
            .checking(),
        made("proxy unreachable")
            .await
            .set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example")
            .set_to_nobody("ALL_PROXY", "http://proxyuser:proxypassword@"),
        made("proxy wants a password").await.behind(Server::proxy_that_says("407 Proxy Authentication Required").await),
        made("proxy refuses").await.behind(Server::proxy_that_says("403 Forbidden").await),
        made("proxy refuses, looked at").await.behind(Server::proxy_that_says("403 Forbidden").await).checking(),
        made("proxy cannot connect").await.behind(Server::proxy_that_says("502 Bad Gateway").await).checking(),
        made("proxy hangs").await.behind(Server::proxy_that_hangs().await),
        made("proxy that ends the connection").await.behind(Server::socks_that_answers(&[b""]).await),
        made("the same, looked at").await.behind(Server::socks_that_answers(&[b""]).await).checking(),
        made("proxy that is no HTTP proxy, looked at")
            .await
            .behind(Server::socks_that_answers(&[b"220 mail.example ESMTP\r\n\r\n"]).await)
            .checking(),
        made("a login page").await.fault(user(), Effect::status(200, HTML)),
        made("a login page, looked at").await.fault(user(), Effect::status(511, HTML)).checking(),
        made("a clock that is wrong").await.fault(user(), dated).checking(),
        made("sent to a login page").await.fault(user(), Effect::Redirect { to: "https://login.example/".into() }),
        sent_on.fault(Route::Download, Effect::Redirect { to }),
    ]
}

/// SOCKS proxies, by what they answer (RFC 1928, 3 and 6; RFC 1929, 2; SOCKS4).
async fn socks() -> Vec<Made> {
    const V5: &str = "socks5h://";
    const V4: &str = "socks4a://";
    const LOGIN: &str = "socks5h://proxyuser:proxypassword@";
    const NO_LOGIN: &[u8] = &[5, 0];
    const WITH_LOGIN: &[u8] = &[5, 2];
    const UNACCEPTABLE: &[u8] = &[5, 0xff];
    macro_rules! reply {
        ($($code:literal $name:literal),*) => {
            [$(($name, V5, &[NO_LOGIN, &[5, $code, 0, 1, 0, 0, 0, 0, 0, 0]] as &[&[u8]])),*]
        };
    }
    let http: &[&[u8]] = &[b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"];
    let replies = reply![
        1 "SOCKS proxy fails",
        2 "SOCKS proxy does not allow it",
        3 "SOCKS proxy finds no network",
        4 "SOCKS proxy cannot reach the host",
        5 "SOCKS proxy is refused",
        6 "SOCKS proxy is too far away",
        7 "SOCKS proxy does not connect",
        8 "SOCKS proxy takes no name"
    ];
    let others: [(&str, &str, &'static [&'static [u8]]); 9] = [
        ("SOCKS proxy wants a password", V5, &[UNACCEPTABLE]),
        ("SOCKS proxy takes no password", LOGIN, &[UNACCEPTABLE]),
        ("SOCKS proxy does not know the password", LOGIN, &[WITH_LOGIN, &[1, 1]]),
        ("SOCKS proxy that is an HTTP proxy", V5, http),
        ("SOCKS proxy ends the connection", V5, &[NO_LOGIN, b""]),
        ("SOCKS4 proxy fails", V4, &[&[0, 91, 0, 0, 0, 0, 0, 0]]),
        ("SOCKS4 proxy without ident", V4, &[&[0, 92, 0, 0, 0, 0, 0, 0]]),
        ("SOCKS4 proxy with another ident", V4, &[&[0, 93, 0, 0, 0, 0, 0, 0]]),
        ("SOCKS4 proxy that is an HTTP proxy", V4, http),
    ];
    let mut all = Vec::new();
    for (name, start, answers) in replies.into_iter().chain(others) {
        all.push(Made::new(name).await.behind_a(start, Server::socks_that_answers(answers).await));
    }
    let too_long = format!("socks5h://proxyuser:{}@", "proxypassword".repeat(20));
    for (name, start, url) in [
        ("SOCKS proxy and a password that is too long", too_long.as_str(), "https://api.data.world.example"),
        ("SOCKS proxy and a name without an address here", "socks5://", "https://api.data.world.invalid"),
        ("SOCKS4 proxy and an IPv6 address", "socks4a://", "https://[2001:db8::1]"),
    ] {
        let made = Made::new(name).await.behind_a(start, Server::socks_that_answers(&[WITH_LOGIN]).await);
        all.push(made.set("WRITEBACK_DATAWORLD_URL", url));
    }
    let nobody = Made::new("SOCKS proxy unreachable").await.set_to_nobody("ALL_PROXY", "socks5h://");
    all.push(nobody.set("WRITEBACK_DATAWORLD_URL", "https://api.data.world.example"));
    all
}

async fn credentials() -> Vec<Made> {
    let made = Made::new;
    let names = "[credentials]\ndataworld = \"analyst\"\n";
    let scope = r#"{"access_token":"x","expires_in":3599,"scope":"user audit","userId":1,"customer":"acme"}"#;
    vec![
        made("no credentials").await.set("DW_AUTH_TOKEN", ""),
        made("half of the credentials").await.set("DOMO_CLIENT_SECRET", ""),
        made("an account that is not there").await.exporting(samples::QUOTED, names),
        #[cfg(target_os = "linux")]
        made("no keyring")
            .await
            .file("accounts.toml", "[[account]]\nname = \"analyst\"\nservice = \"data.world\"\n")
            .exporting(samples::QUOTED, names),
        made("a client that Domo does not know").await.set("DOMO_CLIENT_SECRET", "wrong-secret-wrong-secret"),
        made("an access token that Domo does not know")
            .await
            .set("DOMO_INSTANCE", samples::INSTANCE)
            .set("DOMO_DEVELOPER_TOKEN", "DDCIwrongwrongwrongwrongwrong")
            .checking(),
        made("a token that data.world does not know").await.set("DW_AUTH_TOKEN", "wrong-token-wrong-token"),
        made("a token that has ended").await.set("DW_AUTH_TOKEN", samples::EXPIRED),
        made("a token that may only read").await.set("DW_AUTH_TOKEN", samples::READ_ONLY),
        made("the same, looked at").await.set("DW_AUTH_TOKEN", samples::READ_ONLY).checking(),
        made("a client without the scope data").await.fault(Route::DomoToken, Effect::status(200, scope)).checking(),
        made("a sign-in that has ended, on CSV").await.fault(Route::Export, Effect::status(406, HTML)),
    ]
}

/// The same person's Domo, by an access token.
fn with_token(made: Made) -> Made {
    made.set("DOMO_DEVELOPER_TOKEN", samples::DEVELOPER_TOKEN).set("DOMO_INSTANCE", samples::INSTANCE)
}

async fn what_is_there() -> Vec<Made> {
    let made = Made::new;
    let dataset = format!("{}/{}", samples::ORGANIZATION, samples::SALES_MART);
    let read_only = format!("{}/{}", samples::FINANCE, samples::CLOSED_BOOKS);
    let unconfirmed = ("owner_confirmed = true\n", "");
    let visitor = made("neither owner nor co-owner")
        .await
        .exporting(samples::DAILY_SALES, "")
        .set("DOMO_DEVELOPER_TOKEN", samples::NON_OWNER_DEVELOPER_TOKEN)
        .set("DOMO_INSTANCE", samples::INSTANCE);
    vec![
        made("a DataSet that is not there").await.exporting("00000000-0000-4000-8000-000000000000", ""),
        made("a DataSet that was deleted").await.exporting(samples::DELETED, ""),
        made("a DataSet that is not shared").await.exporting(samples::NO_METADATA, ""),
        visitor,
        made("nobody's word for the owner").await.exporting(samples::NOT_OWNED, "").with(unconfirmed.0, unconfirmed.1),
        made("nobody's word for the owner, with PDP")
            .await
            .exporting(samples::PDP, "")
            .with(unconfirmed.0, unconfirmed.1),
        made("rows that PDP hides").await.exporting(samples::PDP, ""),
        made("a DataSet that only a client's guess calls archived").await.exporting(samples::ARCHIVED, ""),
        with_token(made("a DataSet that is archived").await.exporting(samples::ARCHIVED, "")),
        with_token(made("a DataFusion").await.exporting(samples::DATA_FUSION, "")),
        with_token(made("rows that nobody counts").await.exporting(samples::NO_COUNT, "")),
        with_token(made("only when updated, of a federated DataSet").await.exporting(samples::FEDERATED, ""))
            .with("owner_confirmed = true", "only_when_updated = true"),
        made("no owner, who sees all rows")
            .await
            .exporting(samples::PDP, "")
            .with(unconfirmed.0, unconfirmed.1)
            .set("DOMO_DEVELOPER_TOKEN", samples::ADMIN_DEVELOPER_TOKEN)
            .set("DOMO_INSTANCE", samples::INSTANCE),
        made("a dataset that is not there").await.with(&dataset, "acme-analytics/no-such"),
        made("a dataset that may only be read").await.with(&dataset, &read_only),
        made("a key that is none").await.with("[output]", "[output]\nfil = \"x\""),
        made("a setting that is none").await.file("config.toml", "[limits]\nattempts = 0\n"),
    ]
}

async fn answers() -> Vec<Made> {
    let made = Made::new;
    let said = |code: u16, message: &str| {
        Effect::status(code, format!(r#"{{"code":{code},"message":"{message}","details":"b6267b6a-92de"}}"#))
    };
    let gzip = Effect::Status {
        code: 200,
        headers: vec![("Content-Encoding".into(), "gzip".into()), ("Content-Type".into(), "text/csv".into())],
        body: "not really".into(),
    };
    vec![
        made("408").await.fault(user(), said(408, "Request timeout")),
        made("413 before all was sent")
            .await
            .fault(Route::Upload, Effect::early_status(413, r#"{"code":413,"message":"Too large"}"#)),
        made("422").await.fault(Route::Upload, said(422, "Bad name")),
        made("429").await.fault(user(), busy(None)),
        made("429 for a day").await.fault(Route::Upload, busy(Some("86400"))),
        made("500").await.fault(user(), said(500, "Oops")),
        made("502").await.fault(Route::Upload, Effect::status(502, HTML)),
        made("503")
            .await
            .fault(Route::DomoDataSet, Effect::status(503, r#"{"status":503,"message":"Busy","toe":"T1-OE"}"#)),
        made("504").await.fault(Route::Upload, Effect::status(504, "upstream gone")),
        made("403 on the upload").await.fault(Route::Upload, said(403, "No")),
        made("403 on the export")
            .await
            .fault(Route::Export, Effect::status(403, r#"{"status":403,"message":"Forbidden","toe":"T2-OE"}"#)),
        made("a web page for CSV").await.fault(Route::Export, Effect::status(200, HTML)),
        made("compressed CSV").await.fault(Route::Export, gzip),
        made("no JSON").await.fault(Route::Dataset, Effect::status(200, "gone fishing")),
        made("other JSON").await.fault(Route::DomoToken, Effect::status(200, r#"{"access_token":{"a":"b"}}"#)),
        made("no answer in time").await.fault(Route::Export, Effect::Delay(Duration::from_secs(60))),
    ]
}

async fn transfers() -> Vec<Made> {
    let made = Made::new;
    let daily = |name| async move { made(name).await.exporting(samples::DAILY_SALES, "") };
    let large = |made: Made| {
        made.stage.old_file(FILE, "x".repeat(5_000_000));
        made
    };
    vec![
        daily("download cut").await.fault(Route::Export, Effect::CutAfter(9_000_000)),
        daily("download stalls").await.fault(Route::Export, Effect::StallAfter(9_000_000)),
        daily("upload reset").await.fault(Route::Upload, Effect::ResetAfter(9_000_000)),
        daily("fewer rows than stated").await.fault(Route::Any, Effect::WrongRowCount(5)),
        daily("less shown than sent").await.fault(Route::Upload, Effect::TruncateAfter(9_000_000)),
        made("processing fails").await.fault(Route::Upload, Effect::ProcessingError),
        large(made("a file that would be emptied").await.exporting(samples::EMPTY, "")),
        large(made("a file that would shrink").await),
        made("rows that begin with #").await.exporting(samples::HASH_ROWS, ""),
        made("bytes that are no text").await.fault(Route::Export, Effect::csv(b"id,name\n1,Jos\xe9\n")),
    ]
}

/// Causes that no service can be made to be, by what the run ends with.
fn by_hand() -> Vec<(&'static str, String)> {
    let (service, account) = (Service::DataWorld, "analyst".to_owned());
    let keyring = |source| {
        let error = CredentialError::Keyring(AccountKey { service, name: account.clone() }, source);
        Failure::from(NotBegun::Credentials(error))
    };
    let missing = CredentialError::NoSecret(AccountKey { service, name: account.clone() });
    let causes = [
        ("a keyring that is locked", keyring(KeyringError::Locked)),
        ("a keyring that does not answer", keyring(KeyringError::Silent)),
        ("a session without a keyring's program", keyring(KeyringError::NoProgram)),
        ("a Secret Service without a keyring", keyring(KeyringError::NoDefault)),
        ("a keyring with two entries", keyring(KeyringError::Several(2))),
        ("a keyring with something else", keyring(KeyringError::NotText)),
        ("a keyring without the secret", NotBegun::Credentials(missing).into()),
        ("disk full", Failure::Spool(SpoolFault::Full)),
        ("disk unwritable", std::io::Error::other("Permission denied").into()),
        ("a row without an end", Refusal::Endless { rows: 1_203, bytes: 98_304_001 }.into()),
        ("a file that is never shown", Failure::Unproven(Unproven::NotShown)),
        ("a file of other bytes", Failure::Unproven(Unproven::OtherBytes)),
        ("a DataSet that moves", Refusal::Moved.into()),
        ("no header", Refusal::NoHeader { columns: 12, found: 1 }.into()),
        ("a count of rows that leaves some out", Refusal::NoRowCount(NoCount::Filtered(Hiding::NoFullAccess)).into()),
        ("an account without full access", Refusal::OwnerUnconfirmed(Hiding::NoFullAccess).into()),
        ("no list of files", Refusal::NoFileList.into()),
        ("a number that is taken", Refusal::NameTaken("sales_7.csv".to_owned()).into()),
    ];
    causes
        .into_iter()
        .map(|(name, failure)| {
            let Explanation { what, advice, .. } = explain::failure(&failure);
            (name, if advice.is_empty() { format!("{what}\n") } else { format!("{what}\n{advice}\n") })
        })
        .chain([("an account that cannot be kept, for the keyring is locked", unkept())])
        .collect()
}

/// An account whose secret the keyring does not take.
fn unkept() -> String {
    let reason = KeyringError::Locked;
    let error = ChangeError::NoKeyring { service: Service::DataWorld, secret: "API token", reason };
    format!("{}\n", explain::account(&error))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cause_is_said_in_sentences() {
    let mut made = Vec::new();
    made.extend(way().await);
    made.extend(socks().await);
    made.extend(credentials().await);
    made.extend(what_is_there().await);
    made.extend(answers().await);
    made.extend(transfers().await);
    let mut rows: Vec<(&str, String)> = futures_util::stream::iter(made).map(Made::row).buffered(4).collect().await;
    rows.extend(by_hand());
    assert!(rows.len() >= 60, "{} causes", rows.len());
    let mut table = String::new();
    for (name, row) in &rows {
        assert!(row.lines().any(|line| !line.starts_with("exit code")), "{name}: {row}");
        writeln!(table, "## {name}\n{row}").unwrap();
    }
    // Windows and macOS have a keyring always, and other words for a connection that fails.
    if !cfg!(target_os = "linux") {
        return;
    }
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots"}, {
        insta::assert_snapshot!("causes", table);
    });
}
