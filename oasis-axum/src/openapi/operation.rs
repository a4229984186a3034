//! What is said of one route.

use utoipa::openapi::header::Header;
use utoipa::openapi::path::{
    Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::Document;

pub(super) const READ: &str = "read";
pub(super) const INGEST: &str = "ingest";
pub(super) const ADMIN: &str = "administer";
pub(super) const GOOGLE: &str = "google";
pub(super) const SESSION: &str = "session";

/// Schemas with their names.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// A route's operation while it is put together.
pub(super) struct Described {
    operation: OperationBuilder,
    schemas: Schemas,
}

/// A text that matches a pattern.
pub(super) fn text(pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))
}

/// Some whole number.
pub(super) fn number(minimum: u32, maximum: u32) -> ObjectBuilder {
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    number.minimum(Some(minimum)).maximum(Some(maximum))
}

/// One of these words.
pub(super) fn word(words: &[&str]) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().copied()))
}

impl Described {
    pub(super) fn new(id: &str, summary: &str) -> Self {
        let operation = OperationBuilder::new().operation_id(Some(id)).summary(Some(summary));
        Self { operation, schemas: Vec::new() }
    }

    pub(super) fn build(self) -> (Operation, Schemas) {
        (self.operation.build(), self.schemas)
    }

    /// Any one of these rights is needed.
    pub(super) fn needs(mut self, rights: &[&str]) -> Self {
        let none: [&str; 0] = [];
        for right in rights {
            self.operation = self.operation.security(SecurityRequirement::new(*right, none));
        }
        self.problem(401, "Who asks has no right to this.")
    }

    pub(super) fn parameter(
        mut self,
        place: ParameterIn,
        name: &str,
        schema: ObjectBuilder,
    ) -> Self {
        let required = if place == ParameterIn::Path { Required::True } else { Required::False };
        self.operation = self.operation.parameter(parameter(place, name, required, schema));
        self
    }

    pub(super) fn query(self, name: &str, schema: ObjectBuilder) -> Self {
        self.parameter(ParameterIn::Query, name, schema)
    }

    pub(super) fn needed_header(mut self, name: &str, schema: ObjectBuilder) -> Self {
        let parameter = parameter(ParameterIn::Header, name, Required::True, schema);
        self.operation = self.operation.parameter(parameter);
        self
    }

    /// Takes a body of one of these types.
    pub(super) fn body(
        mut self,
        contents: impl IntoIterator<Item = (&'static str, Content)>,
    ) -> Self {
        let body = RequestBodyBuilder::new().required(Some(Required::True));
        let body =
            contents.into_iter().fold(body, |body, (kind, content)| body.content(kind, content));
        self.operation = self.operation.request_body(Some(body.build()));
        self.problem(413, "The body is too large.")
            .problem(415, "The body is of a type or a packing that is not taken.")
    }

    /// Takes a body of JSON like this.
    pub(super) fn json_body<T: ToSchema>(mut self) -> Self {
        let content = Content::new(Some(self.reference::<T>()));
        self.body([("application/json", content)])
    }

    /// The schema of this type by its name.
    pub(super) fn reference<T: ToSchema>(&mut self) -> Ref {
        T::schemas(&mut self.schemas);
        let name = T::name().into_owned();
        self.schemas.push((name.clone(), <T as PartialSchema>::schema()));
        Ref::from_schema_name(name)
    }

    /// Answers 200 with JSON like this.
    pub(super) fn json<T: ToSchema>(mut self, description: &str) -> Self {
        let content = Content::new(Some(self.reference::<T>()));
        self.answers(
            200,
            ResponseBuilder::new().description(description).content("application/json", content),
        )
    }

    /// It waits in the spool: the same answer without a place in the ledger.
    pub(super) fn spooled(self, content: Content) -> Self {
        let waits = "The ledger is away: it waits in the spool, durably, and has no position yet.";
        let response = ResponseBuilder::new().description(waits);
        self.answers(202, response.content("application/json", content))
    }

    pub(super) fn answers(mut self, status: u16, response: ResponseBuilder) -> Self {
        self.operation = self.operation.response(status.to_string(), response.build());
        self
    }

    pub(super) fn problem(self, status: u16, description: &str) -> Self {
        let content = Content::new(Some(Ref::from_schema_name(Document::name())));
        let response = ResponseBuilder::new().description(description);
        let mut response = response.content("application/problem+json", content);
        if matches!(status, 429 | 503) {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
            response = response.header("Retry-After", Header::new(seconds.build()));
        }
        self.answers(status, response)
    }

    pub(super) fn malformed(self) -> Self {
        self.problem(400, "A header, a parameter or the body is not what it must be.")
    }

    /// May be away for a while.
    pub(super) fn away(self) -> Self {
        self.problem(503, "The ledger is away, or there is too much to do just now.")
    }

    /// Is counted by the gateway's limit of requests.
    pub(super) fn limited(self) -> Self {
        self.problem(429, "This client asks more often than it may.")
    }
}

fn parameter(
    place: ParameterIn,
    name: &str,
    required: Required,
    schema: ObjectBuilder,
) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(place).required(required);
    parameter.schema(Some(schema.build())).build()
}
