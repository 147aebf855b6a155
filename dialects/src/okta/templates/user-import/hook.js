// Runs for each user that is imported from an application. It may set attributes of both users, and link the user to one who is there.
exports.handler = async (request) => {
  const { email } = request.data.user.profile;
  const commands = [{ type: 'com.okta.user.profile.update', value: { login: email.toLowerCase() } }];
  if (request.data.context.conflicts.includes('login')) {
    console.log('linked', email);
    commands.push(
      { type: 'com.okta.action.update', value: { result: 'LINK_USER' } },
      { type: 'com.okta.user.update', value: { id: '00uAda' } },
    );
  }
  return { commands };
};
