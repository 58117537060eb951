import type { Cluster } from 'kafkajs';

/**
 * Takes a member out of its group that has crashed without a word to the brokers, so that nobody waits for the end of its session.
 * The request is the one with which kafkajs leaves a group; its types don't name it.
 */
export async function takeOutOfGroup(cluster: Cluster, groupId: string, memberId: string): Promise<void> {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  if (!('leaveGroup' in coordinator) || typeof coordinator.leaveGroup !== 'function') return;
  await coordinator.leaveGroup({ groupId, memberId });
}
