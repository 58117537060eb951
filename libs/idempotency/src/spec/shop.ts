import 'reflect-metadata';
import {
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  Injectable,
  Param,
  Patch,
  type PipeTransform,
  Post,
  Put,
  Res,
  UnprocessableEntityException,
} from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, PrimaryGeneratedColumn, type Repository } from 'typeorm';
import {
  type GroupAnswer,
  type GroupHandler,
  IdempotencyKeysController,
  type IdempotencyOptions,
  Idempotent,
  type Operation,
  type Transaction,
} from '../index.js';
import { migrate } from './migrate.js';
import { type AdapterName, type RunningApp, startApp } from './start-app.js';

@Entity('note')
export class Note {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  text!: string;
}

interface NoteBody {
  readonly text: string;
}

@Injectable()
class NoteBodyPipe implements PipeTransform<unknown, NoteBody> {
  transform(value: unknown): NoteBody {
    const body = value as Partial<NoteBody> | undefined;
    if (typeof body?.text !== 'string') throw new UnprocessableEntityException('text is missing');
    return { text: body.text };
  }
}

/** Where a spec holds a handler still. */
@Injectable()
export class Gate {
  entered: (text: string) => void = () => undefined;
  hold: Promise<void> = Promise.resolve();
  error: Error | undefined;

  async pass(text: string): Promise<void> {
    this.entered(text);
    await this.hold;
    if (this.error) throw this.error;
  }
}

@Injectable()
export class WriteNotes implements GroupHandler<NoteBody> {
  readonly sizes: number[] = [];

  constructor(private readonly gate: Gate) {}

  async execute(
    operations: readonly Operation<NoteBody>[],
    transaction: Transaction,
  ): Promise<(GroupAnswer | Error)[]> {
    this.sizes.push(operations.length);
    const texts = operations.map(({ input }) => input.text);
    await this.gate.pass(texts.join(' '));
    if (texts.includes('poison')) throw new TypeError('poison');
    const good = texts.filter((text) => text !== 'refused');
    await transaction.query({ text: 'INSERT INTO note (text) SELECT unnest($1::text[])', values: [good] });
    return texts.map((text) =>
      text === 'refused' ? new ConflictException('refused') : { status: 201, body: { text } },
    );
  }
}

@Controller('notes')
class NotesController {
  constructor(
    @InjectRepository(Note) private readonly notes: Repository<Note>,
    private readonly gate: Gate,
  ) {}

  @Post()
  @Idempotent({ replayHeaders: ['x-made-by'] })
  async write(
    @Body(NoteBodyPipe) body: NoteBody,
    @Res({ passthrough: true }) response: { header(name: string, value: string): unknown },
  ): Promise<Note> {
    const note = await this.notes.save({ text: body.text });
    response.header('Location', `/notes/${note.id}`);
    // Not by @Header(), which Nest also puts on a replay that has lost it.
    response.header('X-Made-By', 'hand');
    response.header('X-Not-Kept', 'gone');
    await this.gate.pass(body.text);
    return note;
  }

  @Post('grouped')
  @Idempotent({ group: WriteNotes })
  grouped(@Body(NoteBodyPipe) body: NoteBody): NoteBody {
    return body;
  }

  @Post('optional')
  @Idempotent({ required: false })
  async optional(): Promise<string> {
    await this.notes.save({ text: 'optional' });
    return 'plain text';
  }

  @Put(':id')
  @HttpCode(204)
  @Idempotent()
  async replace(@Param('id') id: string): Promise<void> {
    await this.notes.save({ text: `put ${id}` });
  }

  @Patch(':id')
  @Idempotent()
  async bytes(): Promise<Buffer> {
    return Buffer.from([0, 1, 2, 255]);
  }

  @Delete(':id')
  @Idempotent()
  async refuse(@Param('id') id: string): Promise<never> {
    await this.notes.save({ text: 'never seen' });
    throw new ConflictException({ code: 'locked', id });
  }

  @Get()
  @Idempotent()
  async count(): Promise<number> {
    return this.notes.count();
  }

  @Post('large')
  @Idempotent()
  async large(): Promise<string> {
    return 'x'.repeat(1_000_000);
  }

  @Post('stream')
  @Idempotent()
  async stream(): Promise<ReadableStream> {
    await this.notes.save({ text: 'never stored' });
    return new ReadableStream();
  }
}

export type { AdapterName, RunningApp } from './start-app.js';

/** The shop's notes as an application of their own. */
export function startShop(
  adapter: AdapterName,
  databaseUrl: string,
  options: IdempotencyOptions = {},
  pool: Record<string, unknown> = {},
): Promise<RunningApp> {
  return startApp(adapter, databaseUrl, {
    controllers: [NotesController, IdempotencyKeysController],
    providers: [Gate, WriteNotes],
    entities: [Note],
    imports: [TypeOrmModule.forFeature([Note])],
    options,
    pool,
  });
}

export const migrateShop = (url: string): Promise<void> =>
  migrate(url, 'CREATE TABLE note (id serial PRIMARY KEY, text text NOT NULL)');
