package dev.mote.testkit.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The native TFLite library: its C interface as method handles, loaded once.
///
/// Source of the interface: `tensorflow/lite/core/c/c_api.h` and `c_api_experimental.h` of 2.20.
final class TfliteLibrary {

  private static final String RESOURCE =
      "/org/bytedeco/tensorflowlite/linux-x86_64/libjnitensorflowlite.so";

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = load();

  static final MethodHandle MODEL_CREATE = pointer("TfLiteModelCreate", ADDRESS, JAVA_LONG);
  static final MethodHandle MODEL_DELETE = nothing("TfLiteModelDelete", ADDRESS);
  static final MethodHandle OPTIONS_CREATE = pointer("TfLiteInterpreterOptionsCreate");
  static final MethodHandle OPTIONS_DELETE = nothing("TfLiteInterpreterOptionsDelete", ADDRESS);
  static final MethodHandle OPTIONS_SET_THREADS =
      nothing("TfLiteInterpreterOptionsSetNumThreads", ADDRESS, JAVA_INT);
  static final MethodHandle OPTIONS_SET_ERROR_REPORTER =
      nothing("TfLiteInterpreterOptionsSetErrorReporter", ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle OPTIONS_ADD_BUILTIN =
      nothing(
          "TfLiteInterpreterOptionsAddBuiltinOp", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  static final MethodHandle INTERPRETER_CREATE =
      pointer("TfLiteInterpreterCreateWithSelectedOps", ADDRESS, ADDRESS);
  static final MethodHandle INTERPRETER_DELETE = nothing("TfLiteInterpreterDelete", ADDRESS);
  static final MethodHandle ALLOCATE = integer("TfLiteInterpreterAllocateTensors", ADDRESS);
  static final MethodHandle INVOKE = integer("TfLiteInterpreterInvoke", ADDRESS);
  static final MethodHandle RESET_VARIABLES =
      integer("TfLiteInterpreterResetVariableTensors", ADDRESS);
  static final MethodHandle RESIZE_INPUT =
      integer("TfLiteInterpreterResizeInputTensor", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle INPUT_COUNT = integer("TfLiteInterpreterGetInputTensorCount", ADDRESS);
  static final MethodHandle OUTPUT_COUNT =
      integer("TfLiteInterpreterGetOutputTensorCount", ADDRESS);
  static final MethodHandle INPUT = pointer("TfLiteInterpreterGetInputTensor", ADDRESS, JAVA_INT);
  static final MethodHandle OUTPUT = pointer("TfLiteInterpreterGetOutputTensor", ADDRESS, JAVA_INT);
  static final MethodHandle TENSOR_DATA = pointer("TfLiteTensorData", ADDRESS);
  static final MethodHandle TENSOR_NAME = pointer("TfLiteTensorName", ADDRESS);
  static final MethodHandle TENSOR_TYPE = integer("TfLiteTensorType", ADDRESS);
  static final MethodHandle TENSOR_RANK = integer("TfLiteTensorNumDims", ADDRESS);
  static final MethodHandle TENSOR_DIM = integer("TfLiteTensorDim", ADDRESS, JAVA_INT);
  static final MethodHandle TENSOR_BYTES =
      LINKER.downcallHandle(
          symbol("TfLiteTensorByteSize"), FunctionDescriptor.of(JAVA_LONG, ADDRESS));

  /// The constructor of TFLite's own table of operators, and the search in it: C++, whose first
  /// argument is the object.
  static final MethodHandle MAKE_RESOLVER =
      nothing("_ZN6tflite3ops7builtin17BuiltinOpResolverC1Ev", ADDRESS);

  static final MethodHandle FIND_OPERATOR =
      pointer(
          "_ZNK6tflite17MutableOpResolver6FindOpENS_15BuiltinOperatorEi",
          ADDRESS,
          JAVA_INT,
          JAVA_INT);

  private static final MethodHandle FORMAT =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("vsnprintf"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

  private TfliteLibrary() {}

  /// Address of the static registration that `tflite::ops::builtin::Register_<kernel>()` returns.
  static MemorySegment registration(String kernel) {
    String function = "Register_" + kernel;
    MethodHandle register =
        LINKER.downcallHandle(
            symbol("_ZN6tflite3ops7builtin" + function.length() + function + "Ev"),
            FunctionDescriptor.of(ADDRESS));
    try {
      return (MemorySegment) register.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// A C function that appends what TFLite reports to `messages`, valid as long as `arena`.
  static MemorySegment errorReporter(List<String> messages, Arena arena) {
    try {
      MethodHandle append =
          MethodHandles.lookup()
              .findStatic(
                  TfliteLibrary.class,
                  "report",
                  MethodType.methodType(
                      void.class,
                      List.class,
                      MemorySegment.class,
                      MemorySegment.class,
                      MemorySegment.class))
              .bindTo(messages);
      return LINKER.upcallStub(append, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS), arena);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("report", e);
    }
  }

  // Called by TFLite with a format and a va_list, which the x86-64 ABI passes as a pointer.
  @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
  private static void report(
      List<String> messages, MemorySegment userData, MemorySegment format, MemorySegment list) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(4096);
      int _ = (int) FORMAT.invokeExact(text, text.byteSize(), format, list);
      messages.add(text.getString(0, StandardCharsets.UTF_8));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static MethodHandle pointer(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(ADDRESS, arguments));
  }

  private static MethodHandle integer(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle nothing(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.ofVoid(arguments));
  }

  private static MemorySegment symbol(String name) {
    return LIBRARY
        .find(name)
        .orElseThrow(() -> new IllegalStateException("the TFLite library has no symbol " + name));
  }

  /// Why the oracle cannot run on this machine, or null when it can.
  static @Nullable String obstacle() {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      return "the TFLite oracle needs Linux on x86-64";
    }
    return null;
  }

  private static SymbolLookup load() {
    try (InputStream library = TfliteLibrary.class.getResourceAsStream(RESOURCE)) {
      if (library == null) {
        throw new IllegalStateException("no " + RESOURCE + " on the class path");
      }
      Path file = Files.createTempFile("tflite", ".so");
      Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
      SymbolLookup lookup = SymbolLookup.libraryLookup(file, Arena.global());
      // The mapping stays valid without its directory entry.
      Files.delete(file);
      return lookup;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Integer> dims(MemorySegment tensor) throws Throwable {
    int rank = (int) TENSOR_RANK.invokeExact(tensor);
    List<Integer> dims = new ArrayList<>(rank);
    for (int axis = 0; axis < rank; axis++) {
      dims.add((int) TENSOR_DIM.invokeExact(tensor, axis));
    }
    return dims;
  }
}
