import { Controller, type Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { KafkaEvent } from '../kafka-event.js';
import type { ReceivedMessage } from '../message.js';
import { KafkaMessageContext } from '../message-context.js';

/** A controller with one plain handler of the topic. */
export function plain(topic: string, handle: (sent: ReceivedMessage) => unknown): Type {
  @Controller()
  class Plain {
    @KafkaEvent(topic)
    async take(@Payload() _value: unknown, @Ctx() context: KafkaMessageContext) {
      return handle(context.message);
    }
  }
  return Plain;
}
