const { DynamoDBClient, GetItemCommand, PutItemCommand } = require('@aws-sdk/client-dynamodb');

const client = new DynamoDBClient({ region: 'eu-west-1', endpoint: `http://${process.env.UPSTREAM}`, maxAttempts: 1,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' } });

exports.handler = async () => {
  const { Item } = await client.send(new GetItemCommand({ TableName: 'people', Key: { name: { S: 'jim' } } }));
  console.log(JSON.stringify(Item));
  await client.send(new PutItemCommand({ TableName: 'people', Item: { name: { S: 'Zoë' } } })).catch((error) => console.log(error.name, error.message, error.$metadata.httpStatusCode));
  return { success: true, user: { policy_id: 1 } };
};
