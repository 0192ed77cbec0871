//! Effects, done against the sandbox.

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::accounts::KeyringError;
use crate::accounts::Vault;
use crate::config::Environment;
use crate::sandbox::{Effect as Does, Fault, Options, Route, Sandbox, samples};
use crate::services::dataworld::{Dataset, NewDataset, Visibility};
use crate::services::domo::{DataSet, DomoCredential};
use crate::text::secret::Secret;
use crate::tui::state::{BrowseReply, CreateReply, DataWorldLogin, DomoLogin, Login, Page, Requests};

/// Effects in that folder.
pub(super) fn effects(home: &Path, vault: Vault) -> Effects {
    Effects::new(Tools::in_folder(home, Environment::default(), vault))
}

/// A request whose replies are pushed to a list.
pub(super) fn listed<R: 'static>() -> Request<R> {
    Requests::new(1).make(|replies: &mut Vec<R>, _, reply| {
        replies.push(reply);
        Vec::new()
    })
}

/// Waits until a reply of `listed` is what is wanted.
pub(super) async fn until<R: 'static>(effects: &mut Effects, is_it: impl Fn(&R) -> bool) -> R {
    let mut replies = Vec::new();
    loop {
        if let Msg::Reply(reply) = effects.next(true).await.unwrap() {
            reply.deliver(&mut replies);
        }
        if let Some(reply) = replies.pop_if(|reply| is_it(reply)) {
            return reply;
        }
    }
}

#[tokio::test]
async fn a_list_that_is_asked_for_anew_ends_the_one_before() {
    let (sandbox, home) = (Sandbox::start(Options::default()).await.unwrap(), tempfile::tempdir().unwrap());
    let client =
        DomoCredential::Client { id: samples::CLIENT_ID.to_owned(), secret: Secret::new(samples::CLIENT_SECRET) };
    let domo: DomoLogin = Login::Entered { credential: client, address: Some(sandbox.domo_url()) };
    let dataworld: DataWorldLogin =
        Login::Entered { credential: Secret::new(samples::READ_WRITE), address: Some(sandbox.dataworld_url()) };
    for list in [List::DataSets, List::Datasets, List::Browse] {
        let mut effects = effects(home.path(), Vault::session_only(KeyringError::NoBus));
        let ask = || match list {
            List::DataSets => Effect::ListDataSets { request: listed(), login: domo.clone() },
            List::Datasets => Effect::ListDatasets { request: listed(), login: dataworld.clone() },
            List::Browse => Effect::Browse { request: listed(), login: dataworld.clone() },
        };
        // The first would wait for an hour.
        sandbox.fault(Fault::once(Route::Any, Does::Delay(Duration::from_secs(3_600))));
        let before = sandbox.requests().len();
        effects.perform(ask());
        while sandbox.requests().len() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        effects.perform(ask());
        // The first request was dropped, which is no failure.
        match list {
            List::DataSets => drop(until(&mut effects, |page: &Page<DataSet>| matches!(page, Page::End)).await),
            List::Datasets => drop(until(&mut effects, |page: &Page<Dataset>| matches!(page, Page::End)).await),
            List::Browse => {
                until(&mut effects, |reply| matches!(reply, BrowseReply::Page(Page::End))).await;
            }
        }
        let ends = async { while effects.tasks.join_next().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(30), ends).await.unwrap_or_else(|_| panic!("{list:?} goes on"));
    }
}

#[tokio::test]
async fn a_title_that_is_taken_is_told_from_other_failures() {
    let (sandbox, home) = (Sandbox::start(Options::default()).await.unwrap(), tempfile::tempdir().unwrap());
    let login: DataWorldLogin =
        Login::Entered { credential: Secret::new(samples::READ_WRITE), address: Some(sandbox.dataworld_url()) };
    let mut effects = effects(home.path(), Vault::session_only(KeyringError::NoBus));
    let new = NewDataset { owner: "analyst".to_owned(), title: "Twice".to_owned(), visibility: Visibility::Private };
    let mut create = async || {
        let effect = Effect::CreateDataset { request: listed(), login: login.clone(), new: new.clone() };
        effects.perform(effect);
        until(&mut effects, |_: &CreateReply| true).await
    };
    assert!(matches!(create().await, CreateReply::Created(key) if key.to_string() == "analyst/twice"));
    assert!(matches!(create().await, CreateReply::Taken(_)));
    sandbox.fault(Fault::once(Route::Any, Does::status(422, "{}")));
    assert!(matches!(create().await, CreateReply::Failed(_)));
}
