/** Entry `/transport`. */
export { fileTransport } from './file-transport.ts';
export type { FileTransportOptions } from './file-transport.ts';
export { httpTransport } from './http-transport.ts';
export type { HttpTransportOptions } from './http-transport.ts';
export { memoryTransport } from './memory-transport.ts';
export type { MemoryTransport, MemoryTransportOptions } from './memory-transport.ts';
export type { ErasedCounts, SendResult, Transport, UserData } from './transport.ts';
export type { Batch, CrashBody, TrackBody } from '../record/batch.ts';
