package dev.mote.emulator;

import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Port;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// The files through which the harness takes inputs and gives outputs; `harness.c` describes them.
final class Batch {

  static final String INPUT = "mote.in";
  static final String OUTPUT = "mote.out";
  static final String FAULT = "mote.fault";

  private static final int IN_MAGIC = 0x4e495f4d;
  private static final int RUN_MAGIC = 0x4e55525f;
  private static final int END_MAGIC = 0x444e455f;
  private static final int FAULT_MAGIC = 0x544c465f;
  private static final int LAYER_MAGIC = 0x59414c00;
  private static final int KEEP_STATE = 1;
  private static final int DUMP_LAYERS = 2;

  private Batch() {}

  /// What the harness reported of one inference.
  ///
  /// @param initStatus what `init` returned; the rest means nothing unless it is 0
  /// @param status what `invoke` returned
  /// @param overrunBytes bytes behind the arena that were overwritten
  /// @param stackBytes deepest stack
  /// @param ticks the board's timer, which counts instructions when QEMU runs with `-icount`
  record Report(
      List<Blob> outputs,
      List<Inference.LayerOutput> layerOutputs,
      int initStatus,
      int status,
      int overrunBytes,
      long stackBytes,
      long ticks) {

    Inference inference(long instructions, RunOptions options) {
      return new Inference(
          outputs,
          layerOutputs,
          options.layerOutputs() ? OptionalLong.empty() : OptionalLong.of(instructions),
          options.layerOutputs() ? OptionalLong.empty() : OptionalLong.of(stackBytes));
    }
  }

  /// Where and why the processor faulted.
  record Fault(long programCounter, long returnAddress, long cause, long address) {}

  static byte[] encode(List<List<Blob>> inputSets, RunOptions options) {
    int bytes =
        12
            + inputSets.stream()
                .flatMap(List::stream)
                .mapToInt(Blob::size)
                .reduce(0, Math::addExact);
    ByteBuffer file = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(IN_MAGIC)
        .putInt(inputSets.size())
        .putInt(
            (options.keepState() ? KEEP_STATE : 0) | (options.layerOutputs() ? DUMP_LAYERS : 0));
    inputSets.forEach(inputs -> inputs.forEach(input -> file.put(input.buffer())));
    return file.array();
  }

  static List<Report> decode(
      CompiledModel model, byte[] bytes, int runs, RunOptions options, String where) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      List<Report> reports = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        List<Inference.LayerOutput> layers = new ArrayList<>();
        if (options.layerOutputs()) {
          for (CompiledModel.Layer layer : model.layers()) {
            expect(file, LAYER_MAGIC + layer.index(), where);
            for (Port port : layer.outputs()) {
              layers.add(
                  new Inference.LayerOutput(layer.index(), port.tensor(), tensor(file, port)));
            }
          }
        }
        expect(file, RUN_MAGIC, where);
        int initStatus = file.getInt();
        int status = file.getInt();
        int overrunBytes = file.getInt();
        long stackBytes = Integer.toUnsignedLong(file.getInt());
        long ticks = Integer.toUnsignedLong(file.getInt());
        List<Blob> outputs = model.outputs().stream().map(port -> tensor(file, port)).toList();
        reports.add(
            new Report(outputs, layers, initStatus, status, overrunBytes, stackBytes, ticks));
      }
      expect(file, END_MAGIC, where);
      return reports;
    } catch (java.nio.BufferUnderflowException e) {
      throw Problems.broken(where, "the board stopped before the end of its output");
    }
  }

  static Fault decodeFault(byte[] bytes, String where) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 20 || file.getInt() != FAULT_MAGIC) {
      throw Problems.broken(where, "the board faulted, and could not say where");
    }
    return new Fault(
        Integer.toUnsignedLong(file.getInt()),
        Integer.toUnsignedLong(file.getInt()),
        Integer.toUnsignedLong(file.getInt()),
        Integer.toUnsignedLong(file.getInt()));
  }

  private static Blob tensor(ByteBuffer file, Port port) {
    int bytes = Math.toIntExact(port.type().bytes());
    if (file.remaining() < bytes) {
      throw new java.nio.BufferUnderflowException();
    }
    Blob blob = Blob.of(file.slice(file.position(), bytes));
    file.position(file.position() + bytes);
    return blob;
  }

  private static void expect(ByteBuffer file, int magic, String where) {
    if (file.getInt() != magic) {
      throw Problems.broken(where, "the board's output does not follow its own layout");
    }
  }
}
