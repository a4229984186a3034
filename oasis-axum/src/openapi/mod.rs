//! What the routes take and answer, as an OpenAPI 3.1 document.

mod operation;
mod routes;
pub(crate) mod schemas;

use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, PathsBuilder};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder, PathItem};

use crate::auth::COOKIE;
use crate::problem::Document;
use operation::{ADMIN, GOOGLE, INGEST, READ, SESSION};

/// The document of these routes, as (method, path).
pub(crate) fn document<'a>(routes: impl IntoIterator<Item = (&'a str, &'a str)>) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut schemas = Vec::new();
    Document::schemas(&mut schemas);
    let mut components =
        ComponentsBuilder::new().schema_from::<Document<'_>>().schemas_from_iter(schemas);
    for (method, path) in routes {
        let Some(described) = routes::describe(method, path) else { continue };
        let (operation, schemas) = described.build();
        components = components.schemas_from_iter(schemas);
        let method = match method {
            "POST" => HttpMethod::Post,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        paths = paths.path(path, PathItem::new(method, operation));
    }
    let mut info = Info::new("OASIS", env!("CARGO_PKG_VERSION"));
    info.description = Some("Webhooks in, one ledger, query and live feed out.".to_owned());
    for (name, whose) in [
        (READ, "A read token; where none is set, everybody may read."),
        (INGEST, "An ingest token; where none is set, nobody may ingest."),
        (ADMIN, "An admin token; where none is set, a read token."),
        (GOOGLE, "A token that Google signed for the configured service account."),
    ] {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(whose));
        components = components.security_scheme(name, SecurityScheme::Http(bearer.build()));
    }
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
        COOKIE,
        "What `POST /console/session` gives for a read token.",
    ));
    components = components.security_scheme(SESSION, SecurityScheme::ApiKey(cookie));
    OpenApiBuilder::new()
        .info(info)
        .paths(paths.build())
        .components(Some(components.build()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AGENT_ROUTES, ROUTES};

    /// Every table of routes that this crate has.
    fn tables() -> Vec<(&'static str, &'static str)> {
        let mut routes = [ROUTES, AGENT_ROUTES].concat();
        #[cfg(feature = "gcp")]
        routes.extend(crate::GCP_ROUTES);
        routes
    }

    #[test]
    fn every_listed_route_is_described_once() {
        let document = serde_json::to_value(document(tables())).unwrap();
        let mut described = Vec::new();
        let mut ids = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                described.push((method.to_uppercase(), path.clone()));
                ids.push(operation["operationId"].as_str().unwrap().to_owned());
            }
        }
        let mut listed: Vec<_> =
            tables().iter().map(|(m, p)| (String::from(*m), String::from(*p))).collect();
        described.sort();
        listed.sort();
        assert_eq!(described, listed);
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "an operation's id stands twice: {ids:?}");
    }

    #[test]
    fn every_served_route_is_listed() {
        let source = include_str!("../state.rs");
        let calls = source.split(".route(").skip(1);
        let served =
            calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
        let served: Vec<_> = served.collect();
        assert!(served.len() > 15, "{served:?}");
        let mut listed = [ROUTES, AGENT_ROUTES].concat();
        listed.push(("POST", "/webhooks/gcp"));
        // Leads to the one without the slash.
        for path in served.into_iter().filter(|path| *path != "/console/") {
            assert!(listed.iter().any(|(_, known)| *known == path), "{path} is in no table");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(document(tables())).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let text = document.to_string();
        let references = text.split("\"$ref\":\"#").skip(1);
        let references: Vec<_> = references.filter_map(|rest| rest.split('"').next()).collect();
        assert!(references.len() > 20);
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }
}
