import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { LOG, type Log, observeParking } from '@semel/service';
import type { KafkaConfig } from 'kafkajs';
import { DataSource } from 'typeorm';
import { LotReader, type Lots } from './register/lot-reader.js';
import { ParkingRegister } from './register/parking-register.js';
import { statementsOn } from './register/run-statement.js';
import { ParkedMessagesController } from './routes/parked-messages.controller.js';
import { ParkingDesk } from './routes/parking-desk.js';

/** A transport whose parking lots are entered into the register once it has joined its group. */
interface Parking extends Lots {
  on(event: 'joined', listener: () => void): unknown;
}

/** Keeps the register up to date while the service runs. */
@Injectable()
export class ParkingLots implements OnApplicationShutdown {
  constructor(
    @Inject(LotReader) private readonly reader: LotReader,
    @Inject(ParkingRegister) private readonly register: ParkingRegister,
  ) {}

  /** The parking lots of this transport are the service's: they are read, and counted for its metrics. */
  follow(transport: Parking): void {
    const { group, topics } = transport;
    observeParking(() => this.register.counts());
    transport.on('joined', () => this.reader.start({ group, topics }));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reader.stop();
  }
}

/** The register of a service's parking lots, and the operators' routes to it. */
@Module({})
export class ParkingModule {
  static forRoot(kafka: KafkaConfig): DynamicModule {
    return {
      module: ParkingModule,
      controllers: [ParkedMessagesController],
      providers: [
        {
          provide: LotReader,
          inject: [DataSource, LOG],
          useFactory: (dataSource: DataSource, log: Log) =>
            new LotReader(kafka, statementsOn(dataSource), {
              warn: (message) => log.warn(message),
              error: (message) => log.error(message),
            }),
        },
        {
          provide: ParkingRegister,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new ParkingRegister(statementsOn(dataSource)),
        },
        ParkingDesk,
        ParkingLots,
      ],
      exports: [ParkingLots],
    };
  }
}
