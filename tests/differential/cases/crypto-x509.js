const c = require('crypto');
const { inspect } = require('util');
const certs = { rsa: `-----BEGIN CERTIFICATE-----
MIIEEDCCAvigAwIBAgIUP9AIUy6tkvE95oPGHDvVJp0+IbYwDQYJKoZIhvcNAQEL
BQAwVzELMAkGA1UEBhMCREUxFjAUBgNVBAoMDUV4YW1wbGUgIkluYyIxGjAYBgNV
BAMMEWxvZ2luLmV4YW1wbGUuY29tMRQwEgYJKoZIhvcNAQkBFgVhQGIuYzAeFw0y
NjExMjcwODMzNTVaFw0zNjExMjQwODMzNTVaMFcxCzAJBgNVBAYTAkRFMRYwFAYD
VQQKDA1FeGFtcGxlICJJbmMiMRowGAYDVQQDDBFsb2dpbi5leGFtcGxlLmNvbTEU
MBIGCSqGSIb3DQEJARYFYUBiLmMwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQDnR3JA3s2KUJFtol2ioSQWsrvnPBvLGD0FwRwVGMgwtuGhQWF6SzVJVYWw
1ahEl3Z3/a+XrAQaL2L77UCLzn2hc0yN+Zd+YdNKNZR+iYTva9/1KFlhVNjGa/93
PV8YgyYUObGCKHFSciw8Pngx+cbqh6awfH4sTRp0Ate/fBhyv2ZZNhpIfpqrl5+w
8ZBOZuHhqdD1+Kl4R8Q7wo0gpOuLsL1fyiX56Wic/0N4eCED/1yKZrLu7oL4FTrk
CYO6x/5CD13VDxqPOPjSxIvVO9Ez1GxRGJr1Ye6ednE6//mqVnGYsz01NmZAblPL
bkNaLaQvVYxt1o8Ni8ChB3GfXxNlAgMBAAGjgdMwgdAwHQYDVR0OBBYEFKMa/ZC4
xNybzseGtL0QetajCfS2MB8GA1UdIwQYMBaAFKMa/ZC4xNybzseGtL0QetajCfS2
MA8GA1UdEwEB/wQFMAMBAf8wUQYDVR0RBEowSIIRbG9naW4uZXhhbXBsZS5jb22C
ByoueC5vcmeHBAoAAAGHEAAAAAAAAAAAAAAAAAAAAAGGC2h0dHBzOi8vYS9igQVh
QGIuYzALBgNVHQ8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMC
MA0GCSqGSIb3DQEBCwUAA4IBAQC4dWYMDn7FVOBpccsSrp0tUfS7PHLpQ8d9k/Ay
heIYEt5RobM0VBZ6bu8TbewCZWBQ38Z8co9A2dWKCODIs9TvS5VMsS4L5f0O/gj6
u2YJWd0RhSB8fN/QLN4UTh8T7/A/9hdGINbD+S3j0Pd5JYhUAYuWU2WqOcKwHHPR
e6YbvrHPlFhvqTVmPXnZVGpE2cRIPsRKC6Ol1SNj4DnXiZUfZlbskpYvtYmSdxOo
WZkR7VddL1/oJ3nhj1SucZH9DeEumTzbXRRhLFk8N6hQ6IZBwTqG4owLzMMvOG0P
GycY0aDOyvhYPru3p0Q6zlxVZRVietEeNNvlS01O3mIrezGT
-----END CERTIFICATE-----
`, ec: `-----BEGIN CERTIFICATE-----
MIIChDCCAiqgAwIBAgIUCcNsmU6u/PP3LdlxVK1r2ql8dMEwCgYIKoZIzj0EAwIw
VzELMAkGA1UEBhMCREUxFjAUBgNVBAoMDUV4YW1wbGUgIkluYyIxGjAYBgNVBAMM
EWxvZ2luLmV4YW1wbGUuY29tMRQwEgYJKoZIhvcNAQkBFgVhQGIuYzAeFw0yNjEx
MjcwODMzNTVaFw0zNjExMjQwODMzNTVaMFcxCzAJBgNVBAYTAkRFMRYwFAYDVQQK
DA1FeGFtcGxlICJJbmMiMRowGAYDVQQDDBFsb2dpbi5leGFtcGxlLmNvbTEUMBIG
CSqGSIb3DQEJARYFYUBiLmMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARgr08r
yTRc606/pRhPzb95aNG0KYXIhTJ/zt4I/AX7K3VPknqKpVhOcuAXy3HW0q8Dab2V
KN6fYnEGQveJAReUo4HTMIHQMB0GA1UdDgQWBBQ0wxISUReEvCHZPHxfd++iNVF5
uDAfBgNVHSMEGDAWgBQ0wxISUReEvCHZPHxfd++iNVF5uDAPBgNVHRMBAf8EBTAD
AQH/MFEGA1UdEQRKMEiCEWxvZ2luLmV4YW1wbGUuY29tggcqLngub3JnhwQKAAAB
hxAAAAAAAAAAAAAAAAAAAAABhgtodHRwczovL2EvYoEFYUBiLmMwCwYDVR0PBAQD
AgeAMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjAKBggqhkjOPQQDAgNI
ADBFAiEA0B+vUKV4IUZWDVFeGRg6kFMyMl7xkslAabLtfjAPjm4CIG2vu9jmbqhO
Cc2l9IGa1bMNLEkhn7Trq2IlZgFGgtM9
-----END CERTIFICATE-----
` };
const K = { rsa: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDnR3JA3s2KUJFtol2ioSQWsrvnPBvLGD0FwRwVGMgwtuGhQWF6SzVJVYWw1ahEl3Z3/a+XrAQaL2L77UCLzn2hc0yN+Zd+YdNKNZR+iYTva9/1KFlhVNjGa/93PV8YgyYUObGCKHFSciw8Pngx+cbqh6awfH4sTRp0Ate/fBhyv2ZZNhpIfpqrl5+w8ZBOZuHhqdD1+Kl4R8Q7wo0gpOuLsL1fyiX56Wic/0N4eCED/1yKZrLu7oL4FTrkCYO6x/5CD13VDxqPOPjSxIvVO9Ez1GxRGJr1Ye6ednE6//mqVnGYsz01NmZAblPLbkNaLaQvVYxt1o8Ni8ChB3GfXxNlAgMBAAECggEABQVTchwkIPWyIod/F/P+qbQESXclUwzrDjeoZlhQP7id/CIAF0U61gu4yCNivXBUDojMmt1z/Vh4Ahtr1X9IJwzqmL1etn9UPSAd2Tb9DkXOx9k6mAohbyQ9MiAV0QOtt+F8OEs03lHt7z55iJVGkM+leiN879vNcnqfuEX//mfQd93/ad1XvznCR/Lm/aYU+e6d6J66D31tFIIy6LlBkKXxXc03J0Yz0uQTgEUbamacUP2EhDyBpW47YmvbLVhrDJhX0zBQwK2AHH5Qvq3xk7PbWy1DNXZPDIfylGOw90QGa3ICdUh3QrgWHThu02JoTHmhu3BPA6EYgh94mRVJ5QKBgQD9pYOUArqqDX1m+Kow9ydUs2d7q97e+WPPpKFIlyk2hyrd/Cv6VBUPnXGZrhVFC6iHYbrOFC9y9WbLvJnSmIWWSFO/C8fBfOEORNEgrplq62XYy5SRz6sc1J6L9ufFbtLhgwWAA0A9G3Mw/I0N6bcOfoc/XZOE+HtM2CxyhSuijwKBgQDpbM2PbQ8jiHFyb4o5J8Spw48GuRo7euRtvAzre6V/AZzRVxXraB6ei2GRi4PqfUtwjQVyUOAxGAsrj40znFQQlaRqv80DsxaNvrVhyIAR2VVyXAHfgwgL2jfURHc0uFSoA/GaoYLbNg92cmP3J5JKs+a5EnAPyploA3I0Us4UywKBgC5D7HYo8UdnYoJPxStdSY1HlA6Y0PQ25R/Q1aJaACh0CzumbZchkx3gCAKSIEsRz1GyX9KLGASOAowTALPLIkLBOpVUXsFKN/rUTpj5f/5ipZcfux/Fk16U4b6B8NCwYELGFVC+Rw9eXGqJBmmNQdig96Z1OR09/a+Mlr7kz4q9AoGAALgvIgQKCef/wYSKfoaa2pMZu8GSTSCh15y+xXMKHYwZuaN1E9asUXzIfjRZ4b0lIGGu5J1PM5eJYUb9/my67ZooeZPBxAMnTKSL1pNRobxzwPh7oP68ZZz0kxjq7SSsTiBE/F8HEjnmbk0H9dkPYF+RlHx0D/hl5KYuEe83Z2UCgYEAnil7qQmUDtqleSZjhh3pgDHgh33xJyEIgOY1Cq07r2BkyHRnJ0qgpY9zd/hit0uuo4QkzxzS7sjSOAQZdpEwcbWn52AudiEjbheopFByCN9eMjDabmVERTj76s6K23QGCO3v4qNjfxNfPrMdanGgkJn+o+cpYpVO7G7XBA2uCvo=', ec: 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmdcTeJV+/Qd46F4yV+WuhAalVXOj5OBSklWcDtMHcX+hRANCAARgr08ryTRc606/pRhPzb95aNG0KYXIhTJ/zt4I/AX7K3VPknqKpVhOcuAXy3HW0q8Dab2VKN6fYnEGQveJAReU' };
for (const [n, pem] of Object.entries(certs)) {
  let x;
  t(n, () => { x = new c.X509Certificate(pem); return inspect(x) });
  for (const p of ['subject', 'issuer', 'subjectAltName', 'infoAccess', 'validFrom', 'validTo', 'fingerprint', 'fingerprint256', 'fingerprint512', 'keyUsage', 'serialNumber', 'ca', 'raw']) t(n + ' ' + p, () => x[p]);
  t(n + ' text', () => [x.toString() === pem, JSON.stringify(x) === JSON.stringify(pem), String(x).length]);
  t(n + ' key', () => [x.publicKey.asymmetricKeyType, x.publicKey.asymmetricKeyDetails, x.publicKey.export({ type: 'spki', format: 'pem' })]);
  t(n + ' verify', () => [x.verify(x.publicKey), x.verify(new c.X509Certificate(certs[n === 'ec' ? 'rsa' : 'ec']).publicKey)]);
  t(n + ' private', () => [x.checkPrivateKey(c.createPrivateKey({ key: Buffer.from(K[n], 'base64'), format: 'der', type: 'pkcs8' })), x.checkPrivateKey(c.createPrivateKey({ key: Buffer.from(K[n === 'ec' ? 'rsa' : 'ec'], 'base64'), format: 'der', type: 'pkcs8' }))]);
  t(n + ' issued', () => [x.checkIssued(x), x.checkIssued(new c.X509Certificate(certs.rsa))]);
  for (const h of ['login.example.com', 'LOGIN.example.com', 'example.com', 'a.x.org', 'x.org', 'a.b.x.org', '.x.org', '', 'a.x.org.']) t(n + ' host ' + h, () => [x.checkHost(h), x.checkHost(h, { subject: 'never' }), x.checkHost(h, { wildcards: false })]);
  for (const e of ['a@b.c', 'A@b.c', 'a@B.C', 'b@b.c', '']) t(n + ' email ' + e, () => x.checkEmail(e));
  for (const i of ['10.0.0.1', '10.0.0.2', '::1', '0:0:0:0:0:0:0:1', '::2', 'x', '']) t(n + ' ip ' + i, () => x.checkIP(i));
  t(n + ' legacy', () => x.toLegacyObject());
}
t('from der', () => new c.X509Certificate(new c.X509Certificate(certs.ec).raw).serialNumber);
t('from bytes', () => new c.X509Certificate(Buffer.from(certs.ec)).serialNumber);
for (const v of ['nope', '', 5, undefined, null, {}, Buffer.alloc(10), Buffer.alloc(0), certs.ec.slice(0, 300)]) t('of ' + show(v).slice(0, 40), () => new c.X509Certificate(v).serialNumber);
t('checkHost 5', () => new c.X509Certificate(certs.ec).checkHost(5));
t('verify 5', () => new c.X509Certificate(certs.ec).verify(5));
t('with createPublicKey', () => c.createPublicKey(certs.ec).equals(new c.X509Certificate(certs.ec).publicKey));
