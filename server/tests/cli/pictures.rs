//! `product add --image` and `product edit --image`.

use super::{holdfast, json};
use serde_json::Value;
use std::{fs, path::Path, process::Output};

const ADD: [&str; 11] =
    ["product", "add", "--name", "Phone", "--price", "19.99", "--currency", "USD", "--stock", "3", "--slug"];

fn run(dir: &Path, args: &[&str]) -> Output {
    holdfast(dir).args(args).env("HOLDFAST_SITE_ROOT", dir.join("site")).output().unwrap()
}

fn refused(dir: &Path, args: &[&str], text: &str) {
    let output = run(dir, args);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && message.contains(text), "{args:?}: {message}");
}

/// The alternative texts and widths of the pictures.
fn pictures(product: &Value) -> Vec<(String, u64)> {
    let picture = |p: &Value| (p["alt"].as_str().unwrap().to_owned(), p["width"].as_u64().unwrap());
    product["pictures"].as_array().unwrap().iter().map(picture).collect()
}

#[test]
fn a_product_gets_pictures_from_files_or_an_image_of_the_shop() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::create_dir_all(dir.join("site/img")).unwrap();
    fs::write(dir.join("site/img/phone.svg"), "<svg/>").unwrap();
    for width in [40, 50, 60] {
        image::RgbImage::from_pixel(width, 30, image::Rgb([200, 30, 30]))
            .save(dir.join(format!("{width}.png")))
            .unwrap();
    }
    fs::write(dir.join("large.png"), vec![0; 10 * 1024 * 1024 + 1]).unwrap();
    fs::write(dir.join("text.png"), "not a picture").unwrap();

    let args = ["phone", "--image", "40.png", "--image", "50.png", "--image-alt", "From the front"];
    let phone = json(&run(dir, &[&ADD[..], &args].concat()));
    assert_eq!(pictures(&phone), [("From the front".to_owned(), 40), ("Phone".to_owned(), 50)]);
    let plain = json(&run(dir, &[&ADD[..], &["plain", "--image", "/img/phone.svg"]].concat()));
    assert_eq!((&plain["image"], pictures(&plain)), (&"/img/phone.svg".into(), vec![]));

    let edit = ["product", "edit", "--slug", "phone", "--reason", "a new photo"];
    let edited = json(&run(dir, &[&edit[..], &["--image", "60.png"]].concat()));
    assert_eq!((pictures(&edited), &edited["revision"]), (vec![("Phone".to_owned(), 60)], &2.into()));
    let renamed = json(&run(dir, &[&edit[..], &["--name", "Phone 2"]].concat()));
    assert_eq!(pictures(&renamed), [("Phone".to_owned(), 60)]);
    let bare = json(&run(dir, &[&edit[..], &["--no-images"]].concat()));
    assert_eq!((pictures(&bare), &bare["revision"]), (vec![], &4.into()));

    for (image, text) in [
        ("http://example.com/phone.png", "download it first"),
        ("https://example.com/phone.png", "download it first"),
        ("//example.com/phone.png", "download it first"),
        ("/img/other.svg", "no such file"),
        ("/img/../img/phone.svg", "no such file"),
        ("nowhere.png", "no such file"),
        ("text.png", "not a PNG, JPEG or WebP picture"),
        ("large.png", "at most 10 MB"),
        ("site", "directory"),
    ] {
        refused(dir, &[&ADD[..], &["other", "--image", image]].concat(), text);
        refused(dir, &[&edit[..], &["--image", image]].concat(), text);
    }
    refused(
        dir,
        &[&edit[..], &["--image", "40.png", "--image-alt", "a", "--image-alt", "b"]].concat(),
        "more --image-alt",
    );
    refused(dir, &[&edit[..], &["--image", "40.png", "--image-alt", ""]].concat(), "1 to 300 characters");
    refused(dir, &[&edit[..], &["--image", "40.png", "--image", "40.png"]].concat(), "each picture once");
    refused(dir, &[&edit[..], &["--image", "40.png", "--no-images"]].concat(), "cannot be used with");
    let listed = json(&run(dir, &["product", "list", "--json"]));
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "nothing was added");
}
