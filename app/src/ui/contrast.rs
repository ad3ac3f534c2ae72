//! Tests that text and marks of the storefront can be read: the contrast of the colours in `style/tokens.css`, by WCAG 2.2,
//! for every hue in both themes.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Contrast of text (WCAG 1.4.3, level AA).
const TEXT: f64 = 4.5;
/// Contrast of edges of fields, of marks and of the focus (WCAG 1.4.11).
const MARK: f64 = 3.0;

/// Colours that meet on a page: what is drawn, the grounds behind it, and the contrast needed.
const PAIRS: [(&[&str], &[&str], f64); 9] = [
    (&["foreground"], &["background", "surface", "surface-raised", "stage", "stage-strong", "primary-subtle"], TEXT),
    (&["foreground"], &["warning-subtle", "danger-subtle"], TEXT),
    (&["muted", "primary", "primary-strong"], &["background", "surface", "surface-raised", "stage"], TEXT),
    (&["primary", "muted"], &["primary-subtle", "border"], MARK),
    (&["on-primary"], &["primary", "primary-strong"], TEXT),
    (&["warning"], &["background", "surface", "stage", "warning-subtle"], TEXT),
    (&["danger"], &["background", "surface", "surface-raised", "stage", "danger-subtle"], TEXT),
    (&["border-strong", "focus"], &["background", "surface", "surface-raised", "stage"], MARK),
    (&["primary"], &["primary-subtle"], TEXT),
];

/// A colour in OKLCH. Without a hue it takes that of the page.
#[derive(Debug, Clone, Copy)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: Option<f64>,
}

impl Oklch {
    /// Parses `oklch(0.47 0.15 var(--hue))`.
    fn parse(value: &str) -> Option<Self> {
        let inner = value.trim().strip_prefix("oklch(")?.strip_suffix(')')?;
        let mut parts = inner.split_whitespace();
        let (lightness, chroma) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let hue = match parts.next()? {
            "var(--hue)" => None,
            degrees => Some(degrees.parse().ok()?),
        };
        parts.next().is_none().then_some(Self { lightness, chroma, hue })
    }

    /// Returns the luminance on an sRGB screen, which clips what it cannot show, and on a screen that shows every colour.
    fn luminances(self, page_hue: u16) -> [f64; 2] {
        let (sin, cos) = self.hue.unwrap_or(page_hue.into()).to_radians().sin_cos();
        let (a, b) = (self.chroma * cos, self.chroma * sin);
        let cube = |a_share: f64, b_share: f64| (self.lightness + a_share * a + b_share * b).powi(3);
        let long = cube(0.396_337_777_4, 0.215_803_757_3);
        let medium = cube(-0.105_561_345_8, -0.063_854_172_8);
        let short = cube(-0.089_484_177_5, -1.291_485_548);
        let rgb = [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
        ];
        let luminance = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        [luminance(rgb.map(|part| part.clamp(0.0, 1.0))), luminance(rgb).max(0.0)]
    }
}

/// Returns the smaller contrast of two colours on the two screens.
fn contrast(first: Oklch, second: Oklch, hue: u16) -> f64 {
    let [first, second] = [first.luminances(hue), second.luminances(hue)];
    let ratio = |screen: usize| (first[screen].max(second[screen]) + 0.05) / (first[screen].min(second[screen]) + 0.05);
    ratio(0).min(ratio(1))
}

/// Returns the colours of the light theme, and those of the dark one.
fn themes() -> [BTreeMap<&'static str, Oklch>; 2] {
    let (light, dark) = TOKENS.split_once("prefers-color-scheme: dark").unwrap();
    let colours = |css: &'static str| {
        css.lines().filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
            Some((name, Oklch::parse(value.trim().trim_end_matches(';'))?))
        })
    };
    let light: BTreeMap<_, _> = colours(light).collect();
    let both = light.clone().into_iter().chain(colours(dark)).collect();
    [light, both]
}

/// Returns the pairs of a theme that are too close at some hue.
fn unreadable(theme: &BTreeMap<&'static str, Oklch>) -> Vec<String> {
    let mut found = Vec::new();
    for (inks, grounds, needed) in PAIRS {
        for (ink, ground) in inks.iter().flat_map(|ink| grounds.iter().map(move |ground| (ink, ground))) {
            let at = |hue| contrast(theme[ink], theme[ground], hue);
            let worst = (0..360).min_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap();
            if at(worst) < needed {
                found.push(format!("{ink} on {ground} has {:.2} of {needed} at hue {worst}", at(worst)));
            }
        }
    }
    found
}

#[test]
fn text_is_readable_at_every_hue_in_both_themes() {
    let [light, dark] = themes();
    assert_eq!((unreadable(&light), unreadable(&dark)), (vec![], vec![]));
}

#[test]
fn both_themes_set_every_colour() {
    let (light, dark) = TOKENS.split_once("prefers-color-scheme: dark").unwrap();
    let names = |css: &str| -> Vec<String> {
        let lines = css.lines().filter(|line| line.contains("oklch("));
        let mut names: Vec<_> = lines.filter_map(|line| Some(line.trim().split_once(':')?.0.to_owned())).collect();
        names.sort();
        names
    };
    assert_eq!(names(light), names(dark));
}

#[test]
fn the_contrast_is_that_of_wcag() {
    let white = Oklch { lightness: 1.0, chroma: 0.0, hue: None };
    let black = Oklch { lightness: 0.0, ..white };
    assert!((contrast(white, black, 0) - 21.0).abs() < 0.01);
    // #767676 on white is the well-known grey at the limit.
    let grey = Oklch { lightness: 0.5657, ..white };
    assert!((contrast(white, grey, 0) - 4.54).abs() < 0.03);
    let theme = [("muted", white), ("background", white)];
    let theme = themes()[0].clone().into_iter().chain(theme).collect();
    assert!(unreadable(&theme).iter().any(|pair| pair.starts_with("muted on background")));
}
