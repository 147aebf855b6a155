// What the APIs of the cases' SDKs answer, as far as the cases ask. Each tells what it was asked, for the cases to print.
const json = (response, status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const SID = `AC${'0'.repeat(32)}`;

export const apis = {
  'v1/customers'(request, response, body) { json(response, 200, { id: 'cus_1', object: 'customer', asked: `${request.headers.authorization} ${body}` }); },
  'v1/customers/none'(request, response) { json(response, 404, { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such customer' } }); },
  'slack/chat.postMessage'(request, response, body) { json(response, 200, { ok: true, asked: `${request.headers.authorization} ${body}` }); },
  'slack/users.info'(request, response) { json(response, 200, { ok: false, error: 'user_not_found' }); },
  'v3/mail/send'(request, response, body) {
    if (body.includes('bad@')) json(response, 403, { errors: [{ message: 'The from address does not match' }] });
    else response.writeHead(202, { 'x-asked': `${request.headers.authorization} ${body.length}` }).end();
  },
  // DynamoDB has one path; the operation is in a header.
  ''(request, response, body) {
    const [operation] = request.headers['x-amz-target'].split('.').slice(-1);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (operation === 'GetItem') response.end(JSON.stringify({ Item: { name: JSON.parse(body).Key.name, score: { N: '12.34' } } }));
    else response.writeHead(400).end(JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'The conditional request failed' }));
  },
  [`2010-04-01/Accounts/${SID}/Messages.json`](request, response) { json(response, 201, { sid: 'SM1', status: 'queued', date_created: null }); },
  [`2010-04-01/Accounts/${SID}/Messages/none.json`](request, response) { json(response, 404, { code: 20404, message: 'The requested resource was not found', status: 404 }); },
  'api/v1/users/jim'(request, response) { json(response, 200, { id: '00u1', status: 'ACTIVE', profile: { email: 'jim@example.com', login: 'jim' } }); },
  'api/v1/users/none'(request, response) { json(response, 404, { errorCode: 'E0000007', errorSummary: 'Not found: none (User)', errorCauses: [] }); },
  'admin/directory/v1/users/jim%40example.com'(request, response) { json(response, 200, { primaryEmail: 'jim@example.com', suspended: false }); },
  'admin/directory/v1/users/none'(request, response) { json(response, 404, { error: { code: 404, message: 'Resource Not Found: userKey', errors: [] } }); },
};
