//! Reads the address of a list: its filter, its order and its page. Each field is read and declared in one call, so that the
//! form always shows what the list is filtered by. A value that cannot be read gets a message beside its field, and the list
//! is then answered with 422 and without rows.

use super::Fields;
use app::admin::list::{Column, FilterField, FilterForm, FilterKind, SortLink};
use checkout::model::Timestamp;
use http::{StatusCode, Uri};
use std::{fmt::Display, str::FromStr, time::Duration};

/// Maximum number of characters of a filter's text.
const MAX_TEXT: usize = 300;
/// The name of the order in an address.
const SORT: &str = "sort";
/// The name of the cursor in an address.
const CURSOR: &str = "after";

/// The order of a list's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub key: &'static str,
    /// Whether the greatest comes first.
    pub is_descending: bool,
}

impl Sort {
    /// The least comes first.
    pub const fn ascending(key: &'static str) -> Self {
        Self { key, is_descending: false }
    }

    /// The greatest comes first.
    pub const fn descending(key: &'static str) -> Self {
        Self { key, is_descending: true }
    }

    fn reversed(self) -> Self {
        Self { is_descending: !self.is_descending, ..self }
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.is_descending { "-" } else { "" }, self.key)
    }
}

/// The address of a list, as far as it has been read.
pub struct ListQuery {
    path: &'static str,
    given: Fields,
    fields: Vec<FilterField>,
    /// The order, unless it is the default.
    sort: Option<Sort>,
    default_sort: Option<Sort>,
    has_cursor: bool,
    error: Option<String>,
}

impl ListQuery {
    /// Starts to read the address of the list at `path`.
    pub fn new(uri: &Uri, path: &'static str) -> Self {
        let given = Fields::parse(uri.query().unwrap_or_default().as_bytes());
        Self { path, given, fields: Vec::new(), sort: None, default_sort: None, has_cursor: false, error: None }
    }

    /// Returns a value: trimmed, bounded, without NUL characters, which no text on PostgreSQL has. `None` if it is empty.
    fn value(&self, name: &str) -> Option<String> {
        let text = self.given.get(name).trim().replace('\0', "\u{fffd}");
        let text: String = text.chars().take(MAX_TEXT).collect();
        (!text.is_empty()).then_some(text)
    }

    fn declare(&mut self, name: &'static str, label: &'static str, kind: FilterKind, error: Option<String>) {
        let value = self.value(name).unwrap_or_default();
        self.fields.push(FilterField { name, label, kind, value, error });
    }

    /// Reads the text to search for. `searched` says what can be searched.
    pub fn search(&mut self, label: &'static str, searched: &'static str) -> Option<String> {
        self.declare("q", label, FilterKind::Search(searched), None);
        self.value("q")
    }

    /// Reads a text.
    pub fn text(&mut self, name: &'static str, label: &'static str) -> Option<String> {
        self.declare(name, label, FilterKind::Text, None);
        self.value(name)
    }

    /// Reads one of several values: value and label.
    pub fn choice<T>(
        &mut self,
        name: &'static str,
        label: &'static str,
        options: impl IntoIterator<Item = (String, String)>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let options: Vec<_> = options.into_iter().collect();
        let given = self.value(name);
        let is_known = given.as_ref().is_none_or(|given| options.iter().any(|(value, _)| value == given));
        let kind = FilterKind::Choice(options);
        self.read(name, label, kind, "Choose one of these.", |text| if is_known { parse(text) } else { None })
    }

    /// Reads a value that links beside the form set, such as a tab.
    pub fn kept<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let given = self.value(name)?;
        let parsed = parse(&given);
        match parsed {
            Some(_) => self.declare(name, "", FilterKind::Kept, None),
            None => self.error = Some("The console has no such list. Begin at the navigation.".to_owned()),
        }
        parsed
    }

    /// Reads the first day.
    pub fn since(&mut self) -> Option<Timestamp> {
        self.day("since", "From")
    }

    /// Reads the last day. Returns its end.
    pub fn until(&mut self) -> Option<Timestamp> {
        self.day("until", "To").map(|day| day + Duration::from_hours(24))
    }

    fn day(&mut self, name: &'static str, label: &'static str) -> Option<Timestamp> {
        self.read(name, label, FilterKind::Day, "Enter a day from 1970 on, such as 2026-11-27.", parse_day)
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        label: &'static str,
        kind: FilterKind,
        wrong: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let given = self.value(name);
        let parsed = given.as_deref().and_then(parse);
        let error = (given.is_some() && parsed.is_none()).then(|| wrong.to_owned());
        self.declare(name, label, kind, error);
        parsed
    }

    /// Reads the cursor: the page begins after this row.
    pub fn cursor<T: FromStr>(&mut self) -> Option<T> {
        let given = self.value(CURSOR)?;
        self.has_cursor = true;
        let cursor = given.parse().ok();
        if cursor.is_none() {
            self.error = Some("The address of this page is incomplete. Begin at the first page.".to_owned());
        }
        cursor
    }

    /// Reads the order. An unknown column counts as the default.
    pub fn sort(&mut self, keys: &[&'static str], default: Sort) -> Sort {
        let given = self.value(SORT).unwrap_or_default();
        let (is_descending, key) = given.strip_prefix('-').map_or((false, &*given), |key| (true, key));
        let key = keys.iter().find(|known| **known == key);
        self.default_sort = Some(default);
        self.sort = key.map(|key| Sort { key, is_descending }).filter(|sort| *sort != default);
        self.sort.unwrap_or(default)
    }

    /// Returns a column that sorts by this key. `first` is the order that its link leads to at first.
    pub fn column(&self, label: &'static str, first: Sort) -> Column {
        let current = self.sort.or(self.default_sort).filter(|sort| sort.key == first.key);
        let href = self.address(self.path, Some(current.map_or(first, Sort::reversed)), None);
        let sort = Some(SortLink { href, is_descending: current.map(|sort| sort.is_descending) });
        Column { sort, ..Column::new(label) }
    }

    /// Whether all values could be read.
    pub fn is_valid(&self) -> bool {
        self.error.is_none() && self.fields.iter().all(|field| field.error.is_none())
    }

    /// The status of the page.
    pub fn status(&self) -> StatusCode {
        if self.is_valid() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// The address of the page that begins after this row.
    pub fn next(&self, cursor: impl Display) -> String {
        self.address(self.path, self.sort, Some(cursor.to_string()))
    }

    /// The address of the first page, unless this is it.
    pub fn first(&self) -> Option<String> {
        self.has_cursor.then(|| self.address(self.path, self.sort, None))
    }

    /// The address of another view of the same rows, such as an export.
    pub fn elsewhere(&self, path: &str) -> String {
        self.address(path, self.sort, None)
    }

    /// The filter's form.
    pub fn form(&self) -> FilterForm {
        let kept = self.sort.map(|sort| (SORT, sort.to_string())).into_iter().collect();
        FilterForm { path: self.path, fields: self.fields.clone(), kept, error: self.error.clone() }
    }

    fn address(&self, path: &str, sort: Option<Sort>, cursor: Option<String>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for field in self.fields.iter().filter(|field| !field.value.is_empty()) {
            query.append_pair(field.name, &field.value);
        }
        if let Some(sort) = sort.filter(|sort| Some(*sort) != self.default_sort) {
            query.append_pair(SORT, &sort.to_string());
        }
        if let Some(cursor) = cursor {
            query.append_pair(CURSOR, &cursor);
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// Returns the beginning of a day in UTC.
fn parse_day(text: &str) -> Option<Timestamp> {
    (text.len() == 10).then(|| Timestamp::parse(&format!("{text}T00:00:00Z")).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/admin/things";

    fn query(query: &str) -> ListQuery {
        ListQuery::new(&format!("{PATH}?{query}").parse().unwrap(), PATH)
    }

    fn colours() -> Vec<(String, String)> {
        ["red", "blue"].map(|name| (name.to_owned(), name.to_uppercase())).into()
    }

    #[test]
    fn filter_order_and_page_stand_in_the_address() {
        let mut query = query("q=+a%26b+&colour=red&since=2026-11-27&until=2026-11-27&sort=-size&after=7&other=1");
        assert_eq!(query.search("Search", "").as_deref(), Some("a&b"));
        assert_eq!(query.choice("colour", "Colour", colours(), |name| Some(name.len())), Some(3));
        let (since, until) = (query.since().unwrap(), query.until().unwrap());
        assert_eq!(since.until(until), Duration::from_hours(24));
        let default = Sort::ascending("name");
        assert_eq!(query.sort(&["name", "size"], default), Sort::descending("size"));
        assert_eq!(query.cursor::<u32>(), Some(7));
        assert!(query.is_valid());
        let filter = "q=a%26b&colour=red&since=2026-11-27&until=2026-11-27";
        assert_eq!(query.next(8), format!("{PATH}?{filter}&sort=-size&after=8"));
        assert_eq!(query.first(), Some(format!("{PATH}?{filter}&sort=-size")));
        assert_eq!(query.elsewhere("/export"), format!("/export?{filter}&sort=-size"));
        let size = query.column("Size", Sort::descending("size")).sort.unwrap();
        assert_eq!((size.href, size.is_descending), (format!("{PATH}?{filter}&sort=size"), Some(true)));
        let name = query.column("Name", default).sort.unwrap();
        assert_eq!((name.href, name.is_descending), (format!("{PATH}?{filter}"), None));
        assert_eq!(query.form().kept, [("sort", "-size".to_owned())]);
    }

    #[test]
    fn values_that_cannot_be_read_have_a_message_and_no_effect() {
        for text in ["since=yesterday", "since=2026-02-30", "since=1969-12-31", "colour=green", "after=x"] {
            let mut query = query(text);
            query.choice("colour", "Colour", colours(), |name| Some(name.len()));
            query.since();
            query.cursor::<u32>();
            assert!(!query.is_valid() && query.form().has_error(), "{text}");
            assert_eq!(query.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        let mut query = query("q=%00&sort=nothing&colour=");
        assert_eq!(query.search("Search", "").as_deref(), Some("\u{fffd}"));
        assert_eq!(query.sort(&["name"], Sort::ascending("name")), Sort::ascending("name"));
        assert_eq!(query.choice("colour", "Colour", colours(), |name| Some(name.len())), None);
        assert!(query.is_valid() && query.first().is_none());
    }
}
