//! The instance's own API, with a developer token (Domo, "Product APIs").

use reqwest::header::ACCEPT;
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use serde_json::json;

use super::answers::{DataSetAnswer, DataSetAnswers, QueryAnswer, Schema, Shares, page, text};
use super::public::{endless, read_data_set};
use super::token::unproven_credentials;
use super::{Column, DataSet, DataSetPage, DomoIdentity, Ownership, call};
use crate::export::DataSetId;
use crate::services::http::{Action, ApiError, Http, objects};
use crate::text::secret::Secret;

/// Maximum page size (Domo's R package, `list_ds.R`).
const PAGE: usize = 50;

/// Requested parts (developer portal, "Product APIs", "Get metadata": `part`). Some servers leave out the part with
/// rows and columns, but include both in an answer without any `part`.
const PARTS: &str = "core,permission,status,pdp,rowcolcount,cryo";

#[derive(Debug, Clone)]
pub(super) struct Instance {
    http: Http,
    address: String,
    name: String,
    token: Secret,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct MeAnswer {
    #[serde(deserialize_with = "text")]
    id: Option<String>,
    #[serde(rename = "displayName", deserialize_with = "text")]
    display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    name: Option<String>,
    #[serde(deserialize_with = "text")]
    role: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct Page {
    #[serde(rename = "dataSources")]
    data_sources: DataSetAnswers,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct AccessList {
    list: Shares<AccessEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct AccessEntry {
    #[serde(rename = "type", deserialize_with = "text")]
    kind: Option<String>,
    #[serde(deserialize_with = "text")]
    id: Option<String>,
    #[serde(rename = "accessLevel", deserialize_with = "text")]
    level: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, remote = "Self")]
struct SchemaAnswer {
    schema: Schema,
}

objects!(MeAnswer, Page, AccessList, AccessEntry, SchemaAnswer);

impl Instance {
    pub(super) fn new(http: Http, address: String, name: String, token: Secret) -> Self {
        Self { http, address, name, token }
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn with_http(&self, http: Http) -> Self {
        Self { http, ..self.clone() }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.authorize(self.http.calls().get(format!("{}{path}", self.address)))
    }

    fn authorize(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("X-DOMO-Developer-Token", crate::services::http::sensitive(self.token.expose()))
    }

    async fn me(&self) -> Result<MeAnswer, ApiError> {
        let me: MeAnswer = self.http.json(call(Action::TestToken), || self.get("/api/content/v2/users/me")).await?;
        if me.id.is_some() { Ok(me) } else { Err(unproven_credentials(&self.address, "user id")) }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn test_url(&self) -> String {
        format!("{}/api/content/v2/users/me", self.address)
    }

    pub(super) async fn identity(&self) -> Result<DomoIdentity, ApiError> {
        let me = self.me().await?;
        Ok(DomoIdentity {
            user_id: me.id,
            user_name: me.display_name.or(me.name),
            instance: Some(self.name.clone()),
            role: me.role,
            scopes: Vec::new(),
        })
    }

    pub(super) async fn data_sets(&self, offset: usize) -> Result<DataSetPage, ApiError> {
        let path =
            format!("/api/data/v3/datasources?fields=all&part={PARTS}&orderBy=name&limit={PAGE}&offset={offset}");
        let answer: Page = self.http.json(call(Action::List), || self.get(&path)).await?;
        page(answer.data_sources, offset).ok_or_else(|| endless(&self.address))
    }

    async fn answer(&self, id: &DataSetId, parts: &str) -> Result<DataSetAnswer, ApiError> {
        let path = format!("/api/data/v3/datasources/{id}{parts}");
        self.http.json(call(Action::Read), || self.get(&path)).await
    }

    pub(super) async fn data_set(&self, id: &DataSetId) -> Result<DataSet, ApiError> {
        let answer = match self.answer(id, &format!("?part={PARTS}")).await {
            // A server that does not know a part may refuse them all.
            Err(error) if error.status() == Some(400) => self.answer(id, "").await?,
            answer => {
                let mut answer = answer?;
                if answer.lacks_rows() {
                    match self.answer(id, "").await {
                        Ok(whole) => answer.complete(&whole),
                        // A query may still count them.
                        Err(error) if matches!(error.status(), Some(400 | 403 | 404 | 405)) => {}
                        Err(error) => return Err(error),
                    }
                }
                answer
            }
        };
        read_data_set(answer, &self.address)
    }

    pub(super) async fn schema(&self, id: &DataSetId) -> Result<Vec<Column>, ApiError> {
        let path = format!("/api/data/v2/datasources/{id}/schemas/latest");
        let answer: SchemaAnswer = self.http.json(call(Action::Read), || self.get(&path)).await?;
        Ok(answer.schema.into_columns())
    }

    pub(super) async fn query(&self, id: &DataSetId, action: Action, sql: &str) -> Result<QueryAnswer, ApiError> {
        let url = format!("{}/api/query/v1/execute/{id}", self.address);
        let query = json!({ "sql": sql });
        self.http.json(call(action), || self.authorize(self.http.calls().post(&url).json(&query))).await
    }

    /// Reads the DataSet's access list. A group among the owners proves nothing, since the account may be a member.
    pub(super) async fn ownership(&self, data_set: &DataSet) -> Result<Ownership, ApiError> {
        let identity = self.identity().await?;
        if identity.user_id.is_some() && identity.user_id == data_set.owner_id {
            return Ok(Ownership::Proven);
        }
        let ownership = self.listed(data_set, identity.user_id.as_deref()).await?;
        let sees_all = data_set.full_access.unwrap_or(identity.is_admin());
        Ok(if sees_all && ownership != Ownership::Proven { Ownership::SeesAll } else { ownership })
    }

    async fn listed(&self, data_set: &DataSet, me: Option<&str>) -> Result<Ownership, ApiError> {
        let path = format!("/api/data/v3/datasources/{}/permissions", data_set.id);
        let list: AccessList = match self.http.json(call(Action::Owners), || self.get(&path)).await {
            Ok(list) => list,
            // An account that may not share a DataSet may not read its access list either.
            Err(error) if matches!(error.status(), Some(403 | 404)) => return Ok(Ownership::Unknown),
            Err(error) => return Err(error),
        };
        Ok(verdict(&list, me))
    }

    pub(super) async fn export(&self, id: &DataSetId) -> Result<Response, ApiError> {
        let request = self
            .http
            .bulk()
            .get(format!("{}/api/query/v1/execute/export/{id}", self.address))
            .query(&[("accept", "text/csv"), ("includeHeader", "true"), ("disableFormulaInterpretation", "false")])
            .header(ACCEPT, "text/csv");
        self.http.download(call(Action::Export), self.authorize(request)).await
    }
}

fn verdict(list: &AccessList, me: Option<&str>) -> Ownership {
    let owns = |entry: &&AccessEntry| matches!(entry.level.as_deref(), Some("OWNER" | "CO_OWNER"));
    let is_me = |entry: &AccessEntry| entry.kind.as_deref() == Some("USER") && entry.id.as_deref() == me;
    let mut owners = list.list.0.iter().filter(owns).peekable();
    if me.is_none() || owners.peek().is_none() {
        Ownership::Unknown
    } else if owners.clone().any(is_me) {
        Ownership::Proven
    } else if owners.any(|entry| entry.kind.as_deref() != Some("USER")) {
        Ownership::Unknown
    } else {
        Ownership::Denied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict_of(list: &str) -> Ownership {
        verdict(&serde_json::from_str(list).unwrap(), Some("7"))
    }

    #[test]
    fn the_access_list_proves_denies_or_does_not_tell() {
        let me = r#"{"type":"USER","id":"7","accessLevel":"CO_OWNER"}"#;
        let other = r#"{"type":"USER","id":"8","accessLevel":"OWNER"}"#;
        let reader = r#"{"type":"USER","id":7,"accessLevel":"CAN_SHARE"}"#;
        let group = r#"{"type":"GROUP","id":"9","accessLevel":"OWNER"}"#;
        assert_eq!(verdict_of(&format!(r#"{{"list":[{other},{me}]}}"#)), Ownership::Proven);
        assert_eq!(verdict_of(&format!(r#"{{"list":[{other},{reader}]}}"#)), Ownership::Denied);
        assert_eq!(verdict_of(&format!(r#"{{"list":[{group},{reader}]}}"#)), Ownership::Unknown);
        assert_eq!(verdict_of(r#"{"list":[]}"#), Ownership::Unknown);
    }
}
