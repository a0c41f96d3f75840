package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/// A self-test: these inputs must give these outputs on the device, before it uses the module.
///
/// @param inputs one for each of the model's
/// @param outputs one for each of the model's
public record Golden(List<Input> inputs, List<Output> outputs) {

  public Golden {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  void requireFor(List<Signal> takes, List<Signal> gives) {
    Rules.require(
        inputs.size() == takes.size() && outputs.size() == gives.size(),
        "a golden vector has a value for each input and output");
    for (int i = 0; i < takes.size(); i++) {
      if (inputs.get(i) instanceof Input.Literal(Bytes bytes)) {
        Rules.size(bytes, takes.get(i).bytes(), "golden input " + i);
      }
      Rules.require(
          !(inputs.get(i) instanceof Input.LinearFloats)
              || takes.get(i).type() == Signal.Type.FLOAT32,
          "a ramp of floats is for an input of float32");
    }
    for (int i = 0; i < gives.size(); i++) {
      switch (outputs.get(i)) {
        case Output.Exact(Bytes bytes) ->
            Rules.size(bytes, gives.get(i).bytes(), "golden output " + i);
        case Output.Hash _ -> {}
        case Output.Near(Bytes bytes, float _) -> {
          Rules.size(bytes, gives.get(i).bytes(), "golden output " + i);
          Rules.require(
              gives.get(i).type() == Signal.Type.FLOAT32, "a tolerance is for outputs of float32");
        }
      }
    }
  }

  /// How an input comes about.
  public sealed interface Input {

    /// The bytes themselves.
    record Literal(Bytes bytes) implements Input {}

    /// Byte `i` is `(factor * i + offset) mod 256`.
    record Linear(int factor, int offset) implements Input {
      public Linear {
        Rules.range(factor, 0, 255, "the factor");
        Rules.range(offset, 0, 255, "the offset");
      }
    }

    /// Element `i` is `(factor * i + offset) mod 256`, read as an int8, divided by 128; float32.
    record LinearFloats(int factor, int offset) implements Input {
      public LinearFloats {
        Rules.range(factor, 0, 255, "the factor");
        Rules.range(offset, 0, 255, "the offset");
      }
    }

    /// The bytes of an input of `size` bytes.
    default Bytes expand(int size) {
      return switch (this) {
        case Literal(Bytes bytes) -> bytes;
        case Linear(int factor, int offset) -> {
          byte[] bytes = new byte[size];
          for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (factor * i + offset);
          }
          yield Bytes.of(bytes);
        }
        case LinearFloats(int factor, int offset) -> {
          ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < size / Float.BYTES; i++) {
            buffer.putFloat((byte) (factor * i + offset) / 128f);
          }
          yield Bytes.of(buffer.array());
        }
      };
    }
  }

  /// What an output must be.
  public sealed interface Output {

    /// Equal to these bytes.
    record Exact(Bytes bytes) implements Output {}

    /// Bytes of this SHA-256.
    record Hash(Bytes digest) implements Output {
      public Hash {
        Rules.size(digest, 32, "the digest of a golden output");
      }
    }

    /// Float32 values, each within `tolerance` times the largest magnitude among them.
    record Near(Bytes bytes, float tolerance) implements Output {
      public Near {
        Rules.require(tolerance > 0 && tolerance <= 1, "a tolerance is above 0 and not above 1");
      }
    }

    /// Whether `actual` is what it must be.
    default boolean accepts(Bytes actual) {
      return switch (this) {
        case Exact(Bytes bytes) -> bytes.equals(actual);
        case Hash(Bytes digest) -> digest.equals(actual.sha256());
        case Near(Bytes bytes, float tolerance) -> near(bytes, actual, tolerance);
      };
    }

    private static boolean near(Bytes expected, Bytes actual, float tolerance) {
      if (expected.size() != actual.size()) {
        return false;
      }
      var want = floats(expected);
      var have = floats(actual);
      float largest = 0;
      for (int i = 0; i < want.limit(); i++) {
        largest = Math.max(largest, Math.abs(want.get(i)));
      }
      for (int i = 0; i < want.limit(); i++) {
        if (!(Math.abs(want.get(i) - have.get(i)) <= tolerance * largest)) {
          return false;
        }
      }
      return true;
    }

    private static FloatBuffer floats(Bytes bytes) {
      return ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
  }
}
