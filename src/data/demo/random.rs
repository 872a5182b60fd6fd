//! A small generator of numbers that are the same on every machine, for ever.

/// SplitMix64.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` - 1; 0 where there is none.
    pub(super) fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }

    /// A number from `low` to `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// True `percent` times in a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the values, of which there is at least one.
    pub(super) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    /// One of the values, as often as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, values: &[(usize, T)]) -> T {
        let mut at = self.below(values.iter().map(|(w, _)| w).sum());
        for (weight, value) in values {
            if at < *weight {
                return *value;
            }
            at -= weight;
        }
        values[0].1
    }

    /// A number whose double is half as likely: spread over several orders of magnitude.
    pub(super) fn heavy(&mut self, low: i64, doublings: usize) -> i64 {
        let mut high = low;
        for _ in 0..self.below(doublings + 1) {
            high *= 2;
        }
        self.between(low, (2 * high).max(low + 1))
    }
}
