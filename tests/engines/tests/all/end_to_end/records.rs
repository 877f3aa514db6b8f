//! Records of the examples, the same in every run.

use serde_json::json;

/// The records of a scenario, in the order in which they are sent.
pub(super) struct Parts {
    /// In and out of order, none late.
    pub in_time: Vec<String>,
    /// Late on every engine.
    pub late: Vec<String>,
    /// From [`FUTURE`]: closes every window.
    pub closing: Vec<String>,
}

/// The day of the closing records. Windows of that day never close on a streaming engine, so they are not compared.
pub(super) const FUTURE: &str = "2026-02-01";

/// A small generator (a linear congruence of 64 bits): the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// `seconds` after ten o'clock.
fn moment(seconds: i64) -> String {
    format!("2026-01-01 {:02}:{:02}:{:02}", 10 + seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Card swipes, two a second; out of order by up to 4 s, of which the example waits for 5.
pub(super) fn swipes(count: i64) -> Parts {
    let mut numbers = Numbers(7);
    let countries = ["DE", "FR", "US", "BR", "ES"];
    let mut swipe = |id: i64, seconds: i64| {
        let card = numbers.below(12);
        let home = countries[(card % 5) as usize];
        let country = if numbers.below(6) == 0 { countries[numbers.below(5) as usize] } else { home };
        let cents =
            if numbers.below(5) == 0 { 90_000 + numbers.below(400_000) } else { 100 + numbers.below(30_000) };
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        format!(
            "{{\"swipe_id\": {id}, \"card_id\": {card}, \"card_number\": \"4000-{card:04}\", \"amount\": {amount}, \
             \"country\": \"{country}\", \"home_country\": \"{home}\", \"swiped_at\": \"{}\"}}",
            moment(seconds)
        )
    };
    let mut jitter = Numbers(11);
    let in_time: Vec<String> =
        (0..count).map(|n| swipe(n, (n / 2 - jitter.below(5) as i64).max(0))).collect();
    // Windows that closed at least two minutes before the last record.
    let late = (0..60).map(|n| swipe(count + n, n * 2)).collect();
    let closing = format!(
        "{{\"swipe_id\": {}, \"card_id\": 1, \"card_number\": \"x\", \"amount\": 1.00, \"country\": \"DE\", \
         \"home_country\": \"DE\", \"swiped_at\": \"{FUTURE} 00:00:00\"}}",
        count + 60
    );
    Parts { in_time, late, closing: vec![closing] }
}

/// Page views, two a second; out of order by up to 8 s, of which the example waits for 10.
pub(super) fn clicks(count: i64) -> Parts {
    let mut numbers = Numbers(23);
    let (pages, countries, tags) = (
        ["/", "/docs", "/pricing", "/blog", "/signup", "/über-uns"],
        ["DE", "FR", "US", "IN"],
        ["new", "ad", "beta"],
    );
    let mut click = |id: i64, at: String| {
        let page = pages[(numbers.below(21) as f64).sqrt() as usize % pages.len()];
        let tags: Vec<&str> = tags.iter().copied().filter(|_| numbers.below(3) == 0).collect();
        json!({
            "click_id": id,
            "user": { "id": numbers.below(40), "country": countries[numbers.below(4) as usize] },
            "page": page,
            "load_ms": 20 + numbers.below(900),
            "tags": tags,
            "clicked_at": at,
        })
        .to_string()
    };
    let mut jitter = Numbers(29);
    let in_time = (0..count).map(|n| click(n, moment((n / 2 - jitter.below(9) as i64).max(0)))).collect();
    let late = (0..60).map(|n| click(count + n, moment(n))).collect();
    // A tagged and an untagged one: a row that no window sees does not move Spark's watermark.
    let closing = vec![
        json!({ "click_id": count + 60, "user": { "id": 1, "country": "DE" }, "page": "/", "load_ms": 1,
                "tags": ["new"], "clicked_at": format!("{FUTURE} 00:00:00") })
        .to_string(),
    ];
    Parts { in_time, late, closing }
}

/// The same with a clock that is 73 years ahead in every fiftieth record.
pub(super) fn with_wrong_clocks(mut parts: Parts) -> Parts {
    for line in parts.in_time.iter_mut().skip(7).step_by(50) {
        *line = line.replace("\"2026-", "\"2099-");
    }
    parts
}
