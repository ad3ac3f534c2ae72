//! The entries of the catalogue, and the macro that makes a kind of problem of each.

use http::StatusCode;

/// The constant facts about one kind of problem.
#[derive(Debug)]
pub struct Entry {
    /// Last segment of the `type`.
    pub slug: &'static str,
    /// Status of the response.
    pub status: StatusCode,
    /// Short name; the same in every response.
    pub title: &'static str,
    /// Why the request failed.
    pub cause: &'static str,
    /// The caller's next step.
    pub resolution: &'static str,
    /// Members besides `type`, `title`, `status` and `detail`.
    pub members: &'static [Member],
    /// Which requests can fail with it.
    pub source: Source,
}

/// An extension member of a problem, for programs.
#[derive(Debug)]
pub struct Member {
    /// Name of the member.
    pub name: &'static str,
    /// Type of its value.
    pub shape: Shape,
    /// Whether every response of this kind has it.
    pub required: bool,
    /// Meaning of the value.
    pub description: &'static str,
}

/// Type of a member's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A number: of units, of a version, or an amount in minor units.
    Count,
    /// A time in RFC 3339 format.
    Instant,
    /// A UUID.
    Id,
    /// Text.
    Text,
    /// A list of edits: `by`, `at`, `reason`, `revision`, and `fields` with `name`, `before` and `after`.
    Edits,
    /// A list of fields of the body: `name`, its path, and `problem`, what is wrong with it.
    Fields,
}

/// Which requests can fail with a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The API calls that list it in the OpenAPI document.
    Calls,
    /// Any request, before it reaches a call.
    AnyRequest,
    /// The storefront's forms.
    Storefront,
}

/// Describes a member that every response of its kind has.
pub(super) const fn member(name: &'static str, shape: Shape, description: &'static str) -> Member {
    Member { name, shape, required: true, description }
}

/// Describes a member that only some responses of its kind have.
pub(super) const fn optional(name: &'static str, shape: Shape, description: &'static str) -> Member {
    Member { name, shape, required: false, description }
}

/// Returns the source of an entry: the calls, unless it names another.
macro_rules! source {
    () => {
        Source::Calls
    };
    ($source:ident) => {
        Source::$source
    };
}

/// Defines [`Kind`](super::Kind) from the list of entries.
macro_rules! catalogue {
    ($($status:ident $kind:ident $slug:literal $title:literal {
        cause: $cause:literal,
        resolution: $resolution:literal,
        $(members: [$($member:expr),* $(,)?],)?
        $(source: $source:ident,)?
    })*) => {
        /// A kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $title] $kind,)*
        }

        impl Kind {
            /// All kinds, ordered by status.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Returns the catalogue's entry.
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$kind => {
                        const ENTRY: Entry = Entry {
                            slug: $slug,
                            status: StatusCode::$status,
                            title: $title,
                            cause: $cause,
                            resolution: $resolution,
                            members: &[$($($member),*)?],
                            source: source!($($source)?),
                        };
                        &ENTRY
                    })*
                }
            }
        }
    };
}

pub(super) use catalogue;
pub(super) use source;
