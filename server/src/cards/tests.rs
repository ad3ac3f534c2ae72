use super::{text::*, *};
use std::sync::atomic::{AtomicUsize, Ordering};

const RED: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect width='20' height='10' fill='red'/>";

fn decode(png: &[u8]) -> image::RgbaImage {
    image::load_from_memory(png).unwrap().to_rgba8()
}

fn drawn(svg: &str) -> image::RgbaImage {
    decode(&png(svg).unwrap())
}

/// Whether anything is drawn on the red ground.
fn has_marks(image: &image::RgbaImage) -> bool {
    image.pixels().any(|pixel| pixel.0 != [255, 0, 0, 255])
}

#[test]
fn drawings_are_rendered_in_their_size() {
    let image = drawn(&format!("{RED}</svg>"));
    assert_eq!(image.dimensions(), (20, 10));
    assert!(!has_marks(&image));
    let clear = drawn("<svg xmlns='http://www.w3.org/2000/svg' width='2' height='2'/>");
    assert!(clear.pixels().all(|pixel| pixel.0[3] == 0), "a transparent drawing stays transparent");
}

#[test]
fn drawings_have_the_embedded_fonts_for_each_weight() {
    for weight in [500, 700] {
        let text = format!("{RED}<text y='9' font-size='9' font-weight='{weight}'>Žß€Ωж</text></svg>");
        assert!(has_marks(&drawn(&text)), "{weight}");
    }
}

#[test]
fn too_large_and_invalid_drawings_are_refused() {
    let of_size = |w: u32, h: u32| png(&format!("<svg xmlns='http://www.w3.org/2000/svg' width='{w}' height='{h}'/>"));
    assert!(of_size(CARD_WIDTH_PX, CARD_HEIGHT_PX).is_ok());
    assert!(matches!(of_size(2000, 1001), Err(CardError::Size)));
    assert!(matches!(of_size(1_000_000, 1_000_000), Err(CardError::Size)));
    assert!(matches!(png("<svg"), Err(CardError::Svg(_))));
    assert!(matches!(
        png("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>"),
        Err(CardError::Svg(_))
    ));
}

#[test]
fn drawings_load_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blue.svg");
    let blue = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect width='20' height='10' fill='blue'/></svg>";
    std::fs::write(&file, blue).unwrap();
    let with = |href: &str| format!("{RED}<image width='20' height='10' href='{href}'/></svg>");
    assert!(!has_marks(&drawn(&with(file.to_str().unwrap()))));
    assert!(!has_marks(&drawn(&with(&format!("file://{}", file.display())))));
    // The control: the same image counts where the server puts it in.
    let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, blue);
    assert!(has_marks(&drawn(&with(&format!("data:image/svg+xml;base64,{data}")))));
    // A drawing within the drawing loads nothing either.
    let nested = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><image width='20' height='10' href='{}'/></svg>",
        file.display()
    );
    let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, nested);
    assert!(!has_marks(&drawn(&with(&format!("data:image/svg+xml;base64,{data}")))));
}

#[test]
fn hostile_texts_stay_texts() {
    let name = "</text><image href='x'/>&\"<script>\u{0}\u{1b}\u{FFFE}";
    assert_eq!(escape(name), "&lt;/text&gt;&lt;image href=&#39;x&#39;/&gt;&amp;&quot;&lt;script&gt;");
    let svg = format!("{RED}<text y='9' font-size='9' class=\"{0}\">{0}</text></svg>", escape(name));
    assert!(has_marks(&drawn(&svg)));
}

const SIZES: [f32; 3] = [80.0, 60.0, 40.0];

fn fitted(text: &str) -> FittedText {
    fit(text, 700, 500.0, &SIZES, 3)
}

#[test]
fn short_names_are_large_and_long_ones_shrink() {
    let short = fitted("Flash Phone");
    assert_eq!((short.size_px, short.lines.join("|").as_str()), (80.0, "Flash Phone"));
    let long = fitted("The Original Aurora Noise Cancelling Studio Headphones");
    assert!(long.size_px < 80.0 && long.lines.len() <= 3, "{long:?}");
    assert_eq!(long.lines.join(" "), "The Original Aurora Noise Cancelling Studio Headphones");
}

#[test]
fn names_without_end_are_cut() {
    for name in ["W".repeat(200), "many words ".repeat(18), "x".repeat(5000)] {
        let fitted = fitted(&name);
        assert_eq!((fitted.size_px, fitted.lines.len()), (40.0, 3), "{name}");
        assert!(fitted.lines[2].ends_with('…'), "{fitted:?}");
    }
}

#[test]
fn lines_are_no_wider_than_they_may_be() {
    for name in ["W".repeat(200), "A wide WAVE of Wonderful WWW ".repeat(6)] {
        let FittedText { size_px, lines } = fitted(&name);
        for line in lines {
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text font-weight='700' font-size='{size_px}'>{line}</text></svg>"
            );
            let width = parse(&svg).unwrap().root().bounding_box().width();
            assert!((1.0..=500.0).contains(&width), "{width}: {line}");
        }
    }
}

#[test]
fn characters_that_the_fonts_lack_are_left_out() {
    assert_eq!(fitted("Mug 🎉 \u{4E2D}\u{6587} \u{1b}No. 5").lines, ["Mug No. 5"]);
    assert_eq!(fitted("\u{9650}\u{5B9A}").lines, Vec::<String>::new());
    assert_eq!(fitted("").lines, Vec::<String>::new());
    assert_eq!(fitted("1\u{202F}299,00\u{A0}€").lines, ["1 299,00 €"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_requests_renders_once() {
    let (cards, drawings) = (CardService::default(), Arc::new(AtomicUsize::new(0)));
    let ask = |key: &'static str| {
        let (cards, drawings) = (cards.clone(), drawings.clone());
        tokio::spawn(async move {
            let prepare = async {
                Ok::<_, CardError>(move || {
                    drawings.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(50));
                    format!("{RED}</svg>")
                })
            };
            cards.get(key, prepare).await
        })
    };
    let all: Vec<_> = (0..500).map(|_| ask("a")).collect();
    for one in all {
        assert_eq!(decode(&one.await.unwrap().unwrap()).dimensions(), (20, 10));
    }
    assert_eq!(drawings.load(Ordering::SeqCst), 1);
    ask("b").await.unwrap().unwrap();
    assert_eq!(drawings.load(Ordering::SeqCst), 2, "another state is another image");
}

#[tokio::test]
async fn failures_are_not_kept() {
    let cards = CardService::default();
    let draw = |svg: &'static str| async move { Ok::<_, CardError>(move || svg.to_owned()) };
    assert!(cards.get("a", draw("<svg")).await.is_err());
    assert!(cards.get("a", draw("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>")).await.is_ok());
}
