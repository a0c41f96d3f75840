package dev.mote.testkit.oracle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.mote.ir.Blob;
import dev.mote.ir.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// One model loaded in TFLite with its reference kernels.
///
/// Not safe for use by several threads at once; separate oracles are independent.
public final class TfliteOracle implements AutoCloseable {

  /// A tensor as TFLite sees it.
  ///
  /// @param name as in the model
  /// @param type TFLite's type code (`TfLiteType`)
  /// @param shape as TFLite computed it
  /// @param data dense little-endian elements
  public record Contents(String name, int type, Shape shape, Blob data) {

    /// A copy of the elements.
    public byte[] bytes() {
      return data.toByteArray();
    }
  }

  /// The registrations of the reference kernels; TFLite keeps them in static memory.
  private static final class Registrations {
    static final Map<Integer, MemorySegment> BY_CODE = load();

    private static Map<Integer, MemorySegment> load() {
      Map<Integer, MemorySegment> all = new java.util.LinkedHashMap<>();
      ReferenceKernels.byCode()
          .forEach((code, kernel) -> all.put(code, TfliteLibrary.registration(kernel)));
      return all;
    }
  }

  private static final int NEWEST_VERSION = 100;

  private final Arena arena = Arena.ofShared();
  private final List<String> messages = new ArrayList<>();
  private final MemorySegment model;
  private final MemorySegment options;
  private final MemorySegment interpreter;
  private boolean allocated;

  private TfliteOracle(byte[] bytes) throws Throwable {
    MemorySegment copy = arena.allocate(bytes.length, 64);
    MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
    model = (MemorySegment) TfliteLibrary.MODEL_CREATE.invokeExact(copy, (long) bytes.length);
    if (model.equals(MemorySegment.NULL)) {
      throw new OracleException("TFLite cannot read the model");
    }
    options = (MemorySegment) TfliteLibrary.OPTIONS_CREATE.invokeExact();
    TfliteLibrary.OPTIONS_SET_THREADS.invokeExact(options, 1);
    TfliteLibrary.OPTIONS_SET_ERROR_REPORTER.invokeExact(
        options, TfliteLibrary.errorReporter(messages, arena), MemorySegment.NULL);
    for (Map.Entry<Integer, MemorySegment> kernel : Registrations.BY_CODE.entrySet()) {
      TfliteLibrary.OPTIONS_ADD_BUILTIN.invokeExact(
          options, (int) kernel.getKey(), kernel.getValue(), 1, NEWEST_VERSION);
    }
    interpreter = (MemorySegment) TfliteLibrary.INTERPRETER_CREATE.invokeExact(model, options);
    if (interpreter.equals(MemorySegment.NULL)) {
      throw new OracleException("TFLite refuses the model: " + String.join("; ", messages));
    }
  }

  /// Loads `model`, the bytes of a `.tflite` file.
  ///
  /// @throws OracleException when TFLite refuses it
  public static TfliteOracle of(byte[] model) {
    try {
      return new TfliteOracle(model);
    } catch (Throwable e) {
      throw OracleException.of(e);
    }
  }

  /// Loads `model` with the result of every operator as a further output, after the model's own, so
  /// that the first operator that differs can be found by name.
  ///
  /// @throws OracleException when TFLite refuses it
  public static TfliteOracle observing(byte[] model) {
    return of(Observation.ofEveryOperator(model));
  }

  /// Loads every operator of `model` as a model of its own, whose inputs are those operands that
  /// are no constants, so that each can be compared on the same input.
  ///
  /// @throws OracleException when TFLite refuses one
  public static List<TfliteOracle> ofEachOperator(byte[] model) {
    return IntStream.range(0, Observation.operators(model))
        .mapToObj(index -> of(Observation.ofOperator(model, index)))
        .toList();
  }

  /// Why the oracle cannot run on this machine; empty when it can.
  public static Optional<String> obstacle() {
    return Optional.ofNullable(TfliteLibrary.obstacle());
  }

  /// Changes the shape of an input before the next run; state tensors are reset by it.
  public void resizeInput(int input, Shape shape) {
    try (Arena local = Arena.ofConfined()) {
      int[] dims = shape.dims().stream().mapToInt(Integer::intValue).toArray();
      check(
          (int)
              TfliteLibrary.RESIZE_INPUT.invokeExact(
                  interpreter, input, local.allocateFrom(JAVA_INT, dims), dims.length),
          "resize input " + input + " to " + shape);
      allocated = false;
    } catch (Throwable e) {
      throw OracleException.of(e);
    }
  }

  /// Runs once; inputs and outputs are dense little-endian bytes in the model's order.
  ///
  /// @throws OracleException when TFLite reports an error
  public List<byte[]> run(List<byte[]> inputs) {
    return runForContents(inputs).stream().map(Contents::bytes).toList();
  }

  /// Runs once and returns the outputs with the shapes that TFLite computed.
  ///
  /// @throws OracleException when TFLite reports an error
  public List<Contents> runForContents(List<byte[]> inputs) {
    try {
      allocate();
      int count = inputCount();
      if (inputs.size() != count) {
        throw new OracleException("the model has " + count + " inputs, not " + inputs.size());
      }
      for (int i = 0; i < count; i++) {
        MemorySegment tensor = (MemorySegment) TfliteLibrary.INPUT.invokeExact(interpreter, i);
        MemorySegment data = data(tensor);
        byte[] bytes = inputs.get(i);
        if (bytes.length != data.byteSize()) {
          throw new OracleException(
              "input " + i + " has " + data.byteSize() + " bytes, not " + bytes.length);
        }
        MemorySegment.copy(bytes, 0, data, JAVA_BYTE, 0, bytes.length);
      }
      check((int) TfliteLibrary.INVOKE.invokeExact(interpreter), "invoke");
      List<Contents> outputs = new ArrayList<>();
      int outputCount = (int) TfliteLibrary.OUTPUT_COUNT.invokeExact(interpreter);
      for (int i = 0; i < outputCount; i++) {
        outputs.add(contents((MemorySegment) TfliteLibrary.OUTPUT.invokeExact(interpreter, i)));
      }
      return List.copyOf(outputs);
    } catch (Throwable e) {
      throw OracleException.of(e);
    }
  }

  /// The inputs, in the model's order; their present contents are unspecified.
  public List<Contents> inputs() {
    try {
      allocate();
      List<Contents> inputs = new ArrayList<>();
      int count = inputCount();
      for (int i = 0; i < count; i++) {
        inputs.add(contents((MemorySegment) TfliteLibrary.INPUT.invokeExact(interpreter, i)));
      }
      return List.copyOf(inputs);
    } catch (Throwable e) {
      throw OracleException.of(e);
    }
  }

  /// Puts variable tensors back to their initial contents.
  public void reset() {
    try {
      allocate();
      check((int) TfliteLibrary.RESET_VARIABLES.invokeExact(interpreter), "reset variables");
    } catch (Throwable e) {
      throw OracleException.of(e);
    }
  }

  @Override
  public void close() {
    try {
      TfliteLibrary.INTERPRETER_DELETE.invokeExact(interpreter);
      TfliteLibrary.OPTIONS_DELETE.invokeExact(options);
      TfliteLibrary.MODEL_DELETE.invokeExact(model);
    } catch (Throwable e) {
      throw OracleException.of(e);
    }
    arena.close();
  }

  private void allocate() throws Throwable {
    if (!allocated) {
      check((int) TfliteLibrary.ALLOCATE.invokeExact(interpreter), "allocate tensors");
      allocated = true;
    }
  }

  private int inputCount() throws Throwable {
    return (int) TfliteLibrary.INPUT_COUNT.invokeExact(interpreter);
  }

  private static Contents contents(MemorySegment tensor) throws Throwable {
    MemorySegment name = (MemorySegment) TfliteLibrary.TENSOR_NAME.invokeExact(tensor);
    return new Contents(
        name.reinterpret(Long.MAX_VALUE).getString(0),
        (int) TfliteLibrary.TENSOR_TYPE.invokeExact(tensor),
        new Shape(TfliteLibrary.dims(tensor)),
        Blob.of(data(tensor).toArray(JAVA_BYTE)));
  }

  private static MemorySegment data(MemorySegment tensor) throws Throwable {
    MemorySegment data = (MemorySegment) TfliteLibrary.TENSOR_DATA.invokeExact(tensor);
    return data.reinterpret((long) TfliteLibrary.TENSOR_BYTES.invokeExact(tensor));
  }

  private void check(int status, String what) {
    if (status != 0) {
      throw new OracleException(
          "TFLite cannot " + what + " (status " + status + "): " + String.join("; ", messages));
    }
  }
}
