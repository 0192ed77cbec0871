//! The Credentials pane.
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

use super::Theme;
use super::form::Form;
use super::text::Sign;
use crate::accounts::SecretHome;
use crate::export::Service;
use crate::tui::wizard::credentials::{DomoMethod, Section, identity_label, user_label};
use crate::tui::wizard::words::{choices, label};
use crate::tui::wizard::{Field, Model, Remote, words};

pub(super) fn form<'t>(model: &Model, width: u16, theme: &'t Theme) -> Form<'t> {
    let mut form = Form::new(width, super::form_focus(model), theme);
    let credentials = &model.credentials;
    if credentials.has(Service::DataWorld) {
        dataworld(&mut form, model);
    }
    if credentials.only_service.is_none() {
        form.blank();
    }
    if credentials.has(Service::Domo) {
        domo(&mut form, model);
    }
    form
}

/// Says where a secret will be kept, before the first one is typed.
fn secret_home(form: &mut Form<'_>, model: &Model, field: Field) {
    let is_first = model.fields().into_iter().find(|field| field.is_secret()) == Some(field);
    if !is_first || model.error(field).is_some() {
        return;
    }
    let home = model.credentials.home.as_ref();
    let sign = match home {
        Some(SecretHome::Keyring(_) | SecretHome::Environment(_)) => Sign::Done,
        Some(SecretHome::Session(_)) => Sign::Warning,
        None => Sign::Running,
    };
    form.note(field, sign, &words::secret_storage(home));
}

fn dataworld(form: &mut Form<'_>, model: &Model) {
    let section = &model.credentials.dataworld;
    form.heading("data.world");
    account_choice(form, model, Field::DataWorldAccount, &section.account);
    if section.account.is_new() {
        let field = Field::DataWorldToken;
        form.secret(field, label(field), &section.token, "paste it here");
        if let Some(warning) = model.credentials.token_warning().filter(|_| model.error(field).is_none()) {
            form.note(field, Sign::Warning, warning);
        }
        error(form, model, field);
        secret_home(form, model, field);
        let field = Field::DataWorldAddress;
        form.input(field, label(field), &section.address, "usually https://api.data.world");
        error(form, model, field);
        name(form, model, Field::DataWorldName, &section.account, "named after its user");
    }
    test_status(form, model, &section.account, user_label);
}

fn domo(form: &mut Form<'_>, model: &Model) {
    let section = &model.credentials.domo;
    form.heading("Domo");
    account_choice(form, model, Field::DomoAccount, &section.account);
    if section.account.is_new() {
        let field = Field::DomoMethod;
        form.choice_beside(field, label(field), choices(field), section.method as usize);
        match section.method {
            DomoMethod::Client => {
                let field = Field::DomoClientId;
                form.input(field, label(field), &section.client_id, "paste it here");
                error(form, model, field);
                let field = Field::DomoClientSecret;
                form.secret(field, label(field), &section.client_secret, "paste it here");
                error(form, model, field);
                secret_home(form, model, field);
            }
            DomoMethod::DeveloperToken => {
                let field = Field::DomoInstance;
                form.input(field, label(field), &section.instance, "acme, or acme.domo.com");
                error(form, model, field);
                let field = Field::DomoToken;
                form.secret(field, label(field), &section.token, "paste it here");
                error(form, model, field);
                secret_home(form, model, field);
            }
        }
        name(form, model, Field::DomoName, &section.account, "named after the instance");
    }
    test_status(form, model, &section.account, identity_label);
    if let Some(half) = model.credentials.environment_error() {
        form.note(Field::DomoAccount, Sign::Warning, &half);
    }
}

fn account_choice<I>(form: &mut Form<'_>, model: &Model, field: Field, section: &Section<I>) {
    if section.sources.len() > 1 && model.credentials.only_service.is_none() {
        let labels: Vec<String> = section.sources.iter().map(|source| source.label(model.today)).collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        form.choice_beside(field, "Account", &labels, section.chosen);
        error(form, model, field);
    }
}

fn name<I>(form: &mut Form<'_>, model: &Model, field: Field, section: &Section<I>, placeholder: &str) {
    form.input(field, label(field), &section.name, placeholder);
    if let Some(sentence) = words::replaced_account(section) {
        form.note(field, Sign::Warning, &sentence);
    }
    error(form, model, field);
}

/// The user of the credentials, and where their secret is kept now.
fn test_status<I>(form: &mut Form<'_>, model: &Model, section: &Section<I>, user_label: impl Fn(&I) -> String) {
    let (sign, text) = match (&section.test.data, &section.kept.data) {
        (Remote::Idle, _) => return,
        // The field with the error says it.
        (Remote::Failed(_), _) if !model.errors.is_empty() => return,
        (Remote::Loading, _) => (Sign::Running, "testing…".to_owned()),
        (Remote::Failed(explanation), _) => (Sign::Failed, explanation.what.clone()),
        (Remote::Ready(identity), Remote::Loading) => (Sign::Running, format!("{}, saving…", user_label(identity))),
        (Remote::Ready(identity), Remote::Ready(SecretHome::Keyring(keyring))) => {
            (Sign::Done, format!("{}, kept in {keyring}", user_label(identity)))
        }
        (Remote::Ready(identity), Remote::Ready(SecretHome::Session(_)) | Remote::Failed(_))
            if model.credentials.only_service.is_some() =>
        {
            (Sign::Warning, format!("{}, not saved", user_label(identity)))
        }
        (Remote::Ready(identity), Remote::Ready(SecretHome::Session(_)) | Remote::Failed(_)) => {
            (Sign::Done, format!("{}, kept until Writeback ends", user_label(identity)))
        }
        (Remote::Ready(identity), _) => (Sign::Done, user_label(identity)),
    };
    form.remark(sign, &text);
}

fn error(form: &mut Form<'_>, model: &Model, field: Field) {
    if let Some(error) = model.error(field) {
        form.note(field, Sign::Failed, error);
    }
}
