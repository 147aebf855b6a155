// Runs when somebody registers, or completes a profile (`requestType` says which). It may deny, show an error beside a field, and set attributes.
exports.handler = async (request) => {
  if (request.requestType === 'progressive.profile') {
    return { commands: [{ type: 'com.okta.user.progressive.profile.update', value: { employeeNumber: '1842' } }] };
  }
  const { email, employeeNumber } = request.data.userProfile;
  if (!employeeNumber) {
    console.warn('denied', email);
    return {
      error: {
        errorSummary: 'Only employees can register',
        errorCauses: [{
          errorSummary: 'An employee number is needed',
          reason: 'INVALID_EMPLOYEE_NUMBER',
          locationType: 'body',
          location: 'data.userProfile.employeeNumber',
          domain: 'end-user',
        }],
      },
    };
  }
  return {
    commands: [
      { type: 'com.okta.user.profile.update', value: { title: 'Employee' } },
      { type: 'com.okta.action.update', value: { registration: 'ALLOW' } },
    ],
  };
};
