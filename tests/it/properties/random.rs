//! A small generator of numbers: the same seed gives the same worlds and queries.

/// SplitMix64.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` - 1.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the values.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One of the texts, or none `100 - percent` times in a hundred.
    pub fn maybe(&mut self, percent: usize, of: &[&str]) -> Option<String> {
        self.chance(percent).then(|| self.pick(of).to_string())
    }

    /// Some of the texts, none twice; in any order.
    pub fn several(&mut self, of: &[&str], most: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for _ in 0..self.below(most + 1) {
            let one = self.pick(of).to_string();
            if !out.contains(&one) {
                out.push(one);
            }
        }
        out
    }
}
