/** What `GET /` answers: one region that is read and written, and strong consistency. */
export function accountResource(host: string): string {
  const locations = [{ name: 'Local', databaseAccountEndpoint: `http://${host}/` }];
  return JSON.stringify({
    _self: '',
    id: 'maestro',
    _rid: 'maestro',
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: locations,
    readableLocations: locations,
    enableMultipleWriteLocations: false,
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 4 },
    userConsistencyPolicy: { defaultConsistencyLevel: 'Strong' },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 4 },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration: '{}',
  });
}
