// Times and names of time zones, in summer and in winter.
const d = new Date(Date.UTC(2024, 6, 4, 15, 4, 9, 70));
const w = new Date(Date.UTC(2024, 0, 4, 3, 4, 9, 70));
for (const timeZone of ['UTC', 'America/New_York', 'America/Chicago', 'America/Denver', 'America/Phoenix', 'America/Los_Angeles', 'America/Anchorage', 'Pacific/Honolulu', 'America/Halifax', 'America/St_Johns', 'America/Sao_Paulo', 'Europe/London', 'Europe/Dublin', 'Europe/Paris', 'Europe/Berlin', 'Europe/Kiev', 'Europe/Moscow', 'Africa/Cairo', 'Africa/Johannesburg', 'Asia/Dubai', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Shanghai', 'Asia/Tokyo', 'Australia/Sydney', 'Australia/Lord_Howe', 'Pacific/Auckland', 'Pacific/Apia', 'Etc/GMT+5', 'US/Pacific', 'europe/paris', 'GMT']) {
  t(`${timeZone} times`, () => [d, w].map((date) => date.toLocaleString('en-US', { timeZone })));
  t(`${timeZone} names`, () => ['short', 'long', 'shortOffset', 'longOffset', 'shortGeneric', 'longGeneric'].map((timeZoneName) => new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName, hour: 'numeric' }).format(d)));
  t(`${timeZone} names in German`, () => ['short', 'long', 'shortGeneric', 'longGeneric'].map((timeZoneName) => new Intl.DateTimeFormat('de', { timeZone, timeZoneName, hour: 'numeric' }).format(w)));
  t(`${timeZone} resolved`, () => new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone);
}
for (const timeZone of ['+05:30', '-0800', '+05', 'Z', '', 'Nowhere/City', 'utc', 'EST', 'PST8PDT', 'Etc/Unknown', '../etc', 'America/New York', 5, null, {}]) {
  t(`zone ${String(timeZone)}`, () => new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone);
}
const at = (timeZone, ...list) => t(`around ${timeZone}`, () => list.map((text) => new Date(text).toLocaleString('sv-SE', { timeZone, timeZoneName: 'shortOffset' })));
at('America/New_York', '2024-03-10T06:59:59Z', '2024-03-10T07:00:00Z', '2024-11-03T05:59:59Z', '2024-11-03T06:00:00Z', '1950-07-01T00:00:00Z', '2050-07-01T00:00:00Z', '+012050-07-01T00:00:00Z', '+200000-01-01T00:00:00Z');
at('Europe/Berlin', '2024-03-31T00:59:59Z', '2024-03-31T01:00:00Z', '2024-10-27T00:59:59Z', '2024-10-27T01:00:00Z', '1945-06-01T00:00:00Z', '1980-07-01T00:00:00Z');
at('Australia/Lord_Howe', '2024-04-06T14:59:59Z', '2024-04-06T15:00:00Z', '2024-10-05T15:29:59Z', '2024-10-05T15:30:00Z');
at('Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-30T10:00:00Z');
t('business hours', () => { const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', weekday: 'short', hour: 'numeric', hour12: false }).formatToParts(d).map(({ type, value }) => [type, value])); return [parts.weekday, Number(parts.hour)]; });
t('ISO by Swedish', () => `${d.toLocaleDateString('sv-SE', { timeZone: 'America/New_York' })}T${d.toLocaleTimeString('sv-SE', { timeZone: 'America/New_York' })}`);
t('ISO by Canadian', () => d.toLocaleDateString('en-CA', { timeZone: 'Asia/Tokyo' }));
t('read back', () => new Date(d.toLocaleString('en-US', { timeZone: 'America/New_York' })).getTime());
t('supportedValuesOf', () => { const all = Intl.supportedValuesOf('timeZone'); return [all.length > 400, all.includes('Europe/Berlin'), [...all].sort().join() === all.join()]; });
