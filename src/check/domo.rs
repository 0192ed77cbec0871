//! The steps of a Domo account.

use super::board::{Broken as Why, Chain, Found};
use super::{Plan, Step, Warning, way};
use crate::accounts::Whose;
use crate::domo::{DataSet, Domo, DomoIdentity, Ownership};
use crate::export::Export;
use crate::figures::{bytes, counted};
use crate::http::{Action, ApiError, Broken, Call, next_piece};
use crate::run::{Failure, Refusal};
use crate::service::Service;

pub(super) async fn check(chain: &Chain<'_>, domo: &Domo, plan: &Plan) -> Result<(), Why> {
    way::go(chain, Service::Domo, domo.address(), plan.limits.connect, domo.knock()).await?;
    let token = chain.step(Step::Token, "the credentials were not accepted", async {
        let who = domo.identity().await?;
        let said = whose(&who);
        Ok((who, Found::Done(said)))
    });
    let who = token.await?;
    chain.belongs_to(Whose::from(&who));
    let permission = chain.step(Step::Permission, "the scope data is missing", async {
        match &who.scopes[..] {
            [] => Ok(((), Found::Done("same as its user".to_owned()))),
            scopes if scopes.iter().any(|scope| scope == "data") => {
                Ok(((), Found::Done(format!("scope {}", scopes.join(" ")))))
            }
            scopes => {
                let broken = Broken::NoScope(scopes.to_vec());
                let host = domo.host();
                Err(ApiError { service: Service::Domo, action: Action::Test, host, broken }.into())
            }
        }
    });
    permission.await?;
    chain.skip(Step::End, "Domo does not say when credentials expire");
    match &plan.export {
        Some(export) => of_export(chain, domo, export, plan).await,
        None => Ok(()),
    }
}

async fn of_export(chain: &Chain<'_>, domo: &Domo, export: &Export, plan: &Plan) -> Result<(), Why> {
    let id = &export.input.dataset;
    let read = chain.step(Step::DataSet, "the DataSet could not be read", async {
        let data_set = domo.data_set(id).await?;
        let Some(rows) = data_set.rows else { return Err(Refusal::NoRowCount.into()) };
        let said = format!("{}, {}", data_set.name, counted(rows, "row"));
        Ok((data_set, Found::Done(said)))
    });
    let data_set = read.await?;
    let pdp = data_set.pdp_enabled;
    let owner = chain.step(Step::Owner, "not an owner", async {
        let ownership = domo.ownership(&data_set).await?;
        let said = owner_rule(ownership, &data_set, export)?;
        Ok((ownership, Found::Done(said)))
    });
    let ownership = owner.await;
    let filtered = chain.step(Step::Pdp, "PDP", async {
        Ok(match (pdp, ownership) {
            (false, _) => ((), Found::Done("off".to_owned())),
            (true, Ok(Ownership::Proven)) => ((), Found::Done("on; an owner sees all rows".to_owned())),
            (true, _) => ((), Found::Warned("on".to_owned(), Warning::Pdp)),
        })
    });
    filtered.await?;
    let begun = chain.step(Step::Export, "no export", async {
        let mut response = domo.export(id).await?;
        let call = Call { service: Service::Domo, action: Action::Export };
        // The rest is not asked for: with the answer, its connection goes.
        match next_piece(call, &mut response, plan.limits.stall).await? {
            Some(piece) => Ok(((), Found::Done(format!("its first {} arrived", bytes(piece.len() as u64))))),
            None => {
                let host = crate::http::host(Some(response.url()));
                let broken = Broken::Unreadable("the export is empty, without even a header".to_owned());
                Err(ApiError { service: Service::Domo, action: Action::Export, host, broken }.into())
            }
        }
    });
    begun.await
}

fn whose(who: &DomoIdentity) -> String {
    let instance = who.instance.as_ref().map(|instance| format!("instance {instance}"));
    let said: Vec<String> = [who.user(), instance, who.role.clone()].into_iter().flatten().collect();
    if said.is_empty() { "accepted".to_owned() } else { said.join(", ") }
}

fn owner_rule(ownership: Ownership, data_set: &DataSet, export: &Export) -> Result<String, Failure> {
    match ownership {
        Ownership::Proven => Ok("owner or co-owner".to_owned()),
        Ownership::Denied => Err(Refusal::NotOwner.into()),
        Ownership::SeesAll | Ownership::Unknown if export.input.owner_confirmed => {
            Ok("confirmed in the export".to_owned())
        }
        Ownership::SeesAll | Ownership::Unknown => Err(Refusal::OwnerUnconfirmed { pdp: data_set.pdp_enabled }.into()),
    }
}
