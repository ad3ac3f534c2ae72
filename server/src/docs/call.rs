//! One call of the API as the document shows it: what it asks for, what it answers, and every problem it may answer with.

use super::{
    common::{self, Header, Parameter, Security},
    problems,
};
use crate::problem::Kind;
use http::StatusCode;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{
    ToSchema,
    openapi::{
        ArrayBuilder, Content, ContentBuilder, Ref, RefOr, Required, Response, Schema, SecurityRequirement,
        example::ExampleBuilder,
        link::LinkBuilder,
        path::{Operation, Parameter as ParameterObject},
        request_body::RequestBodyBuilder,
    },
};

/// A call.
pub struct Call {
    operation: Operation,
    answers: BTreeMap<u16, Response>,
    problems: BTreeSet<Kind>,
    schemas: Schemas,
}

/// Schemas by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// A value that shows what is sent, with a name for programs and a few words for people.
pub struct Sample {
    pub name: &'static str,
    pub says: &'static str,
    pub value: Value,
}

impl Call {
    /// A call that anybody may make.
    pub fn new(id: &str, tag: &str, summary: &str, description: &str) -> Self {
        let mut operation = Operation::new();
        operation.operation_id = Some(id.to_owned());
        operation.tags = Some(vec![tag.to_owned()]);
        operation.summary = Some(summary.to_owned());
        operation.description = Some(description.to_owned());
        operation.security = Some(Vec::new());
        let call = Self { operation, answers: BTreeMap::new(), problems: BTreeSet::new(), schemas: Vec::new() };
        call.takes(Parameter::RequestId).refuses(common::ALWAYS)
    }

    /// Needs a token.
    pub fn of_client(self) -> Self {
        self.secured(&[Security::OAuth2, Security::Bearer]).refuses(common::OF_CLIENTS)
    }

    /// Needs one of these.
    pub fn secured(mut self, by: &[Security]) -> Self {
        self.operation.security = Some(by.iter().map(|scheme| scheme.requirement()).collect());
        self
    }

    /// Needs none of them, if what they would say is said otherwise.
    pub fn or_unsecured(mut self) -> Self {
        self.operation.security.get_or_insert_default().push(SecurityRequirement::default());
        self
    }

    /// May be repeated under a key, which gets the first one's answer.
    pub fn keyed(self) -> Self {
        self.takes(Parameter::IdempotencyKey).refuses(common::OF_KEYS)
    }

    /// Takes a parameter.
    pub fn takes(mut self, parameter: Parameter) -> Self {
        self.operation.parameters.get_or_insert_default().push(RefOr::Ref(parameter.reference()));
        self
    }

    /// Answers a page at a time.
    pub fn paged(self) -> Self {
        self.takes(Parameter::Limit).takes(Parameter::Cursor).refuses(&[Kind::BadQuery])
    }

    /// May answer with these problems.
    pub fn refuses(mut self, kinds: &[Kind]) -> Self {
        self.problems.extend(kinds);
        self
    }

    /// Is never turned away for asking too often.
    pub fn unlimited(mut self) -> Self {
        self.problems.remove(&Kind::TooManyRequests);
        self
    }

    /// Takes a body of JSON.
    pub fn json<T: ToSchema>(self, samples: Vec<Sample>) -> Self {
        self.body::<T>("application/json", samples).refuses(common::OF_JSON)
    }

    /// Takes no body, or one that says nothing.
    pub fn bodiless(self) -> Self {
        self.refuses(common::OF_BODIES).refuses(common::OF_JSON)
    }

    /// Takes a body of this type.
    pub fn body<T: ToSchema>(mut self, media_type: &str, samples: Vec<Sample>) -> Self {
        let content = content(self.schema::<T>(), samples);
        let body = RequestBodyBuilder::new().required(Some(Required::True)).content(media_type, content).build();
        self.operation.request_body = Some(body.into());
        self.refuses(common::OF_BODIES)
    }

    /// Answers with JSON.
    pub fn answers<T: ToSchema>(mut self, status: StatusCode, says: &str, samples: Vec<Sample>) -> Self {
        let content = content(self.schema::<T>(), samples);
        self.answers_with(status, says, "application/json", content)
    }

    /// Answers with a list, in JSON.
    pub fn answers_list<T: ToSchema>(mut self, status: StatusCode, says: &str, samples: Vec<Sample>) -> Self {
        let list = ArrayBuilder::new().items(self.schema::<T>()).build();
        self.answers_with(status, says, "application/json", content(list.into(), samples))
    }

    /// Answers with content of this type.
    pub fn answers_with(mut self, status: StatusCode, says: &str, media_type: &str, content: Content) -> Self {
        self.answer(status, says).content.insert(media_type.to_owned(), content.into());
        self
    }

    /// Answers with a status, which says it all.
    pub fn answers_empty(mut self, status: StatusCode, says: &str) -> Self {
        self.answer(status, says);
        self
    }

    /// Sends these with the answer of that status.
    pub fn with(mut self, status: StatusCode, headers: &[Header]) -> Self {
        let answer = self.answers.entry(status.as_u16()).or_insert_with(|| Response::new(""));
        for header in headers {
            answer.headers.insert(header.name().to_owned(), RefOr::Ref(header.reference()));
        }
        self
    }

    /// The answer of that status leads to another call: its `member` is that one's `place` in the path.
    pub fn leads_to(self, status: StatusCode, id: &str, place: &str, member: &str) -> Self {
        let link = LinkBuilder::new().operation_id(id).parameter(place, format!("$response.body#/{member}"));
        self.linked(status, id, link)
    }

    /// The answer of that status leads to another call, whose body is made of it.
    pub fn leads_to_body(self, status: StatusCode, id: &str, body: Value) -> Self {
        self.linked(status, id, LinkBuilder::new().operation_id(id).request_body(Some(body)))
    }

    /// The document has this schema because something of this call names it.
    pub fn knows<T: ToSchema>(mut self) -> Self {
        self.schema::<T>();
        self
    }

    /// Its name in the document.
    pub fn id(&self) -> &str {
        self.operation.operation_id.as_deref().unwrap_or_default()
    }

    /// The problems it may answer with.
    pub fn problems(&self) -> &BTreeSet<Kind> {
        &self.problems
    }

    /// The operation at `path`, and the schemas that it names.
    pub fn finish(mut self, path: &str) -> (Operation, Schemas) {
        let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let in_path = names.map(common::path_parameter).map(RefOr::<ParameterObject>::from);
        self.operation.parameters.get_or_insert_default().splice(0..0, in_path);
        let responses = &mut self.operation.responses.responses;
        for (status, kinds) in problems::by_status(&self.problems) {
            if let Some(answer) = self.answers.get_mut(&status) {
                // Some other kind of answer has that status too.
                answer.content.extend(problems::response(&kinds).content);
            } else {
                let named = Ref::from_response_name(problems::name(&kinds));
                responses.insert(status.to_string(), named.into());
            }
        }
        for (status, mut answer) in self.answers {
            answer.headers.insert(Header::RequestId.name().to_owned(), RefOr::Ref(Header::RequestId.reference()));
            responses.insert(status.to_string(), answer.into());
        }
        (self.operation, self.schemas)
    }

    /// Names a type's schema, which the document then has.
    fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        Ref::from_schema_name(T::name()).into()
    }

    fn answer(&mut self, status: StatusCode, says: &str) -> &mut Response {
        let answer = self.answers.entry(status.as_u16()).or_insert_with(|| Response::new(""));
        says.clone_into(&mut answer.description);
        answer
    }

    fn linked(mut self, status: StatusCode, id: &str, link: LinkBuilder) -> Self {
        let answer = self.answers.entry(status.as_u16()).or_insert_with(|| Response::new(""));
        answer.links.insert(id.to_owned(), link.build().into());
        self
    }
}

/// Content of that schema, with samples.
pub fn content(schema: RefOr<Schema>, samples: Vec<Sample>) -> Content {
    let samples = samples.into_iter();
    let examples = samples.map(|s| (s.name, ExampleBuilder::new().summary(s.says).value(Some(s.value)).build()));
    ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build()
}

/// The one sample there is to show.
pub fn sample(value: impl serde::Serialize) -> Vec<Sample> {
    vec![Sample { name: "example", says: "", value: json!(value) }]
}
