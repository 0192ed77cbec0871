//! The ids, owners and credentials of the sample data.
//!
//! No token here opens anything else: the signatures are text that says so.

/// "Daily Sales by Region", the first DataSet of the list: 240,000 rows, owned by the analyst.
pub const DAILY_SALES: &str = "845305d8-da3d-4107-a9d6-13ef3f86d4a4";
/// Personalized Data Permissions apply, and the analyst does not own it: the export has fewer rows than stated.
pub const PDP: &str = "72fd109a-4051-474a-bba2-261b5f1e1db5";
/// Owned by somebody else, without PDP: the export is whole.
pub const NOT_OWNED: &str = "3f8fdb38-86ac-4fd1-88e5-0f340a4c1a86";
/// Owned by somebody else; the permissions list names the analyst as co-owner.
pub const NOT_OWNED_CO_OWNED: &str = "3dccbc02-27fa-46b4-a2ba-cd4032a9c7f9";
/// Deleted: metadata answers 200 with `"deleted": true`.
pub const DELETED: &str = "87b87e13-d18c-4acb-9f6f-039a3bdd917b";
/// Cells with quotes, commas, line ends, emoji, `\N` (bare and quoted) and text that a spreadsheet would run.
pub const QUOTED: &str = "1d0b0e1e-408e-4ba7-aaa3-9e2083696a1b";
/// Many lines start with `#`, which data.world reads as comments.
pub const HASH_ROWS: &str = "1d08c457-0bc8-4209-a147-09a7129f5f03";
/// Has columns and no rows.
pub const EMPTY: &str = "7bc133dd-f217-4c49-ae2a-5433e8dfab1b";
/// Has a single column, so a null is an empty line.
pub const SINGLE_COLUMN: &str = "31858a5c-c663-4c4d-97b8-0563411a1f94";
/// Metadata is refused (400, "Access is denied"), the export is not.
pub const NO_METADATA: &str = "59f5df7c-2336-4791-8688-ebd9b903f6ff";
/// A federated DataSet: Domo states 0 rows, and a query counts 1,500.
pub const FEDERATED: &str = "b1b6e9a4-6f0e-4f27-9a51-7d1f0a0c9e11";
/// A View on a federated DataSet: Domo states forever the 800 rows that it had on the day it was made; it has 950.
pub const STALE_VIEW: &str = "0f3c5a27-2c2b-4d0e-8f6c-5a3f9d1b7e22";
/// A DataSet of a Cloud Integration: Domo states -1 rows.
pub const CLOUD: &str = "5e7d2f10-93c4-4b8a-b0de-1c6a8f4e3d33";
/// Domo states no number of rows (`null`), and answers no query about it.
pub const NO_COUNT: &str = "9c4b8e63-1d7a-4c95-8e2f-6b0d5a7c4f44";
/// Archived: its metadata can be read, its rows cannot until somebody presses *Start* on its page.
pub const ARCHIVED: &str = "d2a90c5b-7e61-4f3d-9b84-0e5c7f1a6b55";
/// A DataFusion, which cannot be exported.
pub const DATA_FUSION: &str = "e8f1b374-5a2c-4d96-a7c0-3f9e6d2b8a66";
/// Cells that a spreadsheet would run come with a `'` in front, whatever an export asks for: the company's setting.
pub const ESCAPED: &str = "4a6d9f02-8b1e-4c57-93da-7c2e0f5b1d77";
/// "Big", which exists only with [`Options::rows`](super::Options).
pub const BIG: &str = "45f7c1c7-d54a-43fc-9c4e-2cc88460ab90";

/// The Domo instance, also the `customer` of an access token.
pub const INSTANCE: &str = "acme";
pub const USER_ID: u64 = 964_382_593;
pub const CLIENT_ID: &str = "b0876cee-327b-4c5b-8948-389b0b805d5a";
pub const CLIENT_SECRET: &str = "5a4dbca0c51d0e5a4dbca0c51d0e5a4dbca0c51d0e5a4dbca0c51d0e5a4dbca0";
pub const DEVELOPER_TOKEN: &str = "DDCIsandboxdevelopertokenofanalystdf3a5b1c4d2e";
/// A developer token of an Admin, who owns none of the DataSets and sees all rows of each.
pub const ADMIN_DEVELOPER_TOKEN: &str = "DDCIsandboxdevelopertokenofadmin5c0f7d2a9e4b1f63";
/// A developer token of somebody who owns none of the DataSets.
pub const NON_OWNER_DEVELOPER_TOKEN: &str = "DDCIsandboxdevelopertokenofvisitor8b6e0f1a9c7d";

pub const USER: &str = "analyst";
/// The analyst may write to its datasets.
pub const ORGANIZATION: &str = "acme-analytics";
/// The analyst may only read most of its datasets.
pub const FINANCE: &str = "acme-finance";
/// A dataset of [`ORGANIZATION`] that the analyst may write to; it has several files.
pub const SALES_MART: &str = "sales-mart";
/// A dataset of [`FINANCE`] that the analyst may only read.
pub const CLOSED_BOOKS: &str = "closed-books";
/// A dataset of [`USER`] with odd files: a `/` in a name, a missing size, a source.
pub const LEGACY_ARCHIVE: &str = "legacy-archive";
/// A project of `USER`.
pub const PROJECT: &str = "q4-forecast";

pub const READ_WRITE: &str = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kLXVzZXItY2xpZW50OmFuYWx5c3QiLCJpc3MiOiJhZ2VudDphbmFseXN0OjowYzZiMWE1Mi03ZDFlLTRmMGUtOWY0My0yYjhmMGY2ZjdhMTEiLCJpYXQiOjE3OTAwMDAwMDAsInJvbGUiOlsidXNlcl9hcGlfcmVhZCIsInVzZXJfYXBpX3dyaXRlIl0sImdlbmVyYWwtcHVycG9zZSI6dHJ1ZX0.bm90IGEgcmVhbCBzaWduYXR1cmU6IHRoaXMgdG9rZW4gb3BlbnMgbm90aGluZyBidXQgdGhlIHNhbmRib3guLg";
pub const READ_ONLY: &str = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kLXVzZXItY2xpZW50OmFuYWx5c3QiLCJpc3MiOiJhZ2VudDphbmFseXN0Ojo1ZDFmOWIzNi0zYzJhLTRhOGItOGE3Ny02ZjBmMWM5ZDJlMjIiLCJpYXQiOjE3OTAwMDAwMDAsInJvbGUiOlsidXNlcl9hcGlfcmVhZCJdLCJnZW5lcmFsLXB1cnBvc2UiOnRydWV9.bm90IGEgcmVhbCBzaWduYXR1cmU6IHRoaXMgdG9rZW4gb3BlbnMgbm90aGluZyBidXQgdGhlIHNhbmRib3guLg";
/// A data.world token that may also delete datasets.
pub const ADMIN: &str = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kLXVzZXItY2xpZW50OmFuYWx5c3QiLCJpc3MiOiJhZ2VudDphbmFseXN0OjplMmQ4ZjRhNi0xYzliLTRlNTctYTNkMC03YjZjNWE0ZjNlNDQiLCJpYXQiOjE3OTAwMDAwMDAsInJvbGUiOlsidXNlcl9hcGlfcmVhZCIsInVzZXJfYXBpX3dyaXRlIiwidXNlcl9hcGlfYWRtaW4iXSwiZ2VuZXJhbC1wdXJwb3NlIjp0cnVlfQ.bm90IGEgcmVhbCBzaWduYXR1cmU6IHRoaXMgdG9rZW4gb3BlbnMgbm90aGluZyBidXQgdGhlIHNhbmRib3guLg";
/// A data.world token whose `exp` has passed.
pub const EXPIRED: &str = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJwcm9kLXVzZXItY2xpZW50OmFuYWx5c3QiLCJpc3MiOiJhZ2VudDphbmFseXN0Ojo5YTdlNGMxOC0wYjVkLTRjMzktYjFlNi1kNGEyZjNiOGM2MzMiLCJpYXQiOjE3OTAwMDAwMDAsInJvbGUiOlsidXNlcl9hcGlfcmVhZCIsInVzZXJfYXBpX3dyaXRlIl0sImdlbmVyYWwtcHVycG9zZSI6dHJ1ZSwiZXhwIjoxNzAwMDAwMDAwfQ.bm90IGEgcmVhbCBzaWduYXR1cmU6IHRoaXMgdG9rZW4gb3BlbnMgbm90aGluZyBidXQgdGhlIHNhbmRib3guLg";

/// The variables that hand a credential to a client, and its purpose.
pub type Credential = (&'static str, &'static [(&'static str, &'static str)]);

/// The first two are those of [`Sandbox::environment`](super::Sandbox::environment).
pub const CREDENTIALS: [Credential; 8] = [
    ("data.world, read and write", &[("DW_AUTH_TOKEN", READ_WRITE)]),
    (
        "Domo, a client of somebody who owns most DataSets",
        &[("DOMO_CLIENT_ID", CLIENT_ID), ("DOMO_CLIENT_SECRET", CLIENT_SECRET)],
    ),
    ("data.world, read only: an upload is refused", &[("DW_AUTH_TOKEN", READ_ONLY)]),
    ("data.world, read, write and manage: deletes datasets too", &[("DW_AUTH_TOKEN", ADMIN)]),
    ("data.world, expired: everything is refused", &[("DW_AUTH_TOKEN", EXPIRED)]),
    (
        "Domo, an access token of the same person",
        &[("DOMO_INSTANCE", INSTANCE), ("DOMO_DEVELOPER_TOKEN", DEVELOPER_TOKEN)],
    ),
    (
        "Domo, an access token of an Admin, who owns no DataSet and sees all rows",
        &[("DOMO_INSTANCE", INSTANCE), ("DOMO_DEVELOPER_TOKEN", ADMIN_DEVELOPER_TOKEN)],
    ),
    (
        "Domo, an access token of somebody who owns no DataSet",
        &[("DOMO_INSTANCE", INSTANCE), ("DOMO_DEVELOPER_TOKEN", NON_OWNER_DEVELOPER_TOKEN)],
    ),
];
