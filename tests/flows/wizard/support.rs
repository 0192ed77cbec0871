//! A wizard with a person in front of it, and services that answer what the test says.

use chrono::{DateTime, TimeZone as _, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use writeback::testing::accounts::{Account, SecretHome};
use writeback::testing::config::Environment;
use writeback::testing::explain::Explanation;
use writeback::testing::export::{DatasetKey, Service};
use writeback::testing::services::dataworld::{Access, Dataset};
use writeback::testing::services::domo::{Ownership, Preview};
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::screen::{Theme, draw_wizard};
pub(crate) use writeback::testing::tui::state::{Answer, CreateReply, DataSetReply, DatasetReply, Request, SaveReply};
use writeback::testing::tui::wizard::{Effect, Field, Model, Msg, Page, Start, Step, update};

use crate::requests;
pub(crate) use crate::samples::{DATA_SET, account, export, identity, named_data_set, now, saved_as, stored, user};
use crate::samples::{data_set, file, named_dataset, start};
use crate::screen::text_of;

pub(crate) const OTHER_DATA_SET: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
pub(crate) const TOKEN: &str = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhbmFseXN0In0.c2lnbmF0dXJl";
pub(crate) const CLIENT_SECRET: &str = "a-client-secret-of-domo";

pub(crate) struct Wizard {
    pub(crate) model: Model,
    /// All effects since the start.
    pub(crate) asked: Vec<Effect>,
}

impl Wizard {
    pub(crate) fn new(environment: Environment, accounts: Vec<Account>) -> Self {
        Self::started(Start { environment, accounts, exports: Vec::new(), ..start() })
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
        wizard.reply(SecretHome::Keyring("Secret Service"));
        wizard
    }

    /// Credentials from the environment were tested; Details is on screen.
    pub(crate) fn at_details() -> Self {
        let mut wizard = Self::new(environment(), Vec::new());
        wizard.ctrl('n');
        wizard.reply(Answer::Ok(user()));
        wizard.reply(Answer::Ok(identity()));
        assert_eq!(wizard.model.step, Step::Details);
        wizard
    }

    /// Details are filled in and everything is known.
    pub(crate) fn filled_in() -> Self {
        let mut wizard = Self::at_details();
        wizard.paste(DATA_SET);
        wizard.found(Ownership::Proven);
        wizard.focus(Field::DATASET_METHOD);
        wizard.press(KeyCode::Char(' '));
        wizard.focus(Field::DATASET_ID);
        wizard.paste("acme-analytics/sales-mart");
        wizard.reply(DatasetReply::Dataset(Ok(dataset("acme-analytics/sales-mart", Access::Write))));
        wizard.focus(Field::FILE_NAME);
        wizard.type_text("weekly");
        wizard
    }

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

    /// Presses *Run once* on Review.
    pub(crate) fn run_once(&mut self) -> Vec<Effect> {
        self.focus(Field::RUN_ONCE);
        self.press(KeyCode::Enter)
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

    pub(crate) fn focus(&mut self, field: Field) {
        for _ in 0..20 {
            if self.model.focus == field {
                return;
            }
            self.press(KeyCode::Tab);
        }
        panic!("{field:?} is not among {:?}", self.model.fields());
    }

    /// Answers the newest request that has such a reply.
    pub(crate) fn reply<R: Send + 'static>(&mut self, reply: R) -> Vec<Effect> {
        self.reply_to(&self.request(), reply)
    }

    pub(crate) fn reply_to<R: Send + 'static>(&mut self, request: &Request<R>, reply: R) -> Vec<Effect> {
        self.tell(request.reply(reply))
    }

    /// The newest request with replies of this type.
    pub(crate) fn request<R: 'static>(&self) -> Request<R> {
        let newest = self.asked.iter().rev().find_map(requests::request);
        newest.unwrap_or_else(|| panic!("nothing was asked that a {} answers", std::any::type_name::<R>()))
    }

    /// Domo answers the look-up of the DataSet.
    pub(crate) fn found(&mut self, ownership: Ownership) {
        self.reply(DataSetReply::DataSet(Ok(data_set())));
        self.reply(DataSetReply::Ownership(ownership));
        self.reply(DataSetReply::Preview(Ok(Preview::default())));
    }

    pub(crate) fn text(&self, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
        terminal.draw(|frame| drop(draw_wizard(frame, &self.model, "", &Theme::color()))).expect("it draws");
        text_of(terminal.backend().buffer())
    }

    pub(crate) fn notice(&self) -> &str {
        self.model.shell.notice.as_ref().map(|notice| notice.text.as_str()).unwrap_or_default()
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

pub(crate) fn dataset(key: &str, access: Access) -> Dataset {
    let key: DatasetKey = key.parse().unwrap();
    let files = ["daily-sales.csv", "notes.txt", "sales_1.csv", "sales_2.csv", "in/zip.csv"];
    let files = files.map(|name| file(name, 84_200_000)).into();
    Dataset { files: Some(files), ..named_dataset(key.owner(), key.id(), "Sales mart", access) }
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

pub(crate) fn entered() -> Wizard {
    let mut wizard = Wizard::first_start();
    wizard.focus(Field::DATA_WORLD_TOKEN);
    wizard.paste(TOKEN);
    wizard.focus(Field::DOMO_CLIENT_ID);
    wizard.type_text("client");
    wizard.focus(Field::DOMO_CLIENT_SECRET);
    wizard.paste(CLIENT_SECRET);
    wizard
}

/// With accounts of these names at both services.
pub(crate) fn start_of(names: &[&str]) -> Start {
    let accounts =
        names.iter().flat_map(|name| [Service::DataWorld, Service::Domo].map(|service| account(service, name)));
    Start { accounts: accounts.collect(), exports: vec![export("Sales")], ..start() }
}
