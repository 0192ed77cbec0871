//! A wizard at work without terminal, services or clock: keys go in, effects are answered from sample data, and what
//! would be on the screen comes out as text.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use writeback::accounts::SecretHome;
use writeback::config::Environment;
use writeback::dataworld::{Access, Dataset, File, User, Visibility};
use writeback::domo::{DataSet, DomoIdentity, Ownership, Preview};
use writeback::explain::Explanation;
use writeback::export::DatasetKey;
use writeback::handoff::Target;
use writeback::http::{Action, ApiError, Broken};
use writeback::run::{FileAfter, FileNow, Outcome, Phase, PhaseState, Progress, Replaced, Summary};
use writeback::schedulers::Handed;
use writeback::screen::{self, Theme};
use writeback::secret::Secret;
use writeback::service::Service;
use writeback::wizard::{Effect, Model, Msg, Origin, Page, Reply, Request, Start, update};

/// A token that must never be seen.
pub(crate) const TOKEN: &str = "eyJhbGciOi.c2VjcmV0LXRva2Vu.bm90LXRvLWJlLXNlZW4";
/// A client secret that must never be seen.
pub(crate) const CLIENT_SECRET: &str = "5a4dbca0c51d0e5a4dbca0c51d0e";
/// The sample DataSet.
pub(crate) const DATA_SET: &str = "845305d8-da3d-4107-a9d6-13ef3f86d4a4";

/// A wizard and the effects that are not answered yet.
pub(crate) struct Wizard {
    pub(crate) model: Model,
    pub(crate) effects: Vec<Effect>,
    /// What the sample Domo says of who owns the DataSet.
    pub(crate) ownership: Ownership,
}

impl Wizard {
    /// A first start: no accounts, nothing in the environment, a keyring.
    pub(crate) fn first() -> Self {
        Self::with(start())
    }

    /// A start with accounts or an environment.
    pub(crate) fn with(start: Start) -> Self {
        let mut model = Model::new(start);
        model.origin = Origin::Program;
        let mut wizard = Self { model, effects: Vec::new(), ownership: Ownership::Proven };
        wizard.tell(Msg::Start);
        wizard.effects.clear();
        wizard.tell(Msg::Vault(SecretHome::Keyring("GNOME Keyring")));
        wizard
    }

    /// Credentials entered and tested, on Details.
    pub(crate) fn at_details() -> Self {
        let mut wizard = Self::first();
        wizard.enter_credentials();
        wizard.press("Ctrl-N").answer();
        wizard
    }

    /// Details filled in, with a file that exists, and all of it known.
    pub(crate) fn filled() -> Self {
        let mut wizard = Self::at_details();
        wizard.paste(DATA_SET).answer();
        wizard.press("Tab Space").answer();
        wizard.press("Tab").paste("acme-analytics/sales-mart").press("Tab").answer();
        wizard.press("Tab").type_text("daily-sales").answer();
        wizard
    }

    /// Scheduling, with nothing entered.
    pub(crate) fn at_scheduling() -> Self {
        let mut wizard = Self::filled();
        wizard.press("Ctrl-N").answer();
        wizard
    }

    /// All panes are behind; what will happen is on screen.
    pub(crate) fn at_review() -> Self {
        let mut wizard = Self::at_scheduling();
        wizard.press("Ctrl-N Ctrl-N");
        wizard
    }

    /// An export under way.
    pub(crate) fn running() -> Self {
        let mut wizard = Self::at_review();
        wizard.press("Enter");
        wizard
    }

    /// Types both tokens.
    pub(crate) fn enter_credentials(&mut self) {
        self.paste(TOKEN).press("Tab Tab Tab Tab").type_text("b0876cee-327b").press("Tab").paste(CLIENT_SECRET);
    }

    /// Presses keys by their names, with blanks between them.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split(' ') {
            self.tell(Msg::Key(key(name)));
        }
        self
    }

    /// Types characters.
    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.tell(Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
        }
        self
    }

    /// Pastes text.
    pub(crate) fn paste(&mut self, text: &str) -> &mut Self {
        self.tell(Msg::Paste(Secret::new(text)));
        self
    }

    /// Tells the wizard something.
    pub(crate) fn tell(&mut self, message: Msg) -> &mut Self {
        let effects = update(&mut self.model, message);
        self.effects.extend(effects);
        self
    }

    /// Answers all effects from the sample data, and those that the answers lead to.
    pub(crate) fn answer(&mut self) -> &mut Self {
        while !self.effects.is_empty() {
            for effect in std::mem::take(&mut self.effects) {
                for (request, reply) in sample_replies(&effect, self.ownership) {
                    self.tell(Msg::Reply(request, Box::new(reply)));
                }
            }
        }
        self
    }

    /// Answers the one effect that `pick` knows.
    pub(crate) fn reply(&mut self, pick: impl Fn(&Effect) -> Option<(Request, Reply)>) -> &mut Self {
        let at = self.effects.iter().position(|effect| pick(effect).is_some());
        let at = at.unwrap_or_else(|| panic!("no such effect in {:?}", self.effects));
        let (request, reply) = pick(&self.effects.remove(at)).expect("it was just there");
        self.tell(Msg::Reply(request, Box::new(reply)))
    }

    /// Says how far the run is.
    pub(crate) fn progress(&mut self, progress: Progress) -> &mut Self {
        let request = self.run();
        self.tell(Msg::Reply(request, Box::new(Reply::Progress(progress))))
    }

    /// Ends the run.
    pub(crate) fn end(&mut self, outcome: Outcome) -> &mut Self {
        let request = self.run();
        self.tell(Msg::Reply(request, Box::new(Reply::Ended(Box::new(outcome)))))
    }

    fn run(&self) -> Request {
        let run = self.effects.iter().find_map(|effect| match effect {
            Effect::StartRun { request, .. } => Some(*request),
            _ => None,
        });
        run.expect("a run was started")
    }

    /// What is on a screen of that size.
    pub(crate) fn buffer(&self, width: u16, height: u16, theme: &Theme) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
        terminal.draw(|frame| drop(screen::draw_wizard(frame, &self.model, theme))).expect("it draws");
        terminal.backend().buffer().clone()
    }

    /// What is on a screen of that size, as text.
    pub(crate) fn text(&self, width: u16, height: u16) -> String {
        text_of(&self.buffer(width, height, &Theme::colour()))
    }
}

/// Looks whether the last row of a screen names a way out, and the help unless that, or something to be answered first,
/// lies over the screen.
pub(crate) fn assert_names_the_way_out(name: &str, text: &str, covered: bool) {
    const OUT: [&str; 15] = [
        "back",
        "back to Details",
        "cancel",
        "clear",
        "clear the filter",
        "close",
        "close the list",
        "home",
        "later",
        "leave",
        "no",
        "quit",
        "quit at once",
        "stay",
        "stop",
    ];
    let row = text.lines().last().expect("a row");
    let named: Vec<&str> =
        row.trim().split("   ").filter_map(|hint| hint.split_once(' ')).map(|(_, label)| label).collect();
    assert!(named.iter().any(|label| OUT.contains(label)), "{name} names no way out:\n{text}");
    assert!(covered || named.contains(&"help"), "{name} does not name the help:\n{text}");
}

/// The buffer's rows, without the blanks at their ends.
pub(crate) fn text_of(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = String::new();
    for y in area.top()..area.bottom() {
        let mut row = String::new();
        let mut skip = 0;
        for x in area.left()..area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            // A wide character stands in its first cell alone.
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            row.push_str(symbol);
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// A key by its name.
pub(crate) fn key(name: &str) -> KeyEvent {
    let (name, modifiers) = match name.split_once('-') {
        Some(("Ctrl", rest)) => (rest, KeyModifiers::CONTROL),
        Some(("Shift", rest)) => (rest, KeyModifiers::SHIFT),
        _ => (name, KeyModifiers::NONE),
    };
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" if modifiers == KeyModifiers::SHIFT => KeyCode::BackTab,
        "Tab" => KeyCode::Tab,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Space" => KeyCode::Char(' '),
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PgDn" => KeyCode::PageDown,
        "PgUp" => KeyCode::PageUp,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Delete" => KeyCode::Delete,
        "Backspace" => KeyCode::Backspace,
        "F5" => KeyCode::F(5),
        "F1" => KeyCode::F(1),
        "F2" => KeyCode::F(2),
        other => KeyCode::Char(other.to_ascii_lowercase().chars().next().expect("a key's name")),
    };
    KeyEvent::new(code, modifiers)
}

/// A first start.
pub(crate) fn start() -> Start {
    Start {
        environment: Environment::default(),
        accounts: Vec::new(),
        exports: vec!["Costs".to_owned()],
        edit: None,
        drafts: Vec::new(),
        today: today(),
        now: yesterday() + chrono::TimeDelta::hours(30),
        demo: false,
    }
}

/// The day of all tests.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

/// A time on the day before.
pub(crate) fn yesterday() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-21T06:00:00Z").expect("a time").to_utc()
}

/// An explanation with advice and a support id.
pub(crate) fn refusal() -> Explanation {
    Explanation {
        what: "data.world refused the upload: the token is read-only (403).".to_owned(),
        advice: "Use a \"Read/Write\" token from data.world under Settings › Advanced.".to_owned(),
        support_id: Some("b6267b6a-92de-4f15-b02d-10b073e76b83".to_owned()),
    }
}

/// data.world refuses an upload.
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
    FileAfter { name: "daily-sales.csv".to_owned(), now: FileNow::Untouched { size: Some(84_234_567) } }
}

fn sample_replies(effect: &Effect, ownership: Ownership) -> Vec<(Request, Reply)> {
    match effect {
        Effect::TestDataWorld { request, .. } => vec![(*request, Reply::DataWorldTested(Ok(user())))],
        Effect::TestDomo { request, .. } => vec![(*request, Reply::DomoTested(Ok(identity())))],
        Effect::KeepAccount { request, .. } => {
            vec![(*request, Reply::AccountKept(Ok(SecretHome::Keyring("GNOME Keyring"))))]
        }
        Effect::LookUpDataSet { request, .. } => vec![
            (*request, Reply::DataSet(Ok(data_set()))),
            (*request, Reply::Ownership(ownership)),
            (*request, Reply::Preview(Ok(preview()))),
        ],
        Effect::ListDataSets { request, .. } => {
            vec![(*request, Reply::DataSets(Page::More(data_sets()))), (*request, Reply::DataSets(Page::End))]
        }
        Effect::ListDatasets { request, .. } => {
            vec![(*request, Reply::Datasets(Page::More(datasets()))), (*request, Reply::Datasets(Page::End))]
        }
        Effect::ListOrganizations { request, .. } => {
            vec![(*request, Reply::Organizations(Ok(vec!["acme-analytics".to_owned(), "acme-finance".to_owned()])))]
        }
        Effect::LookUpDataset { request, .. } => vec![(*request, Reply::Dataset(Ok(dataset())))],
        Effect::SaveExport { request, .. } => vec![(*request, Reply::ExportSaved(Ok("daily-sales".to_owned())))],
        Effect::AskSchedulers { request } => {
            let handed = Handed { all: Vec::new(), unasked: Vec::new(), proposed: Some(Target::Systemd) };
            vec![(*request, Reply::Handed(Ok(handed)))]
        }
        _ => Vec::new(),
    }
}

fn user() -> User {
    User {
        id: "analyst".to_owned(),
        display_name: Some("Ada Analyst".to_owned()),
        base_url: None,
        token_may_write: Some(true),
    }
}

fn identity() -> DomoIdentity {
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
    named_data_set(DATA_SET, "Daily Sales by Region", 1_204_331)
}

fn named_data_set(id: &str, name: &str, rows: u64) -> DataSet {
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

fn named_dataset(owner: &str, id: &str, title: &str, access: Access) -> Dataset {
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

fn files() -> Vec<File> {
    let file = |name: &str, size: u64| File {
        name: name.to_owned(),
        size: Some(size),
        created: Some(yesterday()),
        updated: Some(yesterday()),
        updated_by: None,
        sync_status: None,
    };
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
        replaces: Some(true),
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

/// All done.
pub(crate) fn finished() -> Progress {
    let done = |millis| PhaseState::Done(Duration::from_millis(millis));
    Progress {
        phases: [done(420), done(9_300), done(9_800), done(450), done(120)],
        rows: 1_204_331,
        bytes_in: 84_712_345,
        bytes_out: 84_712_345,
        bytes_total: Some(84_712_345),
        elapsed: Duration::from_millis(10_400),
        ..midway(10)
    }
}

/// The phase at which a run failed.
pub(crate) fn failed_at(phase: Phase) -> Progress {
    let mut progress = midway(3);
    for state in &mut progress.phases {
        if *state == PhaseState::Running {
            *state = PhaseState::Failed;
        }
    }
    progress.phases[phase as usize] = PhaseState::Failed;
    progress
}

/// What a run that ended well did.
pub(crate) fn summary() -> Summary {
    Summary {
        input: "Daily Sales by Region".to_owned(),
        file: "acme-analytics/sales-mart/daily-sales.csv".to_owned(),
        link: "https://data.world/acme-analytics/sales-mart/workspace/file?filename=daily-sales.csv".to_owned(),
        rows: 1_204_331,
        bytes: 84_712_345,
        took: Duration::from_millis(10_400),
        attempts: 1,
        replaced: Some(Replaced { bytes: Some(84_234_567), updated: Some(yesterday()) }),
        data_date: None,
        keep: None,
        deleted: Vec::new(),
        dry_run: false,
        notes: Vec::new(),
    }
}
