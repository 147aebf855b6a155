//! What has been found of a date so far, and the instant that it makes.

/// The parts of a day in the order in which they came, which tells what they are.
#[derive(Default)]
pub(super) struct Day {
    parts: Vec<i32>,
    named_month: Option<i32>,
    /// Year, month, day, and a year of two digits is one.
    pub(super) is_iso: bool,
}

/// Hour, minute, second and millisecond.
#[derive(Default)]
pub(super) struct Time {
    parts: Vec<i32>,
    half: Option<i32>,
}

/// The offset from UTC.
#[derive(Default)]
pub(super) struct Zone {
    sign: Option<i32>,
    hour: Option<i32>,
    minute: Option<i32>,
}

#[derive(Default)]
pub(super) struct Found {
    pub(super) day: Day,
    pub(super) time: Time,
    pub(super) zone: Zone,
}

pub(super) fn is_month(number: i32) -> bool {
    (1..=12).contains(&number)
}

pub(super) fn is_day(number: i32) -> bool {
    (1..=31).contains(&number)
}

pub(super) fn is_hour(number: i32) -> bool {
    (0..24).contains(&number)
}

/// Also whether it is a second.
pub(super) fn is_minute(number: i32) -> bool {
    (0..60).contains(&number)
}

impl Day {
    /// `None` for the fourth part.
    pub(super) fn add(&mut self, part: i32) -> Option<()> {
        if self.parts.len() >= 3 {
            return None;
        }
        self.parts.push(part);
        Some(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn set_month(&mut self, month: i32) {
        self.named_month = Some(month);
    }

    /// Year, month and day; what is missing is 1.
    fn read(&self) -> Option<(i32, i32, i32)> {
        let first = *self.parts.first()?;
        let part = |at: usize| self.parts.get(at).copied().unwrap_or(1);
        let (year, month, day) = match self.named_month {
            None if self.is_iso || !is_day(first) => (first, part(1), part(2)),
            None => (part(2), first, part(1)),
            Some(month) if is_day(first) => (part(1), month, first),
            Some(month) => (first, month, part(1)),
        };
        let year = match year {
            0..=49 if !self.is_iso => year + 2000,
            50..=99 if !self.is_iso => year + 1900,
            _ => year,
        };
        (is_month(month) && is_day(day)).then_some((year, month, day))
    }
}

impl Time {
    /// `None` for the fifth part.
    pub(super) fn add(&mut self, part: i32) -> Option<()> {
        if self.parts.len() >= 4 {
            return None;
        }
        self.parts.push(part);
        Some(())
    }

    /// Adds the last part.
    pub(super) fn finish(&mut self, part: i32) {
        self.parts.push(part);
        self.parts.resize(4, 0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether a number can be its next part.
    pub(super) fn expects(&self, number: i32) -> bool {
        match self.parts.len() {
            1 | 2 => is_minute(number),
            3 => (0..1000).contains(&number),
            _ => false,
        }
    }

    pub(super) fn set_half(&mut self, hours: i32) {
        self.half = Some(hours);
    }

    /// Milliseconds of the day.
    fn read(&self) -> Option<f64> {
        let part = |at: usize| self.parts.get(at).copied().unwrap_or(0);
        let (mut hour, minute, second, milli) = (part(0), part(1), part(2), part(3));
        if let Some(half) = self.half {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + half;
        }
        let is_time = is_hour(hour) && is_minute(minute) && is_minute(second) && (0..1000).contains(&milli);
        if !is_time && (hour, minute, second, milli) != (24, 0, 0, 0) {
            return None;
        }
        Some(f64::from(((hour * 60 + minute) * 60 + second) * 1000 + milli))
    }
}

impl Zone {
    pub(super) fn set(&mut self, hours: i32) {
        self.sign = Some(if hours < 0 { -1 } else { 1 });
        self.hour = Some(hours.abs());
        self.minute = Some(0);
    }

    pub(super) fn set_sign(&mut self, sign: i32) {
        self.sign = Some(sign);
    }

    pub(super) fn set_offset(&mut self, hour: i32, minute: Option<i32>) {
        self.hour = Some(hour);
        self.minute = minute;
    }

    pub(super) fn set_minute(&mut self, minute: i32) {
        self.minute = Some(minute);
    }

    pub(super) fn is_utc(&self) -> bool {
        self.hour == Some(0) && self.minute == Some(0)
    }

    /// Whether a number can be its minutes.
    pub(super) fn expects(&self, number: i32) -> bool {
        self.hour.is_some() && self.minute.is_none() && is_minute(number)
    }

    /// Seconds east of UTC; the product wraps, as it does in V8.
    fn read(&self) -> Option<f64> {
        let Some(sign) = self.sign else { return Some(0.0) };
        let hours = (self.hour.unwrap_or(0) as u32).wrapping_mul(3600);
        let seconds = hours.wrapping_add((self.minute.unwrap_or(0) as u32).wrapping_mul(60));
        let seconds = i32::try_from(seconds).ok()?;
        Some(f64::from(sign) * f64::from(seconds))
    }
}

impl Found {
    /// Milliseconds since 1970.
    pub(super) fn instant(&self) -> Option<f64> {
        let (year, month, day) = self.day.read()?;
        let days = days_from_epoch(year.into(), month.into(), day.into()) as f64;
        let instant = days * 86_400_000.0 + self.time.read()? - self.zone.read()? * 1000.0;
        (instant.abs() <= 8.64e15).then_some(instant)
    }
}

/// Days since 1970 of a day in the Gregorian calendar; a day may be behind the end of its month.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have the leap day at their end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
