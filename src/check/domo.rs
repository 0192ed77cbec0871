use super::board::{Chain, Found, SkipReason};
use super::{CheckPlan, Step, Warning, connection};
use crate::accounts::CredentialOwner;
use crate::export::{Export, Service};
use crate::history::RowCount;
use crate::services::domo::{DataSetKind, Domo, DomoIdentity, Hiding, Ownership};
use crate::services::http::{Action, Broken, Call, next_piece};
use crate::text::format::{bytes, counted};
use crate::transfer::{Counted, StatedCount, check_exportable, check_owner, count_for};

pub(super) async fn check(chain: &Chain<'_>, domo: &Domo, plan: &CheckPlan) -> Result<(), SkipReason> {
    connection::test(chain, Service::Domo, (domo.http(), domo.address()), plan.limits.connect, domo.probe()).await?;
    let token = chain.step(Step::Token, "the credentials were not accepted", async {
        let identity = domo.identity().await?;
        let finding = owner_name(&identity);
        Ok((identity, Found::Done(finding)))
    });
    let identity = token.await?;
    chain.belongs_to(CredentialOwner::from(&identity));
    let permission = chain.step(Step::Permission, "the scope data is missing", async {
        match &identity.scopes[..] {
            [] => Ok(((), Found::Done("same as its user".to_owned()))),
            scopes if scopes.iter().any(|scope| scope == "data") => {
                Ok(((), Found::Done(format!("scope {}", scopes.join(" ")))))
            }
            scopes => Err(domo.error(Action::Test, Broken::NoScope(scopes.to_vec())).into()),
        }
    });
    permission.await?;
    chain.skip(Step::End, "Domo does not say when credentials expire");
    match &plan.export {
        Some(export) => of_export(chain, domo, export, plan).await,
        None => Ok(()),
    }
}

async fn of_export(chain: &Chain<'_>, domo: &Domo, export: &Export, plan: &CheckPlan) -> Result<(), SkipReason> {
    let id = &export.input.dataset;
    let read = chain.step(Step::DataSet, "the DataSet could not be read", async {
        let data_set = domo.data_set(id).await?;
        check_exportable(&data_set)?;
        let rows = data_set.stated_rows().map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
        let finding = format!("{}{rows}", data_set.name);
        Ok((data_set, Found::Done(finding)))
    });
    let data_set = read.await?;
    // Domo tells a client if PDP is enabled, but not a DataSet's kind.
    let (hiding, says_pdp) = (data_set.hiding(), data_set.kind == DataSetKind::Unsaid);
    let owner = chain.step(Step::Owner, "not an owner", async {
        let ownership = domo.ownership(&data_set).await?;
        check_owner(ownership, &data_set, &export.input)?;
        let finding = match ownership {
            Ownership::Proven => "owner or co-owner",
            Ownership::SeesAll => "sees all rows; confirmed in the export",
            Ownership::Denied | Ownership::Unknown => "confirmed in the export",
        };
        Ok((ownership, Found::Done(finding.to_owned())))
    });
    let ownership = owner.await;
    let filtered = chain.step(Step::Pdp, "PDP", async {
        Ok(match (hiding, &ownership) {
            (Hiding::Nothing, Ok(ownership)) if ownership.sees_all() && !says_pdp => {
                ((), Found::Done("this account sees all rows".to_owned()))
            }
            (Hiding::Nothing, _) if says_pdp => ((), Found::Done("off".to_owned())),
            (Hiding::Nothing, _) => ((), Found::Done("Domo does not say".to_owned())),
            (_, Ok(Ownership::Proven)) => ((), Found::Done("on; an owner sees all rows".to_owned())),
            (_, Ok(Ownership::SeesAll)) => ((), Found::Done("on; this account sees all rows".to_owned())),
            (Hiding::Pdp, _) => ((), Found::Warned("on".to_owned(), Warning::Hiding(hiding))),
            (Hiding::NoFullAccess, _) => ((), Found::Warned("no full access".to_owned(), Warning::Hiding(hiding))),
        })
    });
    filtered.await?;
    let ownership = ownership.unwrap_or(Ownership::Unknown);
    let begun = chain.step(Step::Export, "no export", async {
        let rows = match count_for(domo, data_set, ownership, export, StatedCount::Trusted).await? {
            Counted { rows: Some(rows), by: RowCount::Query, .. } => {
                format!("; a query counts {}", counted(rows, "row"))
            }
            Counted { by: RowCount::NotProven, .. } => "; not proven: Domo gives no row count".to_owned(),
            _ => String::new(),
        };
        let mut response = domo.export(id).await?;
        let call = Call { service: Service::Domo, action: Action::Export };
        // The rest is not read: dropping the response closes its connection.
        match next_piece(call, &mut response, plan.limits.stall).await? {
            Some(piece) => Ok(((), Found::Done(format!("its first {} arrived{rows}", bytes(piece.len() as u64))))),
            None => {
                let broken = Broken::Unreadable("the export is empty, without even a header".to_owned());
                Err(call.error(Some(response.url()), broken).into())
            }
        }
    });
    begun.await
}

fn owner_name(identity: &DomoIdentity) -> String {
    Some(identity.words()).filter(|words| !words.is_empty()).unwrap_or_else(|| "accepted".to_owned())
}
