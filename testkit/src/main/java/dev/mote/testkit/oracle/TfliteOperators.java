package dev.mote.testkit.oracle;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.OperatorCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The operators that TFLite itself has, each in certain versions. (The oracle's own table answers
/// to every version.)
public final class TfliteOperators {

  /// More than a C++ object of a few hash tables takes.
  private static final long RESOLVER_BYTES = 4096;

  private static final MemorySegment RESOLVER = resolver();

  private TfliteOperators() {}

  /// The operators of `model`, the bytes of a `.tflite` file, that TFLite lacks, or lacks in this
  /// version.
  public static List<String> missing(byte[] model) {
    Model read = Model.getRootAsModel(ByteBuffer.wrap(model));
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < read.operatorCodesLength(); i++) {
      OperatorCode code = read.operatorCodes(i);
      if (!has(code.builtinCode(), code.version())) {
        missing.add(BuiltinOperator.name(code.builtinCode()) + " version " + code.version());
      }
    }
    return missing;
  }

  private static boolean has(int builtin, int version) {
    try {
      MemorySegment found =
          (MemorySegment) TfliteLibrary.FIND_OPERATOR.invokeExact(RESOLVER, builtin, version);
      return !found.equals(MemorySegment.NULL);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static MemorySegment resolver() {
    MemorySegment memory = Arena.global().allocate(RESOLVER_BYTES, 64);
    try {
      TfliteLibrary.MAKE_RESOLVER.invokeExact(memory);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return memory;
  }
}
