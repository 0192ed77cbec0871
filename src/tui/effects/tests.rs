//! Effects, done against the sandbox.

use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::sandbox::{Effect as Does, Fault, Options, Route, Sandbox, samples};
use crate::services::domo::DomoCredential;
use crate::text::secret::Secret;
use crate::tui::state::{DataWorldLogin, DomoLogin, Login, Page, Requests};

fn effects(home: &std::path::Path) -> Effects {
    Effects::new(Tools {
        addresses: Addresses::new(&Config::default(), &Environment::default()).unwrap(),
        limits: Limits::default(),
        network: Network::default(),
        environment: Environment::default(),
        accounts: home.join("accounts.toml"),
        exports: home.join("exports"),
        state: home.to_owned(),
        spool_folder: home.to_owned(),
        vault: Some(Vault::session_only("This is a test.")),
    })
}

fn is_end(message: &Msg) -> bool {
    let Msg::Reply(_, reply) = message else { return false };
    matches!(**reply, Reply::DataSets(Page::End) | Reply::Datasets(Page::End) | Reply::Listed(Page::End))
}

#[tokio::test]
async fn a_list_that_is_asked_for_anew_ends_the_one_before() {
    let (sandbox, home) = (Sandbox::start(Options::default()).await.unwrap(), tempfile::tempdir().unwrap());
    let client =
        DomoCredential::Client { id: samples::CLIENT_ID.to_owned(), secret: Secret::new(samples::CLIENT_SECRET) };
    let domo: DomoLogin = Login::Entered { credential: client, address: Some(sandbox.domo_url()) };
    let dataworld: DataWorldLogin =
        Login::Entered { credential: Secret::new(samples::READ_WRITE), address: Some(sandbox.dataworld_url()) };
    let mut requests = Requests::new(1);
    for list in [List::DataSets, List::Datasets, List::Browse] {
        let mut effects = effects(home.path());
        let mut ask = || {
            let request = requests.next();
            match list {
                List::DataSets => Effect::ListDataSets { request, login: domo.clone() },
                List::Datasets => Effect::ListDatasets { request, login: dataworld.clone() },
                List::Browse => Effect::Browse { request, login: dataworld.clone() },
            }
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
        while !is_end(&effects.next(false).await.unwrap()) {}
        let ends = async { while effects.tasks.join_next().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(30), ends).await.unwrap_or_else(|_| panic!("{list:?} goes on"));
    }
}
