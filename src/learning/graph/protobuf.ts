/** Writes fields of a Protocol Buffers message, by their numbers in its definition. */
export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  /** A whole number, negative ones as 64-bit two's complement. */
  int(field: number, value: number): this {
    return this.push(varint(BigInt(field << 3))).push(varint(BigInt.asUintN(64, BigInt(value))));
  }

  /** A 32-bit float. */
  float(field: number, value: number): this {
    return this.push(varint(BigInt((field << 3) | 5))).push(new Uint8Array(new Float32Array([value]).buffer));
  }

  /** Whole numbers, packed. */
  ints(field: number, values: readonly number[]): this {
    const inner = new ProtobufWriter();
    for (const value of values) inner.push(varint(BigInt.asUintN(64, BigInt(value))));
    return this.bytes(field, inner.finish());
  }

  /** 32-bit floats, packed. */
  floats(field: number, values: readonly number[]): this {
    return this.bytes(field, new Uint8Array(Float32Array.from(values).buffer));
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, inner: ProtobufWriter): this {
    return this.bytes(field, inner.finish());
  }

  bytes(field: number, value: Uint8Array): this {
    return this.push(varint(BigInt((field << 3) | 2)))
      .push(varint(BigInt(value.length)))
      .push(value);
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  private push(chunk: Uint8Array): this {
    this.chunks.push(chunk);
    this.length += chunk.length;
    return this;
  }
}

/** Seven bits at a time, least first, the high bit set on all but the last. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
