//! The Credentials pane.
//!
//! Credentials are tested before they are saved, and saved before the pane advances. A valid secret is never lost: if
//! it cannot be saved, it is used until the program ends, and the screen says so.

mod check;
mod section;
mod source;

pub use section::{Credentials, DomoMethod};
pub use source::{Section, Source};

use super::field::FieldMut;
use super::pane::{Pane, Step};
use super::{Answer, Effect, Login, Model, Remote, RequestId, Slot, Weight};
use crate::accounts::{Account, SecretHome, Stored};
use crate::config::parse_instance;
use crate::explain;
use crate::export::Service;
use crate::services::dataworld::User;
use crate::services::domo::{DomoCredential, DomoIdentity};
use crate::text::secret::{Secret, SecretError, parse_client_id};
use crate::tui::state::Field;

pub(super) const PANE: Pane = Pane {
    label: Some("Credentials"),
    fields,
    field_mut,
    choose,
    changed,
    completed: |_, _| Vec::new(),
    validate: |model| validate(&model.credentials),
    forward,
    entered: |_| Vec::new(),
};

fn fields(model: &Model) -> Vec<Field> {
    let Credentials { dataworld, domo, .. } = &model.credentials;
    let Credentials { only_service, .. } = &model.credentials;
    let mut fields = Vec::new();
    if model.credentials.has(Service::DataWorld) {
        if dataworld.account.sources.len() > 1 && only_service.is_none() {
            fields.push(Field::DataWorldAccount);
        }
        if dataworld.account.is_new() {
            fields.extend([Field::DataWorldToken, Field::DataWorldAddress, Field::DataWorldName]);
        }
    }
    if model.credentials.has(Service::Domo) {
        if domo.account.sources.len() > 1 && only_service.is_none() {
            fields.push(Field::DomoAccount);
        }
        if domo.account.is_new() {
            fields.extend(domo.new_fields());
        }
    }
    fields
}

fn field_mut(model: &mut Model, field: Field) -> FieldMut<'_> {
    let Credentials { dataworld, domo, .. } = &mut model.credentials;
    match field {
        Field::DataWorldAccount => {
            FieldMut::Choice { index: dataworld.account.chosen, count: dataworld.account.sources.len() }
        }
        Field::DataWorldToken => FieldMut::Secret(&mut dataworld.token),
        Field::DataWorldAddress => FieldMut::Text(&mut dataworld.address),
        Field::DataWorldName => FieldMut::Text(&mut dataworld.account.name),
        Field::DomoAccount => FieldMut::Choice { index: domo.account.chosen, count: domo.account.sources.len() },
        Field::DomoMethod => FieldMut::Choice { index: domo.method as usize, count: 2 },
        Field::DomoClientId => FieldMut::Text(&mut domo.client_id),
        Field::DomoClientSecret => FieldMut::Secret(&mut domo.client_secret),
        Field::DomoInstance => FieldMut::Text(&mut domo.instance),
        Field::DomoToken => FieldMut::Secret(&mut domo.token),
        Field::DomoName => FieldMut::Text(&mut domo.account.name),
        _ => FieldMut::None,
    }
}

fn choose(model: &mut Model, field: Field, index: usize) {
    let Credentials { dataworld, domo, .. } = &mut model.credentials;
    match field {
        Field::DataWorldAccount => dataworld.account.chosen = index,
        Field::DomoAccount => domo.account.chosen = index,
        Field::DomoMethod => {
            domo.method = if index == 0 { DomoMethod::Client } else { DomoMethod::DeveloperToken };
        }
        _ => {}
    }
}

fn changed(model: &mut Model, field: Field) -> Vec<Effect> {
    let credentials = &mut model.credentials;
    match field {
        // Services do not know the name: the test stays valid, and the account is saved again under the new name.
        Field::DataWorldName => credentials.dataworld.account.kept = Slot::idle(),
        Field::DomoName => credentials.domo.account.kept = Slot::idle(),
        Field::DataWorldAccount | Field::DataWorldToken | Field::DataWorldAddress => {
            credentials.dataworld.account.reset();
            credentials.warned = false;
        }
        _ => {
            credentials.domo.account.reset();
            credentials.warned = false;
        }
    }
    Vec::new()
}

fn forward(model: &mut Model) -> Vec<Effect> {
    let errors = validate(&model.credentials);
    if model.show_errors(errors) {
        return Vec::new();
    }
    model.leaving = true;
    model.credentials.retry_saving();
    proceed(model)
}

/// Validates the input without requests.
fn validate(credentials: &Credentials) -> Vec<(Field, String)> {
    let Credentials { dataworld, domo, .. } = credentials;
    let mut wrong = Vec::new();
    if credentials.has(Service::DataWorld) {
        wrong.push((Field::DataWorldAccount, dataworld.account.missing_error(Service::DataWorld)));
    }
    if credentials.has(Service::Domo) {
        wrong.push((Field::DomoAccount, domo.account.missing_error(Service::Domo)));
    }
    if dataworld.account.is_new() && credentials.has(Service::DataWorld) {
        wrong.push((Field::DataWorldToken, secret_error(&dataworld.token.value, "API Token")));
        wrong.push((Field::DataWorldAddress, error_text(check::parse_address(dataworld.address.value()))));
        wrong.push((Field::DataWorldName, error_text(check::check_account_name(dataworld.account.name.value()))));
    }
    if domo.account.is_new() && credentials.has(Service::Domo) {
        match domo.method {
            DomoMethod::Client => wrong.extend([
                (Field::DomoClientId, error_text(parse_client_id(domo.client_id.value()))),
                (Field::DomoClientSecret, secret_error(&domo.client_secret.value, "client secret")),
            ]),
            DomoMethod::DeveloperToken => wrong.extend([
                (Field::DomoInstance, error_text(parse_instance(domo.instance.value()))),
                (Field::DomoToken, secret_error(&domo.token.value, "access token")),
            ]),
        }
        wrong.push((Field::DomoName, error_text(check::check_account_name(domo.account.name.value()))));
    }
    wrong.into_iter().filter_map(|(field, sentence)| Some((field, sentence?))).collect()
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
    if !model.leaving || model.step != Step::Credentials {
        return keep(model);
    }
    let mut effects = Vec::new();
    if matches!(model.credentials.dataworld.account.test.data, Remote::Idle | Remote::Failed(_))
        && model.credentials.has(Service::DataWorld)
        && let Some(login) = model.credentials.dataworld_login()
    {
        let request = model.request(dataworld_tested);
        model.credentials.dataworld.account.test.ask(&request);
        effects.push(Effect::TestDataWorld { request, login });
    }
    if matches!(model.credentials.domo.account.test.data, Remote::Idle | Remote::Failed(_))
        && model.credentials.has(Service::Domo)
        && let Some(login) = model.credentials.domo_login()
    {
        let request = model.request(domo_tested);
        model.credentials.domo.account.test.ask(&request);
        effects.push(Effect::TestDomo { request, login });
    }
    effects.extend(keep(model));
    if model.credentials.tested() && !model.credentials.is_waiting() {
        let warning = model.credentials.warnings().into_iter().next();
        if let (Some(warning), false) = (warning, model.credentials.warned) {
            model.credentials.warned = true;
            model.leaving = false;
            // The warning waits for an answer, so it goes before earlier news.
            let happened = model.notice.take();
            model.notify(Weight::Warning, format!("{warning} Continue again to use it anyway."));
            if let Some(happened) = happened {
                model.append_notice(happened.weight, &happened.text);
            }
            return effects;
        }
        if let Some(service) = model.credentials.only_service {
            model.leaving = false;
            match model.credentials.secret_home(service) {
                Some(SecretHome::Session(reason)) => {
                    let text = format!("The account was not saved, because its secret cannot be stored. {reason}");
                    model.notify(Weight::Warning, text);
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
    if model.notice.is_none() {
        model.notify(Weight::Info, format!("The account {name} is saved, its secret in {keyring}."));
    }
}

/// Waits for the end of typing, or half a name would be saved.
fn is_being_named(model: &Model, name: Field) -> bool {
    !model.leaving && model.step == Step::Credentials && model.focus == name
}

fn keep_dataworld(model: &mut Model) -> Option<Effect> {
    let section = &model.credentials.dataworld.account;
    let (true, Some(user)) = (section.needs_saving(), section.test.data.ready().cloned()) else { return None };
    if is_being_named(model, Field::DataWorldName) {
        return None;
    }
    let Some(Login::Entered { credential, address }) = model.credentials.dataworld_login() else { return None };
    let request = model.request(account_saved);
    let section = &mut model.credentials.dataworld.account;
    section.propose_name(&user.id, Some(&user.id));
    section.kept.ask(&request);
    let account =
        Account { address, user: Some(user.id), ..Account::new(Service::DataWorld, section.name.value().trim()) };
    Some(Effect::KeepAccount { request, account, secret: credential })
}

fn keep_domo(model: &mut Model) -> Option<Effect> {
    let section = &model.credentials.domo.account;
    let (true, Some(identity)) = (section.needs_saving(), section.test.data.ready().cloned()) else { return None };
    if is_being_named(model, Field::DomoName) {
        return None;
    }
    let Some(Login::Entered { credential, address }) = model.credentials.domo_login() else { return None };
    let (client_id, instance, secret) = match credential {
        DomoCredential::Client { id, secret } => (Some(id), identity.instance, secret),
        DomoCredential::DeveloperToken { instance, token } => (None, Some(instance), token),
    };
    let user = identity.user_name.or(identity.user_id);
    let request = model.request(account_saved);
    let section = &mut model.credentials.domo.account;
    section.propose_name(instance.as_deref().unwrap_or("domo"), user.as_deref());
    section.kept.ask(&request);
    let name = section.name.value().trim().to_owned();
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
    let failed = result.as_ref().err().map(ToString::to_string);
    if !model.credentials.dataworld.account.test.answer(id, result) {
        return Vec::new();
    }
    test_ended(model, [Field::DataWorldToken, Field::DataWorldAccount], failed)
}

fn domo_tested(model: &mut Model, id: RequestId, result: Answer<DomoIdentity>) -> Vec<Effect> {
    let failed = result.as_ref().err().map(ToString::to_string);
    if !model.credentials.domo.account.test.answer(id, result) {
        return Vec::new();
    }
    test_ended(model, [Field::DomoClientSecret, Field::DomoToken, Field::DomoAccount], failed)
}

/// Shows a failed test at the first visible field of `fields`.
fn test_ended(model: &mut Model, fields: impl IntoIterator<Item = Field>, failed: Option<String>) -> Vec<Effect> {
    let Some(sentence) = failed else { return proceed(model) };
    model.leaving = false;
    let visible = model.fields();
    if let (Step::Credentials, Some(field)) = (model.step, fields.into_iter().find(|field| visible.contains(field))) {
        model.errors.insert(field, sentence);
        model.focus = visible.into_iter().find(|field| model.errors.contains_key(field)).unwrap_or(field);
    }
    Vec::new()
}

fn account_saved(model: &mut Model, id: RequestId, result: Answer<Stored>) -> Vec<Effect> {
    if let Ok(Stored { named: Some(named), .. }) = &result {
        let is_whole = named.cron.is_empty() && named.failed.is_empty() && named.unreadable.is_empty();
        let weight = if is_whole { Weight::Info } else { Weight::Warning };
        model.append_notice(weight, &explain::named(named).join(" "));
    }
    let failed = result.as_ref().err().map(ToString::to_string);
    let home = result.map(|stored| stored.home);
    let Credentials { dataworld, domo, .. } = &mut model.credentials;
    let (field, name) = if dataworld.account.kept.answer(id, home.clone()) {
        (Field::DataWorldName, dataworld.account.name.value().trim().to_owned())
    } else if domo.account.kept.answer(id, home) {
        (Field::DomoName, domo.account.name.value().trim().to_owned())
    } else {
        return Vec::new();
    };
    let Some(sentence) = failed else { return proceed(model) };
    if model.credentials.only_service.is_some() {
        // Saving is the only purpose here, so a failure stops it.
        model.leaving = false;
        model.errors.insert(field, format!("The account was not saved. {sentence}"));
        model.focus = field;
        return Vec::new();
    }
    let effects = proceed(model);
    let text = format!("{name} could not be saved, and is kept until Writeback ends. {sentence}");
    model.append_notice(Weight::Warning, &text);
    effects
}

impl Credentials {
    /// Warnings about valid credentials, as sentences.
    pub fn warnings(&self) -> Vec<String> {
        let user = self.dataworld.account.test.data.ready();
        let is_read_only = user.is_some_and(|user| user.token_may_write == Some(false));
        let identity = self.domo.account.test.data.ready();
        let lacks_scope = identity.is_some_and(|identity| {
            !identity.scopes.is_empty() && !identity.scopes.iter().any(|scope| scope == "data")
        });
        let dataworld = is_read_only
            .then_some("This data.world token is read-only. Use a \"Read/Write\" token from Settings › Advanced.");
        let domo = lacks_scope.then_some(
            "This Domo client lacks the scope data, without which no rows can be read. Create a client with it under \
             Admin › Authentication › API Clients.",
        );
        dataworld.into_iter().chain(domo).map(str::to_owned).collect()
    }

    /// A reason to check the token before testing it.
    pub fn token_warning(&self) -> Option<&'static str> {
        let token = &self.dataworld.token.value;
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

pub fn identity_label(identity: &DomoIdentity) -> String {
    let (user, role) = (identity.user(), identity.role.as_deref());
    [user.as_deref(), role, identity.instance.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
