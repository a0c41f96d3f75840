package dev.mote.emulator;

import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs the shared library in a module by what the manifest says of it, as a device does that is
/// this machine.
///
/// The code runs in this process and is trusted: check who signed the module before.
public final class LibraryPayload {

  private static final MethodHandle INIT =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

  private static final MethodHandle INVOKE =
      Linker.nativeLinker()
          .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

  private static final MethodHandle INVOKE_ON =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

  private static final int LEAST_ALIGNMENT = 16;

  private LibraryPayload() {}

  /// Whether the library gives what the golden vectors of `manifest` say.
  ///
  /// @param index of the payload
  /// @param library its bytes
  /// @throws IllegalArgumentException when the payload is no library, or does not say how it is
  /// called
  public static boolean passes(Manifest manifest, int index, Bytes library) {
    Payload payload = manifest.payloads().get(index);
    if (payload.kind() != Payload.Kind.SHARED_LIBRARY
        || payload.entry().isEmpty()
        || payload.memory().isEmpty()) {
      throw new IllegalArgumentException(
          "payload %d is no shared library with an entry and a memory plan".formatted(index));
    }
    try (Arena memory = Arena.ofShared()) {
      Path file = Files.createTempFile("mote-payload", ".so");
      try {
        Files.write(file, library.toByteArray());
        SymbolLookup symbols = SymbolLookup.libraryLookup(file, memory);
        String entry = payload.entry().get();
        MemorySegment init = symbols.findOrThrow(entry + "_init");
        MemorySegment invoke = symbols.findOrThrow(entry + "_invoke");
        return manifest.golden().stream()
            .allMatch(
                vector -> holds(manifest, payload.memory().get(), vector, init, invoke, memory));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean holds(
      Manifest manifest,
      Payload.MemoryPlan plan,
      Golden vector,
      MemorySegment init,
      MemorySegment invoke,
      Arena memory) {
    MemorySegment arena =
        memory.allocate(
            Math.max(1, plan.arenaBytes()), Math.max(LEAST_ALIGNMENT, plan.alignment()));
    MemorySegment beside = MemorySegment.NULL;
    try {
      if ((int) INIT.invokeExact(init, arena, plan.arenaBytes()) != 0) {
        return false;
      }
      for (int i = 0; i < vector.inputs().size(); i++) {
        int size = manifest.inputs().get(i).bytes();
        MemorySegment bytes =
            MemorySegment.ofArray(vector.inputs().get(i).expand(size).toByteArray());
        int offset = plan.inputOffsets().get(i);
        if (offset == plan.arenaBytes()) {
          beside = memory.allocate(size, LEAST_ALIGNMENT);
          beside.copyFrom(bytes);
        } else {
          MemorySegment.copy(bytes, 0, arena, offset, size);
        }
      }
      int status =
          beside.equals(MemorySegment.NULL)
              ? (int) INVOKE.invokeExact(invoke, arena)
              : (int) INVOKE_ON.invokeExact(invoke, arena, beside);
      return status == 0 && outputsHold(manifest, plan, vector.outputs(), arena);
    } catch (Throwable e) {
      throw new AssertionError("a C function throws nothing", e);
    }
  }

  private static boolean outputsHold(
      Manifest manifest,
      Payload.MemoryPlan plan,
      List<Golden.Output> outputs,
      MemorySegment arena) {
    for (int i = 0; i < outputs.size(); i++) {
      byte[] bytes = new byte[manifest.outputs().get(i).bytes()];
      MemorySegment.copy(
          arena, ValueLayout.JAVA_BYTE, plan.outputOffsets().get(i), bytes, 0, bytes.length);
      if (!outputs.get(i).accepts(Bytes.of(bytes))) {
        return false;
      }
    }
    return true;
  }
}
