// Runs when a SAML assertion is made for a custom application. `add` makes a claim, `replace` changes what is there.
exports.handler = async (request) => {
  console.log('an assertion for', request.data.assertion.subject.nameId);
  return {
    commands: [{
      type: 'com.okta.assertion.patch',
      value: [
        { op: 'replace', path: '/claims/roles/attributeValues/1/value', value: 'editor' },
        {
          op: 'add',
          path: '/claims/https:~1~1example.com~1department',
          value: {
            attributes: { NameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri' },
            attributeValues: [{ attributes: { 'xsi:type': 'xs:string' }, value: 'Engines' }],
          },
        },
      ],
    }],
  };
};
