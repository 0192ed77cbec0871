//! `get`: a file is there whole or not at all.

use std::path::{Path, PathBuf};

use writeback::testing::sandbox::{Effect, Fault, Route};

use crate::stage::{Ran, Stage, ended};

const FILE: &str = "größe &co.csv";
const MART: &str = "acme-analytics/sales-mart";

/// A stage with a file to download, and a folder for it with nothing else inside.
async fn with_file(bytes: &[u8]) -> (Stage, PathBuf) {
    let stage = Stage::new().await;
    stage.old_file(FILE, bytes);
    let folder = stage.home.path().join("here");
    std::fs::create_dir(&folder).unwrap();
    (stage, folder)
}

async fn get(stage: &Stage, folder: &Path, args: &[&str]) -> Ran {
    let args: Vec<&str> = ["get"].iter().chain(args).copied().collect();
    ended(stage.command(&args).current_dir(folder).spawn().unwrap()).await
}

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_byte_for_byte_under_its_name_another_or_to_standard_output() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let (stage, folder) = with_file(&bytes).await;
    let ran = get(&stage, &folder, &[MART, FILE]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.starts_with("✓ größe &co.csv  3.0 MB"), "{}", ran.err);
    assert_eq!(std::fs::read(folder.join(FILE)).unwrap(), bytes);
    let ran = get(&stage, &folder, &["https://data.world/acme-analytics/sales-mart", FILE, "-o", "other.csv"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(std::fs::read(folder.join("other.csv")).unwrap(), bytes);
    assert_eq!(names(&folder), [FILE, "other.csv"], "no temporary file stays");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let by_hand = folder.join("by-hand");
        std::fs::write(&by_hand, "").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        assert_eq!(mode(&folder.join(FILE)), mode(&by_hand), "as readable as what a person makes");
    }
    stage.old_file("plain.csv", "a,b\n1,2\n");
    let ran = get(&stage, &folder, &[MART, "plain.csv", "-o", "-"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "a,b\n1,2\n"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_named_by_its_path_or_by_the_address_of_its_page() {
    let (stage, folder) = with_file(b"a,b\n").await;
    let page = "https://data.world/acme-analytics/sales-mart/workspace/file?filename=gr%C3%B6%C3%9Fe%20%26co.csv";
    for place in [&format!("{MART}/{FILE}"), page] {
        let ran = get(&stage, &folder, &[place, "--force"]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(std::fs::read(folder.join(FILE)).unwrap(), b"a,b\n");
    }
    let ran = get(&stage, &folder, &["https://data.world/acme-analytics/sales-mart"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains(&format!("Which file of {MART}?")) && ran.err.contains(&format!("writeback ls {MART}")));
    let ran = get(&stage, &folder, &[page, "other.csv"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "a name that is given counts: {ran:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_replaced_is_read_by_nobody_else_than_before() {
    use std::os::unix::fs::PermissionsExt as _;

    let (stage, folder) = with_file(b"new").await;
    let path = folder.join(FILE);
    for mode in [0o600, 0o444, 0o640] {
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let ran = get(&stage, &folder, &[MART, FILE, "--force"]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode);
        std::fs::remove_file(&path).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_replaced_only_when_that_is_said() {
    let (stage, folder) = with_file(b"new").await;
    let there = folder.join(FILE);
    std::fs::write(&there, "old").unwrap();
    let ran = get(&stage, &folder, &[MART, FILE]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("--force"), "{}", ran.err);
    assert_eq!(std::fs::read(&there).unwrap(), b"old");
    assert_eq!(stage.requests("GET", "/v0"), 0, "nothing is asked for before");
    let ran = get(&stage, &folder, &[MART, FILE, "--force"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(std::fs::read(&there).unwrap(), b"new");
    let ran = get(&stage, &folder, &[MART, FILE, "-o", "/dev/null", "--force"]).await;
    assert_eq!(ran.code, Some(1), "a device is no file: {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_none_here_has_to_be_chosen() {
    let (stage, folder) = with_file(b"new").await;
    for to in [&[][..], &["-o", "."]] {
        let ran = get(&stage, &folder, &[&[MART, ".profile"], to].concat()).await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        let sentence = "writeback: `.profile` is not a valid file name on this computer. Choose one with -o.\n";
        assert_eq!(ran.err, sentence);
    }
    assert_eq!(stage.requests("GET", "/v0"), 0, "nothing is asked for before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_has_to_be_there_and_gets_the_file_under_its_own_name() {
    let (stage, folder) = with_file(b"new").await;
    std::fs::create_dir(folder.join("reports")).unwrap();
    let sep = std::path::MAIN_SEPARATOR;
    let ran = get(&stage, &folder, &[MART, FILE, "-o", &format!("reports{sep}")]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(std::fs::read(folder.join("reports").join(FILE)).unwrap(), b"new");
    let asked = stage.requests("GET", "/v0");
    let file = folder.join("reports").join(FILE).display().to_string();
    for (to, named) in [
        (format!("new{sep}"), format!("new{sep}")),
        (format!("new{sep}a.csv"), "new".to_owned()),
        (format!("{file}{sep}a.csv"), file.clone()),
        (format!("{file}{sep}"), format!("{file}{sep}")),
    ] {
        let ran = get(&stage, &folder, &[MART, FILE, "-o", &to]).await;
        assert_eq!(ran.code, Some(2), "{to}: {ran:?}");
        let sentence = format!("writeback: There is no folder {named}. Create it first, or name another with -o.\n");
        assert_eq!(ran.err, sentence, "{to}");
    }
    assert_eq!(stage.requests("GET", "/v0"), asked, "nothing is asked for before");
    assert_eq!(names(&folder), ["reports"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_is_begun_again_and_what_is_not_whole_is_not_kept() {
    let bytes = vec![b'x'; 200_000];
    let (stage, folder) = with_file(&bytes).await;
    for fault in
        [Effect::CutAfter(50_000), Effect::ResetAfter(50_000), Effect::StallAfter(50_000), Effect::status(503, "")]
    {
        stage.sandbox.fault(Fault::once(Route::Download, fault.clone()));
        let ran = get(&stage, &folder, &[MART, FILE, "--force"]).await;
        assert_eq!(ran.code, Some(0), "{fault:?}: {ran:?}");
        assert!(ran.err.contains("attempt 2 of 3"), "{fault:?}: {}", ran.err);
        assert_eq!(std::fs::read(folder.join(FILE)).unwrap(), bytes, "{fault:?}");
    }
    std::fs::remove_file(folder.join(FILE)).unwrap();
    // Cut short in order: only the stated size tells.
    stage.sandbox.fault(Fault::always(Route::Download, Effect::TruncateAfter(50_000)));
    let ran = get(&stage, &folder, &[MART, FILE]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("data.world states 200000 bytes for the file, but 50000 came."), "{}", ran.err);
    assert!(names(&folder).is_empty(), "{:?}", names(&folder));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_goes_nowhere_else() {
    let (stage, folder) = with_file(b"the file").await;
    let url = stage.sandbox.dataworld_url();
    // To where it went before: without the token, so the sandbox refuses it.
    let to = format!("{url}/v0/file_download/acme-analytics/sales-mart/daily-sales.csv");
    stage.sandbox.fault(Fault::once(Route::Download, Effect::Redirect { to }));
    let ran = get(&stage, &folder, &[MART, FILE]).await;
    assert_eq!(ran.code, Some(1), "what was not sent cannot be wrong: {ran:?}");
    assert!(ran.err.contains("which refused it (401). The token was not sent there."), "{}", ran.err);
    let followed = stage.sandbox.requests().into_iter().rfind(|it| it.path.ends_with("/daily-sales.csv")).unwrap();
    assert_eq!(followed.header("authorization"), None, "{followed:?}");
    // To plain http elsewhere: not at all.
    let elsewhere =
        writeback::testing::sandbox::Sandbox::start(writeback::testing::sandbox::Options::default()).await.unwrap();
    let to = format!("{}/v0/user", elsewhere.dataworld_url());
    stage.sandbox.fault(Fault::once(Route::Download, Effect::Redirect { to }));
    let ran = get(&stage, &folder, &[MART, FILE]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("Your credentials were not sent there"), "{}", ran.err);
    assert!(elsewhere.requests().is_empty());
    assert!(names(&folder).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_file_is_named_with_the_nearest_and_a_login_page_is_no_file() {
    let (stage, folder) = with_file(b"x").await;
    let ran = get(&stage, &folder, &[MART, "daily-sale.csv"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("Did you mean `daily-sales.csv`?"), "{}", ran.err);
    stage.sandbox.fault(Fault::once(Route::Download, Effect::status(200, "<html>Sign in")));
    let ran = get(&stage, &folder, &[MART, FILE]).await;
    assert!(ran.err.contains("it sent a web page"), "{}", ran.err);
    let ran = get(&stage, &folder, &["analyst/legacy-archive", "exports/2019/orders.csv"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(names(&folder), ["orders.csv"], "a name chooses no folder");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interruption_leaves_nothing() {
    let (stage, folder) = with_file(&vec![b'x'; 200_000]).await;
    stage.config("stall_seconds = 60");
    stage.sandbox.fault(Fault::always(Route::Download, Effect::StallAfter(50_000)));
    let child = stage.command(&["get", MART, FILE]).current_dir(&folder).spawn().unwrap();
    stage.until_request("GET", "/v0/file_download/").await;
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ran = ended(child).await;
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(ran.err.contains("Cancelled. Nothing was kept."), "{}", ran.err);
    assert!(names(&folder).is_empty(), "{:?}", names(&folder));
}

#[cfg(windows)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_program_holds_open_and_a_device_are_refused_before_anything_is_asked_for() {
    use std::os::windows::fs::OpenOptionsExt as _;
    let (stage, folder) = with_file(b"new").await;
    let path = folder.join("report.csv");
    std::fs::write(&path, "old").unwrap();
    // As Excel does: others may read.
    let held = std::fs::OpenOptions::new().read(true).share_mode(1).open(&path).unwrap();
    let ran = get(&stage, &folder, &[MART, FILE, "-o", "report.csv", "--force"]).await;
    let said = "report.csv is open in another program, such as Excel, so it cannot be replaced. Close it there, and try again.";
    assert!(ran.code == Some(1) && ran.err.contains(said), "{ran:?}");
    for device in ["NUL", "con.csv", "COM1.txt", "aux .csv"] {
        let ran = get(&stage, &folder, &[MART, FILE, "-o", device, "--force"]).await;
        let said = format!("to Windows {device} is a device, not a file");
        assert!(ran.code == Some(1) && ran.err.contains(&said), "{ran:?}");
    }
    assert_eq!(stage.requests("GET", "/v0"), 0);
    drop(held);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    let ran = get(&stage, &folder, &[MART, FILE, "-o", "report.csv", "--force"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(names(&folder), ["report.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_elsewhere_is_listed_and_never_called() {
    let (stage, folder) = with_file(b"x").await;
    for name in ["..", ".", "%2e%2e", "../x"] {
        stage.old_file(name, "x");
        let listed = stage.run(&["ls", MART]).await;
        assert!(listed.out.contains(name), "{listed:?}");
        let ran = get(&stage, &folder, &[MART, name, "-o", "here.csv"]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains(&format!("`{name}` was not called")), "{ran:?}");
    }
    assert_eq!(stage.requests("GET", "/v0/file_download"), 0);
    assert_eq!(names(&folder), Vec::<String>::new());
}
