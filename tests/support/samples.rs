//! Answers of the services to a wizard at work, and the progress and ends of its runs.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use writeback::testing::accounts::{Account, SecretHome, Stored};
use writeback::testing::config::Environment;
use writeback::testing::explain::Explanation;
use writeback::testing::export::{DatasetKey, Export, Service};
use writeback::testing::history::{Phase, RowCount};
use writeback::testing::schedulers::{LocalSchedules, SchedulerKind};
use writeback::testing::services::dataworld::{Access, Dataset, File, User, Visibility};
use writeback::testing::services::domo::{Column, DataSet, DataSetKind, DomoIdentity, Ownership, Preview};
use writeback::testing::services::http::{Action, ApiError, Broken};
use writeback::testing::transfer::{FileAfter, FileNow, PhaseState, Progress, Replaced, Summary};
use writeback::testing::tui::state::{DataSetReply, DatasetReply, SaveReply};
use writeback::testing::tui::wizard::{Effect, Msg, Page, Start};

/// The sample DataSet.
pub(crate) const DATA_SET: &str = "845305d8-da3d-4107-a9d6-13ef3f86d4a4";

/// A first start.
pub(crate) fn start() -> Start {
    Start {
        environment: Environment::default(),
        accounts: Vec::new(),
        exports: vec![export("Costs")],
        edit: None,
        drafts: Vec::new(),
        today: today(),
        now: now(),
        zone: None,
        demo: false,
    }
}

/// A saved export, which writes `costs.csv` if it is called Costs.
pub(crate) fn export(name: &str) -> Export {
    let file: String = name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let text = format!(
        "name = \"{name}\"\n[input]\ndataset = \"{DATA_SET}\"\n[output]\ndataset = \"acme-analytics/sales-mart\"\n\
         file = \"{file}\"\n"
    );
    Export::parse(&text, Path::new("x.toml")).expect("an export")
}

/// The time of all tests.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-22T12:00:00Z").expect("a time").to_utc()
}

/// The day of all tests.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

pub(crate) fn yesterday() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-21T06:00:00Z").expect("a time").to_utc()
}

pub(crate) fn refusal() -> Explanation {
    Explanation {
        what: "data.world refused the upload: the token is read-only (403).".to_owned(),
        advice: "Use a \"Read/Write\" token from data.world under Settings › Advanced.".to_owned(),
        support_id: Some("b6267b6a-92de-4f15-b02d-10b073e76b83".to_owned()),
    }
}

pub(crate) fn refused(code: u16, message: &str) -> ApiError {
    let broken = Broken::Status {
        code,
        message: Some(message.to_owned()),
        support_id: Some("b6267b6a-92de-4f15-b02d-10b073e76b83".to_owned()),
        retry_after: None,
    };
    ApiError { service: Service::DataWorld, action: Action::Upload, host: "api.data.world".to_owned(), broken }
}

/// The old file, as it was.
pub(crate) fn untouched() -> FileAfter {
    FileAfter { name: "daily-sales.csv".to_owned(), now: FileNow::Untouched(Some(84_234_567)) }
}

pub(crate) fn sample_replies(effect: &Effect, ownership: Ownership) -> Vec<Msg> {
    match effect {
        Effect::TestDataWorld { request, .. } => vec![request.reply(Ok(user()))],
        Effect::TestDomo { request, .. } => vec![request.reply(Ok(identity()))],
        Effect::KeepAccount { request, .. } => {
            vec![request.reply(Ok(stored(SecretHome::Keyring("GNOME Keyring"))))]
        }
        Effect::LookUpDataSet { request, .. } => vec![
            request.reply(DataSetReply::DataSet(Ok(data_set()))),
            request.reply(DataSetReply::Ownership(ownership)),
            request.reply(DataSetReply::Preview(Ok(preview()))),
        ],
        Effect::ListDataSets { request, .. } => {
            vec![request.reply(Page::More(data_sets())), request.reply(Page::End)]
        }
        Effect::ListDatasets { request, .. } => {
            vec![request.reply(Page::More(datasets())), request.reply(Page::End)]
        }
        Effect::ListOrganizations { request, .. } => {
            vec![request.reply(Ok(vec!["acme-analytics".to_owned(), "acme-finance".to_owned()]))]
        }
        Effect::LookUpDataset { request, .. } => vec![request.reply(DatasetReply::Dataset(Ok(dataset())))],
        Effect::SaveExport { request, .. } => vec![request.reply(saved_as("daily-sales"))],
        Effect::AskSchedulers { request } => {
            let handed =
                LocalSchedules { all: Vec::new(), unasked: Vec::new(), proposed: Some(SchedulerKind::Systemd) };
            vec![request.reply(Ok(handed))]
        }
        _ => Vec::new(),
    }
}

/// A kept account.
pub(crate) fn stored(home: SecretHome) -> Stored {
    Stored { home, replaced: false, named: None }
}

/// A saved export, by the name for `writeback run`.
pub(crate) fn saved_as(name: &str) -> SaveReply {
    SaveReply::Saved { name: name.to_owned(), notes: Vec::new() }
}

pub(crate) fn account(service: Service, name: &str) -> Account {
    Account {
        client_id: Some("b0876cee".to_owned()).filter(|_| service == Service::Domo),
        user: Some(name.to_owned()),
        tested: Some(yesterday()),
        ..Account::new(service, name)
    }
}

pub(crate) fn user() -> User {
    User {
        id: "analyst".to_owned(),
        display_name: Some("Ada Analyst".to_owned()),
        base_url: None,
        token_may_write: Some(true),
    }
}

pub(crate) fn identity() -> DomoIdentity {
    DomoIdentity {
        user_id: Some("964382593".to_owned()),
        user_name: None,
        instance: Some("acme".to_owned()),
        role: Some("Privileged".to_owned()),
        scopes: vec!["data".to_owned()],
    }
}

/// The sample DataSet.
pub(crate) fn data_set() -> DataSet {
    let columns = [("date", "DATE"), ("region", "STRING"), ("store", "STRING"), ("units", "LONG")];
    let column = |(name, kind): (&str, &str)| Column { name: name.to_owned(), kind: kind.to_owned() };
    let schema = columns.map(column).into();
    DataSet { schema, ..named_data_set(DATA_SET, "Daily Sales by Region", 1_204_331) }
}

pub(crate) fn named_data_set(id: &str, name: &str, rows: u64) -> DataSet {
    DataSet {
        id: id.parse().expect("an id"),
        name: name.to_owned(),
        rows: Some(rows),
        columns: Some(14),
        schema: Vec::new(),
        owner_id: Some("964382593".to_owned()),
        owner_name: Some("Ada Analyst".to_owned()),
        updated: Some(yesterday()),
        data_current: Some(yesterday()),
        pdp_enabled: false,
        full_access: None,
        kind: DataSetKind::Unsaid,
        is_archived: false,
    }
}

/// DataSets to choose from; one has a name that would do harm.
pub(crate) fn data_sets() -> Vec<DataSet> {
    vec![
        data_set(),
        named_data_set("1d0b0e1e-408e-4ba7-aaa3-9e2083696a1b", "Customer Feedback", 2_500),
        named_data_set("1d08c457-0bc8-4209-a147-09a7129f5f03", "売上データ 東京", 36_000),
        named_data_set("7bc133dd-f217-4c49-ae2a-5433e8dfab1b", "Red\u{1b}[31mAlert\u{202e}vsc", 0),
    ]
}

fn preview() -> Preview {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    Preview {
        columns: ["date", "region", "store", "units"].map(str::to_owned).to_vec(),
        rows: vec![
            row(["2026-11-21", "North", "0412", "37"]),
            row(["2026-11-21", "North", "0413", "12"]),
            row(["2026-11-21", "South", "0877", "105"]),
        ],
    }
}

fn dataset() -> Dataset {
    Dataset { files: Some(files()), ..named_dataset("acme-analytics", "sales-mart", "Sales mart", Access::Write) }
}

pub(crate) fn named_dataset(owner: &str, id: &str, title: &str, access: Access) -> Dataset {
    Dataset {
        key: DatasetKey::new(owner, id),
        title: title.to_owned(),
        access,
        visibility: Some(Visibility::Private),
        is_project: false,
        updated: Some(yesterday()),
        status: Some("LOADED".to_owned()),
        files: None,
    }
}

fn datasets() -> Vec<Dataset> {
    vec![
        named_dataset("acme-analytics", "sales-mart", "Sales mart", Access::Write),
        named_dataset("acme-analytics", "sales-archive", "Sales, archive", Access::Admin),
        named_dataset("acme-finance", "closed-books", "Closed books", Access::Read),
    ]
}

pub(crate) fn file(name: &str, size: u64) -> File {
    File {
        name: name.to_owned(),
        size: Some(size),
        created: Some(yesterday()),
        updated: Some(yesterday()),
        updated_by: None,
        sync_status: None,
    }
}

fn files() -> Vec<File> {
    vec![file("daily-sales.csv", 84_234_567), file("stores.csv", 12_345), file("notes.pdf", 99_000)]
}

/// Half-way through the upload, steadily, after `seconds`.
pub(crate) fn midway(seconds: u64) -> Progress {
    let bytes = seconds * 8_200_000;
    Progress {
        phases: [
            PhaseState::Done(Duration::from_millis(420)),
            PhaseState::Running,
            PhaseState::Running,
            PhaseState::Waiting,
            PhaseState::Waiting,
        ],
        input: Some("Daily Sales by Region".to_owned()),
        file: Some("acme-analytics/sales-mart/daily-sales.csv".to_owned()),
        replaces: Some(false),
        rows_stated: Some(1_204_331),
        rows: seconds * 116_000,
        bytes_in: bytes + 1_300_000,
        bytes_out: bytes,
        bytes_total: None,
        attempt: 1,
        attempts: 5,
        failed_by: None,
        note: None,
        elapsed: Duration::from_secs(seconds),
    }
}

pub(crate) fn finished() -> Progress {
    let done = |millis| PhaseState::Done(Duration::from_millis(millis));
    Progress {
        phases: [done(420), done(9_300), done(9_800), done(450), done(120)],
        rows: 1_204_331,
        bytes_in: 84_712_345,
        bytes_out: 84_712_345,
        bytes_total: Some(84_712_345),
        elapsed: Duration::from_millis(10_400),
        replaces: Some(true),
        ..midway(10)
    }
}

pub(crate) fn failed_at(phase: Phase) -> Progress {
    ended_at(phase, PhaseState::Failed)
}

pub(crate) fn cancelled_at(phase: Phase) -> Progress {
    ended_at(phase, PhaseState::Stopped)
}

fn ended_at(phase: Phase, end: PhaseState) -> Progress {
    let mut progress = midway(3);
    for state in &mut progress.phases {
        if *state == PhaseState::Running {
            *state = end;
        }
    }
    progress.phases[phase as usize] = end;
    progress
}

/// The summary of a run that ended well.
pub(crate) fn summary() -> Summary {
    Summary {
        input: "Daily Sales by Region".to_owned(),
        file: "acme-analytics/sales-mart/daily-sales.csv".to_owned(),
        link: "https://data.world/acme-analytics/sales-mart/workspace/file?filename=daily-sales.csv".to_owned(),
        rows: 1_204_331,
        row_count: RowCount::Metadata,
        bytes: 84_712_345,
        took: Duration::from_millis(10_400),
        attempts: 1,
        replaced: Some(Replaced { bytes: Some(84_234_567), updated: Some(yesterday()) }),
        data_date: None,
        updated: None,
        keep: None,
        deleted: Vec::new(),
        dry_run: false,
        notes: Vec::new(),
    }
}
