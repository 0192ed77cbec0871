//! A wizard with a person in front of it, and services that answer what the test says.

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use writeback::testing::accounts::{Account, SecretHome};
use writeback::testing::config::Environment;
use writeback::testing::explain::Explanation;
use writeback::testing::export::DatasetKey;
use writeback::testing::export::Service;
use writeback::testing::services::dataworld::{Access, Dataset, File, User};
use writeback::testing::services::domo::{DataSet, DataSetKind, DomoIdentity, Ownership, Preview};
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::wizard::{Effect, Field, Model, Msg, Page, Reply, Request, Start, Step, update};

pub(crate) const GUID: &str = "845305d8-da3d-4107-a9d6-13ef3f86d4a4";
pub(crate) const OTHER_GUID: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
pub(crate) const TOKEN: &str = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhbmFseXN0In0.c2lnbmF0dXJl";
pub(crate) const CLIENT_SECRET: &str = "a-client-secret-of-domo";

pub(crate) struct Wizard {
    pub(crate) model: Model,
    /// All effects since the start.
    pub(crate) asked: Vec<Effect>,
}

impl Wizard {
    pub(crate) fn new(environment: Environment, accounts: Vec<Account>) -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let start = Start {
            environment,
            accounts,
            exports: Vec::new(),
            edit: None,
            drafts: Vec::new(),
            today,
            now: now(),
            demo: false,
        };
        Self::started(start)
    }

    pub(crate) fn started(start: Start) -> Self {
        let model = Model::new(start);
        let mut wizard = Self { model, asked: Vec::new() };
        wizard.tell(Msg::Start);
        wizard
    }

    /// Nothing is saved and no variable is set.
    pub(crate) fn first_start() -> Self {
        let mut wizard = Self::new(Environment::default(), Vec::new());
        wizard.tell(Msg::Vault(SecretHome::Keyring("Secret Service")));
        wizard
    }

    /// Credentials from the environment were tested; Details is on screen.
    pub(crate) fn at_details() -> Self {
        let mut wizard = Self::new(environment(), Vec::new());
        wizard.ctrl('n');
        wizard.reply(Reply::DataWorldTested(Ok(user())));
        wizard.reply(Reply::DomoTested(Ok(identity())));
        assert_eq!(wizard.model.step, Step::Details);
        wizard
    }

    /// Details are filled in and everything is known.
    pub(crate) fn filled_in() -> Self {
        let mut wizard = Self::at_details();
        wizard.paste(GUID);
        wizard.found(Ownership::Proven);
        wizard.focus(Field::DatasetMethod);
        wizard.press(KeyCode::Char(' '));
        wizard.focus(Field::DatasetId);
        wizard.paste("acme-analytics/sales-mart");
        wizard.reply(Reply::Dataset(Ok(dataset("acme-analytics/sales-mart", Access::Write))));
        wizard.focus(Field::FileName);
        wizard.type_text("weekly");
        wizard
    }

    /// Scheduling is on screen, and nothing was entered there.
    pub(crate) fn at_scheduling() -> Self {
        let mut wizard = Self::filled_in();
        wizard.ctrl('n');
        assert_eq!(wizard.model.step, Step::Scheduling);
        wizard
    }

    /// All panes are behind; what will happen is on screen.
    pub(crate) fn at_review() -> Self {
        let mut wizard = Self::at_scheduling();
        wizard.on_to_review();
        wizard
    }

    /// From Scheduling on, past panes in which nothing has to be entered.
    pub(crate) fn on_to_review(&mut self) {
        assert_eq!(self.model.step, Step::Scheduling);
        self.ctrl('n');
        self.ctrl('n');
        assert_eq!(self.model.step, Step::Review);
    }

    /// The run has started.
    pub(crate) fn running() -> Self {
        let mut wizard = Self::at_review();
        wizard.press(KeyCode::Enter);
        assert_eq!(wizard.model.step, Step::Run);
        wizard
    }

    pub(crate) fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = update(&mut self.model, msg);
        self.asked.extend(effects.clone());
        effects
    }

    pub(crate) fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.tell(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    pub(crate) fn ctrl(&mut self, c: char) -> Vec<Effect> {
        self.tell(Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)))
    }

    pub(crate) fn type_text(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|c| self.press(KeyCode::Char(c))).collect()
    }

    pub(crate) fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.tell(Msg::Paste(Secret::new(text)))
    }

    /// Tabs to a field.
    pub(crate) fn focus(&mut self, field: Field) {
        for _ in 0..20 {
            if self.model.focus == field {
                return;
            }
            self.press(KeyCode::Tab);
        }
        panic!("{field:?} is not among {:?}", self.model.fields());
    }

    /// Answers the newest request of its kind.
    pub(crate) fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        let request = self.request(&reply);
        self.reply_to(request, reply)
    }

    pub(crate) fn reply_to(&mut self, request: Request, reply: Reply) -> Vec<Effect> {
        self.tell(Msg::Reply(request, Box::new(reply)))
    }

    /// The newest request that a reply of this kind answers.
    pub(crate) fn request(&self, reply: &Reply) -> Request {
        let number = |effect: &Effect| match (effect, reply) {
            (Effect::TestDataWorld { request, .. }, Reply::DataWorldTested(_))
            | (Effect::TestDomo { request, .. }, Reply::DomoTested(_))
            | (Effect::KeepAccount { request, .. }, Reply::ExportsNamed(_) | Reply::AccountKept(_))
            | (Effect::LookUpDataSet { request, .. }, Reply::DataSet(_) | Reply::Ownership(_) | Reply::Preview(_))
            | (Effect::ListDataSets { request, .. }, Reply::DataSets(_))
            | (Effect::ListDatasets { request, .. }, Reply::Datasets(_))
            | (Effect::ListOrganizations { request, .. }, Reply::Organizations(_))
            | (Effect::LookUpDataset { request, .. }, Reply::Numbers(_) | Reply::Dataset(_))
            | (Effect::CreateDataset { request, .. }, Reply::DatasetCreated(_))
            | (Effect::SaveExport { request, .. }, Reply::ExportSaved(_) | Reply::ExportChanged { .. })
            | (Effect::AskSchedulers { request }, Reply::LocalSchedules(_))
            | (Effect::Copy { request, .. }, Reply::Copied(..))
            | (Effect::StartRun { request, .. }, Reply::Progress(_) | Reply::Ended(_)) => Some(*request),
            _ => None,
        };
        self.asked.iter().rev().find_map(number).unwrap_or_else(|| panic!("nothing was asked that {reply:?} answers"))
    }

    /// Domo answers the look-up of the DataSet.
    pub(crate) fn found(&mut self, ownership: Ownership) {
        self.reply(Reply::DataSet(Ok(data_set(GUID, "Daily Sales by Region"))));
        self.reply(Reply::Ownership(ownership));
        self.reply(Reply::Preview(Ok(Preview::default())));
    }

    /// The last thing that was said in one line.
    pub(crate) fn notice(&self) -> &str {
        self.model.notice.as_ref().map(|notice| notice.text.as_str()).unwrap_or_default()
    }

    pub(crate) fn count(&self, kind: fn(&Effect) -> bool) -> usize {
        self.asked.iter().filter(|effect| kind(effect)).count()
    }
}

pub(crate) fn environment() -> Environment {
    Environment {
        dataworld_token: Some(Secret::new(TOKEN)),
        domo_client_id: Some("client".to_owned()),
        domo_client_secret: Some(Secret::new(CLIENT_SECRET)),
        ..Environment::default()
    }
}

pub(crate) fn at(year: i32, month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, 6, 0, 0).unwrap()
}

/// The time of all tests.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

pub(crate) fn user() -> User {
    User { id: "analyst".to_owned(), display_name: None, base_url: None, token_may_write: Some(true) }
}

pub(crate) fn identity() -> DomoIdentity {
    DomoIdentity { instance: Some("acme".to_owned()), user_id: Some("27".to_owned()), ..DomoIdentity::default() }
}

pub(crate) fn account(name: &str, service: Service) -> Account {
    Account { user: Some(name.to_owned()), tested: Some(at(2026, 11, 19)), ..Account::new(service, name) }
}

pub(crate) fn data_set(id: &str, name: &str) -> DataSet {
    DataSet {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        rows: Some(1_204_331),
        columns: Some(14),
        schema: Vec::new(),
        owner_id: None,
        owner_name: Some("Pat Analyst".to_owned()),
        updated: None,
        data_current: None,
        pdp_enabled: false,
        full_access: None,
        kind: DataSetKind::Unsaid,
        is_archived: false,
    }
}

pub(crate) fn dataset(key: &str, access: Access) -> Dataset {
    let files = ["daily-sales.csv", "notes.txt", "sales_1.csv", "sales_2.csv", "in/zip.csv"].map(file).into();
    Dataset {
        key: key.parse().unwrap(),
        title: "Sales mart".to_owned(),
        access,
        visibility: None,
        is_project: false,
        updated: None,
        status: None,
        files: Some(files),
    }
}

fn file(name: &str) -> File {
    File {
        name: name.to_owned(),
        size: Some(84_200_000),
        created: None,
        updated: Some(at(2026, 11, 21)),
        updated_by: None,
        sync_status: None,
    }
}

pub(crate) fn key(text: &str) -> DatasetKey {
    text.parse().unwrap()
}

pub(crate) fn why(what: &str) -> Explanation {
    Explanation { what: what.to_owned(), advice: "Try again.".to_owned(), support_id: None }
}

pub(crate) fn all<T>(items: Vec<T>) -> [Page<T>; 2] {
    [Page::More(items), Page::End]
}

/// Types new credentials of both services.
pub(crate) fn entered() -> Wizard {
    let mut wizard = Wizard::first_start();
    wizard.focus(Field::DataWorldToken);
    wizard.paste(TOKEN);
    wizard.focus(Field::DomoClientId);
    wizard.type_text("client");
    wizard.focus(Field::DomoClientSecret);
    wizard.paste(CLIENT_SECRET);
    wizard
}

/// With accounts of these names at both services.
pub(crate) fn start_of(names: &[&str]) -> Start {
    let accounts = names.iter().flat_map(|name| [Service::DataWorld, Service::Domo].map(|of| account(name, of)));
    Start {
        environment: Environment::default(),
        accounts: accounts.collect(),
        exports: vec!["Sales".to_owned()],
        edit: None,
        drafts: Vec::new(),
        today: now().date_naive(),
        now: now(),
        demo: false,
    }
}
