//! The Credentials pane.
//!
//! Credentials are tested before they are saved, and saved before the pane advances. A valid secret is never lost: if
//! it cannot be saved, it is used until the program ends, and the screen says so.
//!
//! ```text
//!   data.world
//! ▌ API Token         ••••••••••••••••••••••••••
//! ▌ ✓ Secrets are kept in GNOME Keyring, never in a file.
//!   API address       https://api.data.world
//!   Account name      named after its user
//!   ✓ Ada Analyst (analyst)
//!
//!   Domo
//!   Domo credentials  (•) client id and secret   ( ) access token
//!   Client id         …
//! ```

mod check;
mod section;
mod source;

pub use section::Credentials;
pub use source::{Section, Source};

use super::pane::{FieldSpec, Group, Pane, Step, fields};
use super::{Answer, Effect, Login, Model, Remote, RequestId, Severity, Slot};
use crate::accounts::{Account, CredentialOwner, SecretHome, Stored};
use crate::check::Warning;
use crate::config::parse_instance;
use crate::explain::{self, Explanation};
use crate::export::Service;
use crate::services::dataworld::User;
use crate::services::domo::{DomoCredential, DomoIdentity};
use crate::text::secret::{Secret, SecretError, parse_client_id};
use crate::tui::form::{self, Field, Layout, Note, Part, Remark};
use crate::tui::state::HasShell as _;
use section::DomoMethod;

fields! {
    DATA_WORLD: [
        DATA_WORLD_ACCOUNT = "data-world-account" => FieldSpec::item(
                "data.world account",
                |model| model.credentials.dataworld.labels(model.today),
                |model| model.credentials.dataworld.chosen,
                |model, index| model.credentials.dataworld.chosen = index,
            )
            .short(|_| "Account")
            .hint("Choose a saved account, or enter a new one.")
            .shown(|model| model.credentials.has_choice(model.credentials.dataworld.sources.len()))
            .error(|model| model.credentials.dataworld.missing_error(Service::DataWorld)),
        DATA_WORLD_TOKEN = "data-world-token" => FieldSpec::secret("API Token", "paste it here")
            .spoken("data.world API Token")
            .hint_of(&[
                Part::Text("The \"Read/Write\" token from data.world › Settings › Advanced, "),
                Part::Text(TOKEN_PAGE),
                Part::Either(" (Ctrl-O opens it)", ""),
                Part::Text(", which Domo's connector calls \"User Setting >> Advanced Tab\". If no tokens are shown there, an administrator has hidden them: ask one."),
            ])
            .shown(|model| model.credentials.dataworld.is_new())
            .error(|model| secret_error(model.credentials.values.secret(Field::DATA_WORLD_TOKEN), "API Token"))
            .notes(|model| {
                [token_warning(model), storage(model, Field::DATA_WORLD_TOKEN)].into_iter().flatten().collect()
            })
            .facts(|model| token_warning(model).into_iter().collect()),
        DATA_WORLD_ADDRESS = "data-world-address" => FieldSpec::text("API address", "usually https://api.data.world")
            .spoken("data.world API address")
            .hint("Leave it empty for https://api.data.world, which private instances use too. Only a customer VPC has \
                 its own: https://api.<customer>.data.world.")
            .shown(|model| model.credentials.dataworld.is_new())
            .error(|model| error_text(check::parse_address(model.credentials.values.text(Field::DATA_WORLD_ADDRESS)))),
        DATA_WORLD_NAME = "data-world-name" => FieldSpec::text("Account name", "named after its user")
            .spoken("Name of the data.world account")
            .hint("Your name for this account. If empty, it is named after its user.")
            .shown(|model| model.credentials.dataworld.is_new())
            .error(|model| error_text(check::check_account_name(model.credentials.name(Service::DataWorld))))
            .warnings(|model| replaced_account(model, Service::DataWorld)),
    ]
    DOMO: [
        DOMO_ACCOUNT = "domo-account" => FieldSpec::item(
                "Domo account",
                |model| model.credentials.domo.labels(model.today),
                |model| model.credentials.domo.chosen,
                |model, index| model.credentials.domo.chosen = index,
            )
            .short(|_| "Account")
            .hint("Choose a saved account, or enter a new one.")
            .shown(|model| model.credentials.has_choice(model.credentials.domo.sources.len()))
            .error(|model| model.credentials.domo.missing_error(Service::Domo)),
        DOMO_METHOD = "domo-method" =>
            FieldSpec::choice("Domo credentials", &["client id and secret", "access token"])
                .hint("Create a client under Admin › Authentication › API Clients, or an access token under Access \
                     tokens; the token can also prove that you own a DataSet, and tells what kind of DataSet it is.")
                .shown(|model| model.credentials.domo.is_new()),
        DOMO_CLIENT_ID = "domo-client-id" => FieldSpec::text("Client id", "paste it here")
            .spoken("Domo client id")
            .hint("Domo › Admin › Authentication › API Clients. It is not your e-mail address.")
            .shown(|model| model.credentials.asks_domo_for(DomoMethod::Client))
            .error(|model| error_text(parse_client_id(model.credentials.values.text(Field::DOMO_CLIENT_ID)))),
        DOMO_CLIENT_SECRET = "domo-client-secret" => FieldSpec::secret("Client secret", "paste it here")
            .spoken("Domo client secret")
            .hint("Shown once, when the client was created. Your Domo password is not a client secret, and does not \
                 work here.")
            .shown(|model| model.credentials.asks_domo_for(DomoMethod::Client))
            .error(|model| secret_error(model.credentials.values.secret(Field::DOMO_CLIENT_SECRET), "client secret"))
            .notes(|model| storage(model, Field::DOMO_CLIENT_SECRET).into_iter().collect()),
        DOMO_INSTANCE = "domo-instance" => FieldSpec::text("Instance", "acme, or acme.domo.com")
            .spoken("Domo instance")
            .hint("acme, acme.domo.com, or any address in your Domo.")
            .shown(|model| model.credentials.asks_domo_for(DomoMethod::DeveloperToken))
            .error(|model| error_text(parse_instance(model.credentials.values.text(Field::DOMO_INSTANCE)))),
        DOMO_TOKEN = "domo-token" => FieldSpec::secret("Access token", "paste it here")
            .spoken("Domo access token")
            .hint("Domo › Admin › Authentication › Access tokens. Shown once, when it was created.")
            .shown(|model| model.credentials.asks_domo_for(DomoMethod::DeveloperToken))
            .error(|model| secret_error(model.credentials.values.secret(Field::DOMO_TOKEN), "access token"))
            .notes(|model| storage(model, Field::DOMO_TOKEN).into_iter().collect()),
        DOMO_NAME = "domo-name" => FieldSpec::text("Account name", "named after the instance")
            .spoken("Name of the Domo account")
            .hint("Your name for this account. If empty, it is named after the instance.")
            .shown(|model| model.credentials.domo.is_new())
            .error(|model| error_text(check::check_account_name(model.credentials.name(Service::Domo))))
            .warnings(|model| replaced_account(model, Service::Domo)),
    ]
}

pub(super) static GROUPS: [Group; 3] = [
    Group::new(&[], Layout::Beside)
        .shown(is_first_start)
        .remarks(|_| INTRODUCTION.map(|line| (None, Note::Hint(line.to_owned()))).into()),
    Group::new(DATA_WORLD, Layout::Beside)
        .heading("data.world")
        .shown(|model| model.credentials.has(Service::DataWorld))
        .remarks(|model| test_status(model, &model.credentials.dataworld, user_label))
        .facts(|model| {
            let user = Note::of_reply(&model.credentials.dataworld.test.data, |user| {
                format!("data.world: {}.", user_label(user))
            });
            user.into_iter().collect()
        }),
    Group::new(DOMO, Layout::Beside)
        .heading("Domo")
        .shown(|model| model.credentials.has(Service::Domo))
        .remarks(|model| {
            let half = half_environment(model).map(|half| (Some(Field::DOMO_ACCOUNT), half));
            test_status(model, &model.credentials.domo, DomoIdentity::words).into_iter().chain(half).collect()
        })
        .facts(|model| {
            let user = Note::of_reply(&model.credentials.domo.test.data, |user| format!("Domo: {}.", user.words()));
            user.into_iter().chain(half_environment(model)).collect()
        }),
];

/// Tells a person who has never seen it.
pub const INTRODUCTION: [&str; 2] = [
    "Writeback exports a Domo DataSet to a file in a data.world dataset, and proves that every row arrived.",
    "It needs an account of each. To try it without any: `writeback demo`.",
];

/// Nothing was ever saved here, and nothing is set.
pub fn is_first_start(model: &Model) -> bool {
    let credentials = &model.credentials;
    let has_none = |sources: usize| sources == 1;
    credentials.only_service.is_none()
        && has_none(credentials.dataworld.sources.len())
        && has_none(credentials.domo.sources.len())
        && model.exports.is_empty()
}

/// The page on which the focused secret is made, as far as its address is known.
pub(super) fn token_page(model: &Model) -> Option<String> {
    match model.focus {
        Field::DATA_WORLD_TOKEN => Some(TOKEN_PAGE.to_owned()),
        Field::DOMO_TOKEN => {
            let instance = parse_instance(model.credentials.values.text(Field::DOMO_INSTANCE)).ok()?;
            Some(format!("https://{instance}.domo.com/admin"))
        }
        _ => None,
    }
}

pub(super) fn open_token_page(model: &mut Model) -> Vec<Effect> {
    let Some(link) = token_page(model) else { return Vec::new() };
    let to_copy = link.clone();
    let request = model.request(move |model, _, is_open| match is_open {
        true => Vec::new(),
        false => {
            model.notify(Severity::Info, format!("No browser can be opened here. The page is {to_copy}"));
            Vec::new()
        }
    });
    vec![Effect::OpenLink { request, link }]
}

/// The page of data.world's API tokens.
const TOKEN_PAGE: &str = "https://data.world/settings/advanced";

pub(super) struct CredentialsPane;

impl Pane for CredentialsPane {
    fn changed(&self, model: &mut Model, field: Field) -> Vec<Effect> {
        let credentials = &mut model.credentials;
        match field {
            // Services do not know the name: the test stays valid, and the account is saved again under the new name.
            Field::DATA_WORLD_NAME => credentials.dataworld.kept = Slot::idle(),
            Field::DOMO_NAME => credentials.domo.kept = Slot::idle(),
            Field::DATA_WORLD_ACCOUNT | Field::DATA_WORLD_TOKEN | Field::DATA_WORLD_ADDRESS => {
                credentials.dataworld.reset();
                credentials.warned = false;
            }
            _ => {
                credentials.domo.reset();
                credentials.warned = false;
            }
        }
        Vec::new()
    }

    fn forward(&self, model: &mut Model) -> Vec<Effect> {
        let wrong = model.wrong_fields();
        if model.show_errors(wrong) {
            return Vec::new();
        }
        model.advancing = true;
        model.credentials.retry_saving();
        proceed(model)
    }
}

fn secret_error(entered: &Secret, what: &str) -> Option<String> {
    match entered.check() {
        Ok(()) => None,
        Err(SecretError::Empty) => Some(format!("Enter the {what}.")),
        Err(error) => Some(format!("That is not a token: {error}")),
    }
}

fn error_text<T, E: ToString>(result: Result<T, E>) -> Option<String> {
    result.err().map(|error| error.to_string())
}

/// Saves valid credentials even if the pane does not advance, so that they are never lost.
fn keep(model: &mut Model) -> Vec<Effect> {
    keep_dataworld(model).into_iter().chain(keep_domo(model)).collect()
}

/// Tests credentials, saves valid ones, and advances when nothing is left to do.
fn proceed(model: &mut Model) -> Vec<Effect> {
    if !model.advancing || model.step != Step::Credentials {
        return keep(model);
    }
    let mut effects = Vec::new();
    if matches!(model.credentials.dataworld.test.data, Remote::Idle | Remote::Failed(_))
        && model.credentials.has(Service::DataWorld)
        && let Some(login) = model.credentials.dataworld_login()
    {
        let request = model.request(dataworld_tested);
        model.credentials.dataworld.test.ask(&request);
        effects.push(Effect::TestDataWorld { request, login });
    }
    if matches!(model.credentials.domo.test.data, Remote::Idle | Remote::Failed(_))
        && model.credentials.has(Service::Domo)
        && let Some(login) = model.credentials.domo_login()
    {
        let request = model.request(domo_tested);
        model.credentials.domo.test.ask(&request);
        effects.push(Effect::TestDomo { request, login });
    }
    effects.extend(keep(model));
    if model.credentials.tested() && !model.credentials.is_waiting() {
        let warning = model.credentials.warnings().into_iter().next();
        if let (Some(warning), false) = (warning, model.credentials.warned) {
            model.credentials.warned = true;
            model.advancing = false;
            model.stop_heading();
            // The warning waits for an answer, so it goes before earlier news.
            let happened = model.shell.notice.take();
            model.notify(Severity::Warning, format!("{warning} Continue again to use it anyway."));
            if let Some(happened) = happened {
                model.append_notice(happened.severity, &happened.text);
            }
            return effects;
        }
        if let Some(service) = model.credentials.only_service {
            model.advancing = false;
            match model.credentials.secret_home(service) {
                Some(SecretHome::Session(reason)) => {
                    let text = format!("The account was not saved, because its secret cannot be stored. {reason}");
                    model.notify(Severity::Warning, text);
                }
                Some(SecretHome::Keyring(keyring)) => {
                    notify_saved(model, service, keyring);
                    effects.push(Effect::GoHome);
                }
                Some(SecretHome::Environment(_)) => effects.push(Effect::GoHome),
                // Saving failed; leaving now drops the account.
                None => {}
            }
        } else {
            effects.extend(model.advance());
        }
    }
    effects
}

/// Reports where a new account was saved, unless a warning is shown.
fn notify_saved(model: &mut Model, service: Service, keyring: &str) {
    let name = model.credentials.saved_name(service).unwrap_or_default();
    if model.shell.notice.is_none() {
        model.notify(Severity::Info, format!("The account {name} is saved, its secret in {keyring}."));
    }
}

/// Waits for the end of typing, or half a name would be saved.
fn is_being_named(model: &Model, name: Field) -> bool {
    !model.advancing && model.step == Step::Credentials && model.focus == name
}

fn keep_dataworld(model: &mut Model) -> Option<Effect> {
    let section = &model.credentials.dataworld;
    let (true, Some(user)) = (section.needs_saving(), section.test.data.ready().cloned()) else { return None };
    if is_being_named(model, Field::DATA_WORLD_NAME) {
        return None;
    }
    let Some(Login::Entered { credential, address }) = model.credentials.dataworld_login() else { return None };
    let request = model.request(account_saved);
    model.credentials.propose_name(Service::DataWorld, &user.id, Some(&user.id));
    model.credentials.dataworld.kept.ask(&request);
    let name = model.credentials.name(Service::DataWorld);
    let account = Account { address, user: Some(user.id), ..Account::new(Service::DataWorld, name) };
    Some(Effect::KeepAccount { request, account, secret: credential })
}

fn keep_domo(model: &mut Model) -> Option<Effect> {
    let section = &model.credentials.domo;
    let (true, Some(identity)) = (section.needs_saving(), section.test.data.ready().cloned()) else { return None };
    if is_being_named(model, Field::DOMO_NAME) {
        return None;
    }
    let Some(Login::Entered { credential, address }) = model.credentials.domo_login() else { return None };
    let (client_id, instance, secret) = match credential {
        DomoCredential::Client { id, secret } => (Some(id), identity.instance, secret),
        DomoCredential::DeveloperToken { instance, token } => (None, Some(instance), token),
    };
    let user = identity.user_name.or(identity.user_id);
    let request = model.request(account_saved);
    model.credentials.propose_name(Service::Domo, instance.as_deref().unwrap_or("domo"), user.as_deref());
    model.credentials.domo.kept.ask(&request);
    let name = model.credentials.name(Service::Domo);
    let account = Account { client_id, instance, address, user, ..Account::new(Service::Domo, name) };
    Some(Effect::KeepAccount { request, account, secret })
}

/// Looks for the place where an entered secret will be kept.
pub(super) fn find_vault(model: &mut Model) -> Effect {
    let request = model.request(|model, _, home| {
        model.credentials.home = Some(home);
        Vec::new()
    });
    Effect::FindVault { request }
}

fn dataworld_tested(model: &mut Model, id: RequestId, result: Answer<User>) -> Vec<Effect> {
    let failed = result.as_ref().err().cloned();
    if !model.credentials.dataworld.test.answer(id, result) {
        return Vec::new();
    }
    test_ended(model, [Field::DATA_WORLD_TOKEN, Field::DATA_WORLD_ACCOUNT], failed)
}

fn domo_tested(model: &mut Model, id: RequestId, result: Answer<DomoIdentity>) -> Vec<Effect> {
    let failed = result.as_ref().err().cloned();
    if !model.credentials.domo.test.answer(id, result) {
        return Vec::new();
    }
    test_ended(model, [Field::DOMO_CLIENT_SECRET, Field::DOMO_TOKEN, Field::DOMO_ACCOUNT], failed)
}

/// Shows a failed test at the first visible field of `fields`.
fn test_ended(model: &mut Model, fields: impl IntoIterator<Item = Field>, failed: Option<Explanation>) -> Vec<Effect> {
    let Some(explanation) = failed else { return proceed(model) };
    model.advancing = false;
    model.stop_heading();
    let visible = model.fields();
    if let (Step::Credentials, Some(field)) = (model.step, fields.into_iter().find(|field| visible.contains(field))) {
        model.errors.insert(field, explanation);
        model.focus = visible.into_iter().find(|field| model.errors.contains_key(field)).unwrap_or(field);
    }
    Vec::new()
}

fn account_saved(model: &mut Model, id: RequestId, result: Answer<Stored>) -> Vec<Effect> {
    if let Ok(Stored { named: Some(named), .. }) = &result {
        let is_whole = named.cron.is_empty() && named.failed.is_empty() && named.unreadable.is_empty();
        let severity = if is_whole { Severity::Info } else { Severity::Warning };
        model.append_notice(severity, &explain::named(named).join(" "));
    }
    let failed = result.as_ref().err().cloned();
    let home = result.map(|stored| stored.home);
    let Credentials { dataworld, domo, .. } = &mut model.credentials;
    let (field, service) = if dataworld.kept.answer(id, home.clone()) {
        (Field::DATA_WORLD_NAME, Service::DataWorld)
    } else if domo.kept.answer(id, home) {
        (Field::DOMO_NAME, Service::Domo)
    } else {
        return Vec::new();
    };
    let Some(why) = failed else { return proceed(model) };
    if model.credentials.only_service.is_some() {
        // Saving is the only purpose here, so a failure stops it.
        model.advancing = false;
        model.errors.insert(field, Explanation { what: format!("The account was not saved. {}", why.what), ..why });
        model.focus = field;
        return Vec::new();
    }
    let effects = proceed(model);
    let name = model.credentials.name(service);
    let text = format!("{name} could not be saved, and is kept until Writeback ends. {why}");
    model.append_notice(Severity::Warning, &text);
    effects
}

impl Credentials {
    /// Warnings about valid credentials, as sentences.
    pub fn warnings(&self) -> Vec<String> {
        let identity = self.domo.test.data.ready();
        let lacks_scope = identity.is_some_and(|identity| {
            !identity.scopes.is_empty() && !identity.scopes.iter().any(|scope| scope == "data")
        });
        let dataworld = self.claims_to_read_only().then(|| explain::warning(&Warning::ReadToken).to_string());
        let domo = lacks_scope.then(|| {
            "This Domo client lacks the scope data, without which no rows can be read. Create a client with it under \
             Admin › Authentication › API Clients."
                .to_owned()
        });
        dataworld.into_iter().chain(domo).collect()
    }

    /// The owners of the environment's credentials that their services have accepted.
    pub(in crate::tui) fn accepted_from_environment(&self) -> [(Service, Option<CredentialOwner>); 2] {
        let dataworld = self.dataworld.accepted_from_environment().map(CredentialOwner::from);
        let domo = self.domo.accepted_from_environment().map(CredentialOwner::from);
        [(Service::DataWorld, dataworld), (Service::Domo, domo)]
    }

    /// The data.world token says of itself that it may not write.
    pub fn claims_to_read_only(&self) -> bool {
        self.dataworld.test.data.ready().is_some_and(|user| user.token_may_write == Some(false))
    }

    /// A reason to check the token before testing it.
    pub fn token_warning(&self) -> Option<&'static str> {
        let token = self.values.secret(Field::DATA_WORLD_TOKEN);
        (!token.is_empty() && !check::looks_like_token(token)).then_some(
            "This does not look like a data.world token, which has three parts separated by dots. Did you copy all of \
             it?",
        )
    }
}

pub fn user_label(user: &User) -> String {
    match &user.display_name {
        Some(name) if *name != user.id => format!("{name} ({})", user.id),
        _ => user.id.clone(),
    }
}

/// Tells where secrets will be kept; shown before one is typed.
pub fn secret_storage(home: Option<&SecretHome>) -> String {
    match home {
        None => "looking for the keyring…".to_owned(),
        Some(SecretHome::Keyring(name)) => format!("Secrets are kept in {name}, never in a file."),
        Some(SecretHome::Environment(name)) => format!("The secret comes from {name}, and is never saved."),
        Some(SecretHome::Session(why)) => format!(
            "{why} Secrets last until Writeback ends. To have them every time, set DW_AUTH_TOKEN, and \
             DOMO_CLIENT_ID with DOMO_CLIENT_SECRET or DOMO_DEVELOPER_TOKEN with DOMO_INSTANCE."
        ),
    }
}

/// Says at the first secret where it will be kept.
fn storage(model: &Model, field: Field) -> Option<Note> {
    let first = form::visible(&GROUPS, model).find(|spec| spec.is_secret()).map(|spec| spec.field);
    if first != Some(field) {
        return None;
    }
    let home = model.credentials.home.as_ref();
    let sentence = secret_storage(home);
    Some(match home {
        Some(SecretHome::Keyring(_) | SecretHome::Environment(_)) => Note::Fact(sentence),
        Some(SecretHome::Session(_)) => Note::Warning(sentence.into()),
        None => Note::Running(sentence),
    })
}

fn token_warning(model: &Model) -> Option<Note> {
    model.credentials.token_warning().map(|warning| Note::Warning(warning.to_owned().into()))
}

fn replaced_account(model: &Model, service: Service) -> Vec<Explanation> {
    let replaced = model.credentials.replaces(service);
    let words = |name| format!("The account {name} exists: it will get these credentials.").into();
    replaced.map(words).into_iter().collect()
}

fn half_environment(model: &Model) -> Option<Note> {
    model.credentials.environment_error().map(|error| Note::Warning(error.into()))
}

/// The user of the credentials, and where their secret is kept now.
fn test_status<I>(model: &Model, section: &Section<I>, user_label: impl Fn(&I) -> String) -> Vec<Remark> {
    let is_alone = model.credentials.only_service.is_some();
    let note = match (&section.test.data, &section.kept.data) {
        (Remote::Idle, _) => return Vec::new(),
        // The field with the error says it.
        (Remote::Failed(_), _) if !model.errors.is_empty() => return Vec::new(),
        (Remote::Loading, _) => Note::Running("testing…".to_owned()),
        (Remote::Failed(explanation), _) => Note::Failed(explanation.clone()),
        (Remote::Ready(identity), Remote::Loading) => Note::Running(format!("{}, saving…", user_label(identity))),
        (Remote::Ready(identity), Remote::Ready(SecretHome::Keyring(keyring))) => {
            Note::Fact(format!("{}, kept in {keyring}", user_label(identity)))
        }
        (Remote::Ready(identity), Remote::Ready(SecretHome::Session(_)) | Remote::Failed(_)) if is_alone => {
            Note::Warning(format!("{}, not saved", user_label(identity)).into())
        }
        (Remote::Ready(identity), Remote::Ready(SecretHome::Session(_)) | Remote::Failed(_)) => {
            Note::Fact(format!("{}, kept until Writeback ends", user_label(identity)))
        }
        (Remote::Ready(identity), _) => Note::Fact(user_label(identity)),
    };
    vec![(None, note)]
}
