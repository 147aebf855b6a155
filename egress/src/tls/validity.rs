//! Whether a certificate is valid now. The verifier checks that, but for a certificate of an authority that stands for a server itself, which it
//! does not accept at all.

use rustls::pki_types::UnixTime;

use super::der::Parts;

/// Where the time is: before, within or after the validity of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validity {
    Early,
    Valid,
    Expired,
}

/// `None`: it cannot be read.
pub(super) fn validity(certificate: &[u8], now: UnixTime) -> Option<Validity> {
    let Parts { not_before, not_after, .. } = Parts::read(certificate)?;
    let now = i64::try_from(now.as_secs()).ok()?;
    Some(if now < not_before {
        Validity::Early
    } else if now > not_after {
        Validity::Expired
    } else {
        Validity::Valid
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_certificate_is_early_valid_or_expired() {
        let mut params = rcgen::CertificateParams::new(["a.example".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2060, 1, 1));
        let made = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let at = |seconds| validity(made.der(), UnixTime::since_unix_epoch(Duration::from_secs(seconds)));
        assert_eq!(at(1_577_836_799), Some(Validity::Early));
        assert_eq!(at(1_577_836_800), Some(Validity::Valid));
        assert_eq!(at(2_840_140_801), Some(Validity::Expired));
        for cut in 0..made.der().len().min(200) {
            let _ = validity(&made.der()[..cut], UnixTime::since_unix_epoch(Duration::ZERO));
        }
    }
}
