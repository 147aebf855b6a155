// Runs when Okta delivers events, at least once each and in any order: tell them apart by `uuid`, and order them by `published`. Okta waits for
// no decision; an error makes it deliver them once more.
exports.handler = async (request) => {
  for (const event of request.data.events) {
    console.log(event.published, event.eventType, event.outcome.result, event.target.map((one) => one.alternateId).join(', '));
  }
};
